"""The lists in force, opened for search and kept per process, with the rules of their use.

Whoever changes a list, its rules or an own entry calls `tell_change`: this process looks at once, others within a
second. What they look at is a handful of files, so that a check costs no query of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from django.utils import timezone

from elchi.errors import Conflict
from elchi.lists import ListVersion
from elchi.node.here import here
from elchi.node.watchlists.models import OwnEntry, Version, Watchlist
from elchi.screening import Band, Screener, Screening, ThresholdTable, read_thresholds
from elchi.subjects import Subject

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at the files."""
_READ_EVERY: Final = 60.0
"""Seconds after which tables are read again though no file changed: whoever was to tell may have been killed."""
_CHANGED: Final = ".changed"
_ALL: Final = 100_000


@dataclass(frozen=True, slots=True)
class ListAge:
    """A list that a verdict relies on, and how old it is."""

    name: str
    title: str
    titles: Mapping[str, str] = field(hash=False)
    version: int
    """0 for a list of own entries: its number, or when it was changed, would tell of discreet ones."""
    issued_at: str | None
    """As the publisher dates it; None where he does not."""
    loaded_at: dt.datetime
    age_days: int
    """Since it was issued, or where that is not known since it was loaded."""
    is_stale: bool
    total: int
    """Entries that everybody may know of: discreet ones are not counted."""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What to do with an entry, and under which rules."""

    action: str
    handling: str
    tlp: str
    instructions: str
    legal_basis: str
    authority: str
    owner_agency: str
    """Code; empty where nobody here answers for the list."""
    is_discreet: bool
    expires_date: dt.date | None
    agencies: tuple[str, ...] = ()
    """Codes of those for whom its list is; empty for all."""


class Placed(Protocol):
    """What stands on an entry of a list, as a finding does."""

    @property
    def list(self) -> str:
        """Name of the list."""

    @property
    def entry(self) -> str:
        """The list's own id of the entry."""


@dataclass(frozen=True, slots=True)
class LiveLists:
    """The lists as they were at one moment. Ask `live()` anew for each check."""

    screener: Screener
    rows: Mapping[str, Watchlist]
    """In force here and in the store, by name."""
    facts: Mapping[tuple[str, str], EntryFacts]
    """Of own entries in force."""
    ends: Mapping[str, dt.date]
    """By own list: the day on which the first of its entries expires."""
    hidden: Mapping[str, int]
    """By own list: how many of its entries are discreet."""
    orphans: tuple[str, ...]
    """Lists of the store that this node knows no rules of: not searched, and told in the node's state."""
    missing: tuple[str, ...]
    """Lists that should be in force and are not in the store: nothing is checked until that is mended."""
    behind: frozenset[str]
    """Own lists whose file does not say what the table says; `services.mend_lists` writes them anew."""

    def screen(self, subjects: Sequence[Subject], *, purpose: str, agency: str, top: int = 10) -> Screening:
        """Search the lists that an agency may use for a purpose.

        Raises:
            InvalidInput: `subject_unusable`, `field_too_long`.
            Conflict: `no_lists`; `list_missing` when a list that should be searched is gone from the disk.
        """
        if self.missing:
            raise Conflict("list_missing", list=self.missing[0])
        names = {row.name for row in self._usable(purpose, agency)}
        if not self._has_ended(names):
            return self.screener.screen_all(subjects, top=top, lists=names, purpose=purpose)
        found = self.screener.screen_all(subjects, top=_ALL, lists=names, purpose=purpose)
        findings = tuple(one for one in found.findings if self._is_in_force(one.list, one.entry))
        verdict = max((one.band for one in findings), key=lambda band: band.rank, default=Band.CLEAR)
        return Screening(verdict, findings[:top])

    def versions(self, *, purpose: str, agency: str) -> tuple[ListAge, ...]:
        """Give the lists that an agency may use for a purpose, by name, with their ages."""
        today = timezone.localdate()
        versions = {version.name: version for version in self.screener.lists}
        return tuple(self._age(row, versions[row.name], today) for row in self._usable(purpose, agency))

    def numbers(self, *, purpose: str, agency: str) -> dict[str, int]:
        """Give the versions of the lists that an agency may use for a purpose, by name: to be kept, not to be told."""
        numbers = {version.name: version.version for version in self.screener.lists}
        return {row.name: numbers[row.name] for row in self._usable(purpose, agency)}

    def _usable(self, purpose: str, agency: str) -> Iterator[Watchlist]:
        for name in sorted(self.rows):
            row = self.rows[name]
            if (not row.agencies or agency in row.agencies) and (not row.purposes or purpose in row.purposes):
                yield row

    def _has_ended(self, names: set[str]) -> bool:
        """Tell whether the files may still have own entries that ended: until the day's expiry, or after a crash."""
        today = timezone.localdate()
        return not names.isdisjoint(self.behind) or any(self.ends[name] < today for name in names & self.ends.keys())

    def _is_in_force(self, name: str, entry: str) -> bool:
        if self.rows[name].origin != "own":
            return True
        facts = self.facts.get((name, entry))
        return facts is not None and facts.expires_date is not None and facts.expires_date >= timezone.localdate()

    def _age(self, row: Watchlist, version: ListVersion, today: dt.date) -> ListAge:
        return age_of(row, version, today, hidden=self.hidden.get(row.name, 0))


