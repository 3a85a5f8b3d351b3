"""Verbs of alerts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.findings import alerts_for, subject_mark_of
from elchi.node.checks.models import Alert
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


@transaction.atomic
def read_alert(*, by: Acting, alert_id: int) -> Alert:
    """Take note of an alert, for all of the agency; of one that was read already nothing changes.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `alert_unknown`, also for one of another agency.
    """
    by.require(Right.ALERT_SEE)
    alert = alerts_for(by).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound("alert_unknown", alert=alert_id)
    if alert.read_at is None:
        alert.read_at, alert.read_by = timezone.now(), by.officer
        alert.save(update_fields=["read_at", "read_by"])
        check = alert.finding.owner
        mark, on = subject_mark_of(check), f"alert:{alert.pk}"
        record(Verb.READ_ALERT, by=by, on=on, subject=mark, purpose=check.purpose, kind=alert.kind, check=check.pk)
    return alert
