"""Corridors through the API: what happened at each crossing of a route, and how long people wait."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.modules.operations import corridors, services
from elchi.modules.operations.corridors import MOST_STOPS, USUAL_DAYS, Stop
from elchi.modules.operations.models import Corridor as Row
from elchi.modules.operations.models.corridors import WAITED_MOST
from elchi.modules.operations.rules import OperationsRight

router = Router()
waitings = Router()
Codes = list[str]


class NewCorridor(BaseModel):
    """A corridor to be drawn."""

    name: str = Field(max_length=120)
    stops: Codes = Field(max_length=MOST_STOPS, description="Codes of crossings, in the order they are passed.")


class CorridorLine(BaseModel):
    """A corridor in a list."""

    id: int
    name: str
    stops: Codes


class CorridorLines(Page[CorridorLine]):
    """A page of corridors."""


class CorridorStop(BaseModel):
    """A crossing of a route in a period."""

    code: str
    checks: int = Field(description="Of this node.")
    stopped: int = Field(description="Of them, with the verdict STOP.")
    incidents: int
    seizures: int
    alerts: int | None = Field(description="Those that the caller may see; null where he may see none.")
    waited: int | None = Field(description="Median of the minutes told.")
    longest: int | None
    told: int = Field(description="How often somebody told how long it takes.")


class Corridor(BaseModel):
    """A corridor in a period."""

    id: int
    name: str
    from_at: dt.datetime
    until: dt.datetime
    stops: list[CorridorStop]


class WantedPeriod(BaseModel):
    """From when to when; the last 30 days without it."""

    from_at: Instant | None = None
    until: Instant | None = None
    as_of: Instant | None = Field(None, description="Incidents as they were known then.")


class NewWaiting(BaseModel):
    """How long somebody who is let through now has waited."""

    crossing: str = Field(max_length=64)
    minutes: int = Field(ge=0, le=WAITED_MOST)
    lane: str = Field(max_length=10, description="passenger, car, bus, truck.")
    direction: str = Field(max_length=8, description="entry, exit.")


class WaitingTold(NewWaiting):
    """What was told."""

    at: dt.datetime


class Removed(BaseModel):
    """What is no more."""

    id: int


@router.get("", response=CorridorLines, summary="Corridors")
def list_corridors(request: AtApi, pages: Asked) -> HttpResponse:
    """Give the corridors that this node has drawn."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    return answer(CorridorLines(**page_of(corridors.corridors(), pages, _line, key="id")))


@router.post("", response={201: CorridorLine}, summary="Draw a corridor")
@once
def draw_corridor(request: AtApi, new: NewCorridor) -> HttpResponse:
    """Draw a corridor."""
    return answer(_line(services.draw_corridor(by=request.auth, name=new.name, stops=new.stops)), 201)


@router.get("/{int:corridor_id}", response=Corridor, summary="A corridor in a period")
def get_corridor(request: AtApi, corridor_id: int, wanted: Annotated[WantedPeriod, Query()]) -> HttpResponse:
    """Give of each crossing the checks, incidents, seizures, alerts and waiting times."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    row = corridors.corridor_of(corridor_id)
    until = wanted.until or timezone.now()
    from_at = wanted.from_at or timezone.now() - dt.timedelta(days=USUAL_DAYS)
    stops = [_stop(one) for one in corridors.stops_of(request.auth, row.stops, from_at, until, wanted.as_of)]
    return answer(Corridor(id=row.pk, name=row.name, from_at=from_at, until=until, stops=stops))


@router.post("/{int:corridor_id}", response=CorridorLine, summary="Draw a corridor again")
@once
def redraw_corridor(request: AtApi, corridor_id: int, new: NewCorridor) -> HttpResponse:
    """Give a corridor another name, or other crossings."""
    row = services.draw_corridor(by=request.auth, name=new.name, stops=new.stops, corridor_id=corridor_id)
    return answer(_line(row))


@router.post("/{int:corridor_id}/removal", response=Removed, summary="Remove a corridor")
@once
def remove_corridor(request: AtApi, corridor_id: int) -> HttpResponse:
    """Remove a corridor; what happened along it stays."""
    services.remove_corridor(by=request.auth, corridor_id=corridor_id)
    return answer(Removed(id=corridor_id))


@waitings.post("", response={201: WaitingTold}, summary="Tell a waiting time")
@once
def tell_waiting(request: AtApi, new: NewWaiting) -> HttpResponse:
    """Say how long somebody who is let through now has waited."""
    row = services.tell_waiting(by=request.auth, **new.model_dump())
    return answer(WaitingTold(**new.model_dump(), at=row.at), 201)


def _line(row: Row) -> CorridorLine:
    return CorridorLine(id=row.pk, name=row.name, stops=row.stops)


def _stop(one: Stop) -> CorridorStop:
    return CorridorStop(**{name: getattr(one, name) for name in CorridorStop.model_fields})
