"""Checks: submit one, read one, list the recent ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import SUBJECT, Finding, ListUsed, Verdict, finding_shape, list_shape, subjects_of
from elchi.api.tokens import AtApi
from elchi.node.checks import services
from elchi.node.checks.queries import checks_seen_by
from elchi.node.officers.rules import Right

router = Router(by_alias=True)


class NewCheck(BaseModel):
    """One question about one subject, or about several that belong together."""

    subjects: list[dict[str, Any]] = SUBJECT
    purpose: str | None = Field(None, max_length=20, description="The legal reason; without it that of the shift.")
    crossing: str | None = Field(None, max_length=16, description="Code; without it that of the shift.")
    direction: str | None = Field(None, max_length=8, description="entry, exit, transit or none.")
    task: str = Field("", max_length=64, description="What ordered it, such as `case:3`.")


class PartnerAnswer(BaseModel):
    """A question about one subject to one partner, and what he has answered by now."""

    partner: str = Field(description="Code of the node.")
    subject: int = Field(description="Which of the subjects, from 0.")
    state: str = Field(description="queued, delivered, hit, no_hit, refused, expired or not_sent.")
    agreement: str
    asked_at: dt.datetime
    deadline: dt.datetime
    answered_at: dt.datetime | None
    code: str = Field(description="Why it was refused, or not sent.")
    clause: str = Field(description="Of the agreement, that refuses it.")
    reference: str = Field(description="Of a hit; for those who may see findings.")
    contact: dict[str, str] = Field(description="Of a hit: the desk to call; for those who may see findings.")
    finding: int | None = Field(description="Of a hit: what the second line judges; for those who may see findings.")


class CheckMade(BaseModel):
    """What the officer is told."""

    id: int
    number: str
    at: dt.datetime
    verdict: Verdict
    purpose: str
    direction: str
    task: str
    findings: list[Finding]
    partners: list[PartnerAnswer] = Field(description="Answers come later: read the check again, with its ETag.")
    lists: list[ListUsed]
    notes: list[str] = Field(description="`stale_list`, `remembered`.")
    took_ms: float


class AskedAgain(BaseModel):
    """What was checked, where the check has not kept it."""

    subjects: list[dict[str, Any]] = Field([], description="The same as in the check.")


class CheckLine(BaseModel):
    """A check in the list of recent ones: nothing in it says who the subject was."""

    id: int
    number: str
    at: dt.datetime
    verdict: Verdict
    kind: str
    shown: str = Field(description="The last letters of the strongest mark.")
    purpose: str
    direction: str
    task: str
    via: str


class CheckLines(Page[CheckLine]):
    """A page of checks."""


@router.post("", response={201: CheckMade}, summary="Check a subject")
@once
def submit_check(request: AtApi, asked: NewCheck) -> HttpResponse:
    """Search the lists that the officer's agency may use for the purpose, and keep what retention allows."""
    told = services.submit_check(
        by=request.auth,
        subjects=subjects_of(asked.subjects),
        purpose=asked.purpose,
        crossing=asked.crossing,
        direction=asked.direction,
        task=asked.task,
    )
    return answer(_made(request, told), 201)


@router.get("", response=CheckLines, summary="Recent checks, newest first")
def list_checks(request: AtApi, pages: Asked) -> HttpResponse:
    """Give the checks that the officer may look at: his own, and with the right to see findings all."""
    return answer(CheckLines(**page_of(checks_seen_by(request.auth), pages, _line)))


@router.get("/{int:check_id}", response=CheckMade, summary="One check")
def get_check(request: AtApi, check_id: int) -> HttpResponse:
    """Give what the officer may be told of a check that was made."""
    return answer(_made(request, services.read_check(by=request.auth, check_id=check_id)))


@router.post("/{int:check_id}/partners", response={201: CheckMade}, summary="Ask partners about a check")
@once
def ask_partners(request: AtApi, check_id: int, asked: AskedAgain) -> HttpResponse:
    """Ask the partners whose agreement covers it, for purposes for which they are not asked with the check."""
    services.ask_partners(by=request.auth, check_id=check_id, subjects=subjects_of(asked.subjects))
    return answer(_made(request, services.read_check(by=request.auth, check_id=check_id)), 201)


def _made(request: AtApi, told: services.Answer) -> CheckMade:
    check, sees = told.check, request.auth.may(Right.FINDING_SEE)
    return CheckMade(
        id=check.pk,
        number=check.number,
        at=check.at,
        verdict=told.verdict.value,
        purpose=check.purpose,
        direction=check.direction,
        task=check.task,
        findings=[finding_shape(row) for row in told.findings],
        partners=[_partner(one, sees=sees) for one in told.asked],
        lists=[list_shape(age) for age in told.lists],
        notes=list(told.notes),
        took_ms=check.took_ms,
    )


def _partner(one: Any, *, sees: bool) -> PartnerAnswer:
    return PartnerAnswer(
        partner=one.partner.code,
        subject=one.place,
        state=one.standing,
        agreement=one.agreement,
        asked_at=one.asked_at,
        deadline=one.deadline,
        answered_at=one.answered_at,
        code=one.code,
        clause=one.clause,
        reference=one.reference if sees else "",
        contact=one.contact if sees else {},
        finding=one.finding_id if sees else None,
    )


def _line(check: Any) -> CheckLine:
    return CheckLine(
        id=check.pk,
        number=check.number,
        at=check.at,
        verdict=check.verdict.upper(),
        kind=check.kind,
        shown=check.shown,
        purpose=check.purpose,
        direction=check.direction,
        task=check.task,
        via=check.via,
    )
