"""OFAC's Specially Designated Nationals list as SDN.CSV with ALT.CSV (aliases) and ADD.CSV (addresses) beside it.

No header; `-0-` is null; the files end with 0x1A. Names of individuals are "FAMILY, Given", as published. Rows of ALT
and ADD whose entry is not in SDN.CSV are skipped and reported, one by one: the three files are not always of one date,
and a finding must be able to name the entry it stands on. See OFAC's "SDN data specification" (dat_spec.txt).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from elchi.errors import InvalidInput
from elchi.lists.entry import BadLine, Draft, Entry, entry_or_bad
from elchi.lists.ofac_remarks import add_remarks
from elchi.lists.source import Limits, Progress, open_source
from elchi.lists.table import read_cells

_SCHEMATA = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_ALIASES = {"fka": "previousName"}
_TAIL_NUMBER = re.compile(r"[A-Z0-9]{1,3}-[A-Z0-9]{2,6}", re.ASCII)
_SDN_WIDTH, _ALT_WIDTH, _ADD_WIDTH = 12, 5, 6
_Rows = dict[str, list[tuple[int, list[str]]]]
"""Entry number to its lines."""


def read_ofac(
    path: Path,
    limits: Limits | None = None,
    progress: Progress | None = None,
    *,
    alt: Path | None = None,
    add: Path | None = None,
) -> Iterator[Entry | BadLine]:
    """Read the SDN list.

    Args:
        path: SDN.CSV, plain, gzip or xz.
        limits: bytes and rows.
        progress: gets the bytes read of SDN.CSV.
        alt: ALT.CSV; unless given, the file beside `path` named as it with `alt` for `sdn`, if there is one.
        add: ADD.CSV, likewise.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule`.
    """
    aliases: _Rows = {}
    addresses: _Rows = {}
    yield from _gather(alt or beside(path, "alt"), _ALT_WIDTH, limits, aliases)
    yield from _gather(add or beside(path, "add"), _ADD_WIDTH, limits, addresses)
    for line, row in _rows(path, limits, progress):
        if len(row) != _SDN_WIDTH:
            yield BadLine(line, "row_width", {"columns": len(row)})
            continue
        own = (aliases.pop(row[0], []), addresses.pop(row[0], []))
        yield entry_or_bad(line, _entry, row, *own)
    for reason, orphans in (("alias_orphan", aliases), ("address_orphan", addresses)):
        for number, rows in orphans.items():
            for line, _ in rows:
                yield BadLine(line, reason, {"entry": number[:32]}, skipped=True)


def beside(path: Path, kind: str) -> Path | None:
    """Give the file of aliases (`alt`) or addresses (`add`) that belongs to an SDN file, if it lies beside it."""
    for old, new in (("sdn", kind), ("SDN", kind.upper())):
        other = path.with_name(path.name.replace(old, new))
        if other != path and other.is_file():
            return other
    return None


def _gather(path: Path | None, width: int, limits: Limits | None, rows: _Rows) -> Iterator[BadLine]:
    for line, row in _rows(path, limits, None) if path else ():
        if len(row) == width:
            rows.setdefault(row[0], []).append((line, row))
        else:
            yield BadLine(line, "row_width", {"columns": len(row), "file": path.name if path else ""})


def _rows(path: Path, limits: Limits | None, progress: Progress | None) -> Iterator[tuple[int, list[str]]]:
    with open_source(path, limits) as source:
        head = source.read(3) or b""
    if not head[:1].isdigit():
        raise InvalidInput("list_broken", field="file", rule="ofac_number_first", line=1)
    for line, row in read_cells(path, delimiter=",", limits=limits, progress=progress):
        if row != ["\x1a"]:
            yield line, ["" if cell == "-0-" else cell for cell in row]


def _entry(row: list[str], aliases: list[tuple[int, list[str]]], addresses: list[tuple[int, list[str]]]) -> Entry:
    number, name, kind, programs, title, call_sign, vessel_type, tonnage, gross, flag, owner, remarks = row
    schema = _SCHEMATA.get(kind, "Organization" if not kind else "LegalEntity")
    if not number.isdigit():
        raise InvalidInput("entry_invalid", field="id", rule="number")
    draft = Draft(f"ofac-{number}", schema)
    draft.add("name", name)
    if schema == "Person":
        add_name_parts(draft, name)
    if schema == "Airplane" and _TAIL_NUMBER.fullmatch(name):
        draft.add("registrationNumber", name)
    for _, alias in aliases:
        draft.add(_ALIASES.get(alias[2], "alias"), alias[3])
    for _, (_, _, street, city, country, remark) in addresses:
        draft.add("address", ", ".join(part for part in (street, city, country) if part) if street or city else None)
        draft.add_country("country", country)
        draft.add("notes", remark)
    draft.add("program", *programs.replace("[", "").split("]"))
    draft.add("position", title)
    draft.add("callSign", call_sign)
    draft.add("type", vessel_type)
    draft.add("tonnage", tonnage)
    draft.add("grossRegisteredTonnage", gross)
    draft.add_country("flag", flag)
    draft.add("notes", f"Vess_owner: {owner}" if owner else None)
    draft.add("topics", "sanction")
    add_remarks(draft, remarks)
    return draft.entry()


def add_name_parts(draft: Draft, name: str) -> None:
    """Add family and given names of "FAMILY, Given"."""
    last, comma, first = name.partition(",")
    if comma:
        draft.add("lastName", last)
        draft.add("firstName", first)
