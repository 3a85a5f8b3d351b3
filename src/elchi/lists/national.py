"""A national list as a spreadsheet: CSV or .xlsx, with a mapping file (TOML) that says which column is what.

Without a mapping, columns are known by FollowTheMoney's names (birthDate) and by Elchi's own (birth_date); what is in
other columns goes to `notes`. A row whose date, schema or width cannot be read is a bad line: nothing is guessed.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from elchi.errors import InvalidInput, NotFound
from elchi.lists.dates import read_dates
from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.ftm import CHECKED, DOCUMENTS
from elchi.lists.properties import property_kinds
from elchi.lists.source import Limits, Progress
from elchi.lists.table import read_rows

SCHEMATA = CHECKED | frozenset(DOCUMENTS)
"""Schemata that a row may be of."""
_MAX_MAPPING = 1 << 18
_OWN_NAMES: Mapping[str, str] = {
    "family_name": "lastName",
    "given_names": "firstName",
    "patronymic": "fatherName",
    "birth_date": "birthDate",
    "birth_place": "birthPlace",
    "sex": "gender",
    "document_number": "passportNumber",
    "passport_number": "passportNumber",
    "national_id": "idNumber",
    "registration_number": "registrationNumber",
    "plate": "registrationNumber",
    "phones": "phone",
    "emails": "email",
}
_FEMALE = ("f", "female", "ж", "жен", "женский", "аял", "әйел", "ayol", "aýal", "зан")
_MALE = ("m", "male", "м", "муж", "мужской", "эркек", "ер", "erkak", "erkek", "мард")
_SEXES = dict.fromkeys(_FEMALE, "female") | dict.fromkeys(_MALE, "male")
_NOTHING = re.compile(r"\W*|n/?a|null|none|unknown|неизвестно|не известно|нет данных|нет", re.IGNORECASE)
_Plan = list[tuple[str, tuple[str, ...]]]
"""Column and the properties that its values go to, in the order of the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Which column is what. The fields are the keys of the mapping file."""

    columns: Mapping[str, tuple[str, ...]]
    """Column name to properties of FollowTheMoney, Elchi's own words for them, or `id` or `schema`. Columns not named
    are left out."""
    schema: str = "Person"
    """Schema of rows that no column gives one."""
    constants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Properties that every row has."""
    encoding: str | None = None
    delimiter: str | None = None
    date_format: str | None = None
    """As in Python's strptime: "%d.%m.%Y". Without it dates are read as `elchi.lists.dates` says."""
    separator: str | None = None
    """What stands between several names, numbers, countries or dates in one cell."""


