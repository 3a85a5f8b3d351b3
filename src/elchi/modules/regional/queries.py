"""Reads of the regional module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from elchi.errors import NotFound
from elchi.exchange.agreement import Agreement
from elchi.modules.regional.bulletin import Bulletin, make_bulletin
from elchi.modules.regional.models import (
    Authority,
    Corridor,
    EarlyWarning,
    InboxItem,
    Operation,
    Organisation,
    Report,
)
from elchi.modules.regional.reading import Goods, ReadReport
from elchi.modules.regional.rules import PURPOSES, RegionalRight, state_of
from elchi.node.federation.models import AgreementVersion, Held, Partner
from elchi.node.federation.queries.agreements import Agreed, agreed_partners
from elchi.node.officers.acting import Acting

MOST: Final = 50_000
"""Reports of a bulletin."""


def inbox_of(by: Acting) -> QuerySet[InboxItem]:
    """Give the inbox of an officer's own state, newest first; nothing to the centre's own staff."""
    state = state_of(by)
    rows = InboxItem.objects.select_related("report__partner", "warning", "operation")
    return rows.filter(country=state) if state and by.may(RegionalRight.INBOX_READ) else rows.none()


def inbox_item(by: Acting, item_id: int) -> InboxItem:
    """Give one item of it.

    Raises:
        NotFound: `inbox_unknown`.
    """
    item = inbox_of(by).filter(pk=item_id).first()
    if item is None:
        raise NotFound("inbox_unknown", id=item_id)
    return item


def unread(by: Acting) -> int:
    """Count what nobody of his state has read."""
    return inbox_of(by).filter(read_at=None).count()


def reports_between(begins: dt.date, ends: dt.date) -> Iterator[tuple[str, ReadReport]]:
    """Give the reports of a period as they are counted, with the state that reports."""
    rows = Report.objects.filter(event_day__gte=begins, event_day__lte=ends)
    columns = ("country", "event_kind", "event_day", "border", "states", "goods", "is_led")
    for country, kind, day, border, states, goods, led in rows.values_list(*columns)[:MOST]:
        read = tuple(
            Goods(one["goods"], one["substance"], Decimal(one["kilograms"]) if one["kilograms"] else None)
            for one in goods
        )
        yield country, ReadReport(kind, day, border, tuple(states), read, led)


def bulletin_of(begins: dt.date, ends: dt.date) -> Bulletin:
    """Give the figures of a period."""
    return make_bulletin(reports_between(begins, ends), begins=begins, ends=ends)


def corridors() -> QuerySet[Corridor]:
    """Give the corridors by name."""
    return Corridor.objects.all()


def warnings_now() -> QuerySet[EarlyWarning]:
    """Give the warnings, newest first, with whom they were told."""
    return EarlyWarning.objects.filter(is_withdrawn=False).select_related("partner").prefetch_related("told")


def operations() -> QuerySet[Operation]:
    """Give the operations, newest first."""
    return Operation.objects.select_related("partner")


def operation_for(by: Acting, operation_id: int) -> Operation:
    """Give an operation in which the officer's state takes part; the centre's staff sees all.

    Raises:
        NotFound: `joint_operation_unknown`.
    """
    row = operations().filter(pk=operation_id).first()
    state = state_of(by)
    if row is None or (state and state not in row.states):
        raise NotFound("joint_operation_unknown", id=operation_id)
    return row


def operations_seen_by(by: Acting) -> list[Operation]:
    """Give the operations in which his state takes part; the centre's staff sees all."""
    state = state_of(by)
    return [row for row in operations()[:200] if not state or state in row.states]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What lies here for a member, sealed: this node carries it and cannot read it."""

    partner: Partner
    items: int
    bytes: int
    limit: int


def mailboxes() -> tuple[Mailbox, ...]:
    """Give the members for whom a mailbox is held, by code."""
    counted = Held.objects.order_by().values_list("partner").annotate(items=Count("pk"), bytes=Sum("size"))
    held = {partner: (items, size) for partner, items, size in counted}
    return tuple(
        Mailbox(one, *held.get(one.pk, (0, 0)), one.relayed_bytes)
        for one in Partner.objects.filter(relayed_bytes__gt=0, state__in=("active", "suspended"))
    )


def agreements_in_force() -> QuerySet[AgreementVersion]:
    """Give the agreements that are in force, by partner."""
    rows = AgreementVersion.objects.filter(state="in_force").select_related("partner__country")
    return rows.order_by("partner__code", "agreement")


def authorities(at: dt.date | None = None) -> QuerySet[Authority]:
    """Give the competent authorities that are so on a day, by state."""
    day = at or timezone.localdate()
    rows = Authority.objects.select_related("country").filter(valid_from__lte=day)
    return rows.exclude(valid_until__lt=day)


def organisations() -> QuerySet[Organisation]:
    """Give the partner organisations by name."""
    return Organisation.objects.all()


def nodes_of(state: str) -> list[Agreed]:
    """Give the partners of a state with whom something is in force, by code."""
    return [one for one in agreed_partners() if one.party.country == state]


def has_node(state: str) -> bool:
    """Tell whether a state has an active partner."""
    return Partner.objects.filter(country_id=state, state="active").exists()


def covering(agreed: Agreed, kind: str, at: dt.datetime) -> tuple[Agreement, str] | None:
    """Give the agreement under which a kind of message goes to a partner, and the purpose; None where none does."""
    for purpose in PURPOSES:
        if found := agreed.covering(purpose=purpose, kind=kind, at=at):
            return found, purpose
    return None


def authority_of(authority_id: int) -> Authority | None:
    """Give one row of the register; None if there is no such."""
    return Authority.objects.filter(pk=authority_id).first()
