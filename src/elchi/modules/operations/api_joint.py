"""Joint operations through the API: plan, propose, agree, log, hand over, tell results."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.modules.operations import operations, services
from elchi.modules.operations.joint import LIMITS, MOST_PARTS, HandOver, Phase, Plan
from elchi.modules.operations.models import JointOperation as Row
from elchi.modules.operations.models import OperationAct as ActRow
from elchi.modules.operations.rules import OperationsRight

router = Router()
Names = list[Annotated[str, Field(max_length=LIMITS["name"])]]


class PhaseSaid(BaseModel):
    """A part of the time."""

    name: str = Field(max_length=LIMITS["name"])
    from_at: Instant
    until: Instant


class HandOverSaid(BaseModel):
    """Where goods pass from hand to hand."""

    place: str = Field(max_length=LIMITS["place"])
    giver: str = Field(max_length=40, description="Code of a node.")
    taker: str = Field(max_length=40)
    due_at: Instant
    tolerance: int = Field(ge=0, le=1440, description="Minutes.")


class PlanSaid(BaseModel):
    """What is meant to happen."""

    kind: str = Field(max_length=20, description="joint_patrol, joint_action, controlled_delivery.")
    title: str = Field(max_length=LIMITS["title"])
    aim: str = Field(max_length=LIMITS["aim"])
    legal_basis: str = Field("", max_length=LIMITS["legal_basis"])
    from_at: Instant
    until: Instant
    phases: list[PhaseSaid] = Field([], max_length=MOST_PARTS)
    points: list[HandOverSaid] = Field([], max_length=MOST_PARTS)
    units: Names = Field([], max_length=MOST_PARTS, description="Of this side.")
    partner: str = Field("", max_length=40, description="Code of the other side; empty for this node alone.")


class NewOperationMove(BaseModel):
    """What becomes of an operation."""

    move: str = Field(max_length=10, description="propose, agree, decline, start, end, cancel.")
    units: Names = Field([], max_length=MOST_PARTS, description="Of this side, with `agree`.")


class NewEntry(BaseModel):
    """A line for the log that both sides read."""

    text: str = Field(max_length=LIMITS["text"])


class NewHandOver(BaseModel):
    """That this side let go of the goods, or had them in view."""

    number: int = Field(ge=1, le=MOST_PARTS)
    what: str = Field(max_length=8, description="given, taken.")
    at: Instant | None = Field(None, description="By the clock of this side; now without one.")


class NewResult(BaseModel):
    """An incident that came of an operation."""

    incident: int = Field(ge=1, le=2**53)


class HandOverClock(BaseModel):
    """A hand-over, and how it stands now."""

    number: int
    place: str
    giver: str
    taker: str
    due_at: dt.datetime
    tolerance: int
    given_at: dt.datetime | None
    taken_at: dt.datetime | None
    state: str = Field(description="waiting, soon, late, given, done, done_late, lost.")
    is_next: bool


class OperationAct(BaseModel):
    """A line of the log that both sides have."""

    node: str
    by: str = Field(description="Sign-in name; of the other side nobody.")
    act: str
    content: dict[str, Any]
    said_at: dt.datetime
    state: str = Field(description="kept, queued, delivered, rejected, expired, received.")
    why: str = Field(description="Why it stayed: a code, or the clause.")


class OperationLine(BaseModel):
    """A joint operation in a list."""

    id: int
    number: str
    kind: str
    title: str
    state: str
    leader: str
    partner: str
    from_at: dt.datetime
    until: dt.datetime


class OperationLines(Page[OperationLine]):
    """A page of joint operations."""


class Operation(OperationLine):
    """A joint operation with its hand-overs and its log."""

    aim: str
    legal_basis: str
    phases: list[dict[str, Any]]
    units: dict[str, list[str]] = Field(description="Code of a node to the names of its units.")
    points: list[HandOverClock]
    acts: list[OperationAct]


class WantedOperations(BaseModel):
    """Which operations; what is empty does not restrict."""

    state: str = Field("", max_length=10)
    partner: str = Field("", max_length=40)


@router.get("", response=OperationLines, summary="Joint operations, newest first")
def list_operations(request: AtApi, wanted: Annotated[WantedOperations, Query()], pages: Asked) -> HttpResponse:
    """Give the operations that this node plans or was told of."""
    request.auth.require(OperationsRight.OPERATION_SEE)
    found = operations.operations()
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.partner:
        found = found.filter(partner=wanted.partner)
    return answer(OperationLines(**page_of(found, pages, _line)))


@router.post("", response={201: Operation}, summary="Plan a joint operation")
@once
def plan_operation(request: AtApi, new: PlanSaid) -> HttpResponse:
    """Plan an operation; the other side knows nothing until it is proposed."""
    return _told(services.plan_operation(by=request.auth, plan=_plan(new), partner=new.partner).pk, 201)


@router.get("/{int:operation_id}", response=Operation, summary="One joint operation")
def get_operation(request: AtApi, operation_id: int) -> HttpResponse:
    """Give an operation with its hand-overs, their clocks, and its log."""
    request.auth.require(OperationsRight.OPERATION_SEE)
    return _told(operation_id)


@router.post("/{int:operation_id}/plan", response=Operation, summary="Write its plan again")
@once
def replan_operation(request: AtApi, operation_id: int, new: PlanSaid) -> HttpResponse:
    """Write the plan again, while it was not proposed."""
    services.plan_operation(by=request.auth, plan=_plan(new), partner=new.partner, operation_id=operation_id)
    return _told(operation_id)


@router.post("/{int:operation_id}/moves", response=Operation, summary="Propose, agree, decline, start, end, cancel")
@once
def move_operation(request: AtApi, operation_id: int, new: NewOperationMove) -> HttpResponse:
    """Move an operation on; the other side is told where an agreement covers it."""
    services.move_operation(by=request.auth, operation_id=operation_id, move=new.move, units=tuple(new.units))
    return _told(operation_id)


@router.post("/{int:operation_id}/entries", response={201: Operation}, summary="Write into its log")
@once
def log_operation(request: AtApi, operation_id: int, new: NewEntry) -> HttpResponse:
    """Write a line into the log that both sides read."""
    services.log_operation(by=request.auth, operation_id=operation_id, text=new.text)
    return _told(operation_id, 201)


@router.post("/{int:operation_id}/hand-overs", response=Operation, summary="Let go of the goods, or take them")
@once
def hand_over(request: AtApi, operation_id: int, new: NewHandOver) -> HttpResponse:
    """Say of this side's own part of a hand-over when it was."""
    services.hand_over(by=request.auth, operation_id=operation_id, number=new.number, what=new.what, at=new.at)
    return _told(operation_id)


