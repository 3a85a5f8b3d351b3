"""Manifests: many travellers in one file, each line of it one ManifestLine, in order, in bounded memory.

A line that cannot be read carries its error and the next one is read; only what makes the rest unreadable raises.
Formats: CSV, XLSX and Parquet with the columns of `traveller.FIELDS`; JSON lines with the same names or with the wire
form of a subject; EDIFACT PAXLST. docs/batch.md shows each.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from elchi.documents.states import find_state
from elchi.errors import InvalidInput
from elchi.lists.source import CHUNK, Limits, open_source
from elchi.lists.table import read_cells
from elchi.screening.parquet import read_parquet
from elchi.screening.paxlst import PassengerList
from elchi.screening.traveller import FIELDS, MAX_FIELD, clean_text, read_traveller
from elchi.subjects import Subject, from_wire

FORMATS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".edi": "paxlst",
    ".edifact": "paxlst",
    ".paxlst": "paxlst",
}
"""Suffix to format; `.gz` or `.xz` behind it is passed over."""

MAX_LINE = 1 << 16
"""Bytes of one JSON line."""
MAX_DEPTH = 32
"""JSON objects and arrays within each other."""
_MAX_UNKNOWN = 100
_OWN_LIMITS = Limits(max_record=1 << 62)
"""For readers that hold a limit of their own to each record."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One line of a manifest: its subjects, one or more, or its error."""

    number: int
    """Line of the file from 1, the header counted; row of a Parquet file from 1; segment of a PAXLST file from 1."""
    id: str
    """As the line gives it, else its number."""
    subjects: tuple[Subject, ...] = ()
    error: InvalidInput | None = None


