"""Cases: open one, list, read, change its head, write a note, move."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once, version_wanted
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import SUBJECT, Instant, subjects_of
from elchi.api.tokens import AtApi
from elchi.node.cases import services
from elchi.node.cases.queries import cases_found
from elchi.node.officers.rules import Right

router = Router()


class CaseHead(BaseModel):
    """What stands at the head of a case and may be changed."""

    title: str = Field(max_length=400)
    threats: list[str] = Field(max_length=20)
    classification: str = Field("restricted", max_length=16)
    handling: str = Field("H1", max_length=2)
    due_at: Instant | None = None


class NewCase(BaseModel):
    """A case to be opened; the officer leads it."""

    title: str = Field(max_length=400)
    threats: list[str] = Field(max_length=20)
    purpose: str = Field(max_length=20)
    subjects: list[dict[str, Any]] = SUBJECT
    origin: str = Field("", max_length=64, description="What led to it, such as `check:142`.")
    classification: str = Field("restricted", max_length=16)


class CaseLine(BaseModel):
    """A case in a list."""

    id: int
    number: str
    title: str
    state: str
    classification: str
    handling: str
    threats: list[str]
    purpose: str
    origin: str
    agency: str
    office: str
    opened_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    closing_reason: str
    version: int = Field(description="Counts changes; `ETag` and `If-Match` are this number in quotation marks.")


class CaseLines(Page[CaseLine]):
    """A page of cases."""


class CaseSubject(BaseModel):
    """Whom or what a case is about."""

    role: str
    subject: dict[str, Any]


class Event(BaseModel):
    """A line of the timeline."""

    id: int
    at: dt.datetime
    by: str
    kind: str
    text: str
    params: dict[str, Any]


class Case(CaseLine):
    """A case with its subjects and the newest lines of its timeline."""

    subjects: list[CaseSubject]
    timeline: list[Event] = Field(description="The newest 100 lines, newest first.")


class Wanted(BaseModel):
    """Which cases; what is empty does not restrict."""

    sought: str = Field("", max_length=100, description="A number, words of a title, or a mark of a subject.")
    state: str = Field("", max_length=16, description="`not_closed` for all but closed ones.")
    threat: str = Field("", max_length=40)
    mine: bool = False


class Note(BaseModel):
    """A note."""

    text: str = Field(max_length=10_000)
    told_by: str = Field("", max_length=64, description="Code of the agency that told it.")


class Move(BaseModel):
    """To which state."""

    to: str = Field(max_length=16)
    reason: str = Field("", max_length=24, description="Needed to close it.")
    note: str = Field("", max_length=2_000)


@router.get("", response=CaseLines, summary="Cases, newest first")
def list_cases(request: AtApi, wanted: Annotated[Wanted, Query()], pages: Asked) -> HttpResponse:
    """Give the cases that the officer sees."""
    request.auth.require(Right.CASE_SEE)
    return answer(CaseLines(**page_of(cases_found(request.auth, **wanted.model_dump()), pages, _line)))


@router.post("", response={201: Case}, summary="Open a case")
@once
def open_case(request: AtApi, new: NewCase) -> HttpResponse:
    """Open a case of the officer's agency."""
    given = new.model_dump() | {"subjects": subjects_of(new.subjects)}
    return _told(services.open_case(by=request.auth, **given), 201)


@router.get("/{int:case_id}", response=Case, summary="One case")
def get_case(request: AtApi, case_id: int) -> HttpResponse:
    """Give a case; that it was read is written down."""
    return _told(services.read_case(by=request.auth, case_id=case_id))


@router.put("/{int:case_id}", response=Case, summary="Change the head of a case")
def change_case(request: AtApi, case_id: int, head: CaseHead) -> HttpResponse:
    """Change the head of a case; `If-Match` says which version was read."""
    version = version_wanted(request)
    changed = services.change_case(
        by=request.auth,
        case_id=case_id,
        version=int(version) if version.isdecimal() else -1,
        head=services.Head(**head.model_dump()),
    )
    return _told(changed)


@router.post("/{int:case_id}/notes", response={201: Event}, summary="Write a note")
@once
def add_note(request: AtApi, case_id: int, note: Note) -> HttpResponse:
    """Write a note into the timeline."""
    return answer(_event(services.add_note(by=request.auth, case_id=case_id, **note.model_dump())), 201)


@router.post("/{int:case_id}/moves", response={200: Case}, summary="Move a case to another state")
@once
def move_case(request: AtApi, case_id: int, move: Move) -> HttpResponse:
    """Move a case to another state."""
    return _told(services.move_case(by=request.auth, case_id=case_id, **move.model_dump()))


def _told(case: Any, status: int = 200) -> HttpResponse:
    told = Case(
        **_line(case).model_dump(),
        subjects=[CaseSubject(role=one.role, subject=one.subject) for one in case.subjects.all()],
        timeline=[_event(event) for event in case.events.all()[:100]],
    )
    return answer(told, status, etag=str(case.version))


def _line(case: Any) -> CaseLine:
    same = ("title", "state", "classification", "handling", "threats", "purpose", "origin", "opened_at", "due_at",
            "closed_at", "closing_reason", "version")  # fmt: skip
    return CaseLine(
        id=case.pk,
        number=case.number,
        agency=case.agency.code,
        office=case.office.code,
        **{name: getattr(case, name) for name in same},
    )


def _event(event: Any) -> Event:
    return Event(id=event.pk, at=event.at, by=event.by, kind=event.kind, text=event.text, params=event.params)
