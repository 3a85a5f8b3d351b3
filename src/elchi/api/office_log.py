"""The log of the office and the hand-over of shifts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.errors import NotFound
from elchi.node.officelog import open_now, queries, services
from elchi.node.officelog.rules import HAND_OVER, OF_SHIFTS

router = Router()
hand_overs = Router()


class NewEntry(BaseModel):
    """An entry to be written."""

    kind: str = Field(
        max_length=12,
        description="`event`, `contact`, `order`, `fault`, `traffic`, `visit`, `result`, `note`",
    )
    text: str = Field(max_length=8_000)
    happened_at: Instant | None = Field(None, description="Now where it is not said.")
    agencies: list[str] = Field([], max_length=40, description="Who else of the office may read it.")
    references: dict[str, list[str]] = Field(
        {}, max_length=5, description="`check`, `case`, `request`, `alert`, `incident` to numbers."
    )


class Correction(BaseModel):
    """What an entry should have said."""

    text: str = Field(max_length=8_000)


class NewHandOver(BaseModel):
    """A shift to be handed over."""

    remarks: str = Field("", max_length=8_000)
    agencies: list[str] = Field([], max_length=40, description="Who else of the office may read it and take it over.")


class Remarks(BaseModel):
    """What the next shift says to it."""

    remarks: str = Field("", max_length=8_000)


class LogEntry(BaseModel):
    """An entry as it is released to the officer's agency."""

    office: str
    number: int
    kind: str
    text: str = Field(description="Empty once retention has removed it.")
    references: list[str] = Field(description="`kind:number`")
    happened_at: dt.datetime
    at: dt.datetime = Field(description="When it was written.")
    agency: str
    officer: str
    agencies: list[str] = Field(description="Who may read it.")
    re: int | None = Field(description="Number of the entry that it corrects or acknowledges.")
    previous: str
    hash: str
    signature: str


class LogEntries(Page[LogEntry]):
    """A page of entries."""


class Wanted(BaseModel):
    """Which entries; what is empty does not restrict."""

    office: str = Field("", max_length=64, description="For auditors; others read that of their own office.")
    day: dt.date | None = None
    agency: str = Field("", max_length=64)
    kind: str = Field("", max_length=12)
    sought: str = Field("", max_length=100, description="Part of the words.")


class Fault(BaseModel):
    """Something that is not as it was written."""

    number: int
    code: str


class LogVerification(BaseModel):
    """What was found in the newest entries of a log."""

    office: str
    entries: int
    first: int
    head: str
    faults: list[Fault]


class Matter(BaseModel):
    """What was open of one kind, as it stands now, as far as the officer sees it."""

    kind: str = Field(description="`request`, `case`, `alert`, `task`")
    ids: list[int]
    count: int
    unseen: int = Field(description="That he may not see, or that are no longer kept.")


class HandOver(LogEntry):
    """A shift handed over."""

    taken_over: LogEntry | None = Field(description="The next shift's word; null while it waits.")
    open: list[Matter]


@router.get("", response=LogEntries, summary="Entries, newest first")
def list_log(request: AtApi, wanted: Annotated[Wanted, Query()], pages: Asked) -> HttpResponse:
    """Give the entries that are released to the officer's agency."""
    office = queries.office_for(request.auth, wanted.office)
    asked = queries.Wanted(**wanted.model_dump(exclude={"office"}))
    given = page_of(queries.entries_found(request.auth, office, asked), pages, _entry, key="-number")
    services.note_reading(by=request.auth, office=office.code, wanted=asked)
    return answer(LogEntries(**given))


@router.post("", response={201: LogEntry}, summary="Write an entry")
@once
def write_entry(request: AtApi, new: NewEntry) -> HttpResponse:
    """Write into the log of the officer's office."""
    row = services.write_entry(by=request.auth, written=services.Written(**new.model_dump()))
    return answer(_entry(row), 201)


