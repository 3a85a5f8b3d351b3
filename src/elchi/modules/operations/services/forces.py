"""Verbs of units: what one is, who and what is in it, the mandate, and tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import tasking, units
from elchi.modules.operations.geography import Area, Spot, area_to_wire, check_area, check_spot, minutes_to
from elchi.modules.operations.mandate import MandateLine, check_lines, line_to_wire
from elchi.modules.operations.models import Incident, MandatePolicy, UnitAsset, UnitMember, UnitProfile, UnitTask
from elchi.modules.operations.operations import operation_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import one_of, short
from elchi.modules.operations.states import BY_COMMANDER, next_state
from elchi.modules.operations.units import Where
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.directory import queries as directory
from elchi.node.directory.models import Agency, Kind
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer

FASTEST = 1000.0
"""Kilometres an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCard:
    """What a unit is."""

    kmh: float = 60.0
    availability: str = "available"
    at: Spot | None = None
    """Where it is now; None for at its office."""
    crew_rule: tuple[str, ...] = ()
    """Kinds of agencies."""
    area: Area | None = None
    """None for everywhere in its state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a unit shall do."""

    where: Where
    acts: tuple[str, ...]
    """Of `mandate.ACTS`."""
    purpose: str
    due_at: dt.datetime | None = None
    operation: int | None = None
    """A joint operation of which it is a part."""


@transaction.atomic
def set_unit(*, by: Acting, code: str, card: UnitCard) -> UnitProfile:
    """Say what an office is as a unit; the first time makes it one.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `office_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.UNIT_WRITE)
    office = directory.office_of(code)
    one_of("availability", card.availability, tasking.AVAILABILITIES)
    if not 0 < card.kmh <= FASTEST:
        raise InvalidInput("operations_invalid", field="kmh", rule="number_in_range", limit=int(FASTEST))
    for kind in card.crew_rule:
        one_of("crew_rule", kind, Kind.AGENCY)
    if card.at:
        check_spot(card.at)
    if card.area:
        check_area(card.area)
    told: dict[str, Any] = {
        "kmh": card.kmh, "availability": card.availability, "crew_rule": list(card.crew_rule),
        "latitude": card.at.latitude if card.at else None, "longitude": card.at.longitude if card.at else None,
        "area": area_to_wire(card.area) if card.area else None,
    }  # fmt: skip
    unit, _ = UnitProfile.objects.update_or_create(
        office=office, defaults={**told, "changed_by": by.name, "changed_at": timezone.now()}
    )
    record(OperationsVerb.SET_UNIT, by=by, on=f"unit:{code}", **told)
    return unit


@transaction.atomic
def add_member(*, by: Acting, code: str, agency: str, part: str, officer: str = "") -> UnitMember:
    """Put somebody into a unit: an officer of this node by his sign-in name, or one of an agency without one.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `unit_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.UNIT_WRITE)
    unit = units.unit_of(code)
    one_of("part", part, tasking.PARTS)
    body = Agency.objects.filter(code=agency).first()
    person = Officer.objects.filter(sign_in_name=officer).first() if officer else None
    if body is None or (officer and person is None):
        raise InvalidInput("operations_invalid", field="officer" if body else "agency", rule="in_directory")
    member = UnitMember.objects.create(unit=unit, agency=body, officer=person, part=part)
    record(OperationsVerb.ADD_MEMBER, by=by, on=f"unit:{code}", agency_of=agency, part=part)
    return member


@transaction.atomic
def end_member(*, by: Acting, member_id: int) -> UnitMember:
    """Let somebody be in a unit no longer.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `member_unknown`.
    """
    by.require(OperationsRight.UNIT_WRITE)
    member = UnitMember.objects.select_related("unit__office").filter(pk=member_id, to_at__isnull=True).first()
    if member is None:
        raise NotFound("member_unknown", member=member_id)
    member.to_at = timezone.now()
    member.save()
    record(OperationsVerb.END_MEMBER, by=by, on=f"unit:{member.unit.office.code}", member=member_id)
    return member


@transaction.atomic
def add_asset(*, by: Acting, code: str, kind: str, name: str) -> UnitAsset:
    """Give a unit a vehicle, a dog or a piece of equipment.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `unit_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.UNIT_WRITE)
    unit = units.unit_of(code)
    one_of("asset", kind, tasking.ASSETS)
    asset = UnitAsset.objects.create(unit=unit, kind=kind, name=_said("name", name, 120))
    record(OperationsVerb.ADD_ASSET, by=by, on=f"unit:{code}", asset=asset.pk, kind=kind)
    return asset


@transaction.atomic
def change_asset(*, by: Acting, asset_id: int, is_broken: bool) -> UnitAsset:
    """Say that something works or is broken, since today.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `asset_unknown`.
    """
    by.require(OperationsRight.UNIT_WRITE)
    asset = UnitAsset.objects.select_related("unit__office").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound("asset_unknown", asset=asset_id)
    asset.broken_since = (asset.broken_since or timezone.localdate()) if is_broken else None
    asset.save()
    record(OperationsVerb.CHANGE_ASSET, by=by, on=f"unit:{asset.unit.office.code}", asset=asset_id, broken=is_broken)
    return asset