@router.post("/{int:operation_id}/results", response={201: Operation}, summary="Tell a result")
@once
def add_operation_result(request: AtApi, operation_id: int, new: NewResult) -> HttpResponse:
    """Say that an incident came of it; the other side is told without names."""
    services.add_result(by=request.auth, operation_id=operation_id, incident_id=new.incident)
    return _told(operation_id, 201)


def _plan(said: PlanSaid) -> Plan:
    return Plan(
        kind=said.kind, title=said.title, aim=said.aim, legal_basis=said.legal_basis, from_at=said.from_at,
        until=said.until, units=tuple(said.units),
        phases=tuple(Phase(**one.model_dump()) for one in said.phases),
        points=tuple(HandOver(**one.model_dump()) for one in said.points),
    )  # fmt: skip


def _line(row: Row) -> OperationLine:
    return OperationLine(**_head(row))


def _head(row: Row) -> dict[str, Any]:
    names = ("number", "kind", "title", "state", "leader", "partner", "from_at", "until")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _told(operation_id: int, status: int = 200) -> HttpResponse:
    row = operations.operation_of(operation_id)
    told = Operation(
        **_head(row), aim=row.aim, legal_basis=row.legal_basis, phases=row.phases, units=row.units,
        points=[
            HandOverClock(
                **{name: getattr(point, name) for name in _OF_POINT}, state=clock.state, is_next=is_next
            )
            for point, clock, is_next in operations.clocks_of(row, timezone.now())
        ],
        acts=[_act(one) for one in row.acts.all()],
    )  # fmt: skip
    return answer(told, status)


_OF_POINT = ("number", "place", "giver", "taker", "due_at", "tolerance", "given_at", "taken_at")


def _act(row: ActRow) -> OperationAct:
    return OperationAct(**{name: getattr(row, name) for name in OperationAct.model_fields})
