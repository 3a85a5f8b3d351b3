"""A question of a partner: measured, screened and answered, and kept as a check of ours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.agreement import Permit, unmasked
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.answers import contact_for, reference_for
from elchi.node.checks.asking import VERSION
from elchi.node.checks.keeping import LOOKED_AT, Weighed, keep_check, marks_of_all, weigh
from elchi.node.checks.models import Answered, Check, FoundEntry
from elchi.node.checks.queries import retention_in_force
from elchi.node.checks.retention import needed_checks
from elchi.node.checks.rules import QUESTION_LIFETIME, QUESTIONS_AN_HOUR, check_purpose
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Incoming, Partner
from elchi.node.federation.queries.agreements import agreement_of, own_party, party_of
from elchi.node.federation.services import send_message
from elchi.node.here import here
from elchi.node.watchlists.queries import EntryFacts, facts_of, live
from elchi.node.watchlists.rules import may_be_told
from elchi.subjects import Subject, from_wire

ANSWER = "answer"
MAX_SUBJECT = 16 << 10
"""Characters of JSON: hundreds of names and documents; more is work for hours."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A question, screened, with the answer that may go."""

    subject: Subject
    weighed: Weighed
    marks: tuple[str, ...]
    lists: Mapping[str, int]
    took_ms: float
    permit: Permit
    """Of the answer."""
    at: dt.datetime


def screen_question(*, message: Message, partner: Partner, at: dt.datetime) -> Screened:
    """Screen what a partner asks about, against the lists that are for everybody here.

    Raises:
        NotAllowed: `agreement_missing`, `not_covered`: it lets no answer go; `too_many_questions`.
        InvalidInput: `question_invalid`, `purpose_unknown`; what the subject and `Screener.screen` raise.
        Conflict: `no_lists`, `list_missing`: a NO_HIT would be a lie.
    """
    _check_pace(message, partner, at)
    purpose, subject = check_purpose(message.purpose), _subject(message)
    lists, begun = live(), perf_counter()
    asking = {"purpose": purpose, "agency": ""}
    screening = lists.screen([subject], top=LOOKED_AT, **asking)
    took = round(1000 * (perf_counter() - begun), 1)
    marks = marks_of_all([subject])
    weighed = weigh(screening, marks=marks, now=at)
    permit = _permit(message, partner, _details(partner, weighed, at), at)
    return Screened(subject, weighed, marks, lists.numbers(**asking), took, permit, at)


def answer_question(*, message: Message, partner: Partner, screened: Screened) -> Answered:
    """Keep a question as a check and put its answer into the outbox, in the transaction in which it is accepted.

    What it found waits for our own second line, and owners of discreet entries are told: they learn who asked, and the
    partner does not learn of them.
    """
    told = screened.permit.details
    outcome, reference = str(told["outcome"]), str(told.get("reference", ""))
    check = _keep(message, partner, screened)
    answered = Answered.objects.create(
        owner=check,
        partner=partner,
        agreement=message.agreement,
        message_id=message.id,
        outcome=outcome,
        reference=reference,
        keep_until=message.retention_until or screened.at.date(),
    )
    send_message(by=NODE, draft=_draft(message, partner, screened.permit, check))
    record(
        Verb.ANSWER_QUESTION, by=NODE, on=f"check:{check.pk}", subject=check.marks[0] if check.marks else "",
        purpose=message.purpose, agreement=message.agreement, task=check.task, partner=partner.code, outcome=outcome,
    )  # fmt: skip
    return answered


def forget_question(*, message_id: str, partner: Partner) -> None:
    """Remove the check of a question that its sender took back, unless it found something or a case needs it.

    What was found is for our own second line and for owners of discreet entries: nobody asks and wipes it away.
    """
    asked = Check.objects.filter(answered__partner=partner, answered__message_id=message_id, findings=None)
    asked.exclude(needed_checks()).delete()


def _check_pace(message: Message, partner: Partner, at: dt.datetime) -> None:
    """Refuse the question if as many as are answered in an hour came within one: its lane is counted."""
    number = message.sequence.get(here().code, 0) - QUESTIONS_AN_HOUR
    before = Incoming.objects.filter(partner=partner, lane=message.lane, sequence__lte=number).order_by("-sequence")
    came = before.values_list("received_at", flat=True).first()
    if came is not None and came > at - dt.timedelta(hours=1):
        raise NotAllowed("too_many_questions", partner=partner.code, maximum=QUESTIONS_AN_HOUR)


def _subject(message: Message) -> Subject:
    wire = message.body.get("subject")
    if not isinstance(wire, Mapping):
        raise InvalidInput("question_invalid", field="subject", rule="missing")
    if len(json.dumps(wire)) > MAX_SUBJECT:
        raise InvalidInput("question_invalid", field="subject", rule="max_length", maximum=MAX_SUBJECT)
    subject = unmasked(from_wire(dict(wire)))
    if subject is None:
        raise InvalidInput("question_invalid", field="subject", rule="nothing_left")
    return subject


def _details(partner: Partner, weighed: Weighed, at: dt.datetime) -> dict[str, Any]:
    """Give what could be answered; the agreement decides what of it goes."""
    facts = facts_of((row.watchlist, row.entry) for row in weighed.rows)
    row = next((row for row in weighed.rows if _is_told(row, facts.get((row.watchlist, row.entry)))), None)
    if row is None:
        return {"outcome": "no_hit"}
    contact = contact_for(facts[row.watchlist, row.entry].owner_agency, at)
    reference = reference_for(partner.code, row.watchlist, row.entry)
    return {"outcome": "hit", "band": row.band, "reference": reference, **({"contact": contact} if contact else {})}


def _is_told(row: FoundEntry, facts: EntryFacts | None) -> bool:
    return row.state == "open" and not row.is_discreet and facts is not None and may_be_told(facts)


def _permit(message: Message, partner: Partner, details: Mapping[str, Any], at: dt.datetime) -> Permit:
    agreement = agreement_of(message.agreement, partner=partner.code)
    if agreement is None:
        raise NotAllowed("agreement_missing", kind=message.kind, partner=partner.code)
    return agreement.permit(
        None, sender=own_party(), receiver=party_of(partner), purpose=message.purpose, kind=ANSWER, at=at,
        details=details,
    )  # fmt: skip


def _keep(message: Message, partner: Partner, screened: Screened) -> Check:
    terms = {
        "purpose": message.purpose,
        "task": f"partner:{partner.code}",
        "via": "partner",
        "took_ms": screened.took_ms,
        "lists": dict(screened.lists),
    }
    return keep_check(
        terms, [screened.subject], screened.weighed, marks=screened.marks, retention=retention_in_force(),
        now=screened.at,
    )  # fmt: skip


def _draft(message: Message, partner: Partner, permit: Permit, check: Check) -> Draft:
    return Draft(
        to=partner.code,
        kind=ANSWER,
        body={"v": VERSION, **permit.body},
        agreement=permit.agreement,
        purpose=message.purpose,
        thread=message.thread,
        re=message.id,
        lifetime=QUESTION_LIFETIME,
        handling=permit.conditions.handling,
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        on=f"check:{check.pk}",
    )
