"""What of a check may be asked of whom. `Agreement.permit` is the only maker of what goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Permit, unmasked
from elchi.node.audit.actor import Actor
from elchi.node.checks.rules import ANSWER_WITHIN, ANSWER_WITHIN_ELSE, QUESTION_LIFETIME
from elchi.node.federation.drafts import Draft
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.subjects import Subject

QUESTION = "question"
VERSION = 1
"""Of the body of questions and answers."""


@dataclass(frozen=True, slots=True)
class Question:
    """What may be asked of one partner about one subject."""

    partner: int
    """Key of his row."""
    code: str
    place: int
    """Of the subject among those of the check, from 0."""
    permit: Permit


def questions_for(subjects: Sequence[Subject], *, by: Actor, purpose: str, at: dt.datetime) -> tuple[Question, ...]:
    """Give what may be asked, of each active partner whose agreement in force covers questions for a purpose.

    Of a subject whose kind does not go, or of which nothing would be left by which it could be looked up, nobody is
    asked. Where an agreement names agencies or offices, an officer asks under it who is of one of them.
    """
    found: list[Question] = []
    partners = agreed_partners()
    if not partners:
        return ()
    us = own_party(by)
    for agreed in partners:
        agreement = agreed.covering(purpose=purpose, kind=QUESTION, at=at, us=us)
        if agreement is None:
            continue
        for place, subject in enumerate(subjects):
            try:
                permit = agreement.permit(
                    subject, sender=us, receiver=agreed.party, purpose=purpose, kind=QUESTION, at=at
                )
            except NotAllowed:
                continue
            if permit.subject is not None and unmasked(permit.subject) is not None:
                found.append(Question(agreed.partner, agreed.party.node, place, permit))
    return tuple(found)


def draft_of(question: Question, *, purpose: str, on: str, at: dt.datetime) -> Draft:
    """Give a question as a message: what the permit gives, and nothing else."""
    permit = question.permit
    return Draft(
        to=question.code,
        kind=QUESTION,
        body={"v": VERSION, **permit.body},
        agreement=permit.agreement,
        purpose=purpose,
        deadline=at + answer_within(purpose),
        lifetime=QUESTION_LIFETIME,
        handling=permit.conditions.handling,
        retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward,
        on=on,
    )


def answer_within(purpose: str) -> dt.timedelta:
    """Give for how long an answer is waited for."""
    return ANSWER_WITHIN.get(purpose, ANSWER_WITHIN_ELSE)
