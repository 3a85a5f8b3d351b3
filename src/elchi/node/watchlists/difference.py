"""What a version changes, entry by entry, read from the disk as far as a page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from elchi.errors import NotFound
from elchi.lists import Entry, ListVersion, Opened, PropertyChange, open_version
from elchi.lists.diff import change_of, compare_rows
from elchi.node.officers.acting import Acting
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.queries import version_for
from elchi.node.watchlists.staging import staged, store

KINDS: Final = ("added", "changed", "removed")
MOST_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that came, changed or went."""

    kind: str
    entry: Entry
    """As the newer version says it; of one that went, as the older did."""
    changes: tuple[PropertyChange, ...]


class Differences:
    """All of them, of one kind or of every, in the order of the list; a slice reads only its own entries."""

    def __init__(self, older: Opened, newer: Opened, kind: str = "") -> None:
        self._older, self._newer = older, newer
        rows = compare_rows(older.rows, newer.rows)
        pairs: dict[str, list[tuple[int, int]]] = {
            "added": [(0, ordinal) for ordinal in rows.added.tolist()],
            "changed": list(rows.changed),
            "removed": [(ordinal, 0) for ordinal in rows.removed.tolist()],
        }
        self._rows = [(one, pair) for one in KINDS if kind in ("", one) for pair in pairs[one]]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, which: slice) -> list[Difference]:
        return [self._read(kind, pair) for kind, pair in self._rows[which]]

    def search(self, text: str) -> list[Difference]:
        """Give those in which a text stands, at most `MOST_FOUND`."""
        wanted = text.casefold()
        found: list[Difference] = []
        for kind, pair in self._rows:
            one = self._read(kind, pair)
            if any(wanted in said.casefold() for said in _texts(one)):
                found.append(one)
            if len(found) == MOST_FOUND:
                break
        return found

    def _read(self, kind: str, pair: tuple[int, int]) -> Difference:
        before, after = pair
        if kind == "removed":
            return Difference(kind, self._older.entry(before), ())
        entry = self._newer.entry(after)
        changes = change_of(self._older.entry(before), entry).properties if kind == "changed" else ()
        return Difference(kind, entry, changes)


def differences_of(by: Acting, version_id: int, kind: str = "") -> tuple[Version, Differences | None]:
    """Give a version, and what it changes: against the one in force if it waits, else against the one before it.

    None where there is nothing to compare: the first version of a list, or one that is no longer kept.

    Raises:
        NotFound: `version_missing`, as `version_for`.
    """
    version = version_for(by, version_id)
    older, newer = _pair(version)
    if older is None or newer is None:
        return version, None
    return version, Differences(open_version(older), open_version(newer), kind)


def _pair(version: Version) -> tuple[ListVersion | None, ListVersion | None]:
    try:
        kept = store().versions(version.watchlist_id)
    except NotFound:
        kept = ()
    if version.state == "waiting":
        return (kept[-1] if kept else None), staged(version.watchlist_id)
    offers = [one.source.get("offer") for one in kept]
    if version.pk not in offers:
        return None, None
    place = offers.index(version.pk)
    return (kept[place - 1] if place else None), kept[place]


def _texts(one: Difference) -> Iterator[str]:
    yield one.entry.id
    for values in one.entry.properties.values():
        yield from values
    for change in one.changes:
        yield from change.removed
