"""On what a message of the desk rests: the agreement, its clause, and what of it may go. The system chooses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from elchi.errors import NotAllowed
from elchi.exchange.agreement import FieldDecision, Permit
from elchi.exchange.conversation import Act
from elchi.exchange.message import Evaluation, Handling, Lane
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.liaison.models import Conversation
from elchi.node.liaison.rules import FAST
from elchi.node.liaison.wire import HEAD, VERSION, Spoken, details_of
from elchi.seal.part import Part

REQUEST = "request"
REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A partner who may be asked, and for which purposes."""

    code: str
    name: str
    country: str
    purposes: tuple[str, ...]


def may_be_asked(purposes: Sequence[str], at: dt.datetime) -> tuple[Addressee, ...]:
    """Give the partners with whom an agreement in force covers requests, and for which of these purposes."""
    found = []
    names = dict(Partner.objects.filter(state="active").values_list("code", "name"))
    for agreed in agreed_partners():
        covered = tuple(one for one in purposes if agreed.covering(purpose=one, kind=REQUEST, at=at))
        if covered:
            party = agreed.party
            found.append(Addressee(code=party.node, name=names[party.node], country=party.country, purposes=covered))
    return tuple(found)


def permit_for(row: Conversation, spoken: Spoken, *, kind: str, files: bool, at: dt.datetime) -> Permit:
    """Give what of something said may go to the partner of a conversation, by which clause of which agreement.

    Raises:
        NotAllowed: `agreement_missing`; `not_covered`: nothing of it may go.
    """
    agreed = next((one for one in agreed_partners() if one.partner == row.partner_id), None)
    agreement = agreed.covering(purpose=row.purpose, kind=kind, at=at) if agreed else None
    if agreed is None or agreement is None:
        raise NotAllowed("agreement_missing", kind=kind, partner=row.partner.code)
    details: dict[str, Any] = details_of(spoken) | ({"files": True} if files else {})
    permit = agreement.permit(
        spoken.subject, sender=own_party(), receiver=agreed.party, purpose=row.purpose, kind=kind, at=at,
        details=details,
    )  # fmt: skip
    stays = [one for one in permit.detail_decisions if one.field in (HEAD, "files") and one.field not in permit.details]
    if stays:
        raise _refused(permit, stays[0])
    if spoken.subject is not None and permit.subject is None:
        raise _refused(permit, permit.decisions[0])
    return permit


def _refused(permit: Permit, decision: FieldDecision) -> NotAllowed:
    return NotAllowed(
        "not_covered", agreement=permit.agreement, rule="agreed_field", clause=decision.clause, field=decision.field
    )


def draft_of(row: Conversation, spoken: Spoken, permit: Permit, *, re: str, files: Sequence[Part]) -> Draft:
    """Give something said as a message: what the permit gives, and nothing else."""
    partner: Partner = row.partner
    opens = spoken.act is Act.ASK and not re
    told = {name: value for name, value in permit.body.items() if name != "files"}
    return Draft(
        to=partner.code,
        kind=REQUEST if opens else REPLY,
        body={"v": VERSION, **told},
        lane=Lane.QUESTION if row.urgency in FAST else Lane.REPORT,
        agreement=permit.agreement,
        purpose=row.purpose,
        thread="" if opens else row.thread,
        re=re,
        deadline=row.due_at if opens else None,
        handling=Handling(code=row.handling, tlp=row.tlp, conditions=row.conditions).stricter(
            permit.conditions.handling
        ),
        evaluation=evaluation_of(row.evaluation) if opens else None,
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        files=tuple(files),
        on=f"conversation:{row.pk}",
    )


def evaluation_of(text: str) -> Evaluation | None:
    """Read an evaluation as a row keeps it: `4x4 B 2`."""
    if not text:
        return None
    scheme, source, information = text.split(" ")
    return Evaluation(scheme=scheme, source=source, information=information)


def evaluation_text(told: Evaluation | None) -> str:
    """Write an evaluation as a row keeps it."""
    return f"{told.scheme} {told.source} {told.information}" if told else ""
