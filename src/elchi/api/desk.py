"""Requests of the desk: draft and look what would go, send, read, answer, take back."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.errors import InvalidInput
from elchi.exchange.message import Evaluation
from elchi.node.liaison import queries, services
from elchi.node.officers.rules import Right
from elchi.subjects import Subject, from_wire

router = Router()


class GivenFile(BaseModel):
    """A file that goes with what is said."""

    name: str = Field(max_length=200)
    media_type: str = Field("application/octet-stream", max_length=100)
    content: str = Field(description="Base64; all files of one message at most 3 MiB.")


class Evaluated(BaseModel):
    """How far source and information are trusted."""

    scheme: str = Field(max_length=8, description="`4x4`, `3x5x2` ..")
    source: str = Field(max_length=1)
    information: str = Field(max_length=1)


class NewRequest(BaseModel):
    """A request to be drafted."""

    to: str = Field("", max_length=32, description="Code of a partner; empty for agencies of this office.")
    agencies: list[str] = Field([], max_length=20, description="Codes of those it is for.")
    kind: str = Field(max_length=20)
    urgency: str = Field(max_length=8, description="`flash`, `urgent`, `routine`, `by_date`")
    due_at: Instant | None = Field(None, description="Of `by_date`.")
    title: str = Field(max_length=400)
    text: str = Field("", max_length=16_000)
    language: str = Field("", max_length=3)
    template: str = Field("", max_length=24)
    purpose: str = Field(max_length=40)
    subject: dict[str, Any] | None = None
    handling: str = Field("H1", max_length=2)
    tlp: str = Field("AMBER", max_length=12)
    conditions: str = Field("", max_length=1_000)
    evaluation: Evaluated | None = None
    files: list[GivenFile] = Field([], max_length=10)


class NewSaid(BaseModel):
    """Something to be said."""

    act: str = Field(max_length=12, description="`acknowledge`, `part`, `answer`, `refuse`, `ask`, `say`, `decide`")
    text: str = Field("", max_length=16_000)
    language: str = Field("", max_length=3)
    template: str = Field("", max_length=24)
    clause: str = Field("", max_length=160, description="A refusal needs one.")
    subject: dict[str, Any] | None = None
    agencies: list[str] = Field([], max_length=20, description="Only for these; empty for all who see it.")
    files: list[GivenFile] = Field([], max_length=10)


class Reached(BaseModel):
    """How far a thing said has come."""

    whom: str
    state: str
    at: dt.datetime | None
    code: str


class File(BaseModel):
    """A file that came or went; its bytes are given by the pages."""

    id: int
    name: str
    size: int
    sha256: str


class Said(BaseModel):
    """A thing said, in the order that both sides see."""

    number: int
    party: str
    agency: str
    officer: str
    act: str
    text: str
    language: str
    template: str
    clause: str
    subject: dict[str, Any] | None
    agencies: list[str]
    at: dt.datetime
    files: list[File]
    reach: list[Reached]


class TalkLine(BaseModel):
    """A request in a list."""

    id: int
    number: str
    partner: str
    is_ours: bool
    agency: str
    kind: str
    urgency: str
    title: str
    purpose: str
    agreement: str
    clause: str
    handling: str
    tlp: str
    evaluation: str
    state: str
    opened_at: dt.datetime
    due_at: dt.datetime | None
    reminded_at: dt.datetime | None
    escalated_at: dt.datetime | None


class TalkLines(Page[TalkLine]):
    """A page of requests."""


class Talk(TalkLine):
    """A request with all that was said and is released to the officer's agency."""

    released_to: list[str]
    said: list[Said]


class FieldGoes(BaseModel):
    """Whether a field goes."""

    field: str
    decision: str
    clause: str
    because: str


class Goes(BaseModel):
    """What of a draft would go to the partner."""

    agreement: str
    clause: str
    fields: list[FieldGoes]


class Wanted(BaseModel):
    """Which requests."""

    which: str = Field("open", max_length=8, description="`open`, `owed`, `mine`, `closed`, `all`")
    sought: str = Field("", max_length=100)


class Withdrawal(BaseModel):
    """Why it is taken back."""

    reason: str = Field("", max_length=1_000)


class Release(BaseModel):
    """To whom it is released."""

    agency: str = Field(max_length=64)


@router.get("", response=TalkLines, summary="Requests, those with news first")
def list_requests(request: AtApi, wanted: Annotated[Wanted, Query()], pages: Asked) -> HttpResponse:
    """Give the requests that are released to the officer's agency."""
    request.auth.require(Right.DESK_SEE)
    found = queries.conversations_found(request.auth, which=wanted.which, sought=wanted.sought)
    return answer(TalkLines(**page_of(found, pages, _line)))


