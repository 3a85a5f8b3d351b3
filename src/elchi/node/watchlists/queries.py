"""Reads of lists: those in force, what is to be done with an entry, and what the tables say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from elchi.errors import NotFound
from elchi.lists import Entry, Store
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
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
from elchi.node.watchlists.models import OwnEntry, Version, Watchlist
from elchi.node.watchlists.rules import knows_list, sees_discreet, sees_entry
from elchi.screening import Finding
from elchi.subjects import Subject

__all__ = [
    "EntryFacts", "FoundOnList", "ListAge", "ListFaults", "ListLine", "LiveLists", "entry_facts", "entry_of",
    "facts_of", "line_for", "list_faults", "list_for", "lists_for", "live", "numbers_kept", "own_entries_for",
    "own_entry_for", "own_list_name", "search_list", "version_for", "versions_for",
]  # fmt: skip

_LONGEST: Final = 64
_OFFERED: Final = ("queued", "reading", "waiting")
_SEARCH_FROM: Final = 0.5


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
    """Give an entry as a version of its list says it, or as the newest one does where that version is no longer kept.

    An own entry is given as its table has it, also when it has ended.

    Raises:
        NotFound: `list_unknown`, `entry_unknown`.
    """
    own = OwnEntry.objects.filter(watchlist=name, key=entry_id).first()
    if own is not None:
        return Entry(own.key, own.schema, {one: tuple(values) for one, values in sorted(own.properties.items())})
    store = Store(here().lists)
    kept = store.versions(name)
    return store.entry_by_id(next((one for one in kept if one.version == version), kept[-1]), entry_id)


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list in the table of lists."""

    row: Watchlist
    age: ListAge | None
    """None where nothing of it is in force."""
    in_force: Version | None
    offered: Version | None
    """Handed in, being read, or waiting for a second officer."""

    @property
    def waiting(self) -> Version | None:
        """The version that a second officer approves or rejects."""
        return self.offered if self.offered is not None and self.offered.state == "waiting" else None

    @property
    def is_own(self) -> bool:
        """Whether it is made of own entries."""
        return bool(self.row.origin == "own")


def lists_for(by: Acting) -> tuple[ListLine, ...]:
    """Give the lists that an officer may know of, retired ones last."""
    lists, today = live(), timezone.localdate()
    stored = {version.name: version for version in lists.screener.lists}
    in_force: dict[str, Version] = {}
    offered: dict[str, Version] = {}
    for version in Version.objects.filter(state__in=("in_force", *_OFFERED)).defer("bad_lines", "source"):
        (in_force if version.state == "in_force" else offered)[version.watchlist_id] = version
    lines = []
    for row in _rows_for(by):
        hidden = 0 if sees_discreet(by, _owner(row)) else lists.hidden.get(row.name, 0)
        is_here = row.name in lists.rows and row.retired_at is None
        age = age_of(row, stored[row.name], today, hidden=hidden) if is_here else None
        lines.append(ListLine(row, age, in_force.get(row.name), offered.get(row.name)))
    return tuple(sorted(lines, key=lambda line: (line.row.retired_at is not None, line.row.title)))


def list_for(by: Acting, name: str) -> Watchlist:
    """Give a list that an officer may know of.

    Raises:
        NotFound: `list_unknown`.
    """
    row = next((row for row in _rows_for(by) if row.name == name), None)
    if row is None:
        raise NotFound("list_unknown", field="list", list=name)
    return row


def line_for(by: Acting, name: str) -> ListLine:
    """Give one line of the table of lists; see `list_for`."""
    list_for(by, name)
    return next(line for line in lists_for(by) if line.row.name == name)


def versions_for(by: Acting, name: str) -> QuerySet[Version]:
    """Give the versions of a list, newest first. Those of own lists would tell of discreet entries: none is given."""
    row = list_for(by, name)
    versions = Version.objects.filter(watchlist=row).defer("bad_lines", "source")
    return versions.none() if row.origin == "own" else versions


def numbers_kept(name: str) -> Mapping[int, int]:
    """Give older versions of a list that are still on the disk: key of the row to number of the store."""
    store = Store(here().lists)
    kept = store.versions(name)[:-1] if name in store.names() else ()
    return {one.source["offer"]: one.version for one in kept if "offer" in one.source}


