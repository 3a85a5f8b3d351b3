"""INTERPOL's side through the API: a program of an access point asks, says that it is there, and reads the board."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, cast

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query as Param
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.models import HitConfirmation, Query
from elchi.modules.interpol.rules import InterpolRight
from elchi.modules.interpol.wire import asked_from_wire

router = Router()
Guided = Literal["nothing_reported", "refer", "ask_again", "nobody_answered", ""]


class NewQuery(BaseModel):
    """A question to INTERPOL's side. Sent again with the same `question` it is the same question, and asked once."""

    question: str = Field(
        max_length=36, description="UUID, made by the program.", examples=["5c9f6f0e-5d55-4a0e-9c5b-6f1d8e3a0b11"]
    )
    subject: dict[str, Any] = Field(
        description="`kind`: document, person or vehicle with the fields of a check; or firearm with `serial_number`,"
        " `make`, `model`, `calibre`.",
        examples=[{"kind": "document", "document_number": "AC1234567", "document_type": "P", "issuer": "KGZ"}],
    )
    purpose: str = Field("border_check", max_length=40)


class Refused(BaseModel):
    """A side that gave no answer."""

    source: str
    code: str
    reason: str


class Answered(BaseModel):
    """What one side answered. The age of a copy is always told."""

    source: str = Field(description="`online`, `offline` (the bureau's copy), `own_copy`; empty: nobody answered.")
    guidance: Guided
    at: dt.datetime
    copy_version: int | None
    copy_issued_at: dt.datetime | None
    age_hours: float | None = Field(description="Of the copy, when this was asked for.")
    stale: bool = Field(description="The copy is older than 48 hours, or no age can be told.")
    refusals: list[Refused]


class QueryTold(BaseModel):
    """A question and what a first line is told. A record never stands here."""

    id: int
    question: str
    number: str
    kind: str
    purpose: str
    state: str = Field(
        description="`answered`, `asking` (the online side), `waiting` (for the bureau), `refused`, `expired`."
    )
    code: str
    guidance: Guided
    stale: bool
    asked_at: dt.datetime
    took_ms: float | None
    reference: str = Field(description="By which the bureau knows its hit.")
    progress: str = Field(description="Of its confirmation.")
    answers: list[Answered]


class PointTold(BaseModel):
    """An access point on the board."""

    code: str
    name: str
    kind: str
    state: str
    latitude: float | None
    longitude: float | None
    first_success_at: dt.datetime | None
    last_query_at: dt.datetime | None
    uptime_7: float | None
    uptime_30: float | None
    asked: int
    answered: int
    referred: int
    refused: int


class BoardTold(BaseModel):
    """All access points; counts are of 30 days."""

    total: int
    connected: int
    is_complete: bool = Field(description="Each has made a successful query and serves.")
    points: list[PointTold]


class Alive(BaseModel):
    """The access point of the caller."""

    code: str
    state: str
    heard_at: dt.datetime


class HitTold(BaseModel):
    """A hit in a list: without what was asked about."""

    id: int
    number: str
    owner: str
    reported: str
    step: str
    due_at: dt.datetime
    times: dict[str, dt.datetime]
    act: str
    point: str


class HitsTold(Page[HitTold]):
    """A page of hits."""


@router.post("/queries", response={201: QueryTold, 202: QueryTold}, summary="Ask INTERPOL's side")
def ask_query(
    request: AtApi,
    new: NewQuery,
    wait: Annotated[float, Param(ge=0, le=10, description="Seconds to wait for the online side.")] = 1.0,
) -> HttpResponse:
    """Ask; the answer tells what the first line does, and how old that is.

    202 says that somebody is still being asked: what the copy says stands in `answers`, the rest comes to the address
    of the question.
    """
    asked = asked_from_wire(new.subject)
    row = services.ask(by=request.auth, asked=asked, purpose=new.purpose, question=new.question)
    row = services.wait_for_online(row, seconds=wait)
    return answer(_told(row), 202 if row.state in ("asking", "waiting") else 201)


@router.get("/queries/{int:query_id}", response=QueryTold, summary="One question")
def get_query(request: AtApi, query_id: int) -> HttpResponse:
    """Give a question of the caller's office: the online side, or the bureau, may answer later."""
    if not request.auth.may(InterpolRight.HIT_SEE):
        request.auth.require(InterpolRight.ASK)
    return answer(_told(queries.query_for(request.auth, query_id)))


@router.post("/alive", response=Alive, summary="Say that an access point is there")
def say_alive(request: AtApi) -> HttpResponse:
    """Count for the uptime of the caller's office; every five minutes is enough."""
    row = services.note_alive(by=request.auth)
    return answer(Alive(code=row.code, state=row.state, heard_at=row.heard_at or timezone.now()))


@router.get("/board", response=BoardTold, summary="The access points of this bureau")
def get_board(request: AtApi) -> HttpResponse:
    """Give the board."""
    request.auth.require(InterpolRight.BOARD_SEE)
    told = queries.board_now(timezone.now())
    board = told.board
    points = [_point(one) for one in told.lines]
    return answer(BoardTold(total=board.total, connected=board.connected, is_complete=board.is_complete, points=points))


@router.get("/hits", response=HitsTold, summary="Hits, newest first")
def list_hits(request: AtApi, pages: Asked) -> HttpResponse:
    """Give the hits and how far their confirmation is."""
    request.auth.require(InterpolRight.HIT_SEE)
    return answer(HitsTold(**page_of(queries.hits(), pages, _hit)))


def _guided(said: str) -> Guided:
    return cast("Guided", said)


def _told(row: Query) -> QueryTold:
    answers = [_answered(one) for one in row.answers.all()]
    return QueryTold(
        id=row.pk, question=row.question, number=row.number, kind=row.kind, purpose=row.purpose, state=row.state,
        code=row.code, guidance=_guided(row.guidance), stale=bool(answers) and answers[-1].stale,
        asked_at=row.asked_at, took_ms=row.took_ms, reference=row.reference, progress=row.progress, answers=answers,
    )  # fmt: skip


def _answered(one: Any) -> Answered:
    age = one.copy_issued_at and (timezone.now() - one.copy_issued_at) / dt.timedelta(hours=1)
    return Answered(
        source=one.source, guidance=_guided(one.guidance), at=one.at, copy_version=one.copy_version,
        copy_issued_at=one.copy_issued_at, age_hours=None if age is None else round(age, 2), stale=one.stale,
        refusals=[Refused(**refusal) for refusal in one.refusals],
    )  # fmt: skip


def _point(one: queries.PointLine) -> PointTold:
    row, told = one.row, one.told
    return PointTold(
        code=row.code, name=row.name, kind=row.kind, state=row.state, latitude=row.latitude, longitude=row.longitude,
        first_success_at=row.first_success_at, last_query_at=row.last_query_at, uptime_7=told.uptime_7,
        uptime_30=told.uptime_30, asked=one.asked, answered=one.answered, referred=one.referred, refused=one.refused,
    )  # fmt: skip


def _hit(row: HitConfirmation) -> HitTold:
    times: Any = row.times
    point = row.query.point
    return HitTold(
        id=row.pk, number=row.number, owner=row.owner, reported=row.reported, step=row.step, due_at=row.due_at,
        times=times, act=row.act, point=point.code if point else "",
    )  # fmt: skip