def age_of(row: Watchlist, version: ListVersion, today: dt.date, *, hidden: int = 0) -> ListAge:
    """Tell how old a list is. Own lists are of today and never stale: they are changed where they are used."""
    total = 0 if row.action == "discreet" else version.total - hidden
    if row.origin == "own":
        today_at = timezone.make_aware(dt.datetime.combine(today, dt.time()))
        return ListAge(row.name, row.title, row.titles, 0, None, today_at, 0, is_stale=False, total=total)
    issued = _date(version.issued_at) or timezone.localdate(version.loaded_at)
    days = max((today - issued).days, 0)
    return ListAge(
        row.name, row.title, row.titles, version.version, version.issued_at, version.loaded_at, days,
        days > row.stale_after_days, total,
    )  # fmt: skip


def list_facts(row: Watchlist) -> EntryFacts:
    """Give what a list says of all its entries."""
    owner = row.owner.code if row.owner else ""
    is_discreet, agencies = row.action == "discreet", tuple(row.agencies)
    return EntryFacts(row.action, row.handling, row.tlp, "", "", "", owner, is_discreet, None, agencies)


def own_facts(entry: OwnEntry, tlp: str) -> EntryFacts:
    """Give what an own entry says of itself."""
    return EntryFacts(
        entry.action, entry.handling, tlp, entry.instructions, entry.legal_basis, entry.authority,
        entry.owner.code, entry.action == "discreet", entry.expires_date,
    )  # fmt: skip


@dataclass(slots=True)
class _Kept:
    """What this process holds."""

    root: Path
    lists: LiveLists
    thresholds: ThresholdTable
    files: tuple[Any, ...]
    look_at: float
    read_at: float


_lock = threading.Lock()
_kept: list[_Kept] = []
_told = threading.Event()


def live() -> LiveLists:
    """Give the lists in force: as they were at most a second ago, or at once after a change in this process."""
    root = here().lists
    kept = _kept[0] if _kept else None
    if kept and kept.root == root and not _told.is_set() and time.monotonic() < kept.look_at:
        return kept.lists
    with _lock:
        kept = _kept[0] if _kept and _kept[0].root == root else None
        now = time.monotonic()
        if kept and not _told.is_set() and now < kept.look_at:
            return kept.lists
        _told.clear()  # before looking: who tells of a change meanwhile makes the next one look again
        files = _files(root)
        if kept and kept.files == files and now < kept.read_at:
            kept.look_at = now + LOOK_EVERY
            return kept.lists
        try:
            thresholds = _thresholds(root.parent / "thresholds.toml")
            lists = _open(root, kept, thresholds)
        except BaseException:
            _told.set()
            raise
        _kept[:] = [_Kept(root, lists, thresholds, files, now + LOOK_EVERY, now + _READ_EVERY)]
        return lists