def version_for(by: Acting, version_id: int) -> Version:
    """Give a version that an officer may know of, with its bad lines.

    Raises:
        NotFound: `version_missing`.
    """
    version = Version.objects.select_related("watchlist__owner").filter(pk=version_id).first()
    if version is None or version.watchlist.origin == "own" or not _is_known(by, version.watchlist):
        raise NotFound("version_missing", field="version", version=version_id)
    return version


def own_list_name(agency: str) -> str:
    """Give the name of the list of an agency's own entries."""
    name = f"own-{agency.lower()}"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def own_entries_for(by: Acting, name: str) -> QuerySet[OwnEntry]:
    """Give the own entries of a list that an officer may know of, newest first."""
    row = list_for(by, name)
    entries = OwnEntry.objects.filter(watchlist=row).select_related("owner")
    return entries if sees_discreet(by, _owner(row)) else entries.exclude(action="discreet")


def own_entry_for(by: Acting, key: str) -> OwnEntry:
    """Give an own entry that an officer may know of.

    Raises:
        NotFound: `entry_unknown`.
    """
    row = OwnEntry.objects.select_related("owner", "watchlist").filter(key=key).first()
    if row is None or not by.may(Right.LIST_SEE):
        raise NotFound("entry_unknown", field="id", id=key)
    if not own_entries_for(by, row.watchlist_id).filter(pk=row.pk).exists():
        raise NotFound("entry_unknown", field="id", id=key)
    return row


@dataclass(frozen=True, slots=True)
class FoundOnList:
    """An entry of a list that a search met."""

    finding: Finding
    entry: Entry


def search_list(*, by: Acting, name: str, subjects: Sequence[Subject], top: int = 50) -> tuple[FoundOnList, ...]:
    """Find entries of one list by subjects, as far as an officer may know of them. `services.search_entries` asks.

    Raises:
        NotFound: `list_unknown`.
        InvalidInput: `subject_unusable`.
    """
    list_for(by, name)
    lists = live()
    found = lists.screener.screen_all(subjects, top=10_000, min_score=_SEARCH_FROM, lists=[name])
    facts = entry_facts(found.findings)
    places = lists.facts if lists.rows[name].origin == "own" else facts
    seen = [
        one for one in found.findings if (place := (one.list, one.entry)) in places and sees_entry(by, facts[place])
    ]
    return tuple(FoundOnList(one, entry_of(one.list, one.version, one.entry)) for one in seen[:top])


@dataclass(frozen=True, slots=True)
class ListFaults:
    """What is wrong with the lists of this node; all empty when nothing is."""

    orphans: tuple[str, ...]
    missing: tuple[str, ...]
    behind: tuple[str, ...]
    cut_off: tuple[str, ...]
    """Half done: being changed right now, or left so; `services.mend_lists` tells which. What the worker reads is none
    of them: it takes it up again by itself."""
    stale: tuple[str, ...]


def list_faults() -> ListFaults:
    """Tell what is wrong with the lists: for the state of the node."""
    lists, today = live(), timezone.localdate()
    left = Version.objects.filter(Q(state="approving") | Q(state="reading", to_read={}))
    half_done = set(left.values_list("watchlist_id", flat=True))
    ages = (age_of(lists.rows[one.name], one, today) for one in lists.screener.lists if one.name in lists.rows)
    return ListFaults(
        lists.orphans, lists.missing, tuple(sorted(lists.behind)), tuple(sorted(half_done)),
        tuple(age.name for age in ages if age.is_stale),
    )  # fmt: skip


def _rows_for(by: Acting) -> list[Watchlist]:
    return [row for row in Watchlist.objects.select_related("owner") if _is_known(by, row)]


def _is_known(by: Acting, row: Watchlist) -> bool:
    return by.may(Right.LIST_SEE) and knows_list(by, row)


def _owner(row: Watchlist) -> str:
    return row.owner.code if row.owner else ""


def _facts_of_the_ended(places: set[tuple[str, str]]) -> dict[tuple[str, str], EntryFacts]:
    names, keys = {name for name, _ in places}, {key for _, key in places}
    listed = Watchlist.objects.select_related("owner").filter(name__in=names).exclude(origin="own")
    rows = {row.name: row for row in listed}
    own = OwnEntry.objects.select_related("owner", "watchlist").filter(watchlist__in=names, key__in=keys)
    told = {
        place: list_facts(rows[place[0]]) for place in places if place[0] in rows and rows[place[0]].origin != "own"
    }
    return told | {(entry.watchlist_id, entry.key): own_facts(entry, entry.watchlist.tlp) for entry in own}