@router.get("/verification", response=LogVerification, summary="Is the log as it was written?")
def verify_log(request: AtApi, office: str = "") -> HttpResponse:
    """Verify the newest entries of a log."""
    told = services.verify_log(by=request.auth, office=office[:64])
    faults = [Fault(number=one.number, code=one.code) for one in told.faults]
    names = ("office", "entries", "first", "head")
    return answer(LogVerification(faults=faults, **{name: getattr(told, name) for name in names}))


@router.get("/{int:number}", response=LogEntry, summary="One entry")
def get_log_entry(request: AtApi, number: int, office: str = "") -> HttpResponse:
    """Give an entry."""
    found = queries.office_for(request.auth, office[:64])
    row = queries.entry_for(request.auth, found, number)
    services.note_reading(by=request.auth, office=found.code, wanted=queries.Wanted())
    return answer(_entry(row))


@router.post("/{int:number}/correction", response={201: LogEntry}, summary="Correct an entry")
@once
def correct_entry(request: AtApi, number: int, new: Correction) -> HttpResponse:
    """Write an entry that corrects another of the officer's agency."""
    return answer(_entry(services.correct_entry(by=request.auth, number=number, text=new.text)), 201)


@hand_overs.get("", response=LogEntries, summary="Hand-overs, newest first")
def list_hand_overs(request: AtApi, pages: Asked, *, waiting: bool = False) -> HttpResponse:
    """Give the shifts handed over, or those only that nobody has taken over."""
    office = queries.office_for(request.auth)
    rows = (queries.waiting_for if waiting else queries.hand_overs_for)(request.auth, office)
    services.note_reading(by=request.auth, office=office.code, wanted=queries.Wanted(kind=HAND_OVER))
    return answer(LogEntries(**page_of(rows, pages, _entry, key="-number")))


@hand_overs.post("", response={201: HandOver}, summary="Hand the shift over")
@once
def hand_over_shift(request: AtApi, new: NewHandOver) -> HttpResponse:
    """Hand the shift over with what is open."""
    row = services.hand_over_shift(by=request.auth, remarks=new.remarks, agencies=new.agencies)
    return answer(_handed(request, row), 201)


@hand_overs.get("/{int:number}", response=HandOver, summary="One hand-over")
def get_hand_over(request: AtApi, number: int) -> HttpResponse:
    """Give a hand-over with what was open then, as it stands now."""
    row = queries.entry_for(request.auth, queries.office_for(request.auth), number)
    if row.kind != HAND_OVER:
        raise NotFound("log_entry_unknown", number=number)
    services.note_reading(by=request.auth, office=row.office.code, wanted=queries.Wanted())
    return answer(_handed(request, row))


@hand_overs.post("/{int:number}/acknowledgement", response=HandOver, summary="Take the shift over")
@once
def take_over_shift(request: AtApi, number: int, new: Remarks) -> HttpResponse:
    """Say that the next shift has read a hand-over and goes on."""
    services.take_over_shift(by=request.auth, number=number, remarks=new.remarks)
    return answer(_handed(request, queries.entry_for(request.auth, queries.office_for(request.auth), number)))


def _entry(row: Any) -> LogEntry:
    names = set(LogEntry.model_fields) - {"office", "references", "agencies"}
    return LogEntry(
        office=row.office.code,
        references=[] if row.kind in OF_SHIFTS else row.references,
        agencies=list(row.agencies),
        **{name: getattr(row, name) for name in names},
    )


def _handed(request: AtApi, row: Any) -> HandOver:
    taken = queries.answers_to(request.auth, row.office, [row.number]).get(row.number)
    matters = [
        Matter(kind=one.kind, ids=[thing.pk for thing in one.rows], count=one.count, unseen=one.unseen)
        for one in open_now.matters_named(request.auth, row.references)
    ]
    return HandOver(**_entry(row).model_dump(), taken_over=_entry(taken) if taken else None, open=matters)
