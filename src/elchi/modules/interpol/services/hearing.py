"""A question of another node, of which this one is the bureau: admitted, asked, answered, its hits kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from time import perf_counter

from elchi.errors import NotFound
from elchi.exchange.message import Message
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import asked_in
from elchi.modules.interpol.gateway import Told, ask_in_turn
from elchi.modules.interpol.models import AccessPoint, Query
from elchi.modules.interpol.question import Asked
from elchi.modules.interpol.services.admitting import check_access, question_of
from elchi.modules.interpol.services.online import keep_query
from elchi.modules.interpol.services.telling import check_answerable
from elchi.modules.interpol.sides import offline_side
from elchi.modules.interpol.wire import mark_of, shown_as
from elchi.node.audit.actor import NODE
from elchi.node.checks.rules import check_purpose
from elchi.node.federation.models import Partner


@dataclass(frozen=True, slots=True)
class Heard:
    """A question that was admitted, with what the copy answered."""

    query: Query
    """Not saved yet."""
    asked: Asked
    copied: Told


def hear_query(*, message: Message, partner: Partner, at: dt.datetime) -> Heard:
    """Look whether a partner may ask this, and ask the copy.

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
    check_answerable(message.agreement, partner, message.purpose, at)
    began = perf_counter()
    copied = ask_in_turn(question_of(query, asked, point), online=None, offline=offline_side(at))
    query.took_ms = round(1000 * (perf_counter() - began), 1)
    return Heard(query, asked, copied)


def answer_query(*, message: Message, heard: Heard) -> Query:
    """Keep a question in the transaction in which it is accepted; it is answered once the online side was asked."""
    return keep_query(NODE, heard.query, heard.asked, heard.copied, thread=message.thread)


def _point_of(partner: Partner) -> AccessPoint:
    point = queries.points().filter(partner=partner).first()
    if point is None:
        raise NotFound("access_point_unknown", point=partner.code)
    return point
