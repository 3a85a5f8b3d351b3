"""To ask partners about the subjects of a check."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.asking import Question, answer_within, draft_of, questions_for
from elchi.node.checks.keeping import marks_of_all
from elchi.node.checks.models import Asked, Check
from elchi.node.checks.queries import check_for
from elchi.node.federation.services import send_messages
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject, from_wire

_log = logging.getLogger("elchi.checks")


@transaction.atomic
def ask_partners(*, by: Acting, check_id: int, subjects: Sequence[Subject] = ()) -> tuple[Asked, ...]:
    """Ask the partners, of a check for which they were not asked at once.

    Args:
        by: who asks.
        check_id: of the check.
        subjects: those of the check, where it has kept none: they must have its marks.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `check_unknown`.
        Conflict: `asked_already`; `subjects_not_kept`; `nobody_to_ask` where no agreement covers it.
    """
    by.require(Right.CHECK_SUBMIT)
    check = check_for(by, check_id)
    if check.asked.exists():
        raise Conflict("asked_already", check=check_id)
    told = tuple(from_wire(wire) for wire in check.subjects) if check.subjects else _same(check, subjects)
    now = timezone.now()
    questions = () if check.purpose == "training" else questions_for(told, by=by, purpose=check.purpose, at=now)
    if not questions:
        raise Conflict("nobody_to_ask", check=check_id)
    asked = send_questions(by, check, questions, now)
    mark = check.marks[0] if check.marks else ""
    codes = sorted({question.code for question in questions})
    record(
        Verb.ASK_PARTNERS, by=by, on=f"check:{check.pk}", subject=mark, purpose=check.purpose, task=check.task,
        partners=codes,
    )  # fmt: skip
    return asked


def send_questions(by: Acting, check: Check, questions: Sequence[Question], now: dt.datetime) -> tuple[Asked, ...]:
    """Put questions into the outbox, in the transaction of the caller.

    A partner to whom nothing can be sent, say because his keys were revoked, keeps no officer from his verdict: it is
    noted with the reason.
    """
    asked: list[Asked] = []
    for _, group in groupby(questions, key=lambda question: question.code):
        to_one = list(group)
        drafts = [draft_of(one, purpose=check.purpose, on=f"check:{check.pk}", at=now) for one in to_one]
        ids, state, code = [""] * len(drafts), "not_sent", ""
        try:
            with transaction.atomic():
                ids, state = [sent.message_id for sent in send_messages(by=by, drafts=drafts)], "queued"
        except ElchiError as error:
            code = error.code
            _log.warning("not asked", extra={"partner": to_one[0].code, "code": code})
        asked += [
            Asked(
                owner=check, place=one.place, partner_id=one.partner, agreement=one.permit.agreement,
                message_id=message_id, state=state, code=code, asked_at=now,
                deadline=now + answer_within(check.purpose),
            )
            for one, message_id in zip(to_one, ids, strict=True)
        ]  # fmt: skip
    return tuple(Asked.objects.bulk_create(asked))


def _same(check: Check, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Give subjects that are said again, if they are those of a check: it knows them by their marks."""
    if not check.marks or list(marks_of_all(subjects)) != check.marks:
        raise Conflict("subjects_not_kept", check=check.pk)
    return tuple(subjects)