class Manifest(Iterator[ManifestLine]):
    """The lines of a manifest, to be iterated once, and what was seen on the way."""

    def __init__(self, path: Path, format_: str, today: dt.date, region: str) -> None:
        """Open nothing yet; see `read_manifest`."""
        self.header: Mapping[str, str] = {}
        """Of the PAXLST message read last: `carrier`, `journey`, `from`, `to`, `departs_at`, `arrives_at`, if given."""
        self._region = region
        self._unknown: dict[str, None] = {}
        match format_:
            case "csv" | "xlsx":
                self._lines = self._read_table(read_cells(path))
            case "parquet":
                self._lines = self._read_table(read_parquet(path, lambda name: name.strip().lower() in FIELDS))
            case "jsonl":
                self._lines = self._read_json(path)
            case _:
                self._lines = self._read_paxlst(path, today)

    def __next__(self) -> ManifestLine:
        """Give the next line.

        Raises:
            InvalidInput: the rest cannot be read: `manifest_header`, `extra_missing`, `edifact_header`, `list_broken`,
                `parquet_broken`, `field_type` of a Parquet column.
            NotFound: `file_unknown`.
        """
        return next(self._lines)

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Names seen so far that mean nothing here, as written, each once; at most a hundred."""
        return tuple(self._unknown)

    def _fold(self, names: Iterable[str]) -> dict[str, str]:
        """Give each known name the form it has here; note the others."""
        folded: dict[str, str] = {}
        twice = False
        for name in names:
            lower = name.strip().lower()
            if lower in FIELDS:
                twice |= lower in folded.values()
                folded[name] = lower
            elif lower and len(self._unknown) < _MAX_UNKNOWN:
                self._unknown.setdefault(name[:64])
        if twice:
            raise InvalidInput("manifest_header", field="header", rule="column_once")
        return folded

    def _read_table(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[ManifestLine]:
        """Read cells, of which the first row is the header."""
        _, names = next(rows, (1, []))
        columns = self._fold(names)
        if not columns:
            raise InvalidInput("manifest_header", field="header", rule="known_column", allowed=list(FIELDS))
        places = {columns[name]: place for place, name in enumerate(names) if name in columns}
        for number, cells in rows:
            if any(cells[len(names) :]):  # a comma too many has moved every cell behind it under another name
                error = InvalidInput("manifest_row", field="row", rule="more_cells_than_columns")
                yield _faulty_line(number, str(number), error)
                continue
            fields = {field: cells[place] for field, place in places.items() if place < len(cells)}
            id_ = str(number)
            try:
                id_ = clean_text("id", fields.get("id", "")) or id_
                yield ManifestLine(number, id_, read_traveller(fields, region=self._region))
            except InvalidInput as error:
                yield _faulty_line(number, id_, error)

    def _read_json(self, path: Path) -> Iterator[ManifestLine]:
        for number, raw in _json_lines(path):
            id_ = str(number)
            try:
                wire = _json_object(raw)
                if "kind" in wire:
                    id_ = clean_text("id", _text("id", wire.pop("id", None))) or id_
                    yield ManifestLine(number, id_, (from_wire(wire),))
                else:
                    fields = {field: _text(field, wire[name]) for name, field in self._fold(wire).items()}
                    id_ = clean_text("id", fields.get("id", "")) or id_
                    yield ManifestLine(number, id_, read_traveller(fields, region=self._region))
            except InvalidInput as error:
                yield _faulty_line(number, id_, error)

    def _read_paxlst(self, path: Path, today: dt.date) -> Iterator[ManifestLine]:
        with io.BufferedReader(open_source(path, _OWN_LIMITS), CHUNK) as stream:
            passengers = PassengerList(stream, today=today)
            for number, found in passengers:
                self.header = passengers.journey
                if isinstance(found, InvalidInput):
                    yield ManifestLine(number, str(number), error=found)
                else:
                    yield ManifestLine(number, str(number), (found,))


def read_manifest(
    path: Path,
    *,
    today: dt.date,
    format: str | None = None,  # noqa: A002  the word of the command line
    default_region: str | None = None,
) -> Manifest:
    """Read a manifest; the suffix tells its format unless it is given.

    Args:
        path: the file; CSV, JSON lines and PAXLST may be packed with gzip or xz.
        today: what the years of two digits in PAXLST are counted from.
        format: `csv`, `xlsx`, `jsonl`, `parquet` or `paxlst`.
        default_region: the state, by two or three letters, whose national phone numbers are meant.

    Raises:
        InvalidInput: `manifest_format`, `manifest_region`. What is wrong with the file itself comes while iterating.
    """
    suffixes = [suffix for suffix in map(str.lower, path.suffixes) if suffix not in (".gz", ".xz")]
    chosen = format or FORMATS.get("".join(suffixes[-1:]), "")
    allowed = sorted(set(FORMATS.values()))
    if chosen not in allowed:
        raise InvalidInput("manifest_format", field="format", rule="one_of", allowed=allowed)
    if default_region and not ((state := find_state(default_region)) and state.alpha2):
        raise InvalidInput("manifest_region", field="default_region", rule="state")
    return Manifest(path, chosen, today, default_region or "")


def _faulty_line(number: int, id_: str, error: InvalidInput) -> ManifestLine:
    error.params["line"] = number
    return ManifestLine(number, id_, error=error)


def _json_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give the lines that are not blank, with their numbers from 1; of one over MAX_LINE one byte more than that."""
    number = 0
    with io.BufferedReader(open_source(path, _OWN_LIMITS), CHUNK) as stream:
        while raw := stream.readline(MAX_LINE + 1):
            number += 1
            rest = raw
            while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE + 1)
            if raw.strip() or len(raw) > MAX_LINE:
                yield number, raw


def _json_object(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_LINE:
        raise InvalidInput("json_line", field="line", rule="max_bytes", maximum=MAX_LINE)
    try:
        wire = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
        if b"\\u" in raw:
            json.dumps(wire, ensure_ascii=False).encode()  # raises for half a surrogate pair
    except UnicodeError:
        raise InvalidInput("json_line", field="line", rule="utf_8") from None
    except (ValueError, RecursionError):
        raise InvalidInput("json_line", field="line", rule="json") from None
    if not isinstance(wire, dict):
        raise InvalidInput("json_line", field="line", rule="object")
    _check_values(wire, MAX_DEPTH, "line")
    return wire


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(constant)


def _check_values(value: Any, depth: int, field: str) -> None:
    """Hold what a line contains to MAX_FIELD and to the depth."""
    if isinstance(value, str) and len(value) > MAX_FIELD:
        raise InvalidInput("field_too_long", field=field, rule="max_length", maximum=MAX_FIELD)
    if isinstance(value, dict | list) and depth == 0:
        raise InvalidInput("json_line", field="line", rule="max_depth", maximum=MAX_DEPTH)
    if isinstance(value, dict):
        for name, part in value.items():
            _check_values(part, depth - 1, name[:64])
    elif isinstance(value, list):
        for part in value:
            _check_values(part, depth - 1, field)


def _text(field: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidInput("field_type", field=field, rule="text")
