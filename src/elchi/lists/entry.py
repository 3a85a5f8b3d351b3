"""One listed person, organisation, vehicle or document, in the words of FollowTheMoney.

Property names and schemata are those of FollowTheMoney, so that an entry goes out as it came in. Values are text:
dates ISO 8601 of any precision, countries ISO 3166-1 alpha-2 in lower case (or the source's own words when the
table does not know them). `Draft` is the only place that cleans values and holds the limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from elchi.errors import InvalidInput
from elchi.lists.countries import country_code
from elchi.lists.dates import is_plain_date, read_dates
from elchi.lists.properties import findable_properties, property_kinds

MAX_ID = 255
"""Longest id, characters."""
MAX_VALUE = 65_536
"""Longest value, characters: the remarks of real lists reach a few thousand."""
MAX_VALUES = 2_000
"""Most values of one property."""
MAX_SIZE = 262_144
"""Most characters of all values of one entry."""

_P = ParamSpec("_P")
_PROPERTY = re.compile(r"[a-z][A-Za-z0-9]{1,63}", re.ASCII)
_SCHEMA = re.compile(r"[A-Z][A-Za-z0-9]{1,63}", re.ASCII)
_CAPTIONS = ("name", "alias", "weakAlias", "previousName", "number", "registrationNumber", "passportNumber", "idNumber")
_NOTHING = re.compile(r"\W*|n\.?/?a\.?|00|unknown|undetermined|none identified|not available", re.IGNORECASE)
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed subject. Make one by a `Draft` or `from_ftm`, which hold the limits.

    Args:
        id: the list's own id of it, unique in the list and the same from version to version.
        schema: of FollowTheMoney: Person, Organization, Company, LegalEntity, Vehicle, Vessel, Airplane, Passport ...
        properties: name to values; names in alphabetical order, values in the order of the source.
    """

    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]] = field(hash=False)

    @property
    def caption(self) -> str:
        """What to call it: its first name, else its first mark, else its id."""
        return next((self.properties[name][0] for name in _CAPTIONS if self.properties.get(name)), self.id)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that gave no entry, and why.

    Args:
        line: line of the file, or number of the record where the format has no lines (XML, JSON pages); from 1.
        reason: code, listed in docs/lists.md.
        params: JSON values that say more.
        skipped: the line is whole but is no entry by design (an alias of an entry that is not there, a schema that is
            never checked): reported, and not held against the list.
    """

    line: int
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    skipped: bool = False


class Draft:
    """An entry in the making: values are cleaned, repeated ones dropped, limits held."""

    def __init__(self, id: str, schema: str) -> None:  # noqa: A002 the word of FollowTheMoney
        self.id = _clean(id, "id")
        self.schema = schema
        if not self.id or len(self.id) > MAX_ID:
            raise InvalidInput("entry_invalid", field="id", rule="length")
        if not _SCHEMA.fullmatch(schema):
            raise InvalidInput("entry_invalid", field="schema", rule="schema_name")
        self._values: dict[str, dict[str, None]] = {}
        self._size = 0

    def add(self, name: str, *values: str | None) -> None:
        """Add values to a property; what is empty or already there is left out.

        Raises:
            InvalidInput: `entry_invalid` when the name is none of FollowTheMoney's form or a limit is passed.
        """
        for value in values:
            if not value:
                continue
            clean = _clean(value, name)
            kept = self._values.get(name)
            if kept is None:
                kept = self._start(name)
            if clean and clean not in kept:
                kept[clean] = None
                self._size += len(clean)
                if len(clean) > MAX_VALUE or len(kept) > MAX_VALUES or self._size > MAX_SIZE:
                    raise InvalidInput("entry_invalid", field=name, rule="length")

    def _start(self, name: str) -> dict[str, None]:
        if name not in property_kinds() and not _PROPERTY.fullmatch(name):
            raise InvalidInput("entry_invalid", field=name[:64], rule="property_name")
        kept: dict[str, None] = {}
        self._values[name] = kept
        return kept

    def add_dates(self, name: str, text: str) -> None:
        """Add a date, or the years of a span, as ISO 8601; words that say more than the dates go to `notes`."""
        self.add(name, *read_dates(text))
        if text and not is_plain_date(text):
            self.add("notes", f"{name}: {text}")

    def add_country(self, name: str, text: str) -> None:
        """Add a country by its code, or in the source's words when the table does not know them.

        A remark in brackets, as in "Libya (in custody)", goes to `notes`.
        """
        if _NOTHING.fullmatch(text):
            return
        bare = text.partition("(")[0]
        code = country_code(text) or country_code(bare)
        self.add(name, code or text)
        if code and not country_code(text):
            self.add("notes", f"{name}: {text}")

    def has(self, name: str) -> bool:
        """Tell whether a property has a value."""
        return bool(self._values.get(name))

    def first(self, name: str) -> str:
        """Give the first value of a property, empty when it has none."""
        return next(iter(self._values.get(name, ())), "")

    def entry(self) -> Entry:
        """Give the entry.

        Raises:
            InvalidInput: `entry_invalid` when it has no name and no mark by which it could be found.
        """
        properties = {name: tuple(self._values[name]) for name in sorted(self._values) if self._values[name]}
        if findable_properties().isdisjoint(properties):
            raise InvalidInput("entry_invalid", field="properties", rule="no_name_or_mark")
        return Entry(self.id, self.schema, properties)


def entry_or_bad(line: int, make: Callable[_P, Entry], *args: _P.args, **kwargs: _P.kwargs) -> Entry | BadLine:
    """Give the entry that `make` makes, or the line as bad when it raises InvalidInput."""
    try:
        return make(*args, **kwargs)
    except InvalidInput as error:
        return BadLine(line, error.code, error.params)


def to_ftm(entry: Entry, dataset: str) -> dict[str, Any]:
    """Give the FollowTheMoney form: one line of `entities.ftm.json`, without the line end."""
    return {
        "id": entry.id,
        "caption": entry.caption,
        "schema": entry.schema,
        "properties": {name: list(values) for name, values in entry.properties.items()},
        "referents": [],
        "datasets": [dataset],
    }


def from_ftm(wire: Any) -> Entry:
    """Read the FollowTheMoney form. Property names that look like FollowTheMoney's are kept, known here or not.

    Raises:
        InvalidInput: `entry_invalid` with `field` and `rule`.
    """
    if not isinstance(wire, Mapping):
        raise InvalidInput("entry_invalid", field="entity", rule="object")
    draft = Draft(_text(wire.get("id"), "id"), _text(wire.get("schema"), "schema"))
    properties = wire.get("properties")
    if not isinstance(properties, Mapping):
        raise InvalidInput("entry_invalid", field="properties", rule="object")
    for name, values in properties.items():
        several = values if isinstance(values, list) else () if values is None else (values,)
        for value in several:
            if not isinstance(value, str):
                raise InvalidInput("entry_invalid", field=name[:64], rule="text")
        draft.add(name, *several)
    return draft.entry()


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput("entry_invalid", field=name[:64], rule="text")
    return value


def _clean(value: str, name: str) -> str:
    if value.isprintable() and "  " not in value:
        return value.strip()
    if _SURROGATE.search(value):
        raise InvalidInput("entry_invalid", field=name[:64], rule="unicode")
    return " ".join(_UNWANTED.sub(" ", value).split())
