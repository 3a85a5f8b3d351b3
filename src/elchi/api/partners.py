"""Partners as they stand, and agreements as they were signed: for a headquarters that watches its nodes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.node.federation.queries.partners import PartnerState, partner_state, partner_states
from elchi.node.federation.queries.versions import version_of, versions
from elchi.node.officers.rules import Right

router = Router()
agreements = Router()


class PartnerLink(BaseModel):
    """How well a way to a partner works."""

    carrier: str
    worked_at: dt.datetime | None
    failed_at: dt.datetime | None
    failures: int = Field(description="In a row.")
    code: str = Field(description="Of the last failure.")
    milliseconds: int


class Partner(BaseModel):
    """Another node."""

    code: str
    name: str
    country: str
    state: str = Field(description="invited, active, suspended, ended")
    carriers: list[dict[str, str]] = Field(description="Ways, in order of preference.")
    seen_at: dt.datetime | None
    keys_until: dt.datetime | None = Field(description="Until when its key document is fresh.")
    waiting: int = Field(description="Messages without a receipt.")
    oldest_at: dt.datetime | None
    missing: int = Field(description="Numbers of its messages that did not come.")
    cautions: list[str]
    links: list[PartnerLink]


class Partners(BaseModel):
    """All partners."""

    items: list[Partner]


class Agreement(BaseModel):
    """A version of an agreement."""

    id: int
    agreement: str
    version: int
    partner: str
    state: str
    is_ours: bool = Field(description="Whether this node proposed it.")
    sha256: str = Field(description="Of the bytes that both sides sign.")
    valid_from: dt.date
    valid_until: dt.date | None
    in_force_at: dt.datetime | None


class Agreements(Page[Agreement]):
    """A page of versions."""


class WholeAgreement(Agreement):
    """A version with its text."""

    content: dict[str, Any] = Field(description="docs/protocol/04-agreement.md")


@router.get("", response=Partners, summary="Partners and how their links are")
def list_partners(request: AtApi) -> HttpResponse:
    """Give all partners by code; there are some dozens at most."""
    request.auth.require(Right.PARTNER_SEE)
    return answer(Partners(items=[_partner(one) for one in partner_states(timezone.now())]))


@router.get("/{code}", response=Partner, summary="A partner")
def get_partner(request: AtApi, code: str) -> HttpResponse:
    """Give one by its code."""
    request.auth.require(Right.PARTNER_SEE)
    return answer(_partner(partner_state(code, timezone.now())))


@agreements.get("", response=Agreements, summary="Agreements, newest first")
def list_agreements(request: AtApi, pages: Asked) -> HttpResponse:
    """Give every version in every state."""
    request.auth.require(Right.AGREEMENT_SEE)
    return answer(Agreements(**page_of(versions(), pages, lambda row: Agreement(**_version(row)))))


@agreements.get("/{version_id}", response=WholeAgreement, summary="A version of an agreement")
def get_agreement(request: AtApi, version_id: int) -> HttpResponse:
    """Give it with its text, as both sides sign it."""
    request.auth.require(Right.AGREEMENT_SEE)
    row = version_of(version_id)
    return answer(WholeAgreement(**_version(row), content=row.content))


def _partner(state: PartnerState) -> Partner:
    row = state.partner
    links = [
        PartnerLink(carrier=one.carrier, worked_at=one.worked_at, failed_at=one.failed_at, failures=one.failures,
             code=one.code, milliseconds=one.milliseconds)
        for one in state.links
    ]  # fmt: skip
    return Partner(
        code=row.code, name=row.name, country=row.country.code if row.country else "", state=row.state,
        carriers=row.carriers, seen_at=row.seen_at, keys_until=state.keys_until, waiting=state.waiting,
        oldest_at=state.oldest_at, missing=state.missing, cautions=list(state.cautions), links=links,
    )  # fmt: skip


def _version(row: Any) -> dict[str, Any]:
    names = ("agreement", "version", "state", "is_ours", "sha256", "valid_from", "valid_until", "in_force_at")
    return {"id": row.pk, "partner": row.partner.code} | {name: getattr(row, name) for name in names}
