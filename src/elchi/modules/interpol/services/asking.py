"""To ask INTERPOL's side: at the bureau itself, or from a node that asks its bureau."""

from __future__ import annotations

import datetime as dt
import uuid
from time import perf_counter
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.exchange.agreement import Agreement, Permit, unmasked
from elchi.exchange.message import Message
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import VERSION, read_answer_body
from elchi.modules.interpol.gateway import ask_in_turn
from elchi.modules.interpol.models import Query, QueryAnswer
from elchi.modules.interpol.question import Asked, Firearm, Question
from elchi.modules.interpol.rules import ANSWER_WITHIN, QUERY_LIFETIME, InterpolRight
from elchi.modules.interpol.services._answers import answer_columns, guidance_of
from elchi.modules.interpol.services.admitting import check_access, question_of
from elchi.modules.interpol.services.online import keep_query
from elchi.modules.interpol.sides import QUERY, offline_side
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import asked_to_wire, mark_of, shown_as
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.checks.rules import check_purpose
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.queries.agreements import own_party, party_of
from elchi.node.federation.services import send_message
from elchi.node.here import here
from elchi.node.officers.acting import Acting

_SETTLED: Final = {"rejected": "refused", "expired": "expired"}


def ask(*, by: Acting, asked: Asked, purpose: str, question: str = "") -> Query:
    """Ask INTERPOL's side about a document, a person, a vehicle or a firearm.

    The offline copy of this node, if it has one, answers at once. Where the officer's office is an access point of this
    node, the online side is asked as soon as this is committed, and not waited for (`online.wait_for_online`).
    Elsewhere the bureau is asked through the exchange. What an access rule refuses is kept and written down before it
    is raised.

    Args:
        by: who asks.
        asked: what about.
        purpose: the legal reason, of `checks.rules.PURPOSES`.
        question: UUID, the same for each try of one question; made here where it is empty.

    Raises:
        NotAllowed: `right_missing`, `officers_only`; `access_refused` with its reason; `not_covered` with the clause.
        NotFound: `access_point_unknown`: neither is this office an access point, nor is there a bureau to ask.
        InvalidInput: `purpose_unknown`, `question_invalid`, `document_key_invalid`, `mark_invalid`.
        Conflict: `question_taken`: another question has this id.
    """
    by.require(InterpolRight.ASK)
    check_purpose(purpose)
    now = timezone.now()
    head = _head(by, asked, purpose, _id_of(question), now)
    if question and (before := _asked_before(head)):
        return before
    point = queries.point_for(by)
    if point is None:
        return _ask_bureau(by, head, asked, now)
    head.point = point
    _admit(by, head)
    began = perf_counter()
    copied = ask_in_turn(question_of(head, asked, point), online=None, offline=offline_side(now))
    head.took_ms = _milliseconds(began)
    with transaction.atomic():
        return keep_query(by, head, asked, copied)


def record_bureau_answer(*, message: Message, partner: Partner, at: dt.datetime) -> Query:
    """Write down what the bureau answers, in the transaction in which it is accepted.

    Raises:
        InvalidInput: `answer_invalid`.
        NotFound: `answer_unasked`: this node has not asked that of this partner.
        Conflict: `answered_already`.
    """
    told = read_answer_body(message.body, now=at)
    query = Query.objects.select_for_update().filter(message_id=message.re, bureau=partner).first()
    if query is None or not message.re:
        raise NotFound("answer_unasked")
    if query.state not in ("waiting", "expired"):
        raise Conflict("answered_already", state=query.state)
    QueryAnswer.objects.create(query=query, at=at, **told.columns)
    query.state, query.reference, query.guidance = "answered", told.reference, guidance_of(query)
    query.took_ms = (at - query.asked_at) / dt.timedelta(milliseconds=1)
    query.save()
    record(
        InterpolVerb.RECORD_ANSWER, by=NODE, on=f"query:{query.pk}", subject=query.mark, purpose=query.purpose,
        agreement=message.agreement, partner=partner.code, guidance=told.guidance, stale=told.stale,
    )  # fmt: skip
    return query


