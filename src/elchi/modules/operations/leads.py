"""What may have led to an incident: traces of information that share a mark with it, or its time and place.

The system proposes with reasons, an officer confirms. A shared document, plate, number or phone is strong; being at the
same crossing shortly before is weak, and counts only for traces that told somebody to look (a finding, a message, an
alert), because everybody who was checked that hour was there too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.modules.operations.geography import Point, distance_km

LOOK_BACK: Final = dt.timedelta(days=30)
"""How long before an incident something may have led to it."""
ENDS_AFTER: Final = {
    "minute": dt.timedelta(minutes=1), "hour": dt.timedelta(hours=1), "day": dt.timedelta(hours=12),
    "month": dt.timedelta(days=31),
}  # fmt: skip
"""By precision of the time of an incident: how long after what is written down it may still have been."""
NEAR_TIME: Final = dt.timedelta(hours=24)
NEAR_KM: Final = 25.0
_STRONG: Final = 100
_TELLING: Final = frozenset(("finding", "message", "alert", "request"))
"""Traces by which somebody was told to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One thing that was known: a check, a finding, a message, an alert."""

    ref: str
    """`noun:id`, such as `check:142`."""
    at: dt.datetime
    code: str
    """Words of it are the message `trace.<code>`."""
    params: dict[str, Any] = field(default_factory=dict)
    """Values of those words; no name of a person."""
    address: str = ""
    """Where it can be read, for who may."""
    marks: frozenset[str] = frozenset()
    """Keyed hashes (`node.audit.marks`)."""
    crossing: str = ""
    """Code."""
    point: Point | None = None
    before: tuple[str, ...] = ()
    """What it came from, as `ref`: a finding from its check, an answer from its question."""
    is_peer: bool = False
    """Whether it came from across the border."""

    @property
    def noun(self) -> str:
        """`check` of `check:142`."""
        return self.ref.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An incident, as far as it is compared with traces."""

    at: dt.datetime
    """The last moment at which it may have been."""
    marks: frozenset[str]
    crossing: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A trace that may have led to an incident, and why."""

    trace: Trace
    reasons: tuple[tuple[str, dict[str, Any]], ...]
    """Codes with parameters: `mark_shared` (count), `same_crossing` (hours), `near` (km, hours)."""
    weight: int


def leads_of(scene: Scene, traces: Iterable[Trace], most: int = 20) -> tuple[Lead, ...]:
    """Give what may have led to an incident, the strongest first, then the nearest in time."""
    found = [lead for lead in (_weigh(scene, trace) for trace in traces) if lead is not None]
    return tuple(sorted(found, key=lambda one: (-one.weight, scene.at - one.trace.at, one.trace.ref))[:most])


def _weigh(scene: Scene, trace: Trace) -> Lead | None:
    ahead = scene.at - trace.at
    if not dt.timedelta() <= ahead <= LOOK_BACK:
        return None
    reasons: list[tuple[str, dict[str, Any]]] = []
    weight = 0
    if shared := len(scene.marks & trace.marks):
        reasons.append(("mark_shared", {"count": shared}))
        weight += _STRONG * shared
    hours = round(ahead / dt.timedelta(hours=1), 1)
    if ahead <= NEAR_TIME:
        if scene.crossing and scene.crossing == trace.crossing:
            reasons.append(("same_crossing", {"hours": hours}))
            weight += 10
        elif scene.point and trace.point and (km := distance_km(scene.point, trace.point)) <= NEAR_KM:
            reasons.append(("near", {"km": round(km, 1), "hours": hours}))
            weight += 5
    if weight >= _STRONG or (reasons and trace.noun in _TELLING):
        return Lead(trace, tuple(reasons), weight)
    return None
