"""Reads of units: who is in one, where it is, what it may do there, and which one is nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from elchi.errors import InvalidInput, NotFound
from elchi.modules.operations.geography import Point, Spot, area_from_wire, area_holds
from elchi.modules.operations.mandate import ACTS, Decision, MandateLine, decide, line_from_wire
from elchi.modules.operations.models import MandatePolicy, UnitMember, UnitProfile, UnitTask
from elchi.modules.operations.places import border_lines, ground_of
from elchi.modules.operations.tasking import Candidate, Offer, crew_missing, offers
from elchi.node.directory import queries as directory
from elchi.node.directory.models import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a unit shall go: a crossing, or a spot."""

    crossing: str = ""
    spot: Spot | None = None


def units() -> QuerySet[UnitProfile]:
    """Give all units with what a row of them shows."""
    members = UnitMember.objects.filter(to_at__isnull=True).select_related("agency", "officer")
    return (
        UnitProfile.objects.select_related("office", "office__country", "office__parent")
        .prefetch_related(Prefetch("members", members), "assets", "office__agencies", "office__crossings")
        .order_by("office__country_id", "office__kind", "office__name")
    )


def offices_without_profile() -> list[Office]:
    """Give the offices that are no unit yet."""
    known = set(UnitProfile.objects.values_list("office", flat=True))
    return [one for one in directory.offices() if one.pk not in known]


def unit_of(code: str) -> UnitProfile:
    """Give a unit by the code of its office.

    Raises:
        NotFound: `unit_unknown`.
    """
    found = units().filter(office__code=code).first()
    if found is None:
        raise NotFound("unit_unknown", field="unit", unit=code)
    return found


def mandate_in_force() -> MandatePolicy | None:
    """Give the mandate in force; None while nobody wrote one, and then nobody may do anything."""
    return MandatePolicy.objects.first()


def lines_in_force() -> tuple[MandateLine, ...]:
    """Give its lines."""
    policy = mandate_in_force()
    return tuple(line_from_wire(one) for one in policy.lines) if policy else ()


def tasks() -> QuerySet[UnitTask]:
    """Give tasks, newest first, with what a row of them shows."""
    return UnitTask.objects.select_related("unit__office", "crossing", "incident").order_by("-id")


def task_of(task_id: int) -> UnitTask:
    """Give a task.

    Raises:
        NotFound: `task_unknown`.
    """
    found = tasks().filter(pk=task_id).first()
    if found is None:
        raise NotFound("task_unknown", task=task_id)
    return found


def crew_of(unit: UnitProfile) -> tuple[frozenset[str], frozenset[str]]:
    """Give the codes of the agencies that are in a unit, and their kinds."""
    agencies = [one.agency for one in unit.members.all()]
    return frozenset(one.code for one in agencies), frozenset(one.kind for one in agencies)


def point_of(unit: UnitProfile) -> Point | None:
    """Give where a unit is: where it was said to be, else at its office or its first crossing."""
    at = next((one for one in (unit, unit.office, *unit.office.crossings.all()) if one.latitude is not None), None)
    return None if at is None else (at.longitude, at.latitude)


def place_of(where: Where) -> tuple[Spot, bool]:
    """Give the position of a place, and whether it is a crossing.

    Raises:
        InvalidInput: `operations_invalid` for no place, two, or a crossing without a position.
        NotFound: `crossing_unknown`.
    """
    if bool(where.crossing) == (where.spot is not None):
        raise InvalidInput("operations_invalid", field="crossing", rule="one_place")
    if where.spot:
        return where.spot, False
    crossing = directory.crossing_of(where.crossing)
    if crossing.latitude is None:
        raise InvalidInput("operations_invalid", field="crossing", rule="position_whole")
    return Spot(crossing.latitude, crossing.longitude or 0.0, crossing.coordinate_error_km or 0.0), True


def candidate_of(unit: UnitProfile, where: Where, acts: Sequence[str], lines: Sequence[MandateLine]) -> Candidate:
    """Give a unit as one that might go.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if not acts or set(acts) - set(ACTS):
        raise InvalidInput("operations_invalid", field="acts", rule="one_of", allowed=list(ACTS))
    spot, is_crossing = place_of(where)
    ground = ground_of(spot, unit.office.country_id or "", is_crossing=is_crossing)
    codes, kinds = crew_of(unit)
    area = area_from_wire(unit.area) if unit.area else None
    return Candidate(
        code=unit.office.code,
        at=point_of(unit),
        kmh=unit.kmh,
        availability=unit.availability,
        holds=area is None or area_holds(area, spot, border_lines()),
        decisions=tuple(decide(lines, codes, act, ground) for act in acts),
        crew_missing=crew_missing(unit.crew_rule, kinds),
    )


def offers_for(where: Where, acts: Sequence[str]) -> tuple[Offer, ...]:
    """Give the units that may go there and do this, the nearest first.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    lines, (spot, _) = lines_in_force(), place_of(where)
    return offers([candidate_of(unit, where, acts, lines) for unit in units()], spot.point)


def refusal_of(one: Candidate) -> Decision | None:
    """Give the first act that a unit may not do; None if it may do all."""
    return next((decision for decision in one.decisions if not decision.may), None)