@transaction.atomic
def set_mandate(*, by: Acting, lines: Sequence[MandateLine], reason: str) -> MandatePolicy:
    """Put a mandate into force; the one before it is kept.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `operations_invalid`, with the `line`, from 1.
    """
    by.require(OperationsRight.MANDATE_WRITE)
    check_lines(lines, set(Agency.objects.values_list("code", flat=True)))
    policy = MandatePolicy.objects.create(
        lines=[line_to_wire(one) for one in lines], reason=_said("reason", reason, 300), by=by.name
    )
    record(OperationsVerb.SET_MANDATE, by=by, on=f"mandate:{policy.pk}", lines=len(policy.lines), reason=policy.reason)
    return policy


@transaction.atomic
def give_task(*, by: Acting, code: str, order: Order) -> UnitTask:
    """Send a unit. A crew that is not whole is flagged and may go.

    Raises:
        NotAllowed: `right_missing`; `task_outside_mandate` with the act, the reason, and the article and law that say
            so; `task_outside_area`; `unit_not_available`. Each has `offers`: who may go instead, the nearest first.
        NotFound: `unit_unknown`, `crossing_unknown`, `operation_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.TASK_GIVE)
    purpose = _said("purpose", order.purpose, 300)
    unit = units.unit_of(code)
    candidate = units.candidate_of(unit, order.where, order.acts, units.lines_in_force())
    _refuse(candidate, order)
    spot, _ = units.place_of(order.where)
    task = UnitTask.objects.create(
        unit=unit,
        crossing=directory.crossing_of(order.where.crossing) if order.where.crossing else None,
        latitude=order.where.spot.latitude if order.where.spot else None,
        longitude=order.where.spot.longitude if order.where.spot else None,
        acts=list(order.acts),
        basis=[_basis(one) for one in candidate.decisions],
        purpose=purpose,
        crew_missing=list(candidate.crew_missing),
        minutes=minutes_to(candidate.at, spot.point, unit.kmh) if candidate.at else None,
        due_at=order.due_at,
        operation=operation_of(order.operation) if order.operation else None,
        given_by=by.name,
    )
    record(OperationsVerb.GIVE_TASK, by=by, on=f"task:{task.pk}", unit=code, acts=task.acts, missing=task.crew_missing)
    return task


@transaction.atomic
def move_task(*, by: Acting, task_id: int, move: str, note: str = "", incident: int | None = None) -> UnitTask:
    """Accept, decline, arrive, finish or cancel a task; a unit that accepts is busy until it is done.

    Args:
        by: who says so.
        task_id: the task.
        move: of `states.TASK`.
        note: what came of it.
        incident: what was recorded because of it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `task_unknown`, `incident_unknown`.
        Conflict: `task_move_refused`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.TASK_GIVE if move in BY_COMMANDER else OperationsRight.TASK_DO)
    UnitTask.objects.select_for_update().filter(pk=task_id).first()
    task = units.task_of(task_id)
    before = task.state
    task.state = next_state(before, move)
    short("note", note, 300)
    task.note, task.changed_at = note.strip() or task.note, timezone.now()
    if incident is not None:
        task.incident = Incident.objects.filter(pk=incident).first()
        if task.incident is None:
            raise NotFound("incident_unknown", incident=incident)
    task.save()
    availability = {"accepted": "busy", "done": "available"}.get(task.state)
    if availability is None and task.state == "cancelled" and before != "given":
        availability = "available"
    if availability:
        UnitProfile.objects.filter(pk=task.unit_id).update(availability=availability)
    record(OperationsVerb.MOVE_TASK, by=by, on=f"task:{task.pk}", before=before, to=task.state)
    return task


def _refuse(candidate: tasking.Candidate, order: Order) -> None:
    """Do nothing if a unit may go; else say why not, and who may."""
    if tasking.is_eligible(candidate):
        return
    offers = [asdict(one) for one in units.offers_for(order.where, order.acts)]
    refused = units.refusal_of(candidate)
    if refused:
        line = refused.line
        raise NotAllowed(
            "task_outside_mandate",
            field="unit",
            act=refused.act,
            reason=refused.reason,
            article=line.article if line else "",
            law=line.law if line else "",
            offers=offers,
        )
    if not candidate.holds:
        raise NotAllowed("task_outside_area", field="unit", unit=candidate.code, offers=offers)
    raise NotAllowed(
        "unit_not_available", field="unit", unit=candidate.code, state=candidate.availability, offers=offers
    )


def _basis(one: Any) -> dict[str, str]:
    return {"act": one.act, "article": one.line.article, "law": one.line.law}


def _said(field: str, text: str, limit: int) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput("operations_invalid", field=field, rule="missing")
    short(field, text, limit)
    return text
