"""To ask a partner privately, and to read his answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.exchange.message import Message, new_id
from elchi.exchange.private_match import (
    ASK,
    AnswerBody,
    AskBody,
    Blinded,
    PageBody,
    TagSet,
    blind,
    elements_of,
    finalise,
    looks_guessed,
    tag_of,
)
from elchi.modules.private_match.marks import Mark, compared, inputs_of_mark, read_marks
from elchi.modules.private_match.models import Asked, ReceivedPage, ReceivedSet
from elchi.modules.private_match.queries import check_kept_within, complete_set, partner_for
from elchi.modules.private_match.rules import KEEP_DAYS, MatchRight
from elchi.modules.private_match.services._permits import ANSWER_WITHIN, draft_of, permit_to
from elchi.modules.private_match.states import ASKED
from elchi.modules.private_match.verbs import MatchVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.checks.rules import check_purpose
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.federation.services import send_message
from elchi.node.here import here
from elchi.node.officers.acting import Acting

_SETTLED = {"delivered": "deliver", "rejected": "refuse", "expired": "expire"}
MAX_TASK = 200


def ask_privately(
    *, by: Acting, partner: str, marks: Sequence[Mapping[str, Any]], purpose: str, task: str
) -> Asked:  # fmt: skip
    """Ask a partner whether he knows any of some keys; he learns how many they are, and nothing else.

    Args:
        by: who asks.
        partner: code.
        marks: each `{"kind": .., "text": ..}` (`marks.KINDS`), 1 to 10,000.
        purpose: of a check, but `training`.
        task: why, in words: the number of a case, an order.

    Raises:
        NotAllowed: `right_missing`; `agreement_missing`, `not_covered`; `match_guessing`: the keys look as if somebody
            counted up; it is written down.
        NotFound: `partner_unknown`.
        InvalidInput: `match_invalid`, `purpose_unknown`; what `send_message` raises.
    """
    by.require(MatchRight.MATCH_ASK)
    officer, row, now = by.himself, partner_for(partner), timezone.now()
    if check_purpose(purpose) == "training":
        raise InvalidInput("match_invalid", field="purpose", rule="not_training")
    if not task.strip() or len(task) > MAX_TASK or not task.strip().isprintable():
        raise InvalidInput("match_invalid", field="task", rule="text_line", maximum=MAX_TASK)
    told = read_marks(marks)
    if looks_guessed(value for mark in told if (value := compared(mark))):
        with transaction.atomic():
            record(MatchVerb.REFUSE_GUESSING, by=by, on=f"partner:{row.code}", purpose=purpose, keys=len(told))
        raise NotAllowed("match_guessing", field="marks")
    forms = [inputs_of_mark(mark, here().country) for mark in told]
    blinded = blind([one for some in forms for one in some])
    known = complete_set(row)
    body = AskBody(elements=tuple(one.element for one in blinded), have=known.set_id if known else "").to_json()
    permit = permit_to(row, kind=ASK, purpose=purpose, at=now, match=body)
    until = now.date() + dt.timedelta(days=KEEP_DAYS)
    with transaction.atomic():
        asked = Asked.objects.create(
            officer=officer, agency=by.agency, partner=row, purpose=purpose, task=task.strip(),
            agreement=permit.agreement, message_id=new_id(), keys=[mark.to_json() for mark in told],
            counts=[len(some) for some in forms], blinds=b"".join(one.blind for one in blinded), asked_at=now,
            deadline=now + ANSWER_WITHIN, keep_until=min(until, permit.conditions.retention_until or until),
        )  # fmt: skip
        on = f"private_match:{asked.pk}"
        draft = draft_of(permit, row, kind=ASK, purpose=purpose, on=on, deadline=asked.deadline)
        asked.message_id = send_message(by=by, draft=draft).message_id
        asked.save(update_fields=["message_id"])
        record(
            MatchVerb.ASK_PRIVATELY, by=by, on=on, purpose=purpose, agreement=permit.agreement, task=asked.task,
            partner=row.code, keys=len(told),
        )  # fmt: skip
    return asked


def hear_answer(*, message: Message, partner: Partner, body: AnswerBody, desk: Mapping[str, str]) -> Asked:
    """Keep what a partner answers, in the transaction in which it is accepted.

    Raises:
        NotFound: `answer_unasked`.
        Conflict: `answered_already`.
        InvalidInput: `element_invalid`: not as many as were asked.
    """
    asked = Asked.objects.select_for_update(of=("self",)).filter(partner=partner, message_id=message.re).first()
    if asked is None or not message.re:
        raise NotFound("answer_unasked")
    if "answer" not in ASKED[asked.state]:
        raise Conflict("answered_already", state=asked.state)
    if len(body.elements) != sum(asked.counts):
        raise InvalidInput("element_invalid", field="evaluated", rule="count", position=len(body.elements))
    kept = _received(partner, body.set_id)
    kept.pages, kept.size = body.pages, body.size
    kept.save()
    asked.state, asked.set_id, asked.desk = "answered", body.set_id, dict(desk)
    asked.evaluated = b"".join(body.elements)
    asked.save()
    return asked


def hear_page(*, partner: Partner, body: PageBody) -> None:
    """Keep a page of a partner's tags, in the transaction in which it is accepted.

    Raises:
        Conflict: `answered_already` for another page in the place of one that came.
        NotFound: `answer_unasked` where nothing was asked of him.
    """
    if not Asked.objects.filter(partner=partner, state__in=("queued", "delivered", "answered")).exists():
        raise NotFound("answer_unasked")
    owner = _received(partner, body.set_id)
    row, is_new = ReceivedPage.objects.get_or_create(owner=owner, page=body.page, defaults={"tags": body.tags})
    if not is_new and bytes(row.tags) != body.tags:
        raise Conflict("answered_already", state="answered")


def note_settled(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note of what a receipt says of an ask: delivered, refused with a clause, or too late."""
    asked = Asked.objects.filter(partner=outgoing.partner, message_id=outgoing.message_id).first()
    if asked is None or _SETTLED[outcome] not in ASKED[asked.state]:
        return
    asked.state = ASKED[asked.state][_SETTLED[outcome]]
    if outcome != "delivered":
        receipt = outgoing.receipts.filter(outcome=outcome).order_by("-id").first()
        asked.code, asked.clause = code, receipt.clause if receipt else ""
        asked.finished_at, asked.blinds = timezone.now(), b""
    asked.save()


