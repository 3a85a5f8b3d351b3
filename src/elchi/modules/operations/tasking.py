"""Which unit to send: crew, availability, and who is nearest among those that may.

The time is that of a straight line at the speed of the unit. Roads are longer: it orders units, it promises nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from elchi.modules.operations.geography import Point, distance_km, minutes_to
from elchi.modules.operations.mandate import Decision

AVAILABILITIES: Final = ("available", "busy", "resting", "off")
PARTS: Final = ("head", "member", "driver", "dog_handler", "analyst", "interpreter")
"""What somebody is in a unit."""
ASSETS: Final = ("vehicle", "dog", "equipment")
ASSET_STATES: Final = ("works", "broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit that might go."""

    code: str
    at: Point | None
    """Where it is; None where nobody knows."""
    kmh: float
    availability: str
    holds: bool
    """Whether its area holds the place."""
    decisions: tuple[Decision, ...]
    """On each act, by its mandate."""
    crew_missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that may go, and how long it would take."""

    code: str
    km: float
    minutes: int
    crew_missing: tuple[str, ...]
    """It may go without them; that is flagged."""


def crew_missing(rule: Iterable[str], present: Collection[str]) -> tuple[str, ...]:
    """Give the kinds of agencies that a crew should have and has not, in the order of the rule."""
    return tuple(kind for kind in dict.fromkeys(rule) if kind not in present)


def is_eligible(one: Candidate) -> bool:
    """Tell whether a unit may be sent: it is free, the place is in its area, and each act is in its mandate."""
    return one.availability == "available" and one.holds and all(decision.may for decision in one.decisions)


def offers(candidates: Sequence[Candidate], place: Point, most: int = 3) -> tuple[Offer, ...]:
    """Give the units that may go, whole crews first among those as near, the nearest first."""
    found = [
        Offer(one.code, round(distance_km(one.at, place), 1), minutes_to(one.at, place, one.kmh), one.crew_missing)
        for one in candidates
        if one.at is not None and is_eligible(one)
    ]
    return tuple(sorted(found, key=lambda one: (one.minutes, len(one.crew_missing), one.code))[:most])
