"""Verbs of joint operations: plan, move, log, hand over, tell results; and what is done with acts of the other side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.message import Message, new_id
from elchi.modules.operations.joint import (
    BY_INVITED,
    LIMITS,
    OVER,
    Act,
    Plan,
    check_plan,
    check_side,
    moved,
    next_state,
    plan_from_wire,
    plan_to_wire,
    units_from_wire,
)
from elchi.modules.operations.models import HandOverPoint, JointOperation, OperationAct
from elchi.modules.operations.operations import operation_of, plan_of, result_of
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import short
from elchi.modules.operations.services._saying import say
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.here import here
from elchi.node.officers.acting import Acting


@transaction.atomic
def plan_operation(*, by: Acting, plan: Plan, partner: str = "", operation_id: int | None = None) -> JointOperation:
    """Write the plan of an operation, or write it again while nobody has agreed to it.

    Args:
        by: who plans.
        plan: the plan.
        partner: code of the other side; empty for an operation of this node alone.
        operation_id: of one that is planned already.

    Raises:
        NotAllowed: `right_missing`, `operation_other_side`.
        NotFound: `partner_unknown`, `operation_unknown`.
        Conflict: `operation_move_refused` for one that is agreed.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.OPERATION_PLAN)
    wait_turn()
    if partner and not Partner.objects.filter(code=partner, state="active").exists():
        raise NotFound("partner_unknown", partner=partner)
    check_plan(plan, [here().code, *([partner] if partner else [])])
    if operation_id is None:
        row = JointOperation(key=new_id(), leader=here().code, partner=partner, made_by=by.name)
    else:
        row = operation_of(operation_id)
        check_side("propose", side=here().code, leader=row.leader)
        if row.state != "planned":
            raise Conflict("operation_move_refused", state=row.state, to="plan")
        row.partner = partner
    _put_plan(row, plan, here().code)
    record(OperationsVerb.PLAN_OPERATION, by=by, on=f"operation:{row.pk}", kind=row.kind, partner=row.partner)
    return row


@transaction.atomic
def move_operation(*, by: Acting, operation_id: int, move: str, units: tuple[str, ...] = ()) -> JointOperation:
    """Propose, agree, decline, start, end or cancel an operation; the other side is told.

    Args:
        by: who says so.
        operation_id: the operation.
        move: of `joint.STATES`.
        units: with `agree`: the names of the units of this side.

    Raises:
        NotAllowed: `right_missing`, `operation_other_side`.
        NotFound: `operation_unknown`.
        Conflict: `operation_move_refused`; `operation_uncovered`: no agreement covers what would have to be told.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.OPERATION_PLAN)
    row = _locked(operation_id)
    check_side(move, side=here().code, leader=row.leader)
    if (move == "propose") != bool(row.partner) and row.state == "planned" and move in ("propose", "start"):
        raise Conflict("operation_move_refused", state=row.state, to=move)
    known_there = row.state != "planned"
    row.state, row.state_at = next_state(row.state, move), _now()
    if move == "agree":
        _check_units(units)
        row.units = {**row.units, here().code: list(units)}
    row.save()
    if move == "propose":
        line = say(by, row, "plan", plan_to_wire(plan_of(row)), at=row.state_at)
    else:
        told = {"move": move, **({"units": list(units)} if move == "agree" else {})}
        line = say(by, row, "state", told, at=row.state_at, is_told=known_there)
    if move in ("propose", *BY_INVITED) and line.state == "kept":
        raise Conflict("operation_uncovered", why=line.why)
    record(OperationsVerb.MOVE_OPERATION, by=by, on=f"operation:{row.pk}", move=move, told=line.state, why=line.why)
    return row


@transaction.atomic
def log_operation(*, by: Acting, operation_id: int, text: str) -> OperationAct:
    """Write a line into the log that both sides read.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `operation_unknown`.
        Conflict: `operation_over`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.OPERATION_LOG)
    row = _open(operation_id)
    if not text.strip():
        raise InvalidInput("operations_invalid", field="text", rule="missing")
    short("text", text, LIMITS["text"])
    line = say(by, row, "entry", {"text": text.strip()}, at=_now(), is_told=row.state != "planned")
    record(OperationsVerb.LOG_OPERATION, by=by, on=f"operation:{row.pk}", told=line.state, why=line.why)
    return line


