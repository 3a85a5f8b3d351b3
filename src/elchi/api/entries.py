"""Own entries: list, read, create, amend, withdraw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once, version_wanted
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Properties
from elchi.api.tokens import AtApi
from elchi.errors import NotFound
from elchi.node.officers.rules import Right
from elchi.node.watchlists import services
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.queries import own_entries_for, own_entry_for, own_list_name

router = Router(by_alias=True)


class EntryDraft(BaseModel):
    """An own entry as an officer gives it."""

    entry_schema: str = Field(alias="schema", max_length=64, description="Person, Vehicle, Passport ..")
    properties: Properties = Field(description="As FollowTheMoney calls them.")
    action: str = Field(max_length=10, description="stop, refer, discreet, locate or inform.")
    handling: str = Field("H1", max_length=2)
    legal_basis: str = Field(max_length=300)
    authority: str = Field(max_length=300, description="Who ordered it.")
    instructions: str = Field("", max_length=4_000)
    expires_date: dt.date


class AmendedEntry(EntryDraft):
    """What an own entry says from now on, and why."""

    reason: str = Field(max_length=500)


class Why(BaseModel):
    """Why."""

    reason: str = Field(max_length=500)


class OwnEntry(BaseModel):
    """An own entry."""

    key: str = Field(description="Its id in the list.")
    list: str
    entry_schema: str = Field(serialization_alias="schema")
    properties: Properties
    action: str
    handling: str
    legal_basis: str
    authority: str
    instructions: str
    owner: str
    expires_date: dt.date
    state: str
    created_at: dt.datetime
    created_by: str
    changed_at: dt.datetime = Field(description="`ETag` and `If-Match` are this time in quotation marks.")
    changed_by: str
    reason: str


class OwnEntries(Page[OwnEntry]):
    """A page of own entries."""


@router.get("", response=OwnEntries, summary="Own entries, newest first")
def list_own_entries(request: AtApi, pages: Asked, list: str = "") -> HttpResponse:  # noqa: A002  the word of the API
    """Give the own entries of a list that the officer may know of; of his own agency unless said."""
    request.auth.require(Right.LIST_SEE)
    try:
        rows = own_entries_for(request.auth, list or own_list_name(request.auth.agency))
    except NotFound:
        if list:
            raise
        return answer(OwnEntries(items=[], next=None))  # its first entry makes it
    return answer(OwnEntries(**page_of(rows, pages, _shape)))


@router.post("", response={201: OwnEntry}, summary="Create an own entry")
@once
def create_own_entry(request: AtApi, draft: EntryDraft) -> HttpResponse:
    """Put somebody or something on the list of the officer's own agency."""
    _tell_when_seen()
    return _told(services.create_entry(by=request.auth, draft=_draft(draft)), 201)


@router.get("/{key}", response=OwnEntry, summary="One own entry")
def get_own_entry(request: AtApi, key: str) -> HttpResponse:
    """Give an own entry."""
    request.auth.require(Right.LIST_SEE)
    return _told(own_entry_for(request.auth, key))


@router.put("/{key}", response=OwnEntry, summary="Amend an own entry")
def amend_own_entry(request: AtApi, key: str, draft: AmendedEntry) -> HttpResponse:
    """Change an own entry, or let it hold longer; with `If-Match` only if it is still as it was read."""
    seen = version_wanted(request, needed=False)
    return _told(services.amend_entry(by=request.auth, key=key, draft=_draft(draft), reason=draft.reason, seen=seen))


@router.post("/{key}/withdraw", response=OwnEntry, summary="Withdraw an own entry")
@once
def withdraw_own_entry(request: AtApi, key: str, why: Why) -> HttpResponse:
    """Take an own entry out of force for good."""
    _tell_when_seen()
    return _told(services.withdraw_entry(by=request.auth, key=key, reason=why.reason))


def _tell_when_seen() -> None:
    """Have the lists looked at anew at the end: with a key the request is one transaction, unseen until then."""
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(tell_change)


def _draft(given: EntryDraft) -> OwnDraft:
    values = given.model_dump(exclude={"entry_schema", "properties", "reason"})
    properties = {name: tuple(texts) for name, texts in given.properties.items()}
    return OwnDraft(schema=given.entry_schema, properties=properties, **values)


def _told(row: Any, status: int = 200) -> HttpResponse:
    return answer(_shape(row), status, etag=row.changed_at.isoformat())


def _shape(row: Any) -> OwnEntry:
    same = ("key", "properties", "action", "handling", "legal_basis", "authority", "instructions", "expires_date",
            "state", "created_at", "created_by", "changed_at", "changed_by", "reason")  # fmt: skip
    return OwnEntry(
        **{name: getattr(row, name) for name in same},
        list=row.watchlist_id,
        entry_schema=row.schema,
        owner=row.owner.code,
    )
