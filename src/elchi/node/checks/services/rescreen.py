"""What a new version of a list says of those who were checked before it came.

A check that kept its subject is screened again. One that kept only marks is met by the keyed hashes of the marks of
what the version added or changed; then the mark that met is screened, so that both are weighed by the same rules.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from elchi.errors import InvalidInput, NotFound
from elchi.lists import Entry, Store
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.marks import mark_hash
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.findings import subject_of_mark
from elchi.node.checks.keeping import LOOKED_AT, Weighed, weigh
from elchi.node.checks.models import Alert, Check, FoundEntry
from elchi.node.checks.queries import retention_in_force
from elchi.node.directory.models import Agency
from elchi.node.here import here
from elchi.node.watchlists.live import LOOK_EVERY
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.queries import LiveLists, live
from elchi.screening.keys import entry_keys
from elchi.subjects import Subject, from_wire

PAGE: Final = 5_000
"""Checks read at a time."""
STEP: Final = 200
"""Checks screened between two writes, after which a run that was cut off goes on."""
_SETTLED: Final = 3 * LOOK_EVERY
"""Seconds after which no process screens against the version before any more."""

Sought = Mapping[str, frozenset[tuple[str, str]]]
"""Keyed hash of a mark to its kind and value."""


class _Past(NamedTuple):
    """What is read of a check."""

    pk: int
    at: dt.datetime
    subjects: Any
    marks: list[str]
    purpose: str
    lists: dict[str, int]
    agency: str | None


class _Met(NamedTuple):
    """A check that the version finds something in."""

    check: _Past
    weighed: Weighed


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """One version against the checks before it."""

    name: str
    number: int
    loaded_at: dt.datetime
    lists: LiveLists
    """With this list alone."""
    sought: Sought
    now: dt.datetime

    def meet(self, checks: Sequence[_Past]) -> tuple[list[_Met], int]:
        """Screen checks again. Gives those that something was found in, and how many could not be read."""
        met, unreadable = [], 0
        for check in checks:
            if check.lists.get(self.name) == self.number and check.at >= self.loaded_at:
                continue  # it was made against this version: numbers alone begin anew when a list was removed
            try:
                weighed = self._weigh(check)
            except InvalidInput:
                unreadable += 1
                continue
            if weighed is not None and weighed.rows:
                met.append(_Met(check, weighed))
        return met, unreadable

    def _weigh(self, check: _Past) -> Weighed | None:
        subjects = self._subjects(check)
        asking = {"purpose": check.purpose, "agency": check.agency or ""}
        if not subjects or not self.lists.versions(**asking):
            return None
        screening = self.lists.screen(subjects, top=LOOKED_AT, **asking)
        return weigh(screening, marks=check.marks, now=self.now)

    def _subjects(self, check: _Past) -> tuple[Subject, ...]:
        if check.subjects:
            return tuple(from_wire(wire) for wire in check.subjects)
        keys = {key for mark in check.marks if mark in self.sought for key in self.sought[mark]}
        return tuple(subject_of_mark(kind, value) for kind, value in sorted(keys))


def rescreen_pending(*, by: Actor = NODE) -> int:
    """Screen the checks kept here against every version that they were not screened against yet.

    Returns:
        How many findings came later.
    """
    pending = _pending().order_by().values_list("watchlist", flat=True).distinct()
    current = Version.objects.filter(state="in_force", watchlist__in=pending, watchlist__retired_at=None)
    found = 0
    for name, number in current.order_by("watchlist").values_list("watchlist_id", "number"):
        if number is not None and _is_settled(name):
            found += rescreen_checks(by=by, watchlist=name, version=number)
    return found


def rescreen_checks(*, by: Actor = NODE, watchlist: str, version: int) -> int:
    """Screen the checks kept here against a version in force. A run that was cut off goes on where it was.

    Args:
        by: the node itself.
        watchlist: name of the list.
        version: its number.

    Returns:
        How many findings came later.

    Raises:
        NotFound: `version_unknown` unless it is in force.
    """
    row = Version.objects.filter(watchlist=watchlist, number=version, state="in_force").first()
    lists = live()
    if row is None or watchlist not in lists.rows:
        raise NotFound("version_unknown", field="version", list=watchlist, version=version, kept=[])
    waiting = list(_pending().filter(watchlist=watchlist).values_list("pk", flat=True))
    only = dataclasses.replace(lists, rows={watchlist: lists.rows[watchlist]}, missing=())
    run = _Run(watchlist, version, row.loaded_at, only, _sought(row, min(waiting, default=row.pk)), timezone.now())
    checked = found = unreadable = 0
    for step in _steps(row.rescreened_to, run.now):
        met, failed = run.meet(step)
        checked, unreadable = checked + len(step), unreadable + failed
        found += _write(by, run, met, row, step[-1].pk)
    with transaction.atomic():
        Version.objects.filter(pk__in=[row.pk, *waiting]).update(rescreened_at=run.now, rescreened_to=0)
        terms: dict[str, Any] = {"version": version, "checked": checked, "found": found, "unreadable": unreadable}
        record(Verb.RESCREEN_CHECKS, by=by, on=f"list:{watchlist}", **terms)
    return found


def _pending() -> QuerySet[Version]:
    """Give the versions that are or were in force and that checks were not screened against."""
    return Version.objects.filter(Q(state="in_force") | Q(state="replaced"), rescreened_at=None, number__isnull=False)


def _is_settled(name: str) -> bool:
    """Tell whether every process has seen by now what is in force."""
    try:
        return time.time() - (here().lists / name / "current").stat().st_mtime > _SETTLED
    except FileNotFoundError:
        return False  # the list is gone from the disk: no check is made either until that is mended


def _sought(row: Version, first: int) -> Sought:
    """Give the marks of what was added and changed since the version that checks were last screened against."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in _new_entries(row, first):
        for key in entry_keys(entry):
            found[mark_hash(key.space, key.value)].add((str(key.kind), key.value))
    return {mark: frozenset(keys) for mark, keys in found.items()}


