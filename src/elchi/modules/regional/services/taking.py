"""Reports of members, taken from the messages of the exchange; the worker does it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.modules.regional.models import EarlyWarning, Entity, InboxItem, Report, Taken
from elchi.modules.regional.reading import REPORT, read_report
from elchi.modules.regional.services.space import erase
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.federation.models import Incoming
from elchi.node.federation.queries.agreements import agreement_of

AT_ONCE: Final = 500
_THERE: Final = ("accepted", "opened")
_AFTER: Final = dt.timedelta(days=365)
"""For so long a warning stays after it ended: the bulletin of the year names it."""


@transaction.atomic
def take_reports() -> int:
    """Take the reports that came since, and let go of those that their senders took back; give how many came.

    Whoever handles the kind `report` here has read and accepted it, under its agreement; who names a person under one
    that lets no name go was refused there. So this only reads on.
    """
    mark, _ = Taken.objects.select_for_update().get_or_create(pk=1)
    rows = Incoming.objects.filter(kind=REPORT, pk__gt=mark.incoming).select_related("partner").order_by("pk")
    came = 0
    for row in rows[:AT_ONCE]:
        mark.incoming = row.pk
        if row.state in _THERE and row.body:
            came += _take(row)
    mark.save()
    gone = _let_go()
    if came or gone:
        record(RegionalVerb.TAKE_REPORTS, by=NODE, on="reports:regional", came=came, gone=gone)
    return came


@transaction.atomic
def apply_regional_retention() -> int:
    """Remove what is kept no longer; give how many. The worker does it."""
    today, now = timezone.now().date(), timezone.now()
    reports, _ = Report.objects.filter(retention_until__lt=today).delete()
    warnings, _ = EarlyWarning.objects.filter(valid_until__lt=now - _AFTER).delete()
    entities = list(Entity.objects.filter(keep_until__lt=today))
    for row in entities:
        erase(row, by=NODE)
    return reports + warnings + len(entities)


def _take(row: Incoming) -> int:
    known = Report.objects.filter(partner=row.partner, thread=row.thread).first()
    if known and known.sent_at >= row.sent_at:
        return 0
    body: dict[str, Any] = json.loads(bytes(row.body or b""))
    country = str(row.partner.country_id or "")
    read = read_report(body, country=country, sent_on=row.sent_at.date())
    agreement = agreement_of(row.agreement, partner=row.partner.code)
    told = {name: value for name, value in body.items() if name not in ("v", "nominal", "subject")}
    values = {
        "country": country, "message_id": row.message_id, "agreement": row.agreement,
        "for_members": agreement is not None and agreement.onward == "parties", "event_kind": read.event_kind,
        "event_day": read.event_day, "border": read.border, "states": list(read.states),
        "goods": [one.to_json() for one in read.goods], "is_led": read.is_led, "told": told, "sent_at": row.sent_at,
        "retention_until": row.retention_until,
    }  # fmt: skip
    report, _ = Report.objects.update_or_create(partner=row.partner, thread=row.thread, defaults=values)
    InboxItem.objects.filter(report=report).delete()
    states = [one for one in read.states if one == country or report.for_members]
    InboxItem.objects.bulk_create(InboxItem(country=one, kind="report", report=report) for one in states)
    return 1


def _let_go() -> int:
    """Remove the reports that were taken back."""
    withdrawn = Incoming.objects.filter(kind=REPORT, state="withdrawn").order_by()
    count, _ = Report.objects.filter(message_id__in=withdrawn.values("message_id")).delete()
    return count
