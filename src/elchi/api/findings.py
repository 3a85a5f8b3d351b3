"""Findings that wait for a judgement, one finding beside its entry, and judgements."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Finding, finding_shape
from elchi.api.tokens import AtApi
from elchi.node.checks import services
from elchi.node.checks.findings import Facing, judgements_of, open_findings

router = Router(by_alias=True)
judgements = Router(by_alias=True)


class Waiting(Finding):
    """A finding in the queue, with what is known of its check."""

    check: int
    number: str
    at: dt.datetime
    kind: str


class WaitingPage(Page[Waiting]):
    """A page of the queue, the oldest first."""


class Judgement(BaseModel):
    """A person's decision whether a finding is the subject."""

    id: int
    outcome: str
    reason: str
    by: str = Field(description="Sign-in name.")
    at: dt.datetime
    overrules: int | None
    case: str = Field(description="Number of the case that follows; empty without one.")


class Compared(BaseModel):
    """A property on both sides."""

    field: str
    asked: list[str]
    listed: list[str]
    likeness: str


class FindingFaced(Waiting):
    """A finding with all that a judgement needs."""

    subjects: list[dict[str, Any]]
    properties: dict[str, list[str]] = Field(description="Of the entry, as FollowTheMoney calls them.")
    compared: list[Compared]
    instructions: str
    legal_basis: str
    authority: str
    judgements: list[Judgement]


class Wanted(BaseModel):
    """Which findings; what is empty does not restrict."""

    list: str = Field("", max_length=64)
    kind: str = Field("", max_length=16, description="Of the check: person, vehicle ..")


class Decision(BaseModel):
    """A decision and why."""

    outcome: str = Field(max_length=8, description="positive, negative or unsure.")
    reason: str = Field(max_length=2_000)
    classification: str | None = Field(None, max_length=16, description="Of the case that is opened.")
    threats: list[str] = Field(default_factory=list, max_length=20, description="Of the case that is opened.")


@router.get("", response=WaitingPage, summary="Findings that wait for a judgement")
def list_findings(request: AtApi, wanted: Annotated[Wanted, Query()], pages: Asked) -> HttpResponse:
    """Give the findings that wait and of which the officer may know, the oldest first."""
    rows = open_findings(request.auth, watchlist=wanted.list, kind=wanted.kind)
    return answer(WaitingPage(**page_of(rows, pages, _waiting, key="id")))


@router.get("/{int:finding_id}", response=FindingFaced, summary="One finding beside its entry")
def get_finding(request: AtApi, finding_id: int) -> HttpResponse:
    """Give a finding, its entry and what was presented; that it was read is written down."""
    return answer(_faced(services.read_finding(by=request.auth, finding_id=finding_id)))


@router.post("/{int:finding_id}/judgements", response={201: Judgement}, summary="Judge a finding")
@once
def judge_finding(request: AtApi, finding_id: int, decision: Decision) -> HttpResponse:
    """Decide on a finding: negative is remembered, positive and unsure open a case."""
    made = services.judge_finding(by=request.auth, finding_id=finding_id, **decision.model_dump())
    return answer(_judgement(made), 201)


@judgements.post("/{int:judgement_id}/overrule", response={201: Judgement}, summary="Overrule a judgement")
@once
def overrule_judgement(request: AtApi, judgement_id: int, decision: Decision) -> HttpResponse:
    """Decide otherwise than an officer did; his judgement stays and shows as overruled."""
    made = services.overrule_judgement(by=request.auth, judgement_id=judgement_id, **decision.model_dump())
    return answer(_judgement(made), 201)


def _waiting(row: Any) -> Waiting:
    return Waiting(**finding_shape(row).model_dump(), **_of_check(row))


def _of_check(row: Any) -> dict[str, Any]:
    return {"check": row.owner_id, "number": row.owner.number, "at": row.owner.at, "kind": row.owner.kind}


def _faced(face: Facing) -> FindingFaced:
    facts, entry = face.facts, face.entry
    return FindingFaced(
        **finding_shape(face.finding).model_dump(),
        **_of_check(face.finding),
        subjects=face.finding.presented,
        properties={name: list(values) for name, values in entry.properties.items()} if entry else {},
        compared=[_compared(row) for row in face.rows],
        instructions=facts.instructions if facts else "",
        legal_basis=facts.legal_basis if facts else "",
        authority=facts.authority if facts else "",
        judgements=[_judgement(one) for one in judgements_of(face.finding)],
    )


def _compared(row: Any) -> Compared:
    asked, listed = ([value.text for value in values] for values in (row.asked, row.listed))
    return Compared(field=row.field, asked=asked, listed=listed, likeness=row.likeness)


def _judgement(one: Any) -> Judgement:
    return Judgement(
        id=one.pk,
        outcome=one.outcome,
        reason=one.reason,
        by=one.by.sign_in_name if one.by else "",
        at=one.at,
        overrules=one.overrules_id,
        case=one.case,
    )
