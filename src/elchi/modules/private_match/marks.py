"""Keys as both nodes compare them: what an officer asks about, and what a list has, in one form.

The form is that of the exact keys of screening (`elchi.screening.keys`), and for names the phonetic key of
`elchi.names`, with the year of birth where it is known. It begins with the number of its rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.private_match import MAX_KEYS, RULES
from elchi.lists import Entry
from elchi.names.phonetic_key import phonetic_key
from elchi.screening.evidence import listed_names
from elchi.screening.keys import Key, entry_keys, subject_keys
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle

KINDS: Final = ("phone", "plate", "document_number", "name", "national_id", "vin", "email")
MAX_TEXT: Final = 200
_NAME: Final = "name"
_PERSONS: Final = ("Person", "LegalEntity")
_YEAR: Final = re.compile(r"(.*?)[,;\t ]+((?:19|20)\d\d)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is asked about."""

    kind: str
    """Of `KINDS`."""
    text: str
    """As written; a name may have the year of birth behind it: `Sharipov Olim, 1980`."""

    def to_json(self) -> dict[str, str]:
        """Give it as JSON values."""
        return {"kind": self.kind, "text": self.text}


def read_marks(told: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """Read marks, each once.

    Raises:
        InvalidInput: `match_invalid` with `field`, `rule` and `line`: none, too many, of no kind, or a text without
            anything to compare.
    """
    if not 1 <= len(told) <= MAX_KEYS:
        raise InvalidInput("match_invalid", field="marks", rule="number_in_range", minimum=1, maximum=MAX_KEYS)
    marks: dict[Mark, None] = {}
    for line, one in enumerate(told, start=1):
        kind, text = one.get("kind"), one.get("text")
        if kind not in KINDS:
            raise InvalidInput("match_invalid", field="kind", rule="one_of", allowed=list(KINDS), line=line)
        if not isinstance(text, str) or len(text) > MAX_TEXT or not text.isprintable():
            raise InvalidInput("match_invalid", field="text", rule="text_line", maximum=MAX_TEXT, line=line)
        mark = Mark(str(kind), text.strip())
        if not _is_comparable(mark):
            raise InvalidInput("match_invalid", field="text", rule="nothing_to_compare", line=line)
        marks[mark] = None
    return tuple(marks)


def _is_comparable(mark: Mark) -> bool:
    try:
        return bool(inputs_of_mark(mark))
    except InvalidInput:
        return False


def marks_in(kind: str, text: str) -> list[dict[str, str]]:
    """Give the marks of a text with one a line, as `read_marks` takes them."""
    return [{"kind": kind, "text": line.strip()} for line in text.splitlines() if line.strip()]


def inputs_of_mark(mark: Mark, country: str = "") -> tuple[bytes, ...]:
    """Give the forms in which a mark is compared; a phone without its country has two.

    Args:
        mark: as written.
        country: that of this node, whose national numbers may be meant.
    """
    if mark.kind == _NAME:
        found = _YEAR.fullmatch(mark.text)
        key = phonetic_key(found[1] if found else mark.text)
        return (_input(_NAME, f"{key}\0{found[2]}" if found else key),) if key else ()
    return tuple(dict.fromkeys(_of_key(key) for key in subject_keys(_subject(mark, country))))


def compared(mark: Mark) -> str:
    """Give the value that tells whether somebody counts up; empty for a name."""
    if mark.kind == _NAME:
        return ""
    keys = subject_keys(_subject(mark, ""))
    return keys[-1].value if keys else ""


def inputs_of_entry(entry: Entry) -> Iterator[bytes]:
    """Give the forms in which what is listed is compared."""
    for key in entry_keys(entry):
        yield _of_key(key)
    if entry.schema in _PERSONS:
        years = {text[:4] for text in entry.properties.get("birthDate", ())}
        for listed in listed_names(entry):
            if key_of_name := "" if listed.weak else phonetic_key(listed.text):
                yield _input(_NAME, key_of_name)
                for year in sorted(years):
                    yield _input(_NAME, f"{key_of_name}\0{year}")


def _subject(mark: Mark, country: str) -> Subject:
    match mark.kind:
        case "phone":
            return Organisation(name="-", country=country, phones=(mark.text,))
        case "email":
            return Person(name="-", emails=(mark.text,))
        case "national_id":
            return Person(name="-", national_id=mark.text)
        case "plate":
            return Vehicle(plate=mark.text)
        case "vin":
            return Vehicle(vin=mark.text)
        case _:
            return Document(document_number=mark.text)


def _of_key(key: Key) -> bytes:
    return _input(key.space, key.value)


def _input(space: str, value: str) -> bytes:
    return f"{RULES}\0{space}\0{value}".encode("utf-8", "surrogatepass")