@transaction.atomic
def hand_over(*, by: Acting, operation_id: int, number: int, what: str, at: dt.datetime | None = None) -> HandOverPoint:
    """Say that this side let go of the goods at a point, or had them in view.

    Args:
        by: who says so.
        operation_id: the operation.
        number: of the point, from 1.
        what: `given` or `taken`.
        at: when, by the clock of this side; now where it is not said.

    Raises:
        NotAllowed: `right_missing`, `operation_other_side`.
        NotFound: `operation_unknown`, `hand_over_unknown`.
        Conflict: `operation_over`, `hand_over_refused`: not its turn, or said already.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.OPERATION_LOG)
    row = _open(operation_id)
    if row.state != "running":
        raise Conflict("operation_move_refused", state=row.state, to=what)
    now, when = _now(), at or _now()
    if when > now + dt.timedelta(minutes=1):
        raise InvalidInput("operations_invalid", field="at", rule="not_in_future")
    point = _marked(row, number, what, when, side=here().code)
    told = {"number": number, "what": what, "at": when.isoformat()}
    line = say(by, row, "hand_over", told, at=now)
    record(
        OperationsVerb.HAND_OVER, by=by, on=f"operation:{row.pk}", number=number, what=what, told=line.state,
        why=line.why,
    )  # fmt: skip
    return point


@transaction.atomic
def add_result(*, by: Acting, operation_id: int, incident_id: int) -> OperationAct:
    """Say that an incident came of an operation; the other side is told without names.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `operation_unknown`, `incident_unknown`.
        Conflict: `operation_move_refused` before it runs, `result_known`, `incident_withdrawn`.
    """
    by.require(OperationsRight.OPERATION_LOG)
    row = _locked(operation_id)
    if row.state not in ("running", "ended"):
        raise Conflict("operation_move_refused", state=row.state, to="result")
    incident = incident_of(incident_id)
    if incident.withdrawn_at:
        raise Conflict("incident_withdrawn", incident=incident_id)
    if row.acts.filter(act="result", incident=incident).exists():
        raise Conflict("result_known", field="incident", incident=incident_id)
    line = say(by, row, "result", result_of(incident), at=_now())
    OperationAct.objects.filter(pk=line.pk).update(incident=incident)
    record(OperationsVerb.ADD_RESULT, by=by, on=f"operation:{row.pk}", incident=incident_id, told=line.state)
    return line


def hear_act(*, message: Message, partner: Partner, act: Act) -> JointOperation:
    """Do what the other side says of an operation, in the transaction in which it is accepted.

    Raises:
        NotFound: `operation_unknown`, `hand_over_unknown`.
        NotAllowed: `operation_other_side`.
        Conflict: `operation_move_refused`.
        InvalidInput: `operations_invalid`.
    """
    by = Actor(name=f"partner:{partner.code}", via="partner")
    row = JointOperation.objects.select_for_update().filter(key=message.thread).first()
    if row is None:
        if act.act != "plan":
            raise NotFound("operation_unknown", operation=message.thread)
        row = JointOperation(key=message.thread, leader=partner.code, partner=partner.code, made_by=by.name)
    if row.partner != partner.code:
        raise NotAllowed("operation_other_side", to=act.act, leader=row.leader)
    _apply(row, act, partner.code)
    OperationAct.objects.create(
        operation=row, act_id=act.id, node=partner.code, act=act.act, content=dict(act.content), said_at=act.said_at,
        message_id=message.id, state="received", retention_until=message.retention_until,
    )  # fmt: skip
    record(
        OperationsVerb.HEAR_OPERATION, by=by, on=f"operation:{row.pk}", agreement=message.agreement, act=act.act,
        state=row.state,
    )  # fmt: skip
    return row


def note_act_settled(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note of what became of an act of ours."""
    line = OperationAct.objects.filter(message_id=outgoing.message_id, node=here().code).first()
    if line is not None:
        line.state, line.why = outcome, code[:120]
        line.save(update_fields=["state", "why"])
        if outcome != "delivered":
            by = Actor(name=f"partner:{outgoing.partner.code}", via="partner")
            record(
                OperationsVerb.SETTLE_OPERATION, by=by, on=f"operation:{line.operation_id}", outcome=outcome, code=code
            )


