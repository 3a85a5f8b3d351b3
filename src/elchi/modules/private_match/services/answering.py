"""A partner asks: counted, held within his budget, and answered by the worker without knowing what he asked."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import ElchiError, NotAllowed
from elchi.exchange.message import Lane, Message
from elchi.exchange.private_match import ANSWER, PAGE, AnswerBody, AskBody, PageBody, elements_of, evaluate
from elchi.modules.private_match import sets
from elchi.modules.private_match.models import Heard, MatchBudget
from elchi.modules.private_match.queries import budget_of, use_of
from elchi.modules.private_match.rules import KEEP_DAYS
from elchi.modules.private_match.services._permits import draft_of, permit_to
from elchi.modules.private_match.verbs import MatchVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.services import send_messages

AT_ONCE: Final = 20
"""Asks that are answered in one go."""


def hear_ask(*, message: Message, partner: Partner, body: AskBody) -> Heard:
    """Keep what a partner asks, in the transaction in which it is accepted.

    Raises:
        NotAllowed: `match_budget` with how much is left; `match_rate`.
    """
    now, keys = timezone.now(), len(body.elements)
    budget, use = budget_of(partner), use_of(partner, now)
    refusal = budget.refusal(use, keys)
    if refusal == "match_rate":
        raise NotAllowed("match_rate", partner=partner.code, limit=budget.per_hour)
    if refusal:
        raise NotAllowed("match_budget", partner=partner.code, left=max(budget.today - use.today, 0))
    until = now.date() + dt.timedelta(days=KEEP_DAYS)
    heard = Heard.objects.create(
        partner=partner, message_id=message.id, thread=message.thread, agreement=message.agreement,
        purpose=message.purpose, keys=keys, elements=b"".join(body.elements), have=body.have, heard_at=now,
        keep_until=min(until, message.retention_until or until),
    )  # fmt: skip
    record(
        MatchVerb.HEAR_ASK, by=NODE, on=f"partner:{partner.code}", purpose=message.purpose,
        agreement=message.agreement, keys=keys,
    )  # fmt: skip
    return heard


def answer_waiting() -> int:
    """Answer what partners asked; give how many. The worker does."""
    done = 0
    for heard in Heard.objects.filter(state="waiting").select_related("partner").order_by("id")[:AT_ONCE]:
        try:
            _answer(heard)
        except ElchiError as error:
            if not error.permanent:
                raise
            Heard.objects.filter(pk=heard.pk).update(state="refused", code=error.code, elements=b"")
        _watch(heard.partner)
        done += 1
    return done


def _answer(heard: Heard) -> None:
    now, partner = timezone.now(), heard.partner
    held = sets.current_set(partner, at=now)
    elements = evaluate(sets.key_of(held, partner), elements_of(bytes(heard.elements)))
    pages = [] if heard.have == held.set_id else list(sets.tags_of(held).pages())
    count = len(pages) or len(list(sets.tags_of(held).pages()))
    body = AnswerBody(elements=elements, set_id=held.set_id, pages=count, size=held.size).to_json()
    drafts = [_draft(heard, ANSWER, body, now)]
    for number, tags in enumerate(pages):
        page = PageBody(set_id=held.set_id, page=number, tags=tags).to_json()
        drafts.append(_draft(heard, PAGE, page, now, lane=Lane.FEED))
    with transaction.atomic():
        send_messages(by=NODE, drafts=drafts)
        heard.state, heard.answered_at, heard.elements = "answered", now, b""
        heard.save()
        record(
            MatchVerb.ANSWER_ASK, by=NODE, on=f"partner:{partner.code}", purpose=heard.purpose,
            agreement=heard.agreement, keys=heard.keys, tags=held.size if pages else 0,
        )  # fmt: skip


def _draft(heard: Heard, kind: str, body: dict[str, object], now: dt.datetime, lane: Lane | None = None) -> Draft:
    permit = permit_to(
        heard.partner, kind=kind, purpose=heard.purpose, at=now, match=body, agreement=heard.agreement
    )  # fmt: skip
    return draft_of(
        permit, heard.partner, kind=kind, purpose=heard.purpose, on=f"partner:{heard.partner.code}", lane=lane,
        thread=heard.thread, re=heard.message_id,
    )  # fmt: skip


@transaction.atomic
def _watch(partner: Partner) -> None:
    """Hold a partner back whose asks look like trying out."""
    now = timezone.now()
    budget = budget_of(partner)
    suspicion = "" if budget.is_throttled else budget.suspicion(use_of(partner, now))
    if suspicion:
        MatchBudget.objects.update_or_create(
            partner=partner, defaults={"throttled_at": now, "throttled_because": suspicion}
        )
        record(MatchVerb.THROTTLE_PARTNER, by=NODE, on=f"partner:{partner.code}", because=suspicion)
