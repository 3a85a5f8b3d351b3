"""Verbs of reports to partners: tell them of an incident, take it back; and what is done with theirs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict
from elchi.exchange.message import Message
from elchi.modules.operations.models import Incident, ReportReceived, ReportSent
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.reported import REPORT, Telling, sent_of, tellings_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.telling import VERSION, Heard
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.services import send_messages, withdraw_message
from elchi.node.officers.acting import Acting

_OVER = ("rejected", "expired", "withdrawn")


@transaction.atomic
def send_report(*, by: Acting, incident_id: int, is_nominal: bool = False) -> tuple[ReportSent, ...]:
    """Tell every partner whose agreement covers it of an incident, as far as it does; not twice of one version.

    Args:
        by: who tells.
        incident_id: the incident.
        is_nominal: with who was in it and which vehicles: only to those whose agreement names that.

    Raises:
        NotAllowed: `right_missing`, `nominal_refused` with the clause.
        NotFound: `incident_unknown`.
        Conflict: `incident_withdrawn`; `report_uncovered`: no agreement covers reports; `report_known`: all were told.
    """
    by.require(OperationsRight.REPORT_SEND)
    if is_nominal:
        by.require(OperationsRight.INCIDENT_SEE)
    wait_turn()
    row = incident_of(incident_id)
    if row.withdrawn_at:
        raise Conflict("incident_withdrawn", incident=incident_id)
    tellings = list(tellings_of(row, timezone.now(), is_nominal=is_nominal))
    if not tellings:
        raise Conflict("report_uncovered", incident=incident_id)
    last = _last_sent(row)
    new = [one for one in tellings if not _is_told(last.get(one.partner), row.version, is_nominal=is_nominal)]
    if not new:
        raise Conflict("report_known", incident=incident_id)
    sent = send_messages(by=by, drafts=[_draft(one, row, last.get(one.partner)) for one in new])
    rows = [
        ReportSent(
            incident=row, partner=one.partner, message_id=message.message_id, thread=message.thread,
            version=row.version, agreement=one.permit.agreement, clause=one.permit.clause,
            fields=sorted(one.permit.details), kept=one.kept, is_nominal=is_nominal, by=by.name,
        )
        for one, message in zip(new, sent, strict=True)
    ]  # fmt: skip
    ReportSent.objects.bulk_create(rows)
    for one in rows:
        record(
            OperationsVerb.SEND_REPORT, by=by, on=f"incident:{row.pk}", agreement=one.agreement, partner=one.partner,
            fields=one.fields, nominal=is_nominal, version=one.version,
        )  # fmt: skip
    return tuple(rows)


def take_back_reports(*, by: Acting, row: Incident) -> int:
    """Take back what was told of an incident that counts no more; give how much. It is called when one is withdrawn."""
    taken = 0
    for one in sent_of(row).exclude(state__in=_OVER):
        try:
            withdraw_message(by=by, message_id=one.message_id, to=one.partner)
        except Conflict:  # it was refused or has expired: nothing of it lies there
            continue
        ReportSent.objects.filter(pk=one.pk).update(state="withdrawn")
        taken += 1
    if taken:
        record(OperationsVerb.TAKE_BACK_REPORT, by=by, on=f"incident:{row.pk}", messages=taken)
    return taken


def receive_report(*, message: Message, partner: Partner, heard: Heard) -> ReportReceived:
    """Keep what a partner reports, in the transaction in which it is accepted; what is older than what is here counts
    as said, and changes nothing.
    """
    by = Actor(name=f"partner:{partner.code}", via="partner")
    told: dict[str, Any] = {
        "message_id": message.id, "agreement": message.agreement, "event_kind": heard.event_kind,
        "event_date": heard.event_date, "border": heard.border, "crossing": heard.crossing, "told": dict(heard.told),
        "nominal": heard.nominal, "sent_at": message.sent_at, "retention_until": message.retention_until,
    }  # fmt: skip
    row = ReportReceived.objects.filter(partner=partner.code, thread=message.thread).first()
    if row is None:
        row = ReportReceived(partner=partner.code, thread=message.thread, first_at=timezone.now(), **told)
    else:
        row.versions += 1
        if message.sent_at > row.sent_at:
            for name, value in told.items():
                setattr(row, name, value)
    row.save()
    record(
        OperationsVerb.RECEIVE_REPORT, by=by, on=f"report:{row.pk}", agreement=message.agreement,
        purpose=message.purpose, fields=sorted(heard.told), nominal=heard.nominal is not None,
    )  # fmt: skip
    return row


def note_report_settled(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note of what became of a report of ours."""
    row = ReportSent.objects.filter(message_id=outgoing.message_id).exclude(state="withdrawn").first()
    if row is not None:
        row.state, row.code = outcome, code[:64]
        row.save(update_fields=["state", "code"])
        record(OperationsVerb.SETTLE_REPORT, by=NODE, on=f"incident:{row.incident_id}", outcome=outcome, code=code)


def forget_report(*, message_id: str, partner: Partner) -> None:
    """Remove what came of a report that its sender took back."""
    by = Actor(name=f"partner:{partner.code}", via="partner")
    for row in ReportReceived.objects.filter(partner=partner.code, message_id=message_id):
        on = f"report:{row.pk}"
        row.delete()
        record(OperationsVerb.FORGET_REPORT, by=by, on=on, why="withdrawn")


def _last_sent(row: Incident) -> dict[str, ReportSent]:
    """Give the last that each partner was told of an incident."""
    return {one.partner: one for one in sent_of(row).order_by("id")}


def _is_told(last: ReportSent | None, version: int, *, is_nominal: bool) -> bool:
    return (
        last is not None and last.version == version and last.state not in _OVER and (last.is_nominal or not is_nominal)
    )


def _draft(one: Telling, row: Incident, last: ReportSent | None) -> Draft:
    permit = one.permit
    return Draft(
        to=one.partner, kind=REPORT, body={"v": VERSION, **permit.body}, agreement=permit.agreement,
        purpose=one.purpose, thread=last.thread if last else "", re=last.message_id if last else "",
        handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward, on=f"incident:{row.pk}",
    )  # fmt: skip
