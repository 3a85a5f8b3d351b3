"""What changed between two versions of a list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elchi.lists.entry import Entry
from elchi.lists.version import Opened, Rows


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """Values of one property that came and went. The schema stands as property `schema`."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of both versions that differs. No properties: only the order of values changed."""

    id: str
    properties: tuple[PropertyChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """Ids in the order of the lists: of the newer for added and changed, of the older for removed."""

    added: tuple[str, ...]
    changed: tuple[Change, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowDiff:
    """Lines (ordinals), in order. `changed` pairs the older line with the newer."""

    added: NDArray[np.uint64]
    removed: NDArray[np.uint64]
    changed: tuple[tuple[int, int], ...]
    unchanged: int


def compare_rows(older: Rows, newer: Rows) -> RowDiff:
    """Compare two versions by the hashes of their ids and lines."""
    _, in_older, in_newer = np.intersect1d(older.ids, newer.ids, assume_unique=True, return_indices=True)
    differ = older.lines[in_older] != newer.lines[in_newer]
    pairs = zip(older.ordinals[in_older[differ]].tolist(), newer.ordinals[in_newer[differ]].tolist(), strict=True)
    return RowDiff(
        added=np.sort(np.delete(newer.ordinals, in_newer)),
        removed=np.sort(np.delete(older.ordinals, in_older)),
        changed=tuple(sorted(pairs, key=lambda pair: pair[1])),
        unchanged=len(in_older) - int(differ.sum()),
    )


def diff_versions(older: Opened, newer: Opened) -> Diff:
    """Tell what came, changed and went, with the values."""
    rows = compare_rows(older.rows, newer.rows)
    return Diff(
        added=tuple(newer.entry(ordinal).id for ordinal in rows.added.tolist()),
        changed=tuple(change_of(older.entry(before), newer.entry(after)) for before, after in rows.changed),
        removed=tuple(older.entry(ordinal).id for ordinal in rows.removed.tolist()),
    )


def change_of(older: Entry, newer: Entry) -> Change:
    """Tell what changed of an entry."""
    before = {"schema": (older.schema,), **older.properties}
    after = {"schema": (newer.schema,), **newer.properties}
    changes = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, ()), after.get(name, ())
        came = tuple(value for value in new if value not in old)
        went = tuple(value for value in old if value not in new)
        if came or went:
            changes.append(PropertyChange(name, came, went))
    return Change(newer.id, tuple(changes))