def _new_entries(row: Version, first: int) -> Iterator[Entry]:
    store, name, number = Store(here().lists), row.watchlist_id, row.number
    seen = Version.objects.filter(watchlist=name, pk__lt=first, number__lt=number).exclude(rescreened_at=None)
    before = seen.order_by("-pk").values_list("number", flat=True).first()
    stored = next(one for one in store.versions(name) if one.version == number)
    try:
        diff = store.diff(name, before, number) if before else None
    except NotFound:
        diff = None  # that version is no longer kept
    if diff is None:
        yield from store.entries(stored)
    else:
        for entry_id in (*diff.added, *(change.id for change in diff.changed)):
            yield store.entry_by_id(stored, entry_id)


def _steps(after: int, now: dt.datetime) -> Iterator[Sequence[_Past]]:
    """Give the checks that are still kept, oldest first; those made meanwhile too."""
    kept = Check.objects.filter(Q(keep_until=None) | Q(keep_until__gt=now)).order_by("pk")
    while page := [
        _Past(*columns)
        for columns in kept.filter(pk__gt=after).values_list(
            "pk", "at", "subjects", "marks", "purpose", "lists", "officer__agency__code"
        )[:PAGE]
    ]:
        light: list[_Past] = []
        heavy = 0
        for past in page:
            light.append(past)
            heavy += past.subjects is not None
            if heavy >= STEP:
                yield light
                light, heavy = [], 0
        if light:
            yield light
        after = page[-1].pk


@transaction.atomic
def _write(by: Actor, run: _Run, met: Sequence[_Met], row: Version, last: int) -> int:
    """Write what was found in one step, and that it is done."""
    Version.objects.select_for_update().get(pk=row.pk)
    Version.objects.filter(pk=row.pk).update(rescreened_to=last)
    known = set(
        FoundEntry.objects.filter(owner__in=[one.check.pk for one in met], watchlist=run.name)
        .order_by()
        .values_list("owner_id", "entry")
    )
    still = set(Check.objects.filter(pk__in=[one.check.pk for one in met]).order_by().values_list("pk", flat=True))
    found = 0
    for check, weighed in met:
        rows = [one for one in weighed.rows if (check.pk, one.entry) not in known and check.pk in still]
        if rows:
            _keep_found(check, rows, weighed)
            terms: dict[str, Any] = {"list": run.name, "version": run.number, "found": len(rows)}
            mark = check.marks[0] if check.marks else ""
            record(Verb.RESCREEN_CHECKS, by=by, on=f"check:{check.pk}", subject=mark, purpose=check.purpose, **terms)
            found += len(rows)
    return found


def _keep_found(check: _Past, rows: Sequence[FoundEntry], weighed: Weighed) -> None:
    for row in rows:
        row.owner_id, row.came_later = check.pk, True
    FoundEntry.objects.bulk_create(rows)
    waiting = [row for row in rows if row.state == "open"]
    codes = {row.entry: weighed.owners.get((row.watchlist, row.entry), "") for row in waiting if row.is_discreet}
    agencies = dict(Agency.objects.filter(code__in=codes.values()).values_list("code", "pk"))
    Alert.objects.bulk_create(
        Alert(kind="discreet", finding=row, agency_id=agencies.get(codes[row.entry]))
        if row.is_discreet
        else Alert(kind="came_later", finding=row)
        for row in waiting
    )
    if waiting:
        longer = dt.timedelta(days=retention_in_force().finding_days)
        Check.objects.filter(pk=check.pk).exclude(keep_until=None).update(keep_until=F("at") + longer)
