"""What other bureaus ask this one to confirm: records of our own state."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotAllowed
from elchi.exchange.agreement import Permit
from elchi.exchange.message import Message
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import VERSION, ConfirmBody
from elchi.modules.interpol.confirmation import ANSWERS, URGENT
from elchi.modules.interpol.models import ConfirmationRequest
from elchi.modules.interpol.rules import CONFIRM_LIFETIME, InterpolRight
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import asked_from_wire, asked_to_wire, mark_of
from elchi.node.audit.actor import NODE
from elchi.node.audit.queries import is_noted
from elchi.node.audit.services import record
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreement_of, own_party, party_of
from elchi.node.federation.services import send_message
from elchi.node.officers.acting import Acting

CONFIRMED: Final = "interpol.confirmed"


def receive_request(*, message: Message, partner: Partner, told: ConfirmBody, at: dt.datetime) -> ConfirmationRequest:
    """Keep what another bureau asks, in the transaction in which it is accepted."""
    row = ConfirmationRequest.objects.create(
        partner=partner, message_id=message.id, thread=message.thread, agreement=message.agreement,
        purpose=message.purpose, reference=told.reference, record=told.record, reported=told.reported,
        subject=asked_to_wire(told.asked), came_at=at, due_at=message.deadline or at + URGENT,
        keep_until=message.retention_until,
    )  # fmt: skip
    record(
        InterpolVerb.RECEIVE_REQUEST, by=NODE, on=_on(row), subject=mark_of(told.asked), purpose=message.purpose,
        agreement=message.agreement, partner=partner.code,
    )  # fmt: skip
    return row


def forget_request(*, message_id: str, partner: Partner, at: dt.datetime) -> None:
    """Remove what was asked with a message that its sender took back."""
    rows = ConfirmationRequest.objects.filter(partner=partner, message_id=message_id)
    rows.update(withdrawn_at=at, subject=None, record="")


@transaction.atomic
def read_request(*, by: Acting, request_id: int) -> ConfirmationRequest:
    """Open what another bureau asks; the audit has it once in ten minutes.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `request_unknown`.
    """
    by.require(InterpolRight.HIT_SEE)
    row = queries.request_of(request_id)
    if not is_noted(by, InterpolVerb.READ_REQUEST, _on(row)):
        record(InterpolVerb.READ_REQUEST, by=by, on=_on(row), subject=_mark(row), purpose=row.purpose)
    return row


@transaction.atomic
def answer_request(*, by: Acting, request_id: int, answer: str) -> ConfirmationRequest:
    """Say whether a record of our state holds for what another bureau has before it.

    Args:
        by: who says so.
        request_id: which.
        answer: `confirmed` or `refuted`.

    Raises:
        NotAllowed: `right_missing`; `not_covered`, `agreement_missing`.
        NotFound: `request_unknown`.
        Conflict: `request_answered`: it has been, or was taken back.
    """
    by.require(InterpolRight.HIT_WORK)
    row, now = queries.request_of(request_id, change=True), timezone.now()
    if row.answer or row.withdrawn_at or answer not in ANSWERS:
        raise Conflict("request_answered", request=request_id)
    permit = _permit(row, answer, now)
    row.answer, row.answered_at, row.answered_by = answer, now, by.name
    row.save()
    send_message(by=by, draft=_draft(row, permit))
    record(
        InterpolVerb.ANSWER_REQUEST, by=by, on=_on(row), subject=_mark(row), purpose=row.purpose,
        agreement=permit.agreement, partner=row.partner.code, answer=answer,
    )  # fmt: skip
    return row


def _permit(row: ConfirmationRequest, answer: str, now: dt.datetime) -> Permit:
    agreement = agreement_of(row.agreement, partner=row.partner.code)
    if agreement is None:
        raise NotAllowed("agreement_missing", kind=CONFIRMED, partner=row.partner.code)
    return agreement.permit(
        None, sender=own_party(), receiver=party_of(row.partner), purpose=row.purpose, kind=CONFIRMED, at=now,
        details={"answer": answer, "reference": row.reference},
    )  # fmt: skip


def _draft(row: ConfirmationRequest, permit: Permit) -> Draft:
    return Draft(
        to=row.partner.code, kind=CONFIRMED, body={"v": VERSION, **permit.body}, agreement=permit.agreement,
        purpose=row.purpose, thread=row.thread, re=row.message_id, lifetime=CONFIRM_LIFETIME,
        handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward, on=_on(row),
    )  # fmt: skip


def _mark(row: ConfirmationRequest) -> str:
    return mark_of(asked_from_wire(row.subject)) if row.subject else ""


def _on(row: ConfirmationRequest) -> str:
    return f"interpol_request:{row.pk}"
