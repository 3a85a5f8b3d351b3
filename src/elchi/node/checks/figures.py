"""Figures about checks of this node, not about questions of partners: how many, how fast judged, where. They hold no
personal data, and count no finding of a discreet entry: a number that grows would tell that somebody's was met.

Counting a week of a busy office must not make a page wait, so times are cut by the database itself: Django's own
truncation runs in Python for each row on SQLite. `check_figures` is the index that all counts of checks are read from.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db.models import CharField, Count, F, Func, OuterRef, QuerySet, Subquery
from django.utils import timezone

from elchi.node.checks import findings
from elchi.node.checks.models import Check, FoundEntry, Judgement, Shift
from elchi.node.checks.rules import LONGEST_SHIFT
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

BANDS: Final = ("stop", "review", "clear")
OUTCOMES: Final = ("positive", "negative", "unsure", "remembered", "open")
"""What became of a finding: a person's judgement, a remembered negative one, or none yet."""
_MOST_TIMES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, and where; `to_at` is not in it."""

    from_at: dt.datetime
    to_at: dt.datetime
    office: int | None = None
    """Number of an office in the directory; None for all."""

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.to_at - self.from_at) / dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """The checks of one hour on the clock of this node."""

    at: dt.datetime
    verdicts: Counter[str]

    @property
    def total(self) -> int:
        """How many."""
        return self.verdicts.total()


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a period."""

    hours: tuple[Hour, ...]
    """Every hour of it, also one without checks."""
    crossings: tuple[tuple[int, Counter[str]], ...]
    """By their number in the directory, the busiest first."""

    @property
    def verdicts(self) -> Counter[str]:
        """All of them by verdict."""
        return sum((hour.verdicts for hour in self.hours), Counter())


@dataclass(frozen=True, slots=True)
class Waits:
    """How long findings waited for a judgement."""

    minutes: tuple[float, ...]
    """Ascending."""

    def share(self, part: float) -> float | None:
        """Give the minutes within which this part of them was judged; None where nothing was."""
        return self.minutes[min(len(self.minutes) - 1, int(part * len(self.minutes)))] if self.minutes else None


class _TenMinutes(Func):
    """The time of a row in UTC, cut to ten minutes, as text: `2026-11-21 22:1`."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 15)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "substr(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 1, 15)"
        return self.as_sql(compiler, connection, template=template, **extra)


def count_checks(period: Period) -> Checks:
    """Count the checks of a period by hour, crossing and verdict, in one pass over the index."""
    rows = _checks(period).annotate(cut=_TenMinutes(F("at"))).order_by().values_list("cut", "crossing", "verdict")
    hours: dict[dt.datetime, Counter[str]] = {at: Counter() for at in _hours(period)}
    crossings: dict[int, Counter[str]] = defaultdict(Counter)
    for cut, crossing, verdict, count in rows.annotate(Count("id")):
        hours[_hour(cut)][verdict] += count
        if crossing is not None:
            crossings[crossing][verdict] += count
    busiest = sorted(crossings.items(), key=lambda one: (-one[1].total(), one[0]))
    return Checks(tuple(Hour(at, verdicts) for at, verdicts in hours.items()), tuple(busiest))


def findings_by_list(period: Period) -> dict[str, Counter[str]]:
    """Count findings by list and by what became of them (`OUTCOMES`)."""
    last = Judgement.objects.filter(finding=OuterRef("pk")).order_by("-id").values("outcome")[:1]
    found = FoundEntry.objects.filter(is_discreet=False, owner__at__gte=period.from_at, owner__at__lt=period.to_at)
    found = found.exclude(owner__via="partner")
    if period.office:
        found = found.filter(owner__office=period.office)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    rows = found.annotate(outcome=Subquery(last)).order_by().values_list("watchlist", "state", "outcome")
    for watchlist, state, outcome, count in rows.annotate(Count("id")):
        counted[watchlist][state if state in ("remembered", "open") else outcome or "open"] += count
    return dict(sorted(counted.items(), key=lambda one: (-one[1].total(), one[0])))


def waits(period: Period) -> Waits:
    """Give how long it took from the check to the first judgement, of judgements made in the period.

    Findings that came with a later version of a list are left out: nobody waited since the check.
    """
    judged = Judgement.objects.filter(at__gte=period.from_at, at__lt=period.to_at, overrules=None)
    judged = judged.filter(finding__came_later=False, finding__is_discreet=False).exclude(finding__owner__via="partner")
    if period.office:
        judged = judged.filter(finding__owner__office=period.office)
    times = judged.order_by("-id").values_list("at", "finding__owner__at")[:_MOST_TIMES]
    return Waits(tuple(sorted(max(0.0, (at - checked).total_seconds() / 60) for at, checked in times)))


def open_findings(by: Acting, period: Period) -> int:
    """Count the findings that wait for a judgement now, at the office of a period, whenever they were found.

    Who may see findings is told as many as his queue shows, discreet ones of his own agency among them.
    """
    if by.may(Right.FINDING_SEE):
        waiting = findings.open_findings(by)
    else:
        waiting = FoundEntry.objects.filter(state="open", is_discreet=False)
    return (waiting.filter(owner__office=period.office) if period.office else waiting).count()


def checks_at_crossings(since: dt.datetime) -> dict[int, int]:
    """Count checks by crossing since a time; crossings by their number in the directory."""
    period = Period(since, timezone.now() + dt.timedelta(minutes=1))
    rows = _checks(period).exclude(crossing=None).order_by().values_list("crossing").annotate(Count("id"))
    return dict(rows)


def officers_on_shift(*, office: int) -> int:
    """Count who is on shift at an office."""
    since = timezone.now() - LONGEST_SHIFT
    return Shift.objects.filter(office=office, ended_at=None, started_at__gt=since).count()


def _checks(period: Period) -> QuerySet[Check]:
    found = Check.objects.filter(at__gte=period.from_at, at__lt=period.to_at)
    if period.office is None:
        return found.exclude(via="partner")
    # Plus nothing, or SQLite takes the index of offices and reads every check that one ever made.
    return found.alias(place=F("office_id") + 0).filter(place=period.office)


def _hours(period: Period) -> Iterator[dt.datetime]:
    at = _begin_of_hour(period.from_at)
    while at < period.to_at:
        yield at
        at += dt.timedelta(hours=1)


@lru_cache(maxsize=8192)
def _hour(cut: str) -> dt.datetime:
    return _begin_of_hour(dt.datetime.fromisoformat(f"{cut}0+00:00"))


def _begin_of_hour(at: dt.datetime) -> dt.datetime:
    return timezone.localtime(at).replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def grouped(hours: Sequence[Hour], size: int) -> tuple[Hour, ...]:
    """Put so many hours into one."""
    parts = (hours[at : at + size] for at in range(0, len(hours), size))
    return tuple(Hour(part[0].at, sum((one.verdicts for one in part), Counter())) for part in parts)
