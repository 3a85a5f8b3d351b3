"""Tasks of units through the API: send one, be told why it may not go and who may instead, move a task on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.modules.operations import services, units
from elchi.modules.operations.api_units import At
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.models import UnitTask
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.units import Where

router = Router()
Acts = list[str]


class NewTask(BaseModel):
    """What a unit shall do."""

    unit: str = Field(max_length=64)
    crossing: str = Field("", max_length=64, description="Where; or `at`.")
    at: At | None = None
    acts: Acts = Field(min_length=1, max_length=5, description="stop, search, seize, arrest, pursue.")
    purpose: str = Field(max_length=300)
    due_at: Instant | None = None
    operation: int | None = Field(None, ge=1, le=2**53, description="A joint operation of which it is a part.")

    def where(self) -> Where:
        """Give the place as the services take it."""
        return Where(crossing=self.crossing, spot=self.at.spot() if self.at else None)


class NewMove(BaseModel):
    """What becomes of a task."""

    move: str = Field(max_length=10, description="accept, decline, arrive, finish, cancel.")
    note: str = Field("", max_length=300)
    incident: int | None = Field(None, ge=1, le=2**53, description="What was recorded because of it.")


class Basis(BaseModel):
    """By what a unit may do something."""

    act: str
    article: str
    law: str


class Task(BaseModel):
    """A task."""

    id: int
    number: str
    unit: str
    crossing: str
    at: At | None
    acts: Acts
    basis: list[Basis]
    purpose: str
    crew_missing: list[str]
    minutes: int | None = Field(description="In a straight line; null where nobody knows where the unit is.")
    due_at: dt.datetime | None
    state: str
    note: str
    incident: int | None
    operation: int | None
    given_by: str
    given_at: dt.datetime
    changed_at: dt.datetime


class Tasks(Page[Task]):
    """A page of tasks."""


class TaskOffer(BaseModel):
    """A unit that may go."""

    unit: str
    km: float
    minutes: int = Field(description="In a straight line at its speed.")
    crew_missing: list[str]


class TaskOffers(BaseModel):
    """The units that may go, the nearest first."""

    items: list[TaskOffer]


class WantedTasks(BaseModel):
    """Which tasks; what is empty does not restrict."""

    unit: str = Field("", max_length=64)
    state: str = Field("", max_length=10)


class WantedOffers(BaseModel):
    """Where something shall be done, and what."""

    crossing: str = Field("", max_length=64)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    acts: str = Field(max_length=60, description="With commas between.", examples=["stop,search"])


@router.get("", response=Tasks, summary="Tasks, newest first")
def list_tasks(request: AtApi, wanted: Annotated[WantedTasks, Query()], pages: Asked) -> HttpResponse:
    """Give what units were sent to do."""
    request.auth.require(OperationsRight.UNIT_SEE)
    found = units.tasks()
    if wanted.unit:
        found = found.filter(unit__office__code=wanted.unit)
    if wanted.state:
        found = found.filter(state=wanted.state)
    return answer(Tasks(**page_of(found, pages, _task)))


@router.post("", response={201: Task}, summary="Send a unit")
@once
def give_task(request: AtApi, new: NewTask) -> HttpResponse:
    """Send a unit; refused, the problem has the article and `offers`: the units that may go instead."""
    order = services.Order(
        where=new.where(), acts=tuple(new.acts), purpose=new.purpose, due_at=new.due_at, operation=new.operation
    )
    row = services.give_task(by=request.auth, code=new.unit, order=order)
    return answer(_task(row), 201)


@router.get("/offers", response=TaskOffers, summary="Which units may go")
def list_task_offers(request: AtApi, wanted: Annotated[WantedOffers, Query()]) -> HttpResponse:
    """Give the units that may do this there and are free, the nearest first."""
    request.auth.require(OperationsRight.TASK_GIVE)
    is_spot = wanted.latitude is not None and wanted.longitude is not None
    where = Where(
        crossing=wanted.crossing, spot=Spot(wanted.latitude or 0.0, wanted.longitude or 0.0) if is_spot else None
    )
    acts = [one.strip() for one in wanted.acts.split(",") if one.strip()]
    items = [
        TaskOffer(unit=one.code, km=one.km, minutes=one.minutes, crew_missing=list(one.crew_missing))
        for one in units.offers_for(where, acts)
    ]
    return answer(TaskOffers(items=items))


@router.get("/{int:task_id}", response=Task, summary="One task")
def get_task(request: AtApi, task_id: int) -> HttpResponse:
    """Give a task."""
    request.auth.require(OperationsRight.UNIT_SEE)
    return answer(_task(units.task_of(task_id)))


@router.post("/{int:task_id}/moves", response=Task, summary="Accept, decline, arrive, finish, cancel")
@once
def move_task(request: AtApi, task_id: int, new: NewMove) -> HttpResponse:
    """Move a task on."""
    services.move_task(by=request.auth, task_id=task_id, move=new.move, note=new.note, incident=new.incident)
    return answer(_task(units.task_of(task_id)))


def _task(row: UnitTask) -> Task:
    same = ("number", "acts", "basis", "purpose", "crew_missing", "minutes", "due_at", "state", "note", "given_by",
            "given_at", "changed_at")  # fmt: skip
    at = None if row.latitude is None else At(latitude=row.latitude, longitude=row.longitude or 0.0, error_km=0)
    return Task(
        id=row.pk, unit=row.unit.office.code, crossing=row.crossing.code if row.crossing else "", at=at,
        incident=row.incident_id, operation=row.operation_id, **{name: getattr(row, name) for name in same},
    )  # fmt: skip
