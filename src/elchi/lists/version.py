"""One version of a list as files: written once, then only mapped and read.

    entries.jsonl   one entry a line in FollowTheMoney form: it is the export
    offsets.bin     where line i begins, little-endian u64, and the end of the last
    ids.bin         hashes of ids in order, then the hash of the line of each, then its i, all u64: finds an entry by
                    id, and what differs between two versions
    meta.json       name, number, times, source, counts

The same entries give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elchi.errors import Conflict, NotFound
from elchi.lists.entry import BadLine, Entry, to_ftm

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
Numbers = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One version of a list."""

    name: str
    version: int
    loaded_at: datetime
    source: Mapping[str, Any] = field(hash=False)
    """Where it came from, as the caller of `load` gave it: file, format, address, sha256 ..."""
    total: int
    issued_at: str | None
    """ISO date or time at which the publisher made it, where the file says so."""
    bad: int
    skipped: int
    path: Path


@dataclass(frozen=True, slots=True)
class Rows:
    """What ids.bin holds: one place of each array an entry, sorted by the hash of the id."""

    ids: Numbers
    lines: Numbers
    ordinals: Numbers

    def pick(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Rows:
        """Give some of them."""
        return Rows(self.ids[chosen], self.lines[chosen], self.ordinals[chosen])


@dataclass(frozen=True, slots=True)
class Opened:
    """A version's files, mapped."""

    folder: Path
    lines: mmap.mmap
    offsets: Numbers
    rows: Rows

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def entry(self, ordinal: int) -> Entry:
        """Give the entry of line `ordinal`, from 0.

        Raises:
            NotFound: `entry_unknown`.
            Conflict: `list_damaged`.
        """
        if not 0 <= ordinal < len(self):
            raise NotFound("entry_unknown", field="ordinal", ordinal=ordinal)
        return _stored(self.lines[int(self.offsets[ordinal]) : int(self.offsets[ordinal + 1])], self.folder)

    def entry_by_id(self, entry_id: str) -> Entry:
        """Give the entry of an id.

        Raises:
            NotFound: `entry_unknown`.
        """
        at = int(np.searchsorted(self.rows.ids, np.uint64(_hash(entry_id.encode(errors="replace")))))
        if at < len(self):
            entry = self.entry(int(self.rows.ordinals[at]))
            if entry.id == entry_id:
                return entry
        raise NotFound("entry_unknown", field="id", id=entry_id)


class Writer:
    """Writes the entries of a version, in the order given, holding 24 bytes an entry in memory."""

    def __init__(self, folder: Path, dataset: str) -> None:
        self._folder = folder
        self._dataset = dataset
        self._part = folder / "entries.part"
        self._out = self._part.open("wb", buffering=1 << 20)
        self._ids = array("Q")
        self._lines = array("Q")
        self._offsets = array("Q", [0])

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, entry: Entry) -> None:
        """Write an entry."""
        line = _dump(to_ftm(entry, self._dataset))
        self._out.write(line)
        self._ids.append(_hash(entry.id.encode()))
        self._lines.append(_hash(line))
        self._offsets.append(self._offsets[-1] + len(line))

    def close(self) -> None:
        """Close the file; what was written so far is of no use."""
        self._out.close()

    def finish(self) -> list[BadLine]:
        """Write the tables, and give the entries left out because an earlier one has their id.

        Their `line` is their number among the entries. One that says the same as the first counts as skipped.
        """
        self._out.close()
        ids = np.frombuffer(self._ids, np.uint64)
        order = np.argsort(ids, kind="stable")
        rows = Rows(ids[order], np.frombuffer(self._lines, np.uint64)[order], order.astype(np.uint64))
        first = np.ones(len(order), bool)
        first[1:] = rows.ids[1:] != rows.ids[:-1]
        offsets = np.frombuffer(self._offsets, np.uint64)
        if first.all():
            self._part.replace(self._folder / "entries.jsonl")
            taken = []
        else:
            taken = self._taken(rows, first)
            rows, offsets = self._compact(rows.pick(first), offsets)
        (self._folder / "offsets.bin").write_bytes(offsets.astype("<u8").tobytes())
        table = np.concatenate([rows.ids, rows.lines, rows.ordinals])
        (self._folder / "ids.bin").write_bytes(table.astype("<u8").tobytes())
        return taken

    def _taken(self, rows: Rows, first: NDArray[np.bool_]) -> list[BadLine]:
        leader = rows.lines[np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))]
        same = dict(zip(rows.ordinals[~first].tolist(), (leader == rows.lines)[~first].tolist(), strict=True))
        with self._part.open("rb") as lines:
            return [
                BadLine(ordinal + 1, "id_taken", {"id": _stored(line, self._folder).id}, skipped=same[ordinal])
                for ordinal, line in enumerate(lines)
                if ordinal in same
            ]

    def _compact(self, rows: Rows, offsets: Numbers) -> tuple[Rows, Numbers]:
        kept = np.sort(rows.ordinals)
        wanted = np.zeros(len(offsets) - 1, bool)
        wanted[kept] = True
        with self._part.open("rb") as lines, (self._folder / "entries.jsonl").open("wb") as out:
            out.writelines(line for line, keep in zip(lines, wanted.tolist(), strict=True) if keep)
        self._part.unlink()
        ordinals = np.searchsorted(kept, rows.ordinals).astype(np.uint64)
        sizes = np.concatenate([np.zeros(1, np.uint64), np.diff(offsets)[wanted]])
        return Rows(rows.ids, rows.lines, ordinals), np.cumsum(sizes, dtype=np.uint64)


