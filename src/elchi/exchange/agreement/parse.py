"""Values of a JSON document, each with its place, so that every error says where.

What is wrong is `agreement_invalid` with `field` (the place, such as `grants[0].subjects.person`) and `rule`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from elchi.errors import InvalidInput

MAX_BYTES: Final = 256 * 1024
MAX_TEXT: Final = 10_000
"""Characters of one text in one language."""
MAX_ITEMS: Final = 200
"""Of a list, or keys of an object."""
_MAX_SHOWN: Final = 64
_LANGUAGE: Final = re.compile(r"[a-z]{2}", re.ASCII)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but for tab and new line, marks that turn the direction of what follows, halves of characters: what is
signed must be what is read."""
_Choice = TypeVar("_Choice", bound=StrEnum)


def load_json(content: bytes) -> Any:
    """Give the values of a JSON text in UTF-8 in which no key stands twice.

    Raises:
        InvalidInput: `agreement_invalid`.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput("agreement_invalid", field="agreement", rule="file_size", maximum=MAX_BYTES)
    try:
        return json.loads(content.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):  # ValueError is not UTF-8, no JSON, or a number of thousands of digits
        raise InvalidInput("agreement_invalid", field="agreement", rule="json") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidInput("agreement_invalid", field="agreement", rule="key_once")
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands."""

    value: Any
    at: str = ""

    def fail(self, rule: str, **params: object) -> NoReturn:
        """Raise what is wrong here."""
        raise InvalidInput("agreement_invalid", field=self.at or "agreement", rule=rule, **params)

    def keys(self, *needed: str) -> dict[str, Place]:
        """Give the values of an object that has these keys, all of them and no other."""
        found = self.items()
        for name, place in found.items():
            if name not in needed:
                place.fail("unknown_key", allowed=list(needed))
        for name in needed:
            if name not in found:
                Place(None, self._under(name)).fail("missing")
        return found

    def items(self) -> dict[str, Place]:
        """Give the values of an object by their keys."""
        if not isinstance(self.value, Mapping):
            self.fail("object")
        if not all(isinstance(name, str) for name in self.value):
            self.fail("object")
        if len(self.value) > MAX_ITEMS:
            self.fail("max_items", maximum=MAX_ITEMS)
        return {name: Place(value, self._under(name)) for name, value in self.value.items()}

    def each(self) -> Iterator[Place]:
        """Give the values of a list."""
        if not isinstance(self.value, Sequence) or isinstance(self.value, str | bytes):
            self.fail("array")
        if len(self.value) > MAX_ITEMS:
            self.fail("max_items", maximum=MAX_ITEMS)
        return (Place(value, f"{self.at}[{number}]") for number, value in enumerate(self.value))

    def text(self, most: int = MAX_TEXT) -> str:
        """Give a text that is not blank, and can be shown and signed."""
        if not isinstance(self.value, str):
            self.fail("text")
        if not self.value.strip():
            self.fail("filled")
        if len(self.value) > most:
            self.fail("max_length", maximum=most)
        if _UNPRINTABLE.search(self.value):
            self.fail("printable_text")
        return self.value

    def like(self, pattern: re.Pattern[str], rule: str) -> str:
        """Give a text of some form."""
        text = self.text()
        if not pattern.fullmatch(text):
            self.fail(rule)
        return text

    def all_like(self, pattern: re.Pattern[str], rule: str) -> tuple[str, ...]:
        """Give a list of texts of some form, each once."""
        texts = tuple(place.like(pattern, rule) for place in self.each())
        if len(set(texts)) != len(texts):
            self.fail("item_once")
        return texts

    def choice(self, choices: Sequence[str]) -> str:
        """Give one of some words."""
        if not isinstance(self.value, str) or self.value not in choices:
            self.fail("one_of", allowed=[str(one) for one in choices])
        return self.value

    def member(self, choices: type[_Choice]) -> _Choice:
        """Give a member of an enumeration."""
        return choices(self.choice(tuple(choices)))

    def number(self, most: int) -> int:
        """Give a whole number from 1."""
        if type(self.value) is not int or not 1 <= self.value <= most:
            self.fail("number_in_range", maximum=most)
        return self.value

    def date(self) -> dt.date:
        """Give a day, YYYY-MM-DD."""
        text = self.text()
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            self.fail("date")
        if day.isoformat() != text:
            self.fail("date")
        return day

    def by_language(self) -> Mapping[str, str]:
        """Give a text in one language or several, by ISO 639-1."""
        texts = self.items()
        if not texts:
            self.fail("filled")
        for language, place in texts.items():
            if not _LANGUAGE.fullmatch(language):
                place.fail("language_code")
        return MappingProxyType({language: place.text() for language, place in texts.items()})

    def _under(self, name: str) -> str:
        shown = name if len(name) <= _MAX_SHOWN else name[:_MAX_SHOWN] + "…"
        return f"{self.at}.{shown}" if self.at else shown
