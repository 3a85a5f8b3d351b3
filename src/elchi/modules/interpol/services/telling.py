"""What a bureau tells a node that asked: the answer, and how far the confirmation of a hit is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Permit
from elchi.modules.interpol.bodies import VERSION, BureauAnswer, answer_details
from elchi.modules.interpol.models import HitConfirmation, Query
from elchi.modules.interpol.rules import QUERY_LIFETIME
from elchi.modules.interpol.services._answers import answer_that_holds
from elchi.node.audit.actor import NODE
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreement_for, agreement_of, own_party, party_of
from elchi.node.federation.services import send_message

ANSWER: Final = "interpol.answer"
PROGRESS: Final = "interpol.progress"


def check_answerable(agreement: str, partner: Partner, purpose: str, at: dt.datetime) -> None:
    """Do nothing if the agreement under which a partner asks lets an answer go.

    Raises:
        NotAllowed: `not_covered`, `agreement_missing`.
    """
    _permit(agreement, partner, purpose, ANSWER, {}, at)


def tell_answer(query: Query, thread: str, at: dt.datetime) -> None:
    """Put the answer to a query of a partner into the outbox, in the transaction of the caller.

    Raises:
        NotAllowed: `not_covered`, `agreement_missing`: it was when it was asked.
    """
    holds = answer_that_holds(query)
    refusals = tuple(refusal for one in query.answers.all() for refusal in one.refusals)
    told = BureauAnswer(
        guidance=query.guidance, source=holds.source, copy_version=holds.copy_version,
        copy_issued_at=holds.copy_issued_at, stale=holds.stale, reference=query.reference, refusals=refusals,
    )  # fmt: skip
    permit = _permit(query.agreement, query.point.partner, query.purpose, ANSWER, answer_details(told), at)
    send_message(by=NODE, draft=_draft(ANSWER, query, permit, thread))


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
