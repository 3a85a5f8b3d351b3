"""Reads of private matches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.exchange.private_match import ASK, FULL, Budget, Use
from elchi.modules.private_match.models import Asked, Contact, Heard, MatchBudget, ReceivedSet
from elchi.modules.private_match.rules import MatchRight
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreed_partners
from elchi.node.officers.acting import Acting

_MONTH: Final = 30


def partner_for(code: str) -> Partner:
    """Give an active partner.

    Raises:
        NotFound: `partner_unknown`.
    """
    row = Partner.objects.filter(code=code, state="active").first()
    if row is None:
        raise NotFound("partner_unknown", partner=code)
    return row


def partners_asked_privately() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the partners with an agreement that covers it, each with the purposes."""
    found = []
    for agreed in agreed_partners():
        purposes = {
            purpose for one in agreed.agreements for purpose in one.purposes
            if agreed.covering(purpose=purpose, kind=ASK, at=timezone.now())
        }  # fmt: skip
        if purposes:
            found.append((agreed.party.node, tuple(sorted(purposes))))
    return tuple(found)


def asked_rows(by: Acting) -> QuerySet[Asked]:
    """Give what was asked, newest first: of his own agency, and for the auditor all."""
    rows = Asked.objects.select_related("partner", "officer")
    if by.may(MatchRight.MATCH_ASK):
        return rows.filter(agency=by.agency)
    return rows if by.may(MatchRight.MATCH_SEE) else rows.none()


def asked_for(by: Acting, asked_id: int) -> Asked:
    """Give one ask of his own agency, with its keys.

    Raises:
        NotFound: `match_unknown`.
    """
    row = asked_rows(by).filter(pk=asked_id).first() if by.may(MatchRight.MATCH_ASK) else None
    if row is None:
        raise NotFound("match_unknown", id=asked_id)
    return row


def contacts_seen_by(by: Acting) -> QuerySet[Contact]:
    """Give the contacts, open ones first: those his agency opened, those about its entries, and those of nobody's."""
    rows = Contact.objects.select_related("partner", "asked")
    if not by.may(MatchRight.MATCH_SEE):
        return rows.none()
    if by.may(MatchRight.MATCH_ASK):
        ours = Q(asked__isnull=True) & Q(owner_agency__in=("", by.agency))
        rows = rows.filter(Q(asked__agency=by.agency) | ours)
    return rows.order_by(F("closed_at").asc(nulls_first=True), "-id")


def contact_seen_by(by: Acting, contact_id: int) -> Contact:
    """Give a contact.

    Raises:
        NotFound: `match_contact_unknown`.
    """
    row = contacts_seen_by(by).filter(pk=contact_id).first()
    if row is None:
        raise NotFound("match_contact_unknown", id=contact_id)
    return row


def contacts_open(by: Acting) -> int:
    """Count the contacts that partners opened and nobody has closed."""
    return contacts_seen_by(by).filter(asked__isnull=True, closed_at__isnull=True).count()


def complete_set(partner: Partner) -> ReceivedSet | None:
    """Give the newest set of a partner's tags that is here whole."""
    for row in ReceivedSet.objects.filter(partner=partner, pages__gt=0).annotate(there=Count("received")):
        if row.there >= row.pages:
            return row
    return None


def budget_of(partner: Partner) -> Budget:
    """Give how much a partner may ask."""
    row = MatchBudget.objects.filter(partner=partner).first()
    return _budget(row) if row else Budget()


def use_of(partner: Partner, at: dt.datetime) -> Use:
    """Give how much a partner asked; days are of UTC."""
    row = MatchBudget.objects.filter(partner=partner).first()
    since = row.counted_from if row else None
    heard = Heard.objects.filter(partner=partner)
    today = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = heard.filter(heard_at__gt=since) if since else heard
    month = at - dt.timedelta(days=_MONTH)
    met = Contact.objects.filter(partner=partner, asked__isnull=True, opened_at__gt=month).exists()
    return Use(
        today=_keys(heard.filter(heard_at__gte=today)),
        last_hour=heard.filter(heard_at__gt=at - dt.timedelta(hours=1)).count(),
        days_full=_days_full(counted, today, FULL * (row.per_day if row else Budget().per_day)),
        without_contact=0 if met else _keys(counted.filter(heard_at__gt=month)),
    )


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A partner, how much he may ask, and how much he did."""

    partner: Partner
    budget: Budget
    use: Use
    because: str
    """Code, where he is throttled."""
    asked_month: int
    """Keys that we asked of him in 30 days."""


def budget_lines() -> tuple[BudgetLine, ...]:
    """Give the active partners with what they may ask and did, by code."""
    now, lines = timezone.now(), []
    rows = {row.partner_id: row for row in MatchBudget.objects.all()}
    for partner in Partner.objects.filter(state="active"):
        row = rows.get(partner.pk)
        ours = Asked.objects.filter(partner=partner, asked_at__gt=now - dt.timedelta(days=_MONTH))
        count = sum(len(keys) for keys in ours.values_list("keys", flat=True))
        budget = _budget(row) if row else Budget()
        lines.append(BudgetLine(partner, budget, use_of(partner, now), row.throttled_because if row else "", count))
    return tuple(lines)


def check_kept_within(forms: Sequence[Sequence[bytes]], counts: Sequence[int]) -> None:
    """Do nothing if keys still have as many forms as when they were asked.

    Raises:
        Conflict: `match_rules_changed`: another version of Elchi compares them otherwise; they have to be asked anew.
    """
    if [len(some) for some in forms] != list(counts):
        raise Conflict("match_rules_changed")


def _budget(row: MatchBudget) -> Budget:
    return Budget(row.per_day, row.per_hour, is_throttled=row.throttled_at is not None)


def _keys(rows: QuerySet[Heard]) -> int:
    return int(rows.aggregate(keys=Sum("keys"))["keys"] or 0)


def _days_full(rows: QuerySet[Heard], today: dt.datetime, full: float) -> int:
    """Count the days before today, back to the first that was not full."""
    count = 0
    while full:
        end = today - dt.timedelta(days=count)
        keys = _keys(rows.filter(heard_at__gte=end - dt.timedelta(days=1), heard_at__lt=end))
        if keys < full:
            break
        count += 1
    return count
