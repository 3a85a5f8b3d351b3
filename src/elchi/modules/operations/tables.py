"""A spreadsheet of past seizures as this node reads it: with its crossings, offices, states and words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from elchi.errors import InvalidInput
from elchi.lists.source import Limits
from elchi.lists.table import read_cells
from elchi.locale import Words
from elchi.modules.operations.models import Import, Incident
from elchi.modules.operations.seizure import CONCEALMENTS, TRANSPORTS
from elchi.modules.operations.spreadsheet import MOST_COLUMNS, MOST_ROWS, Refused, Row, Ways, check_columns, read_row
from elchi.node.directory import queries as directory

LARGEST: Final = 5 << 20
"""Bytes of a file."""
_LIMITS: Final = Limits(max_columns=MOST_COLUMNS)
_LANGUAGES: Final = ("en", "ru")


def rows_of(content: bytes) -> list[tuple[int, list[str]]]:
    """Give the rows of a file with the number of each, the heads first.

    Raises:
        InvalidInput: `list_broken`, `operations_invalid` for more rows than are read at once, or none.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seizures"
        path.write_bytes(content)
        rows = []
        for row in read_cells(path, limits=_LIMITS):
            rows.append(row)
            if len(rows) > MOST_ROWS + 1:
                raise InvalidInput("operations_invalid", field="file", rule="limit", limit=MOST_ROWS)
    if len(rows) < 2:
        raise InvalidInput("operations_invalid", field="file", rule="not_empty")
    return rows


def ways_of(told: Mapping[str, Any]) -> Ways:
    """Give how a file is read: what was said of it, and the words that this node knows."""
    return Ways(
        columns=told.get("columns", {}),
        unit=told.get("unit", ""),
        legal_basis=told.get("legal_basis", ""),
        zone=timezone.get_current_timezone(),
        decimal=told.get("decimal", ""),
        offices=_known((one.code, [one.code, one.name, *one.names.values()]) for one in directory.offices()),
        crossings=_known((one.code, list(_names_of(one))) for one in directory.crossings()),
        states=_known((one.code, [one.code, *one.names.values()]) for one in directory.countries()),
        transports=_words("transport", TRANSPORTS),
        concealments=_words("concealment", CONCEALMENTS),
    )


def read_import(row: Import, told: Mapping[str, Any]) -> Iterator[Row | Refused]:
    """Read the rows of a file that waits; one whose number is known already is refused.

    Raises:
        InvalidInput: `operations_invalid` for columns that cannot be.
    """
    rows = rows_of(bytes(row.content or b""))
    ways = ways_of(told)
    heads = rows[0][1]
    check_columns(ways.columns, heads)
    known = set(Incident.objects.exclude(reference="").values_list("unit__code", "reference"))
    now = timezone.now()
    for line, cells in rows[1:]:
        read = read_row(line, dict(zip(heads, cells, strict=False)), ways, now=now)
        if isinstance(read, Row):
            read = _checked(read, ways, known)
        yield read


def _checked(read: Row, ways: Ways, known: set[tuple[str, str]]) -> Row | Refused:
    if read.card.unit not in ways.offices.values():
        return Refused(read.line, "office", "in_directory", read.card.unit)
    if read.reference:
        key = (read.card.unit, read.reference)
        if key in known:
            return Refused(read.line, "reference", "already_there", read.reference)
        known.add(key)
    return read


def _names_of(crossing: Any) -> Iterator[str]:
    yield crossing.code
    for first, second in ((crossing.name_a, crossing.name_b), *crossing.names.values()):
        yield from (name for name in (first, second, f"{first} - {second}", f"{first} – {second}") if name)


def _words(vocabulary: str, codes: Iterable[str]) -> dict[str, str]:
    spoken = [Words(language) for language in _LANGUAGES]
    return _known((code, [code, *(words.text(f"{vocabulary}.{code}") for words in spoken)]) for code in codes)


def _known(rows: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """Give codes by their names in lower case; a name of two is no name."""
    known: dict[str, str] = {}
    twice: set[str] = set()
    for code, names in rows:
        for name in {" ".join(one.casefold().split()) for one in names if one}:
            if known.setdefault(name, code) != code:
                twice.add(name)
    return {name: code for name, code in known.items() if name not in twice}
