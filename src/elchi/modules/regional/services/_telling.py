"""To tell the nodes of states something under their agreements, and note where nothing went and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from elchi.errors import ElchiError, NotAllowed
from elchi.exchange.agreement import Permit
from elchi.exchange.message import Lane
from elchi.modules.regional.models import Told
from elchi.modules.regional.queries import covering, has_node, nodes_of
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Outgoing
from elchi.node.federation.queries.agreements import own_party
from elchi.node.federation.services import send_message
from elchi.node.officers.acting import Acting

VERSION: Final = 1
_SETTLED: Final = {"delivered": "delivered", "rejected": "rejected", "expired": "expired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is to be told."""

    kind: str
    detail: str
    """Name of the detail that agreements allow: all stands in it."""
    body: Mapping[str, Any]
    lane: Lane
    on: str
    """What it is about here, as in the audit."""
    lifetime: dt.timedelta


def tell_states(by: Acting, states: Sequence[str], saying: Saying, *, at: dt.datetime) -> list[Told]:
    """Tell each node of some states, in the transaction of the caller; give a row for each, not saved yet.

    One that cannot be told keeps the others from nothing: its row has the reason.
    """
    return [row for state in states for row in _tell_state(by, state, saying, at)]


def _tell_state(by: Acting, state: str, saying: Saying, at: dt.datetime) -> Iterator[Told]:
    agreed = nodes_of(state)
    if not agreed:
        yield Told(country=state, state="not_covered" if has_node(state) else "no_node")
    for one in agreed:
        found = covering(one, saying.kind, at)
        if found is None:
            yield Told(country=state, partner=one.party.node, state="not_covered")
            continue
        agreement, purpose = found
        try:
            permit = agreement.permit(
                None, sender=own_party(), receiver=one.party, purpose=purpose, kind=saying.kind, at=at,
                details={saying.detail: dict(saying.body)},
            )  # fmt: skip
            if saying.detail not in permit.details:
                raise NotAllowed(
                    "not_covered", agreement=agreement.name, rule="agreed_field", clause=permit.clause,
                    field=saying.detail,
                )  # fmt: skip
            with transaction.atomic():
                sent = send_message(by=by, draft=_draft(permit, one.party.node, purpose, saying))
        except ElchiError as error:
            refused = "not_covered" if error.code == "not_covered" else "rejected"
            yield Told(
                country=state, partner=one.party.node, agreement=agreement.name, state=refused, code=error.code
            )  # fmt: skip
        else:
            yield Told(
                country=state, partner=one.party.node, agreement=agreement.name, message_id=sent.message_id
            )  # fmt: skip


def _draft(permit: Permit, partner: str, purpose: str, saying: Saying) -> Draft:
    return Draft(
        to=partner,
        kind=saying.kind,
        body={"v": VERSION, **permit.body},
        lane=saying.lane,
        agreement=permit.agreement,
        purpose=purpose,
        lifetime=saying.lifetime,
        handling=permit.conditions.handling,
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        on=saying.on,
    )


def note_told(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note of what a receipt says of something that was told."""
    Told.objects.filter(message_id=outgoing.message_id, state__in=("queued", "expired")).update(
        state=_SETTLED[outcome], code=code if outcome != "delivered" else ""
    )
