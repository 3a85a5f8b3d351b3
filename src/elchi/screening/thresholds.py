"""Thresholds by list and purpose, as a file that an office writes (docs/commands.md, "Thresholds")."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from elchi.errors import InvalidInput, NotFound
from elchi.screening.finding import ANY, Thresholds, ThresholdTable

MAX_BYTES: Final = 1 << 16
"""Size of the file, at most."""
_KEYS: Final = ("list", "purpose", "review", "stop")
_LIST: Final = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)


def read_thresholds(path: Path) -> ThresholdTable:
    """Read a TOML file with a table `[[threshold]]` for each row: `list`, `purpose`, `review`, `stop`.

    A file with one fault is refused whole: rows that are left out would let travellers through.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `thresholds_invalid` with `field`, as `threshold[2].review` (rows from 1), and `rule`.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise NotFound("file_unknown", field="thresholds", file=path.name) from None
    if len(raw) > MAX_BYTES:
        raise InvalidInput("thresholds_invalid", field="thresholds", rule="file_size", maximum=MAX_BYTES)
    try:
        told = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # ValueError is not UTF-8, no TOML, or a number of thousands of digits
        raise InvalidInput("thresholds_invalid", field="thresholds", rule="toml") from None
    for key in sorted(told.keys() - {"threshold"}):
        raise InvalidInput("thresholds_invalid", field=key[:64], rule="unknown_key", allowed=["threshold"])
    return _table(told.get("threshold", []))


def _table(told: Any) -> ThresholdTable:
    if not isinstance(told, list):
        raise InvalidInput("thresholds_invalid", field="threshold", rule="array")
    rows: dict[tuple[str, str], Thresholds] = {}
    for number, row in enumerate(told, 1):
        place = f"threshold[{number}]"
        if not isinstance(row, dict):
            raise InvalidInput("thresholds_invalid", field=place, rule="table")
        for key in sorted(row.keys() - set(_KEYS)):
            raise InvalidInput("thresholds_invalid", field=f"{place}.{key[:64]}", rule="unknown_key", allowed=_KEYS)
        fits = (_text(row, "list", place), _text(row, "purpose", place))
        if fits[0] != ANY and not _LIST.fullmatch(fits[0]):  # no list can have this name: the row would never count
            raise InvalidInput("thresholds_invalid", field=f"{place}.list", rule="lower_case_letters_digits")
        if fits in rows:
            raise InvalidInput("thresholds_invalid", field=place, rule="row_once")
        rows[fits] = _thresholds(row, place)
    return ThresholdTable(rows)


def _text(row: dict[str, Any], key: str, place: str) -> str:
    text = row.get(key, ANY)
    if not isinstance(text, str) or not text:
        raise InvalidInput("thresholds_invalid", field=f"{place}.{key}", rule="text")
    return text


def _thresholds(row: dict[str, Any], place: str) -> Thresholds:
    for key in ("review", "stop"):
        if key not in row:
            raise InvalidInput("thresholds_invalid", field=f"{place}.{key}", rule="missing")
        if not isinstance(row[key], int | float) or isinstance(row[key], bool):
            raise InvalidInput("thresholds_invalid", field=f"{place}.{key}", rule="number")
    try:
        return Thresholds(row["review"], row["stop"])
    except InvalidInput as error:
        error.params["field"] = place
        raise
