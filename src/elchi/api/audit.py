"""What was done: lines of the audit, for auditors. Every search is a line itself."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.node.audit.queries import Filter, lines_of
from elchi.node.audit.services import note_search
from elchi.node.officers.rules import Right

router = Router()


class Line(BaseModel):
    """A line of the audit."""

    sequence: int
    at: dt.datetime
    actor: str
    agency: str
    office: str
    via: str
    verb: str
    on: str
    subject: str = Field(description="Keyed hash of the subject's strongest mark.")
    purpose: str
    agreement: str
    task: str
    detail: dict[str, Any]
    hash: str


class Lines(Page[Line]):
    """A page of lines."""


class Wanted(BaseModel):
    """Which lines; what is empty does not restrict."""

    actor: str = Field("", max_length=150)
    verb: str = Field("", max_length=64, description="A verb, or a room such as `checks`.")
    on: str = Field("", max_length=200, description="`check:12`, or its beginning with the colon: `case:`.")
    purpose: str = Field("", max_length=64)
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    untasked: bool = Field(False, description="Only look-ups that nothing ordered.")


@router.get("", response=Lines, summary="Search the audit, newest first")
def list_audit_lines(request: AtApi, wanted: Annotated[Wanted, Query()], pages: Asked) -> HttpResponse:
    """Give the lines that an auditor wants, newest first."""
    request.auth.require(Right.AUDIT_SEE)
    chosen = Filter(**wanted.model_dump())
    page = page_of(lines_of(chosen), pages, lambda row: Line.model_validate(row, from_attributes=True), key="-sequence")
    note_search(by=request.auth, wanted=chosen, rows=len(page["items"]))
    return answer(Lines(**page))
