"""Lists: how old they are, their versions, a new version and who approves it, one entry."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import ListUsed, Properties, list_shape
from elchi.api.tokens import AtApi
from elchi.errors import ElchiError
from elchi.node.officers.rules import Right
from elchi.node.watchlists import services
from elchi.node.watchlists.offers import ListFile, drop_file, keep_file, kept_file, plain_name
from elchi.node.watchlists.queries import ListLine, line_for, lists_for, version_for, versions_for

router = Router(by_alias=True)
versions = Router()


class Watchlist(BaseModel):
    """A list and the rules of its use."""

    name: str
    title: str
    titles: dict[str, str]
    origin: str
    owner: str
    agencies: list[str]
    purposes: list[str]
    action: str
    handling: str
    tlp: str
    stale_after_days: int
    four_eyes: bool
    is_retired: bool
    in_force: ListUsed | None
    waiting: int | None = Field(description="Id of the version that waits for approval.")


class Watchlists(BaseModel):
    """All lists that the officer may know of."""

    items: list[Watchlist]


class Failure(BaseModel):
    """An error as in a problem."""

    code: str
    params: dict[str, Any]


class Version(BaseModel):
    """A version of a list that was offered."""

    id: int
    list: str
    number: int | None = Field(description="Once it is in force.")
    state: str = Field(description="queued, reading, waiting, in_force, replaced, rejected, cancelled or failed.")
    lines_read: int = Field(description="So far, while it is read.")
    error: Failure | None = Field(description="Why it came to nothing though nobody decided so.")
    loaded_at: dt.datetime
    loaded_by: str
    decided_at: dt.datetime | None
    decided_by: str
    reason: str
    issued_at: str
    total: int
    added: int
    changed: int
    removed: int
    bad: int
    skipped: int


class Versions(Page[Version]):
    """A page of versions."""


class NewVersion(BaseModel):
    """How to read a file."""

    format: str = Field(max_length=20, description="un, ofac, eu, interpol, ftm or csv.")
    force: bool = Field(False, description="Take it although it shrank or has many bad lines.")


class Why(BaseModel):
    """Why."""

    reason: str = Field("", max_length=500)


class Entry(BaseModel):
    """An entry in the words of FollowTheMoney."""

    list: str
    id: str
    caption: str
    entry_schema: str = Field(serialization_alias="schema")
    properties: Properties


@router.get("", response=Watchlists, summary="Lists and their age")
def list_watchlists(request: AtApi) -> HttpResponse:
    """Give the lists that the officer may know of."""
    request.auth.require(Right.LIST_SEE)
    return answer(Watchlists(items=[_list(line) for line in lists_for(request.auth)]))


@router.get("/{name}", response=Watchlist, summary="One list")
def get_watchlist(request: AtApi, name: str) -> HttpResponse:
    """Give a list."""
    request.auth.require(Right.LIST_SEE)
    return answer(_list(line_for(request.auth, name)))


@router.get("/{name}/versions", response=Versions, summary="Versions of a list, newest first")
def list_versions(request: AtApi, name: str, pages: Asked) -> HttpResponse:
    """Give the versions of a list that were offered."""
    request.auth.require(Right.LIST_SEE)
    return answer(Versions(**page_of(versions_for(request.auth, name), pages, _version)))


@router.post("/{name}/versions", response={202: Version}, summary="Hand in a new version")
def offer_version(
    request: AtApi, name: str, file: Annotated[UploadedFile, File()], how: Annotated[NewVersion, Form()]
) -> HttpResponse:
    """Hand in a file as the new version of a list. It is read soon: ask for the version until its state says how."""
    request.auth.require(Right.LIST_LOAD)
    kept = keep_file(file.chunks())
    try:
        offered = ListFile(path=kept_file(kept), format=how.format, called=plain_name(file.name))
        made = services.offer_list(by=request.auth, name=name, file=offered, force=how.force)
    except ElchiError:
        drop_file(kept)
        raise
    return answer(_version(made), 202)


@router.get("/{name}/entries/{path:entry_id}", response=Entry, summary="One entry in force")
def get_entry(request: AtApi, name: str, entry_id: str) -> HttpResponse:
    """Give an entry; that it was read is written down."""
    entry = services.read_entry(by=request.auth, name=name, version=None, entry_id=entry_id)
    told = Entry(
        list=name,
        id=entry.id,
        caption=entry.caption,
        entry_schema=entry.schema,
        properties={key: list(values) for key, values in entry.properties.items()},
    )
    return answer(told)


@versions.get("/{int:version_id}", response=Version, summary="One version")
def get_version(request: AtApi, version_id: int) -> HttpResponse:
    """Give a version."""
    request.auth.require(Right.LIST_SEE)
    return answer(_version(version_for(request.auth, version_id)))


@versions.post("/{int:version_id}/approve", response=Version, summary="Put a waiting version in force")
def approve_version(request: AtApi, version_id: int) -> HttpResponse:
    """Put a waiting version in force, as another officer than the one who loaded it."""
    return answer(_version(services.approve_version(by=request.auth, version_id=version_id)))


@versions.post("/{int:version_id}/cancel", response=Version, summary="Take back a file that is not read yet")
def cancel_offer(request: AtApi, version_id: int) -> HttpResponse:
    """Take back a file that is not read yet."""
    return answer(_version(services.cancel_offer(by=request.auth, version_id=version_id)))


@versions.post("/{int:version_id}/reject", response=Version, summary="Refuse a waiting version")
def reject_version(request: AtApi, version_id: int, why: Why) -> HttpResponse:
    """Refuse a waiting version."""
    return answer(_version(services.reject_version(by=request.auth, version_id=version_id, reason=why.reason)))


def _list(line: ListLine) -> Watchlist:
    row = line.row
    same = ("name", "title", "titles", "origin", "agencies", "purposes", "action", "handling", "tlp",
            "stale_after_days", "four_eyes")  # fmt: skip
    return Watchlist(
        **{name: getattr(row, name) for name in same},
        owner=row.owner.code if row.owner else "",
        is_retired=row.retired_at is not None,
        in_force=list_shape(line.age) if line.age else None,
        waiting=line.waiting.pk if line.waiting else None,
    )


def _version(row: Any) -> Version:
    same = ("number", "state", "lines_read", "error", "loaded_at", "loaded_by", "decided_at", "decided_by", "reason",
            "issued_at", "total", "added", "changed", "removed", "bad", "skipped")  # fmt: skip
    return Version(id=row.pk, list=row.watchlist_id, **{name: getattr(row, name) for name in same})
