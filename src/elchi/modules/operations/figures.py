"""Figures of incidents: counted by the database, without personal data, each with the filter that lists its events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.utils import timezone

from elchi.modules.operations.models import Incident, SectionLevel, SeizedItem
from elchi.modules.operations.queries import Wanted, conditions
from elchi.node.directory.models import Agency, Office

MOST_ROWS: Final = 20
"""Of a table; the largest."""
MOST_MARKS: Final = 250
"""Of the map."""
MOST_MONTHS: Final = 24
_LED: Final = Count("pk", filter=Q(led_by__gt=0))


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of a table of results."""

    key: str
    count: int
    led: int
    """How many of them information led to."""

    @property
    def share(self) -> float:
        """Part of them that information led to, 0 to 1."""
        return self.led / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Seized:
    """What was seized of one substance, or of one kind of goods without a substance."""

    kind: str
    substance: str
    incidents: int
    kilograms: Decimal | None
    """Sum of the kilogram equivalents; None where there are none."""
    unweighed: int
    """Items without an equivalent: the sum is short by them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of what is wanted."""

    total: Figure
    kinds: Sequence[Figure]
    units: Sequence[Figure]
    borders: Sequence[Figure]
    agencies: Sequence[Figure]
    """By participation: an incident of two agencies counts for each."""
    routes: Sequence[Figure]
    """`TJ-KZ`: from where to where."""
    months: Sequence[tuple[dt.date, int]]
    """On the clock of the node, the last 24 of the period."""
    seized: Sequence[Seized]


def figures_of(wanted: Wanted) -> Figures:
    """Count what is wanted."""
    found = Incident.objects.filter(conditions(wanted)).order_by()
    kinds = _grouped(found, "kind")
    return Figures(
        total=Figure("", sum(one.count for one in kinds), sum(one.led for one in kinds)),
        kinds=kinds,
        units=_units(found),
        borders=_grouped(found.exclude(border=""), "border"),
        agencies=_agencies(found),
        routes=_routes(found),
        months=_months(wanted),
        seized=_seized(wanted),
    )  # fmt: skip


def count_of(wanted: Wanted) -> Figure:
    """Count what is wanted, and nothing more."""
    told = Incident.objects.filter(conditions(wanted)).aggregate(n=Count("pk"), led=_LED)
    return Figure("", told["n"], told["led"])


def counts_at(wanted: Wanted) -> list[tuple[str, str, int]]:
    """Count by place and kind: `Incident.place_key`, kind, how many; the most first."""
    found = Incident.objects.filter(conditions(wanted)).order_by()
    rows = found.values_list("place_key", "kind").annotate(n=Count("pk")).order_by("-n", "place_key", "kind")
    return [(place, kind, count) for place, kind, count in rows[:MOST_MARKS]]


def levels_on(at: dt.datetime) -> Mapping[str, SectionLevel]:
    """Give the level of each section that had one then; the others are low."""
    held: dict[str, SectionLevel] = {}
    for row in SectionLevel.objects.filter(from_at__lte=at).order_by("from_at", "pk"):
        held[row.border] = row
    return {border: row for border, row in sorted(held.items()) if row.until is None or row.until > at}


def _grouped(found: Any, field: str) -> list[Figure]:
    rows = found.values_list(field).annotate(n=Count("pk"), led=_LED).order_by("-n", field)
    return [Figure(key, count, led) for key, count, led in rows[:MOST_ROWS]]


def _units(found: Any) -> list[Figure]:
    return _coded(_grouped(found, "unit"), Office)


def _agencies(found: Any) -> list[Figure]:
    return _coded(_grouped(found, "agencies"), Agency)


def _coded(told: list[Figure], model: Any) -> list[Figure]:
    """Give figures by code that were grouped by key: the rows of the directory are not joined to each incident."""
    codes = dict(model.objects.filter(pk__in=[one.key for one in told]).values_list("pk", "code"))
    return [replace(one, key=codes[int(one.key)]) for one in told]


def _routes(found: Any) -> list[Figure]:
    known = found.exclude(departure="", destination="")
    rows = known.values_list("departure", "destination").annotate(n=Count("pk"), led=_LED)
    return [
        Figure(f"{start or '?'}-{end or '?'}", count, led)
        for start, end, count, led in rows.order_by("-n", "departure", "destination")[:MOST_ROWS]
    ]


def _months(wanted: Wanted) -> list[tuple[dt.date, int]]:
    until = wanted.until or timezone.now()
    last = timezone.localtime(until - dt.timedelta(microseconds=1)).date().replace(day=1)
    begins = wanted.from_at
    months = []
    for _ in range(MOST_MONTHS):
        start = dt.datetime.combine(last, dt.time(), tzinfo=timezone.get_current_timezone())
        end = _next_month(start)
        months.append((last, max(start, begins) if begins else start, min(end, until)))
        if begins and start <= begins:
            break
        last = (last - dt.timedelta(days=1)).replace(day=1)
    return [
        (day, Incident.objects.filter(conditions(replace(wanted, from_at=start, until=end))).count())
        for day, start, end in reversed(months)
    ]


def _next_month(start: dt.datetime) -> dt.datetime:
    day = (start.date() + dt.timedelta(days=32)).replace(day=1)
    return dt.datetime.combine(day, dt.time(), tzinfo=start.tzinfo)


def _seized(wanted: Wanted) -> list[Seized]:
    items = SeizedItem.objects.filter(_under("incident", conditions(wanted))).order_by()
    rows = items.values_list("kind", "substance").annotate(
        n=Count("incident", distinct=True), kg=Sum("kilograms"), unweighed=Count("pk", filter=Q(kilograms=None))
    )
    return [
        Seized(kind, substance, count, kg, unweighed)
        for kind, substance, count, kg, unweighed in rows.order_by("-n", "kind", "substance")[:MOST_ROWS]
    ]


def _under(name: str, told: Q) -> Q:
    """Give a condition on incidents as one on rows that point at them: a join is faster than a list of keys."""
    children: list[Any] = list(told.children)
    parts = [_under(name, one) if isinstance(one, Q) else (f"{name}__{one[0]}", one[1]) for one in children]
    return Q(*parts, _connector=told.connector, _negated=told.negated)
