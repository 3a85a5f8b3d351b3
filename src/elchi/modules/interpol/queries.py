"""Reads of the door to INTERPOL: who may ask, what was asked, how the points do, and which hits are on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from elchi.documents.states import find_state
from elchi.errors import NotFound
from elchi.exchange.agreement import Agreement
from elchi.modules.interpol.access_point import (
    MONTH,
    AccessRule,
    Board,
    BoardLine,
    PointRecord,
    Probe,
    make_board,
)
from elchi.modules.interpol.confirmation import Confirmation, Waits, waits_of
from elchi.modules.interpol.models import (
    AccessPoint,
    AccessPolicy,
    ConfirmationRequest,
    HitConfirmation,
    Query,
    ReportedDocument,
    Watch,
)
from elchi.modules.interpol.rules import EVERY, InterpolRight
from elchi.modules.interpol.sides import QUERY
from elchi.modules.interpol.wire import rule_from_wire
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreed_partners
from elchi.node.here import here
from elchi.node.officers.acting import Acting

OPEN_STEPS = ("hit", "asked", "no_answer", "confirmed", "refuted", "acted")
"""Of a hit that is not closed."""


def points() -> QuerySet[AccessPoint]:
    """Give the access points by code."""
    return AccessPoint.objects.select_related("office", "partner")


def point_of(code: str, *, change: bool = False) -> AccessPoint:
    """Give an access point.

    Args:
        code: its code.
        change: to lock it until the transaction has ended.

    Raises:
        NotFound: `access_point_unknown`.
    """
    if change:
        AccessPoint.objects.select_for_update().filter(code=code).first()
    row = points().filter(code=code).first()
    if row is None:
        raise NotFound("access_point_unknown", point=code[:32])
    return row


def point_for(by: Acting) -> AccessPoint | None:
    """Give the access point for which an officer asks: his office."""
    return points().filter(office_id=by.himself.office_id).first()


def rules_in_force() -> tuple[AccessRule, ...]:
    """Give the access rules; none before somebody has written them."""
    policy = policy_in_force()
    return tuple(rule_from_wire(one) for one in policy.lines) if policy else ()


def policy_in_force() -> AccessPolicy | None:
    """Give the row of the access rules that hold."""
    return AccessPolicy.objects.first()


def asked_today(point: AccessPoint) -> int:
    """Count what a point has asked since midnight of this node."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return point.queries.filter(asked_at__gte=midnight).exclude(state="refused").count()


@dataclass(frozen=True, slots=True)
class PointLine:
    """An access point on the board, with its counts of thirty days."""

    row: AccessPoint
    told: BoardLine
    asked: int
    answered: int
    referred: int
    refused: int


@dataclass(frozen=True, slots=True)
class BoardNow:
    """All access points as they are now."""

    board: Board
    lines: tuple[PointLine, ...]


def board_now(now: dt.datetime) -> BoardNow:
    """Give the board, in three queries however many points there are."""
    begin, rows = now - MONTH, {row.code: row for row in points()}
    watched: dict[int, list[Probe]] = {}
    for one in Watch.objects.filter(until__gte=begin).order_by("point", "at"):
        watched.setdefault(one.point_id, []).append(Probe(at=one.at, was_up=one.was_up, until=one.until))
    records = [
        PointRecord(
            code=row.code, state=row.state, first_success_at=row.first_success_at, last_query_at=row.last_query_at,
            probes=watched.get(row.pk, ()),
        )
        for row in rows.values()
    ]  # fmt: skip
    board, counts = make_board(records, now=now, every=EVERY), _counts(begin)
    lines = tuple(PointLine(rows[line.code], line, **counts.get(rows[line.code].pk, _NOTHING)) for line in board.lines)
    return BoardNow(board, lines)


_NOTHING: Mapping[str, int] = {"asked": 0, "answered": 0, "referred": 0, "refused": 0}


def _counts(begin: dt.datetime) -> dict[int, dict[str, int]]:
    found: Any = (
        Query.objects.filter(point__isnull=False, asked_at__gte=begin)
        .order_by()
        .values("point")
        .annotate(
            asked=Count("id"),
            answered=Count("id", filter=Q(state="answered") & ~Q(guidance="nobody_answered")),
            referred=Count("id", filter=Q(guidance="refer")),
            refused=Count("id", filter=Q(state="refused")),
        )
    )
    return {one["point"]: {name: int(one[name]) for name in _NOTHING} for one in found}


def bureau_for(purpose: str, at: dt.datetime) -> tuple[Partner, Agreement] | None:
    """Give the bureau that this node may ask, by an agreement in force: that of its own country before others."""
    found = [
        (agreed, agreement)
        for agreed in agreed_partners()
        if (agreement := agreed.covering(purpose=purpose, kind=QUERY, at=at))
    ]
    found.sort(key=lambda one: one[0].party.country != here().country)
    if not found:
        return None
    agreed, agreement = found[0]
    return Partner.objects.get(pk=agreed.partner), agreement