def tell_change() -> None:
    """Make every process of this node look at the lists and their rules anew."""
    root = here().lists
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = root / f"{_CHANGED}.{os.getpid()}.{threading.get_ident()}"
    new.write_bytes(b"")
    new.replace(root / _CHANGED)  # another file each time: clocks of files may be coarse
    _told.set()


def _files(root: Path) -> tuple[Any, ...]:
    """Give what tells that something changed: which files stand there, and since when."""
    watched = [root / _CHANGED, root.parent / "thresholds.toml"]
    if root.is_dir():
        watched += sorted(path / "current" for path in root.iterdir() if not path.name.startswith("."))
    return tuple(_seen(path) for path in watched)


def _seen(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (path.parent.name, found.st_ino, found.st_mtime_ns)


def _open(root: Path, before: _Kept | None, thresholds: ThresholdTable) -> LiveLists:
    rows = {row.name: row for row in Watchlist.objects.select_related("owner").filter(retired_at__isnull=True)}
    in_force = set(Version.objects.filter(state="in_force").values_list("watchlist_id", flat=True))
    own = list(OwnEntry.objects.select_related("owner").filter(state="in_force"))
    if before and before.thresholds == thresholds:
        screener = before.lists.screener.refreshed(root)
    else:
        screener = Screener.open(root, thresholds=thresholds)
    stored = {version.name for version in screener.lists}
    retired = set(Watchlist.objects.filter(retired_at__isnull=False).values_list("name", flat=True))
    ends: dict[str, dt.date] = {}
    for entry in own:
        ends[entry.watchlist_id] = min(ends.get(entry.watchlist_id, entry.expires_date), entry.expires_date)
    return LiveLists(
        screener,
        {name: row for name, row in rows.items() if name in stored},
        {(entry.watchlist_id, entry.key): own_facts(entry, _tlp(rows, entry)) for entry in own},
        ends,
        Counter(entry.watchlist_id for entry in own if entry.action == "discreet"),
        tuple(sorted(stored - rows.keys() - retired)),
        tuple(sorted((in_force & rows.keys()) - stored)),
        _behind(rows, own, screener),
    )


def own_stamp(entries: Iterable[OwnEntry]) -> str:
    """Give what an own list in the store is marked with, so that a lost change of it is seen."""
    told = sorted(f"{entry.key} {entry.changed_at.timestamp()}" for entry in entries)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _behind(rows: Mapping[str, Watchlist], own: Sequence[OwnEntry], screener: Screener) -> frozenset[str]:
    stamps = {version.name: version.source.get("own") for version in screener.lists}
    named = {row.name for row in rows.values() if row.origin == "own"}
    by_list = {name: [entry for entry in own if entry.watchlist_id == name] for name in named}
    return frozenset(
        name for name in named if stamps.get(name) != (own_stamp(by_list[name]) if by_list[name] else None)
    )


def _tlp(rows: Mapping[str, Watchlist], entry: OwnEntry) -> str:
    row = rows.get(entry.watchlist_id)
    return row.tlp if row else "AMBER"


def _thresholds(path: Path) -> ThresholdTable:
    return read_thresholds(path) if os.path.lexists(path) else ThresholdTable()


def _date(text: str | None) -> dt.date | None:
    """Read the day of a publisher's date; of a bare year its first day: too old is the safer."""
    if not text:
        return None
    for rest in ("", "-01", "-01-01"):
        try:
            return dt.date.fromisoformat((text[:10] + rest)[:10])
        except ValueError:
            continue
    return None
