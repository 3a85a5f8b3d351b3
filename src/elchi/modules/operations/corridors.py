"""Reads of corridors: of each crossing of a route what passes, how long it waits, what was seized, what alarmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from elchi.errors import NotFound
from elchi.modules.operations.models import Corridor, Incident, Waiting
from elchi.modules.operations.queries import Wanted, conditions
from elchi.node.checks.findings import alerts_for
from elchi.node.checks.models import Check
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

LANES: Final = ("passenger", "car", "bus", "truck")
DIRECTIONS: Final = ("entry", "exit")
LEAST_STOPS, MOST_STOPS = 2, 20
USUAL_DAYS: Final = 30
"""Looked back at, where nobody says from when."""
_MOST_WAITINGS: Final = 5_000
"""Looked at in a period, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A crossing of a route in a period."""

    code: str
    checks: int
    """Checks of this node there."""
    stopped: int
    """Of them, with the verdict STOP."""
    incidents: int
    seizures: int
    alerts: int | None
    """Those that the reader may see; None where he may see none."""
    waited: int | None
    """Median of the minutes told; None where nobody told any."""
    longest: int | None
    told: int
    """How often somebody told how long it takes."""


def corridors() -> QuerySet[Corridor]:
    """Give the corridors, by name."""
    return Corridor.objects.order_by("name")


def corridor_of(corridor_id: int) -> Corridor:
    """Give a corridor.

    Raises:
        NotFound: `corridor_unknown`.
    """
    found = corridors().filter(pk=corridor_id).first()
    if found is None:
        raise NotFound("corridor_unknown", corridor=corridor_id)
    return found


def stops_of(
    by: Acting, codes: Sequence[str], from_at: dt.datetime, until: dt.datetime, as_of: dt.datetime | None = None
) -> list[Stop]:
    """Give what happened at each crossing of a route, in its order; in four queries whatever its length.

    Args:
        by: who reads; alerts are those that he may see.
        codes: of the crossings.
        from_at: begin of the period.
        until: its end.
        as_of: incidents as they were known then.
    """
    period = Q(at__gte=from_at, at__lt=until)
    checks = _by_code(
        Check.objects.filter(period, crossing__code__in=codes), "crossing__code", stopped=Q(verdict="stop")
    )
    wanted = conditions(Wanted(from_at=from_at, until=until, as_of=as_of))
    events = _by_code(Incident.objects.filter(wanted, place_key__in=codes), "place_key", seizures=Q(kind="seizure"))
    alerts = None
    if by.may(Right.ALERT_SEE):
        found = alerts_for(by).filter(period, finding__owner__crossing__code__in=codes)
        alerts = _by_code(found, "finding__owner__crossing__code")
    waits = _waits(codes, period)
    return [
        Stop(
            code=code, checks=checks.get(code, {}).get("n", 0), stopped=checks.get(code, {}).get("stopped", 0),
            incidents=events.get(code, {}).get("n", 0), seizures=events.get(code, {}).get("seizures", 0),
            alerts=None if alerts is None else alerts.get(code, {}).get("n", 0),
            waited=round(median(waits[code])) if waits.get(code) else None,
            longest=max(waits[code]) if waits.get(code) else None, told=len(waits.get(code, ())),
        )
        for code in codes
    ]  # fmt: skip


def _by_code(found: QuerySet[Any], name: str, **parts: Q) -> Mapping[str, Mapping[str, int]]:
    counts: dict[str, Any] = {part: Count("pk", filter=told) for part, told in parts.items()}
    rows = found.order_by().values(name).annotate(n=Count("pk"), **counts)
    return {row[name]: row for row in rows}


def _waits(codes: Sequence[str], period: Q) -> dict[str, list[int]]:
    rows = Waiting.objects.filter(period, crossing__code__in=codes).order_by("-at")
    told: dict[str, list[int]] = {}
    for code, minutes in rows.values_list("crossing__code", "minutes")[:_MOST_WAITINGS]:
        told.setdefault(code, []).append(minutes)
    return told
