"""What stands in the analysis space: fields one by one, each with its origin and handling, who sees which, and links.

A field is seen by the owner always. Others see it by its TLP: RED is for the owner alone, AMBER+STRICT also for the
centre's analysts, the rest for all members. H3 is as RED: its restrictions are in words that no machine reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.message import HANDLING, TLP
from elchi.screening.keys import subject_keys
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle, from_wire

KINDS: Final = ("person", "vehicle", "organisation")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": (
        "name", "birth_date", "nationality", "documents.document_number", "national_id", "phones", "emails",
        "birth_place",
    ),
    "vehicle": ("plate", "plate_country", "vin"),
    "organisation": ("name", "registration_number", "country", "phones", "emails"),
}  # fmt: skip
"""Kind to the fields that a form offers; a message may have more."""
MAX_FIELDS: Final = 60
MAX_VALUE: Final = 500
MAX_ORIGIN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PutField:
    """A field as it is put."""

    name: str
    value: str
    origin: str
    handling: str = "H1"
    tlp: str = "AMBER"

    def __post_init__(self) -> None:
        for name, text, most in (("value", self.value, MAX_VALUE), ("origin", self.origin, MAX_ORIGIN)):
            if not text.strip() or len(text) > most or not text.isprintable():
                raise InvalidInput("regional_invalid", field=name, rule="text_line", limit=most)
        if self.handling not in HANDLING:
            raise InvalidInput("regional_invalid", field="handling", rule="one_of", allowed=list(HANDLING))
        if self.tlp not in TLP:
            raise InvalidInput("regional_invalid", field="tlp", rule="one_of", allowed=list(TLP))


@dataclass(frozen=True, slots=True)
class Mark:
    """A key of a field."""

    space: str
    value: str


def check_fields(kind: str, fields: Sequence[PutField]) -> None:
    """Do nothing if fields make an entity.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    if kind not in KINDS:
        raise InvalidInput("regional_invalid", field="kind", rule="one_of", allowed=list(KINDS))
    if not 1 <= len(fields) <= MAX_FIELDS:
        raise InvalidInput("regional_invalid", field="fields", rule="number_in_range", limit=MAX_FIELDS)
    for one in fields:
        if one.name not in FIELDS[kind]:
            raise InvalidInput("regional_invalid", field="name", rule="one_of", allowed=list(FIELDS[kind]))


def fields_of(subject: Mapping[str, Any], *, origin: str, handling: str, tlp: str) -> tuple[PutField, ...]:
    """Give the fields of a subject in wire form; those that no form offers are left out.

    Raises:
        InvalidInput: `regional_invalid`; what `from_wire` raises.
    """
    from_wire(subject)
    kind = str(subject.get("kind"))
    told = {"origin": origin, "handling": handling, "tlp": tlp}
    named = dict(subject)
    if kind == "person" and "name" not in named:
        parts = (named.get(part, "") for part in ("family_name", "given_names", "patronymic"))
        named["name"] = " ".join(part for part in parts if part)
    found = [
        PutField(name=name, value=value, **told)
        for name in FIELDS.get(kind, ())
        for value in _values(named, name)
    ]  # fmt: skip
    check_fields(kind, found)
    return tuple(found)


def _values(wire: Mapping[str, Any], path: str) -> Iterator[str]:
    name, _, rest = path.partition(".")
    value = wire.get(name)
    if rest:
        for part in value or ():
            yield from _values(part, rest)
    elif isinstance(value, list):
        yield from value
    elif value:
        yield str(value)


def marks_of(name: str, value: str, country: str) -> tuple[Mark, ...]:
    """Give the marks of a field, by which entities are linked; none for a name or a date.

    Args:
        name: of the field.
        value: as it was put.
        country: of the owner, whose national telephone numbers may be meant.
    """
    subject = _subject(name, value, country)
    if subject is None:
        return ()
    return tuple(dict.fromkeys(Mark(key.space, key.value) for key in subject_keys(subject)))


def _subject(name: str, value: str, country: str) -> Subject | None:
    match name:
        case "phones":
            return Organisation(name="-", country=country, phones=(value,))
        case "emails":
            return Person(name="-", emails=(value,))
        case "documents.document_number" | "registration_number":
            return Document(document_number=value)
        case "national_id":
            return Person(name="-", national_id=value)
        case "plate":
            return Vehicle(plate=value)
        case "vin":
            return Vehicle(vin=value)
        case _:
            return None


def is_seen(*, owner: str, viewer: str, handling: str, tlp: str) -> bool:
    """Tell whether a field is seen.

    Args:
        owner: state that put it.
        viewer: state of who looks; empty for the centre's analysts.
        handling: of the field.
        tlp: of the field.
    """
    if viewer == owner:
        return True
    if handling == "H3" or tlp == "RED":
        return False
    return tlp != "AMBER+STRICT" or not viewer