def query_for(by: Acting, query_id: int) -> Query:
    """Give a query that somebody may see: his own, of his office, or any for who works on hits.

    Raises:
        NotFound: `query_unknown`.
    """
    rows = Query.objects.select_related("point", "bureau").prefetch_related("answers", "hits")
    if not by.may(InterpolRight.HIT_SEE):
        rows = rows.filter(Q(officer=by.himself) | Q(officer__office_id=by.himself.office_id))
    row = rows.filter(pk=query_id).first()
    if row is None:
        raise NotFound("query_unknown", query=query_id)
    return row


def answered_queries() -> QuerySet[Query]:
    """Give the queries for whose answers nobody waits any more."""
    return Query.objects.filter(state="answered")


def recent_queries(by: Acting, most: int) -> list[Query]:
    """Give what somebody asked last."""
    return list(Query.objects.filter(officer=by.himself).select_related("bureau")[:most])


def hits(*, open_only: bool = False) -> QuerySet[HitConfirmation]:
    """Give the hits, newest first; those that wait by the clock."""
    rows = HitConfirmation.objects.select_related("query__point", "partner")
    return rows.filter(step__in=OPEN_STEPS).order_by("due_at", "id") if open_only else rows


def hit_of(hit_id: int, *, change: bool = False) -> HitConfirmation:
    """Give a hit.

    Raises:
        NotFound: `hit_unknown`.
    """
    if change:
        HitConfirmation.objects.select_for_update().filter(pk=hit_id).first()
    row = hits().filter(pk=hit_id).first()
    if row is None:
        raise NotFound("hit_unknown", hit=hit_id)
    return row


def open_hits(by: Acting) -> int:
    """Count what waits for somebody who works on hits: hits that are open, and other bureaus that wait."""
    if not by.may(InterpolRight.HIT_WORK):
        return 0
    waiting = HitConfirmation.objects.filter(step__in=OPEN_STEPS).order_by().values("id")
    asked = ConfirmationRequest.objects.filter(answer="", withdrawn_at=None).order_by().values("id")
    return waiting.union(asked, all=True).count()


def confirmation_of(row: HitConfirmation) -> Confirmation:
    """Give a hit as its rules know it."""
    times = {step: dt.datetime.fromisoformat(at) for step, at in row.times.items()}
    return Confirmation(owner=row.owner, step=row.step, due_at=row.due_at, times=times, act=row.act)


def waits_since(begin: dt.datetime) -> list[Waits]:
    """Give by owner how long confirmations took."""
    return waits_of(confirmation_of(row) for row in HitConfirmation.objects.filter(opened_at__gte=begin))


def requests() -> QuerySet[ConfirmationRequest]:
    """Give what other bureaus ask us to confirm: what waits first."""
    rows = ConfirmationRequest.objects.select_related("partner")
    return rows.order_by(F("answered_at").asc(nulls_first=True), "due_at", "id")


def request_of(request_id: int, *, change: bool = False) -> ConfirmationRequest:
    """Give what another bureau asks.

    Raises:
        NotFound: `request_unknown`.
    """
    if change:
        ConfirmationRequest.objects.select_for_update().filter(pk=request_id).first()
    row = requests().filter(pk=request_id).first()
    if row is None:
        raise NotFound("request_unknown", request=request_id)
    return row


def reports(states: Sequence[str] = ()) -> QuerySet[ReportedDocument]:
    """Give the documents that this state reports."""
    rows = ReportedDocument.objects.all()
    return rows.filter(state__in=states) if states else rows


def report_of(report_id: int, *, change: bool = False) -> ReportedDocument:
    """Give a report.

    Raises:
        NotFound: `document_report_unknown`.
    """
    rows: Any = ReportedDocument.objects.select_for_update() if change else ReportedDocument.objects
    row: ReportedDocument | None = rows.filter(pk=report_id).first()
    if row is None:
        raise NotFound("document_report_unknown", report=report_id)
    return row


def unpublished() -> QuerySet[ReportedDocument]:
    """Give the reports that the copy does not have yet, and the withdrawn ones that it still has."""
    return ReportedDocument.objects.filter(
        Q(state="in_force") & ~Q(published="in_force") | Q(state="withdrawn", published="in_force")
    ).order_by("id")


def owner_country(partner: Partner) -> str:
    """Give the country of a partner as records name owners: three letters; empty for an international body."""
    state = find_state(partner.country_id or "")
    return (state.iso or state.code) if state else ""


def partner_of_owner(owner: str, purpose: str, at: dt.datetime) -> tuple[Partner, Agreement] | None:
    """Give the bureau of an owner that may be asked through the exchange, and the agreement."""
    for agreed in agreed_partners():
        agreement = agreed.covering(purpose=purpose, kind="interpol.confirm", at=at)
        if agreement is None:
            continue
        partner = Partner.objects.get(pk=agreed.partner)
        if owner_country(partner) == owner:
            return partner, agreement
    return None