def _apply(row: JointOperation, act: Act, sender: str) -> None:
    told = act.content
    match act.act:
        case "plan":
            if row.leader != sender:
                raise NotAllowed("operation_other_side", to="plan", leader=row.leader)
            if row.pk and row.state != "proposed":
                raise Conflict("operation_move_refused", state=row.state, to="plan")
            plan = plan_from_wire(told)
            check_plan(plan, [here().code, sender])
            row.state, row.state_at = "proposed", act.said_at
            _put_plan(row, plan, sender)
        case "state":
            move = str(told["move"])
            check_side(move, side=sender, leader=row.leader)
            state = moved(row.state, row.state_at, move, act.said_at)
            if state != row.state:
                row.state, row.state_at = state, act.said_at
            if move == "agree":
                row.units = {**row.units, sender: list(units_from_wire(told))}
            row.save()
        case "hand_over":
            when = dt.datetime.fromisoformat(str(told["at"]))
            _marked(row, int(told["number"]), str(told["what"]), when, side=sender, is_heard=True)


def _marked(
    row: JointOperation, number: int, what: str, at: dt.datetime, *, side: str, is_heard: bool = False
) -> HandOverPoint:
    """Write down that a side let go or took.

    What the other side did is written down whatever was heard before: messages may come in another order.
    """
    points = {one.number: one for one in row.points.select_for_update()}
    if number not in points:
        raise NotFound("hand_over_unknown", number=number)
    point = points[number]
    if what not in ("given", "taken"):
        raise InvalidInput("operations_invalid", field="what", rule="one_of")
    if side != (point.giver if what == "given" else point.taker):
        raise NotAllowed("operation_other_side", to=what, leader=row.leader)
    earlier = points.get(number - 1)
    is_early = earlier is not None and earlier.taken_at is None
    if getattr(point, f"{what}_at") is not None or (what == "given" and point.taken_at) or (is_early and not is_heard):
        if is_heard:
            return point
        raise Conflict("hand_over_refused", number=number, what=what)
    setattr(point, f"{what}_at", at)
    point.save()
    return point


def _put_plan(row: JointOperation, plan: Plan, side: str) -> None:
    wire: Mapping[str, Any] = plan_to_wire(plan)
    for name in ("kind", "title", "aim", "legal_basis", "from_at", "until"):
        setattr(row, name, getattr(plan, name))
    row.phases, row.units = wire["phases"], {**row.units, side: list(plan.units)}
    row.save()
    row.points.all().delete()
    HandOverPoint.objects.bulk_create(
        HandOverPoint(operation=row, number=number, place=one.place, giver=one.giver, taker=one.taker,
                      due_at=one.due_at, tolerance=one.tolerance)
        for number, one in enumerate(plan.points, 1)
    )  # fmt: skip


def _check_units(units: tuple[str, ...]) -> None:
    for unit in units:
        short("units", unit, LIMITS["name"])


def _locked(operation_id: int) -> JointOperation:
    wait_turn()
    JointOperation.objects.select_for_update().filter(pk=operation_id).first()
    return operation_of(operation_id)


def _open(operation_id: int) -> JointOperation:
    row = _locked(operation_id)
    if row.state in OVER:
        raise Conflict("operation_over", state=row.state)
    return row


def _now() -> dt.datetime:
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
