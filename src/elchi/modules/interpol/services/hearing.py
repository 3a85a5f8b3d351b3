"""A question of another node, of which this one is the bureau: admitted, asked, answered, its hits kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from elchi.errors import NotAllowed, NotFound
from elchi.exchange.agreement import Permit
from elchi.exchange.message import Message
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import VERSION, answer_details, asked_in
from elchi.modules.interpol.gateway import Told
from elchi.modules.interpol.models import AccessPoint, HitConfirmation, Query
from elchi.modules.interpol.question import Asked
from elchi.modules.interpol.rules import QUERY_LIFETIME
from elchi.modules.interpol.services._answers import keep_answer, tell
from elchi.modules.interpol.services.asking import check_access, question_of
from elchi.modules.interpol.wire import mark_of, shown_as
from elchi.node.audit.actor import NODE
from elchi.node.checks.rules import check_purpose
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreement_for, agreement_of, own_party, party_of
from elchi.node.federation.services import send_message

ANSWER: Final = "interpol.answer"
PROGRESS: Final = "interpol.progress"


@dataclass(frozen=True, slots=True)
class Heard:
    """A question that was admitted, with what the sides answered."""

    query: Query
    """Not saved yet."""
    asked: Asked
    told: Told


def hear_query(*, message: Message, partner: Partner, at: dt.datetime) -> Heard:
    """Look whether a partner may ask this, and ask both sides.

    Raises:
        NotFound: `access_point_unknown`: no access point is this partner.
        NotAllowed: `access_refused`; `not_covered`: the agreement lets no answer go.
        InvalidInput: `question_invalid`, `purpose_unknown`, `document_key_invalid`, `mark_invalid`.
    """
    asked, point = asked_in(message), _point_of(partner)
    query = Query(
        question=message.id, message_id=message.id, agreement=message.agreement, point=point, by=partner.code,
        via="partner", kind=asked.kind, purpose=check_purpose(message.purpose), mark=mark_of(asked),
        shown=shown_as(asked), asked_at=at,
    )  # fmt: skip
    check_access(query, point)
    _permit(message.agreement, partner, message.purpose, ANSWER, {}, at)
    began = perf_counter()
    told = tell(question_of(query, asked, point), at)
    query.took_ms = round(1000 * (perf_counter() - began), 1)
    return Heard(query, asked, told)


def answer_query(*, message: Message, partner: Partner, heard: Heard, at: dt.datetime) -> Query:
    """Keep a question and put its answer into the outbox, in the transaction in which it is accepted."""
    query = keep_answer(NODE, heard.query, heard.asked, heard.told, at)
    details = answer_details(heard.told, query.reference)
    permit = _permit(message.agreement, partner, message.purpose, ANSWER, details, at)
    send_message(by=NODE, draft=_draft(ANSWER, query, permit, message.thread))
    return query


def tell_progress(hit: HitConfirmation, step: str, at: dt.datetime) -> None:
    """Tell the node that asked how far the confirmation is, in the transaction of the caller, where it may be told.

    A node with which no agreement is in force any more learns it by telephone.
    """
    query = hit.query
    partner = query.point.partner if query.point else None
    if partner is None or partner.state != "active":
        return
    agreement = agreement_for(partner.code, purpose=query.purpose, kind=PROGRESS, at=at, outgoing=True)
    if agreement is None:
        return
    details = {"step": step, "reference": hit.number}
    permit = _permit(agreement.name, partner, query.purpose, PROGRESS, details, at)
    send_message(by=NODE, draft=_draft(PROGRESS, query, permit, ""))


def _point_of(partner: Partner) -> AccessPoint:
    point = queries.points().filter(partner=partner).first()
    if point is None:
        raise NotFound("access_point_unknown", point=partner.code)
    return point


def _permit(
    name: str, partner: Partner, purpose: str, kind: str, details: Mapping[str, object], at: dt.datetime
) -> Permit:
    agreement = agreement_of(name, partner=partner.code)
    if agreement is None:
        raise NotAllowed("agreement_missing", kind=kind, partner=partner.code)
    return agreement.permit(
        None, sender=own_party(), receiver=party_of(partner), purpose=purpose, kind=kind, at=at, details=details
    )


def _draft(kind: str, query: Query, permit: Permit, thread: str) -> Draft:
    return Draft(
        to=query.point.partner.code, kind=kind, body={"v": VERSION, **permit.body}, agreement=permit.agreement,
        purpose=query.purpose, thread=thread, re=query.message_id, lifetime=QUERY_LIFETIME,
        handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward, on=f"query:{query.pk}",
    )  # fmt: skip
