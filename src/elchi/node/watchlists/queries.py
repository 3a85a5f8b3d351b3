"""Reads of lists: those in force, what is to be done with an entry, and what the tables say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from elchi.errors import NotFound
from elchi.lists import Entry, ListVersion, Store
from elchi.node.here import here
from elchi.node.watchlists.live import (
    EntryFacts,
    ListAge,
    LiveLists,
    Placed,
    age_of,
    list_facts,
    live,
    own_facts,
)
from elchi.node.watchlists.models import OwnEntry, Watchlist


def entry_facts(findings: Iterable[Placed]) -> Mapping[tuple[str, str], EntryFacts]:
    """Give what is to be done with the entries of findings, by (list, entry); see `facts_of`."""
    return facts_of((one.list, one.entry) for one in findings)


def facts_of(places: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], EntryFacts]:
    """Give the facts of entries by (list, entry), also of own entries that ended and of lists that were removed.

    A place that this node never knew is left out.
    """
    lists = live()
    told: dict[tuple[str, str], EntryFacts] = {}
    rest: set[tuple[str, str]] = set()
    for place in places:
        if place in lists.facts:
            told[place] = lists.facts[place]
        elif place[0] in lists.rows and lists.rows[place[0]].origin != "own":
            told[place] = list_facts(lists.rows[place[0]])
        else:
            rest.add(place)
    return told | _facts_of_the_ended(rest) if rest else told


def entry_of(name: str, version: int | None, entry_id: str) -> Entry:
    """Give an entry as a version of its list says it; without a version as the one in force says it.

    Raises:
        NotFound: `list_unknown`, `version_unknown` when it is no longer kept, `entry_unknown`.
    """
    return Store(here().lists).entry_by_id(stored_version(name, version), entry_id)


def stored_version(name: str, version: int | None = None) -> ListVersion:
    """Give a version of the store; unless said, the one in force.

    Raises:
        NotFound: `list_unknown`, `version_unknown`.
    """
    store = Store(here().lists)
    if version is None:
        return store.current(name)
    kept = {one.version: one for one in store.versions(name)}
    if version not in kept:
        raise NotFound("version_unknown", field="version", list=name, version=version, kept=sorted(kept))
    return kept[version]


def _facts_of_the_ended(places: set[tuple[str, str]]) -> dict[tuple[str, str], EntryFacts]:
    names, keys = {name for name, _ in places}, {key for _, key in places}
    listed = Watchlist.objects.select_related("owner").filter(name__in=names).exclude(origin="own")
    rows = {row.name: row for row in listed}
    own = OwnEntry.objects.select_related("owner", "watchlist").filter(watchlist__in=names, key__in=keys)
    told = {
        place: list_facts(rows[place[0]]) for place in places if place[0] in rows and rows[place[0]].origin != "own"
    }
    return told | {(entry.watchlist_id, entry.key): own_facts(entry, entry.watchlist.tlp) for entry in own}


__all__ = [
    "EntryFacts",
    "ListAge",
    "LiveLists",
    "age_of",
    "entry_facts",
    "entry_of",
    "facts_of",
    "live",
    "stored_version",
]