def read_mapping(path: Path) -> TableMapping:
    """Read a mapping file.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `mapping_invalid` with `field` and `rule`.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_MAPPING + 1)
    except OSError:
        raise NotFound("file_unknown", field="mapping", file=path.name) from None
    try:
        keys = tomllib.loads(raw.decode() if len(raw) <= _MAX_MAPPING else "=")
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidInput("mapping_invalid", field="mapping", rule="toml") from None
    return make_mapping(keys)


def make_mapping(keys: Mapping[str, Any]) -> TableMapping:
    """Make a mapping of the keys of a mapping file.

    Raises:
        InvalidInput: `mapping_invalid` with `field` and `rule`.
    """
    keys = dict(keys)
    known = set(TableMapping.__dataclass_fields__)
    for key in keys.keys() - known:
        raise InvalidInput("mapping_invalid", field=key[:64], rule="unknown_key", allowed=sorted(known))
    allowed = {*property_kinds(), "id", "schema"}
    columns = {
        column: tuple(_OWN_NAMES.get(name, name) for name in names)
        for column, names in _texts_by_name(keys.pop("columns", {}), "columns").items()
    }
    constants = _texts_by_name(keys.pop("constants", {}), "constants")
    for name in (*(name for names in columns.values() for name in names), *constants):
        if name not in allowed:
            raise InvalidInput("mapping_invalid", field=name[:64], rule="property")
    if not columns:
        raise InvalidInput("mapping_invalid", field="columns", rule="empty")
    for key, value in keys.items():
        if not isinstance(value, str) or not value:
            raise InvalidInput("mapping_invalid", field=key, rule="text")
    mapping = TableMapping(columns=columns, constants=constants, **keys)
    if mapping.schema not in SCHEMATA:
        raise InvalidInput("mapping_invalid", field="schema", rule="one_of", allowed=sorted(SCHEMATA))
    return mapping


def read_national(
    path: Path, mapping: TableMapping | None = None, limits: Limits | None = None, progress: Progress | None = None
) -> Iterator[Entry | BadLine]:
    """Read a national list.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`, `mapping_invalid` when the columns of file and mapping do not meet.
    """
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else (None, None)
    rows = read_rows(path, encoding=encoding, delimiter=delimiter, limits=limits, progress=progress)
    first = next(rows, None)
    if first is None:
        return
    plan = _plan(list(first[1]), mapping)
    rule = mapping or TableMapping(columns=dict(plan), schema=_likely_schema(plan))
    for line, row in chain([first], rows):
        if row.get(""):
            yield BadLine(line, "row_width", {"beyond": row[""][:64]})
        else:
            yield entry_or_bad(line, _entry, row, plan, rule)


def _texts_by_name(value: Any, key: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise InvalidInput("mapping_invalid", field=key, rule="table")
    texts = {}
    for name, given in value.items():
        several = given if isinstance(given, list) else [given]
        if not several or not all(isinstance(text, str) and text for text in several):
            raise InvalidInput("mapping_invalid", field=name[:64], rule="text")
        texts[" ".join(name.split())] = tuple(several)
    return texts


def _plan(header: list[str], mapping: TableMapping | None) -> _Plan:
    if mapping:
        for column in mapping.columns:
            if column not in header:
                raise InvalidInput("mapping_invalid", field=column, rule="no_such_column", allowed=header)
        return [(column, mapping.columns[column]) for column in header if column in mapping.columns]
    names = {name.casefold(): name for name in (*property_kinds(), "id", "schema")}
    names.update(_OWN_NAMES)
    plan: _Plan = [(column, (names.get(column.casefold(), ""),)) for column in header if column]
    if not any(property_kinds().get(name) in ("name", "mark") or name == "lastName" for _, (name, *_) in plan):
        raise InvalidInput("mapping_invalid", field="mapping", rule="needed", columns=header)
    return plan


def _likely_schema(plan: _Plan) -> str:
    names = {names[0] for _, names in plan}
    vehicle = names & {"registrationNumber", "vin"} and not names & {"name", "lastName"}
    return "Vehicle" if vehicle else "Person"


def _entry(row: Mapping[str, str], plan: _Plan, mapping: TableMapping) -> Entry:
    given = [(column, names, row[column]) for column, names in plan if not _NOTHING.fullmatch(row[column])]
    own = {name: text for _, names, text in given for name in names if name in ("id", "schema")}
    schema = own.get("schema", mapping.schema)
    if schema not in SCHEMATA:
        raise InvalidInput("entry_invalid", field="schema", rule="one_of", allowed=sorted(SCHEMATA))
    draft = Draft(own.get("id") or _made_id(given), schema)
    for column, names, text in given:
        for name in names:
            if not name:
                draft.add("notes", f"{column}: {text}")
            elif name not in own:
                _add(draft, name, text, mapping, column)
    for name, texts in mapping.constants.items():
        draft.add(name, *texts)
    if not draft.has("name"):
        draft.add("name", _whole_name(draft))
    return draft.entry()


def _add(draft: Draft, name: str, text: str, mapping: TableMapping, column: str) -> None:
    kind = property_kinds()[name]
    split = mapping.separator and kind != "text"
    for part in text.split(mapping.separator) if split else (text,):
        clean = part.strip()
        if kind == "country":
            draft.add_country(name, clean)
        elif kind == "sex":
            sex = _SEXES.get(clean.casefold().rstrip("."))
            draft.add(name if sex else "notes", sex or f"{column}: {clean}")
        elif kind == "date":
            draft.add(name, *_dates(clean, mapping.date_format, column))
        else:
            draft.add(name, clean)


def _dates(text: str, date_format: str | None, column: str) -> tuple[str, ...]:
    if date_format is None:
        dates = read_dates(text)
    else:
        try:
            # A date has no zone; read_dates then holds the same limits as for any other.
            dates = read_dates(datetime.strptime(text, date_format).strftime("%Y-%m-%d"))  # noqa: DTZ007  a date only
        except ValueError:
            dates = ()
        if "%d" not in date_format:
            dates = tuple(date[:7] if "%m" in date_format else date[:4] for date in dates)
    if text and not dates:
        raise InvalidInput("entry_invalid", field=column, rule="date")
    return dates


def _whole_name(draft: Draft) -> str:
    last, *given = (draft.first(name) for name in ("lastName", "firstName", "secondName", "fatherName"))
    rest = " ".join(part for part in given if part)
    return f"{last}, {rest}" if last and rest else last or rest


def _made_id(given: list[tuple[str, tuple[str, ...], str]]) -> str:
    """Make an id of what the row says: it stays the same while the row does, wherever it stands."""
    said = "\n".join(sorted(f"{column}\t{text}" for column, _, text in given))
    return f"row-{hashlib.blake2b(said.encode(errors='replace'), digest_size=8).hexdigest()}"
