"""Reads of partners and invitations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from elchi.errors import NotFound
from elchi.node.federation.cards import PartnerCard
from elchi.node.federation.models import Equivocation, Invitation, KeyVersion, Link, Partner
from elchi.node.federation.numbers import count_missing
from elchi.node.federation.states import KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerState:
    """A partner as it stands: what waits for it, how its links work, and what somebody should look at."""

    partner: Partner
    waiting: int
    """Messages without a receipt."""
    oldest_at: dt.datetime | None
    """Since when the oldest of them waits."""
    missing: int
    """Numbers of its messages that did not come: under way, lost or withheld."""
    links: tuple[Link, ...]
    keys_until: dt.datetime | None
    """Until when its key document is fresh; None where none is trusted."""
    cautions: tuple[str, ...] = ()
    """`partner_caution.*`: contradicts, compare, speaks_for, keys_expired, silent, missing."""


def partners(states: Sequence[str] = ()) -> QuerySet[Partner]:
    """Give partners by code; all, or those in some states."""
    rows = Partner.objects.select_related("country", "compared_by")
    return rows.filter(state__in=states) if states else rows


def partner_of(code: str) -> Partner:
    """Give a partner.

    Raises:
        NotFound: `partner_unknown`.
    """
    partner = Partner.objects.select_related("country", "compared_by").filter(code=code).first()
    if partner is None:
        raise NotFound("partner_unknown", partner=code[:32])
    return partner


def partner_card(partner: Partner) -> PartnerCard:
    """Give what was said of a partner."""
    carriers = tuple(dict(way) for way in partner.carriers)
    return PartnerCard(carriers=carriers, is_relay=partner.is_relay, relayed_bytes=partner.relayed_bytes)


def invitations() -> QuerySet[Invitation]:
    """Give invitations, newest first."""
    return Invitation.objects.select_related("partner")


def partner_states(at: dt.datetime) -> list[PartnerState]:
    """Give every partner as it stands, by code."""
    rows = partners().annotate(**_QUEUE).prefetch_related("links", "sequences")
    contradicting = set(Equivocation.objects.values_list("partner_id", flat=True))
    return [_state(row, at, contradicts=row.pk in contradicting) for row in rows]


def partner_state(code: str, at: dt.datetime) -> PartnerState:
    """Give a partner as it stands.

    Raises:
        NotFound: `partner_unknown`.
    """
    row = partners().annotate(**_QUEUE).prefetch_related("links", "sequences").filter(code=code).first()
    if row is None:
        raise NotFound("partner_unknown", partner=code[:32])
    return _state(row, at, contradicts=Equivocation.objects.filter(partner=row).exists())


_WAITING: Final = Q(outgoing__state__in=("queued", "carried", "relayed"))
_QUEUE: Final = {
    "waiting": Count("outgoing", filter=_WAITING, distinct=True),
    "oldest_at": Min("outgoing__created_at", filter=_WAITING),
    "keys_until": Subquery(KeyVersion.objects.filter(party=OuterRef("code")).values("valid_until")[:1]),
}


def _state(row: Any, at: dt.datetime, *, contradicts: bool) -> PartnerState:
    links = tuple(sorted(row.links.all(), key=lambda link: link.carrier))
    state = PartnerState(
        partner=row,
        waiting=row.waiting,
        oldest_at=row.oldest_at,
        missing=sum(count_missing(one.missing) for one in row.sequences.all()),
        links=links,
        keys_until=row.keys_until,
    )
    return replace(state, cautions=tuple(_cautions(state, at, contradicts=contradicts)))


def _cautions(state: PartnerState, at: dt.datetime, *, contradicts: bool) -> Iterator[str]:
    if contradicts:
        yield "contradicts"
    if state.partner.offer:
        yield "compare"
    if any(set(codes) - set(getattr(state.partner, name)) for name, codes in state.partner.claimed.items()):
        yield "speaks_for"
    if state.partner.state not in KNOWN:
        return
    if state.keys_until is None or state.keys_until <= at:
        yield "keys_expired"
    if state.links and all(link.failures for link in state.links):
        yield "silent"
    if state.missing:
        yield "missing"