def finish_answered() -> int:
    """Read the answers whose set of tags is whole; give how many. The worker does."""
    done = 0
    for asked in Asked.objects.filter(state="answered").select_related("partner").order_by("id"):
        owner = ReceivedSet.objects.filter(partner=asked.partner, set_id=asked.set_id).first()
        pages = [bytes(one.tags) for one in owner.received.all()] if owner else []
        if owner is None or not owner.pages or len(pages) < owner.pages:
            continue
        try:
            found = _common(asked, TagSet.of_pages(pages))
        except ElchiError as error:
            asked.state, asked.code = "refused", error.code
            found = []
        else:
            asked.state = "done"
        _finish(asked, owner, found)
        done += 1
    return done


def _common(asked: Asked, tags: TagSet) -> list[dict[str, Any]]:
    """Give the keys that the partner's set has too."""
    forms = [inputs_of_mark(Mark(**told), here().country) for told in asked.keys]
    check_kept_within(forms, asked.counts)
    inputs, blinds = [one for some in forms for one in some], elements_of(bytes(asked.blinds))
    blinded = [Blinded(told, number, b"") for told, number in zip(inputs, blinds, strict=True)]
    found = [tag_of(one) for one in finalise(blinded, elements_of(bytes(asked.evaluated)))]
    ends = list(accumulate(asked.counts))
    common = []
    for place, (begin, end) in enumerate(zip((0, *ends), ends, strict=False)):
        met = next((tag for tag in found[begin:end] if tag in tags), None)
        if met is not None:
            common.append({"key": place, "tag": met.hex()})
    return common


@transaction.atomic
def _finish(asked: Asked, owner: ReceivedSet, found: list[dict[str, Any]]) -> None:
    asked.found, asked.finished_at, asked.blinds, asked.evaluated = found, timezone.now(), b"", b""
    asked.save()
    ReceivedSet.objects.filter(partner=asked.partner, pk__lt=owner.pk).delete()
    if asked.state == "refused":
        owner.delete()
    record(
        MatchVerb.FIND_COMMON, by=NODE, on=f"private_match:{asked.pk}", purpose=asked.purpose,
        agreement=asked.agreement, task=asked.task, partner=asked.partner.code, keys=len(asked.keys),
        common=len(found), code=asked.code,
    )  # fmt: skip


def _received(partner: Partner, set_id: str) -> ReceivedSet:
    row, _ = ReceivedSet.objects.get_or_create(partner=partner, set_id=set_id)
    return row