@router.post("", response={201: Talk}, summary="Draft a request")
@once
def draft_request(request: AtApi, new: NewRequest) -> HttpResponse:
    """Write a request down; `send` sends it."""
    told = new.model_dump(exclude={"subject", "files", "evaluation"})
    evaluation = Evaluation(**new.evaluation.model_dump()) if new.evaluation else None
    asked = services.Request(
        **told, subject=_subject(new.subject), files=_files(new.files), evaluation=evaluation
    )  # fmt: skip
    row = services.draft_request(by=request.auth, request=asked)
    return _told(request, row.pk, 201)


@router.get("/{int:request_id}", response=Talk, summary="One request")
def get_request(request: AtApi, request_id: int) -> HttpResponse:
    """Give a request with all that was said; for the officer's agency it is read with this."""
    services.read_conversation(by=request.auth, conversation_id=request_id)
    return _told(request, request_id)


@router.get("/{int:request_id}/preview", response=Goes, summary="What of a draft would go")
def preview_request(request: AtApi, request_id: int) -> HttpResponse:
    """Give what would go, field by field; of a request inside the office there is nothing to decide."""
    permit = services.preview_request(by=request.auth, conversation_id=request_id)
    if permit is None:
        return answer(Goes(agreement="", clause="", fields=[]))
    decided = (*permit.decisions, *permit.detail_decisions)
    fields = [
        FieldGoes(field=one.field, decision=str(one.decision), clause=one.clause, because=str(one.because))
        for one in decided
    ]
    return answer(Goes(agreement=permit.agreement, clause=permit.clause, fields=fields))


@router.post("/{int:request_id}/send", response=Talk, summary="Send a draft")
@once
def send_request(request: AtApi, request_id: int) -> HttpResponse:
    """Send a draft; its time begins now."""
    services.send_request(by=request.auth, conversation_id=request_id)
    return _told(request, request_id)


@router.post("/{int:request_id}/said", response={201: Talk}, summary="Say something in it")
@once
def say(request: AtApi, request_id: int, new: NewSaid) -> HttpResponse:
    """Answer, acknowledge, refuse, ask for more, add a word."""
    told = new.model_dump(exclude={"subject", "files"})
    services.say(
        by=request.auth, conversation_id=request_id, subject=_subject(new.subject), files=_files(new.files), **told
    )  # fmt: skip
    return _told(request, request_id, 201)


@router.post("/{int:request_id}/withdrawal", response=Talk, summary="Take it back")
@once
def withdraw_request(request: AtApi, request_id: int, why: Withdrawal) -> HttpResponse:
    """Take a request back."""
    services.withdraw_request(by=request.auth, conversation_id=request_id, reason=why.reason)
    return _told(request, request_id)


@router.post("/{int:request_id}/releases", response=Talk, summary="Release it to another agency of the office")
@once
def release_request(request: AtApi, request_id: int, to: Release) -> HttpResponse:
    """Let another agency of this office see it."""
    services.release_conversation(by=request.auth, conversation_id=request_id, agency=to.agency)
    return _told(request, request_id)


def _subject(wire: dict[str, Any] | None) -> Subject | None:
    return from_wire(wire) if wire is not None else None


def _files(given: list[GivenFile]) -> list[services.Given]:
    try:
        return [services.Given(one.name, one.media_type, base64.b64decode(one.content, validate=True)) for one in given]
    except ValueError:  # also binascii.Error
        raise InvalidInput("talk_invalid", field="files", rule="base64") from None


def _told(request: AtApi, request_id: int, status: int = 200) -> HttpResponse:
    row = queries.conversation_for(request.auth, request_id)
    return answer(
        Talk(
            **_line(row).model_dump(),
            released_to=[party.agency.code for party in queries.parties_of(row)],
            said=[_said(one) for one in queries.spoken_in(request.auth, row)],
        ),
        status,
    )


def _line(row: Any) -> TalkLine:
    names = set(TalkLine.model_fields) - {"id", "partner", "agency"}
    return TalkLine(
        id=row.pk, partner=row.partner.code if row.partner else "", agency=row.agency.code if row.agency else "",
        **{name: getattr(row, name) for name in names},
    )  # fmt: skip


def _said(one: queries.Shown) -> Said:
    names = set(Said.model_fields) - {"files", "reach"}
    return Said(
        **{name: getattr(one.said, name) for name in names},
        files=[File(id=file.pk, name=file.name, size=file.size, sha256=file.sha256) for file in one.files],
        reach=[Reached(whom=way.whom, state=way.state, at=way.at, code=way.code) for way in one.reach],
    )