def note_settled(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note of what a receipt says of a question to the bureau: refused, or too late."""
    query = Query.objects.filter(bureau=outgoing.partner, message_id=outgoing.message_id, state="waiting").first()
    if query is None or outcome not in _SETTLED:
        return
    query.state, query.code = _SETTLED[outcome], code
    query.guidance = guidance_of(query)
    query.save()


def record_progress(*, message: Message, partner: Partner, step: str, at: dt.datetime) -> None:
    """Write down what the bureau tells of a confirmation.

    Raises:
        NotFound: `answer_unasked`.
    """
    query = Query.objects.select_for_update().filter(bureau=partner, message_id=message.re).first()
    if query is None or not message.re:
        raise NotFound("answer_unasked")
    query.progress, query.progress_at = step, at
    query.save(update_fields=["progress", "progress_at"])
    record(InterpolVerb.RECORD_PROGRESS, by=NODE, on=f"query:{query.pk}", subject=query.mark,
           agreement=message.agreement, partner=partner.code, step=step)  # fmt: skip


def _ask_bureau(by: Acting, head: Query, asked: Asked, now: dt.datetime) -> Query:
    found = queries.bureau_for(head.purpose, now)
    if found is None:
        raise NotFound("access_point_unknown", point=by.himself.office.code)
    head.bureau, agreement = found
    head.agreement = agreement.name
    permit = _permit(agreement, head, asked, now)
    question = Question(
        id=head.question, asked_at=now, country=here().country, access_point=here().code, purpose=head.purpose,
        subject=asked,
    )  # fmt: skip
    began = perf_counter()
    told = ask_in_turn(question, online=None, offline=offline_side(now))
    head.took_ms = _milliseconds(began)
    with transaction.atomic():
        _send(by, head, permit, now)
        head.save()
        if told.answer is not None:
            QueryAnswer.objects.create(query=head, at=now, **{**answer_columns(told), "source": "own_copy"})
            head.guidance = told.guidance
            head.save(update_fields=["guidance"])
        record(
            InterpolVerb.ASK, by=by, on=f"query:{head.pk}", subject=head.mark, purpose=head.purpose,
            agreement=permit.agreement, partner=head.bureau.code, kind=head.kind, guidance=head.guidance,
        )  # fmt: skip
    return head


def _permit(agreement: Agreement, head: Query, asked: Asked, now: dt.datetime) -> Permit:
    details = {Firearm.kind: asked_to_wire(asked)} if isinstance(asked, Firearm) else {}
    permit = agreement.permit(
        None if isinstance(asked, Firearm) else asked,
        sender=own_party(), receiver=party_of(head.bureau), purpose=head.purpose, kind=QUERY, at=now, details=details,
    )  # fmt: skip
    if not permit.details and (permit.subject is None or unmasked(permit.subject) is None):
        raise InvalidInput("question_invalid", field="subject", rule="nothing_left")
    return permit


def _send(by: Acting, head: Query, permit: Permit, now: dt.datetime) -> None:
    """Put the question into the outbox; a bureau that cannot be written to is noted, and keeps nobody from the copy."""
    draft = Draft(
        to=head.bureau.code, kind=QUERY, body={"v": VERSION, **permit.body}, agreement=permit.agreement,
        purpose=head.purpose, deadline=now + ANSWER_WITHIN, lifetime=QUERY_LIFETIME,
        handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
    )  # fmt: skip
    head.state = "waiting"
    try:
        with transaction.atomic():
            head.message_id = send_message(by=by, draft=draft).message_id
    except ElchiError as error:
        head.state, head.code = "refused", error.code


def _head(by: Acting, asked: Asked, purpose: str, question: str, now: dt.datetime) -> Query:
    return Query(
        question=question, officer=by.himself, by=by.name, via=by.via, kind=asked.kind, purpose=purpose,
        mark=mark_of(asked), shown=shown_as(asked), asked_at=now,
    )  # fmt: skip


def _id_of(text: str) -> str:
    if not text:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InvalidInput("question_invalid", field="id", rule="uuid") from None


def _asked_before(head: Query) -> Query | None:
    """Give the query that this one is again.

    Raises:
        Conflict: `question_taken`.
    """
    before = Query.objects.select_related("point", "bureau").filter(question=head.question).first()
    if before is None:
        return None
    if (before.officer_id, before.kind, before.mark, before.purpose) != (
        head.officer_id, head.kind, head.mark, head.purpose,
    ):  # fmt: skip
        raise Conflict("question_taken", question=head.question)
    return before


def _admit(by: Acting, head: Query) -> None:
    try:
        check_access(head, head.point)
    except NotAllowed as error:
        with transaction.atomic():
            head.state, head.code, head.reason = "refused", error.code, str(error.params["reason"])
            head.save()
            record(
                InterpolVerb.REFUSE_QUERY, by=by, on=f"query:{head.pk}", subject=head.mark, purpose=head.purpose,
                point=head.point.code, kind=head.kind, reason=head.reason,
            )  # fmt: skip
        raise


def _milliseconds(began: float) -> float:
    return round(1000 * (perf_counter() - began), 1)
