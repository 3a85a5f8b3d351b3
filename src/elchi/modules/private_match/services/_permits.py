"""What an agreement lets go of a private match: one field, `match`, and beside it a desk to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Permit
from elchi.exchange.message import Lane
from elchi.node.checks.answers import contact_for
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreement_for, agreement_of, own_party, party_of

VERSION: Final = 1
"""Of the bodies."""
LIFETIME: Final = dt.timedelta(days=7)
ANSWER_WITHIN: Final = dt.timedelta(hours=1)


def permit_to(
    partner: Partner, *, kind: str, purpose: str, at: dt.datetime, match: Mapping[str, Any], agreement: str = ""
) -> Permit:
    """Give what may go to a partner.

    Args:
        partner: who.
        kind: of message.
        purpose: for which it was asked.
        at: now.
        match: the body.
        agreement: `id:version` that was asked under; empty to choose one in force.

    Raises:
        NotAllowed: `agreement_missing`; `not_covered` with the clause.
    """
    if agreement:
        found = agreement_of(agreement, partner=partner.code)
    else:
        found = agreement_for(partner.code, purpose=purpose, kind=kind, at=at, outgoing=True)
    if found is None:
        raise NotAllowed("agreement_missing", kind=kind, partner=partner.code)
    desk = contact_for("", at)
    permit = found.permit(
        None, sender=own_party(), receiver=party_of(partner), purpose=purpose, kind=kind, at=at,
        details={"match": match, **({"contact": desk} if desk else {})},
    )  # fmt: skip
    if "match" not in permit.details:
        raise NotAllowed("not_covered", agreement=found.name, rule="agreed_field", clause=permit.clause, field="match")
    return permit


def draft_of(  # noqa: PLR0913  a message is to whom, what, why, where it belongs
    permit: Permit, partner: Partner, *, kind: str, purpose: str, on: str, lane: Lane | None = None, thread: str = "",
    re: str = "", deadline: dt.datetime | None = None,
) -> Draft:  # fmt: skip
    """Give what is permitted as a message."""
    return Draft(
        to=partner.code,
        kind=kind,
        body={"v": VERSION, **permit.body},
        lane=lane,
        agreement=permit.agreement,
        purpose=purpose,
        thread=thread,
        re=re,
        deadline=deadline,
        lifetime=LIFETIME,
        handling=permit.conditions.handling,
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        on=on,
    )