def write_meta(version: ListVersion) -> None:
    """Write what is known of a version beside its entries."""
    meta = {
        "name": version.name,
        "version": version.version,
        "loaded_at": version.loaded_at.isoformat(),
        "issued_at": version.issued_at,
        "source": dict(version.source),
        "total": version.total,
        "bad": version.bad,
        "skipped": version.skipped,
    }
    (version.path / "meta.json").write_bytes(_dump(meta))


def read_meta(folder: Path) -> ListVersion:
    """Read what is known of a version.

    Raises:
        Conflict: `list_damaged` when the disk gives back something else than was written.
    """
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        loaded_at = datetime.fromisoformat(meta.pop("loaded_at"))
        return ListVersion(**meta, loaded_at=loaded_at, path=folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(folder) from None


def open_version(version: ListVersion) -> Opened:
    """Map the files of a version; a version once opened stays mapped while it is in use.

    Raises:
        Conflict: `list_damaged`.
    """
    try:
        seen = (version.path / "entries.jsonl").stat()
    except OSError:
        raise _damaged(version.path) from None
    return _open(version.path, seen.st_ino, seen.st_mtime_ns)


def iterate(version: ListVersion) -> Iterator[Entry]:
    """Give the entries in their order, reading ahead."""
    with (version.path / "entries.jsonl").open("rb", buffering=1 << 20) as lines:
        for line in lines:
            yield _stored(line, version.path)


@lru_cache(maxsize=64)
def _open(folder: Path, _inode: int, _modified_at: int) -> Opened:
    # inode and time are part of the key: a list that was removed and loaded again has the same folders
    try:
        with (folder / "entries.jsonl").open("rb") as lines:
            mapped = mmap.mmap(lines.fileno(), 0, access=mmap.ACCESS_READ)
        offsets = np.memmap(folder / "offsets.bin", "<u8", "r")
        table = np.memmap(folder / "ids.bin", "<u8", "r")
    except (OSError, ValueError):
        raise _damaged(folder) from None
    count = len(offsets) - 1
    if int(offsets[-1]) != len(mapped) or len(table) != 3 * count:
        raise _damaged(folder)
    return Opened(folder, mapped, offsets, Rows(table[:count], table[count : 2 * count], table[2 * count :]))


def _damaged(folder: Path) -> Conflict:
    return Conflict("list_damaged", list=folder.parent.parent.name, version=folder.name)


def _stored(line: bytes, folder: Path) -> Entry:
    try:
        wire = json.loads(line)
        return Entry(wire["id"], wire["schema"], {name: tuple(values) for name, values in wire["properties"].items()})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(folder) from None


def _dump(wire: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(wire).encode() + b"\n"


def _hash(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
