"""Private matches through the API: ask, read what both know, open a contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.exchange.private_match import MAX_KEYS
from elchi.modules.private_match import queries, services
from elchi.modules.private_match.rules import MatchRight

router = Router()


class MatchMark(BaseModel):
    """A key to ask about."""

    kind: str = Field(
        max_length=20, description="phone, plate, document_number, name, national_id, vin, email", examples=["phone"]
    )
    text: str = Field(max_length=200, description="A name may have the year of birth behind it.",
                      examples=["+7 701 555 12 34"])  # fmt: skip


class NewMatch(BaseModel):
    """What to ask of whom."""

    partner: str = Field(max_length=32, examples=["KG-AKJ-1"])
    purpose: str = Field(max_length=40, examples=["investigation"])
    task: str = Field(max_length=200, description="Why, in words.", examples=["Case KZ-KOR-1-C-2026-17"])
    marks: list[MatchMark] = Field(max_length=MAX_KEYS)


class MatchLine(BaseModel):
    """An ask in a list: how much, and not what."""

    id: int
    partner: str
    purpose: str
    task: str
    agreement: str
    state: str = Field(description="queued, delivered, answered, done, refused, expired")
    code: str
    clause: str
    keys: int
    common: int = Field(description="Keys that the partner knows too.")
    asked_at: dt.datetime
    finished_at: dt.datetime | None


class MatchLines(Page[MatchLine]):
    """A page of asks."""


class CommonKey(BaseModel):
    """A key that both know."""

    place: int = Field(description="Among the marks that were asked, from 0.")
    kind: str
    text: str
    has_contact: bool


class Match(MatchLine):
    """An ask with what both know."""

    found: list[CommonKey]
    desk: dict[str, str] = Field(description="Whom to call there.")


class NewContact(BaseModel):
    """Which of the common keys a contact is about."""

    place: int = Field(ge=0, lt=MAX_KEYS)


class MatchContact(BaseModel):
    """A contact that was opened."""

    id: int
    partner: str
    place: int
    desk: dict[str, str]
    opened_at: dt.datetime


@router.get("", response=MatchLines, summary="What was asked privately, newest first")
def list_private_matches(request: AtApi, pages: Asked) -> HttpResponse:
    """Give what the officer's agency asked; the auditor sees all, and keys of none."""
    request.auth.require(MatchRight.MATCH_SEE)
    return answer(MatchLines(**page_of(queries.asked_rows(request.auth), pages, lambda row: MatchLine(**_line(row)))))


@router.post("", response={201: Match}, summary="Ask a partner privately")
@once
def ask_privately(request: AtApi, new: NewMatch) -> HttpResponse:
    """Ask whether a partner knows any of some keys: he learns how many they are, and nothing else."""
    marks = [mark.model_dump() for mark in new.marks]
    row = services.ask_privately(
        by=request.auth, partner=new.partner, marks=marks, purpose=new.purpose, task=new.task
    )  # fmt: skip
    return answer(_match(row), 201)


@router.get("/{int:match_id}", response=Match, summary="What both know")
def get_private_match(request: AtApi, match_id: int) -> HttpResponse:
    """Give one ask of the officer's agency with the keys that the partner knows too."""
    request.auth.require(MatchRight.MATCH_SEE)
    return answer(_match(queries.asked_for(request.auth, match_id)))


@router.post("/{int:match_id}/contacts", response={201: MatchContact}, summary="Open a contact about a common key")
@once
def open_contact(request: AtApi, match_id: int, new: NewContact) -> HttpResponse:
    """Tell the partner which of his entries is meant and whom to call; no record goes."""
    row = services.open_contact(by=request.auth, asked_id=match_id, key=new.place)
    told = MatchContact(id=row.pk, partner=row.partner.code, place=new.place, desk=row.desk, opened_at=row.opened_at)
    return answer(told, 201)


def _line(row: Any) -> dict[str, Any]:
    names = ("purpose", "task", "agreement", "state", "code", "clause", "asked_at", "finished_at")
    counted = {"keys": len(row.keys), "common": len(row.found)}
    return {"id": row.pk, "partner": row.partner.code, **counted} | {name: getattr(row, name) for name in names}


def _match(row: Any) -> Match:
    opened = set(row.contacts.values_list("key", flat=True))
    found = [CommonKey(place=one["key"], has_contact=one["key"] in opened, **row.keys[one["key"]]) for one in row.found]
    return Match(**_line(row), found=found, desk=row.desk)
