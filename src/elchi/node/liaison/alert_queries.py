"""Reads of alerts: each shows only those that are for the agency of who looks."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from elchi.errors import NotFound
from elchi.node.directory.models import Agency
from elchi.node.federation.models import Outgoing
from elchi.node.liaison.models import AlertReader, OfficeAlert
from elchi.node.liaison.queries import REACHED
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right, Role


@dataclass(frozen=True, slots=True)
class Told:
    """An agency of this node or an office of a partner, and how far the alert is there."""

    name: Any
    """Row of the agency or partner; None for an agency that the directory does not know."""
    whom: str
    state: str
    """`queued`, `sent`, `delivered`, `read`, `acknowledged`, `refused`, `expired`, `withdrawn`, `not_sent`."""
    at: dt.datetime | None
    seconds: int | None
    """From when it was there, or sent, until it was read."""
    officer: str
    code: str


def may_see_alerts(by: Acting) -> bool:
    """Tell whether an officer sees alerts at all: at the desk, and at the window where the van arrives."""
    return by.officer is not None and (by.may(Right.DESK_SEE) or by.may(Right.CHECK_SUBMIT))


def alerts_for(by: Acting) -> QuerySet[OfficeAlert]:
    """Give the alerts that are for an officer's agency, newest first; an auditor sees all."""
    rows = OfficeAlert.objects.select_related("partner")
    if not may_see_alerts(by):
        return rows.none()
    if Role.AUDITOR in by.himself.roles:
        return rows
    seen = AlertReader.objects.filter(partner=None, agency=by.agency).values("alert")
    return rows.filter(pk__in=seen) | rows.filter(agencies=[])


def is_for(by: Acting, thread: str) -> bool:
    """Tell whether the alert of a thread is for an officer's agency."""
    return bool(thread) and alerts_for(by).filter(thread=thread).exists()


def alert_for(by: Acting, alert_id: int) -> OfficeAlert:
    """Give an alert that is for an officer's agency.

    Raises:
        NotFound: `office_alert_unknown`.
    """
    row = alerts_for(by).filter(pk=alert_id).first()
    if row is None:
        raise NotFound("office_alert_unknown", alert=alert_id)
    return row


def standing_for(by: Acting, at: dt.datetime) -> list[OfficeAlert]:
    """Give the alerts that stand now for an officer's agency, those not acknowledged by it first."""
    rows = list(alerts_for(by).filter(state="standing", expires_at__gt=at)[:50])
    told = AlertReader.objects.filter(alert__in=rows, partner=None, agency=by.agency, acknowledged_at__isnull=False)
    done = set(told.values_list("alert", flat=True))
    for row in rows:
        row.is_noted = row.pk in done  # type: ignore[attr-defined]  # read by the pages
    return sorted(rows, key=lambda row: (row.pk in done, -row.pk))


def stamp_of_alerts(rows: list[OfficeAlert]) -> str:
    """Give what tells whether a page shows the alerts as they stand."""
    told = " ".join(f"{row.pk}{getattr(row, 'is_noted', '')}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def readers_of(alert: OfficeAlert) -> list[Told]:
    """Give how far an alert is with each agency of this node and each office it went to."""
    readers = list(alert.readers.select_related("partner"))
    agencies = {one.code: one for one in Agency.objects.filter(code__in=[one.agency for one in readers])}
    sent = {row.message_id: row for row in Outgoing.objects.filter(message_id__in=[one.message for one in readers])}
    return [_across(one, sent.get(one.message)) if one.partner else _here(alert, one, agencies) for one in readers]


def _here(alert: OfficeAlert, one: AlertReader, agencies: dict[str, Agency]) -> Told:
    state = "acknowledged" if one.acknowledged_at else "read" if one.read_at else "delivered"
    at = one.acknowledged_at or one.read_at or alert.came_at
    return Told(agencies.get(one.agency), one.agency, state, at, _seconds(alert.came_at, one.read_at), one.officer, "")


def _across(one: AlertReader, sent: Outgoing | None) -> Told:
    if sent is None:
        return Told(one.partner, one.partner.code, "not_sent", None, None, "", one.code)
    read_at = sent.opened_at or one.acknowledged_at
    state = "acknowledged" if one.acknowledged_at else REACHED[sent.state]
    at = one.acknowledged_at or sent.opened_at or sent.delivered_at
    seconds = _seconds(sent.created_at, read_at)
    return Told(one.partner, one.partner.code, state, at, seconds, one.officer, sent.code)


def _seconds(since: dt.datetime, until: dt.datetime | None) -> int | None:
    return max(0, round((until - since).total_seconds())) if until else None
