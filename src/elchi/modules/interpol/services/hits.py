"""Verbs of a hit: ask its owner, write down what he says and what was done, close it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.documents.states import find_state
from elchi.errors import InvalidInput, NotAllowed, NotFound
from elchi.exchange.agreement import Agreement
from elchi.exchange.message import Message
from elchi.modules.interpol import confirmation as rules
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import VERSION, read_confirmed_body
from elchi.modules.interpol.confirmation import Confirmation
from elchi.modules.interpol.models import HitConfirmation
from elchi.modules.interpol.question import Firearm
from elchi.modules.interpol.rules import CONFIRM_LIFETIME, InterpolRight
from elchi.modules.interpol.services._answers import times_of
from elchi.modules.interpol.services.telling import tell_progress
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import asked_from_wire
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.queries import is_noted
from elchi.node.audit.services import record
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import own_party, party_of
from elchi.node.federation.services import send_message
from elchi.node.officers.acting import Acting

CONFIRM: Final = "interpol.confirm"
NOTE: Final = 300


@transaction.atomic
def read_hit(*, by: Acting, hit_id: int) -> HitConfirmation:
    """Open a hit; the audit has it once in ten minutes.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `hit_unknown`.
    """
    by.require(InterpolRight.HIT_SEE)
    row = queries.hit_of(hit_id)
    if not is_noted(by, InterpolVerb.READ_HIT, _on(row)):
        record(InterpolVerb.READ_HIT, by=by, on=_on(row), subject=row.query.mark, purpose=row.query.purpose)
    return row


@transaction.atomic
def ask_owner(*, by: Acting, hit_id: int) -> HitConfirmation:
    """Ask the country that owns the record whether it holds.

    Where its bureau is a partner and an agreement covers it, a message goes. Elsewhere this says that the officer has
    asked by INTERPOL's own channel.

    Raises:
        NotAllowed: `right_missing`; `not_covered`.
        NotFound: `hit_unknown`.
        Conflict: `confirmation_step`; `partner_keys_missing`.
    """
    by.require(InterpolRight.HIT_WORK)
    row, now = queries.hit_of(hit_id, change=True), timezone.now()
    taken = rules.ask_owner(queries.confirmation_of(row), at=now)
    found = queries.partner_of_owner(row.owner, row.query.purpose, now)
    agreement = ""
    if found is not None and row.subject is not None:
        row.partner, row.message_id, agreement = found[0], _send(by, row, *found, now), found[1].name
    row.asked_by = by.name
    _keep(row, taken)
    record(
        InterpolVerb.ASK_OWNER, by=by, on=_on(row), subject=row.query.mark, purpose=row.query.purpose,
        agreement=agreement, owner=row.owner, partner=row.partner.code if row.partner else "",
    )  # fmt: skip
    return row


@transaction.atomic
def record_owner_answer(*, by: Acting, hit_id: int, answer: str, country: str) -> HitConfirmation:
    """Write down what the owner said by INTERPOL's own channel.

    Args:
        by: who writes it down.
        hit_id: which hit.
        answer: `confirmed` or `refuted`.
        country: whose bureau said so, two or three letters.

    Raises:
        NotAllowed: `right_missing`; `confirmation_other_country`.
        NotFound: `hit_unknown`.
        Conflict: `confirmation_step`.
    """
    by.require(InterpolRight.HIT_WORK)
    row = queries.hit_of(hit_id, change=True)
    return _answered(by, row, answer, country, timezone.now())


def hear_owner(*, message: Message, partner: Partner, at: dt.datetime) -> HitConfirmation:
    """Write down what a partner says of a record, in the transaction in which it is accepted.

    Raises:
        InvalidInput: `answer_invalid`.
        NotFound: `answer_unasked`.
        NotAllowed: `confirmation_other_country`: it is not the owner of the record.
        Conflict: `confirmation_step`.
    """
    answer = read_confirmed_body(message.body)
    row = HitConfirmation.objects.select_for_update().filter(message_id=message.re).first()
    if row is None or not message.re:
        raise NotFound("answer_unasked")
    return _answered(NODE, queries.hit_of(row.pk), answer, queries.owner_country(partner), at, message.agreement)


@transaction.atomic
def record_act(*, by: Acting, hit_id: int, act: str) -> HitConfirmation:
    """Write down what was done.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `hit_unknown`.
        Conflict: `confirmation_step`; `confirmation_needed`: it would rest on a record that is not confirmed.
    """
    by.require(InterpolRight.HIT_WORK)
    row = queries.hit_of(hit_id, change=True)
    taken = rules.record_act(queries.confirmation_of(row), act, at=timezone.now())
    row.act, row.acted_by = act, by.name
    _keep(row, taken)
    record(InterpolVerb.RECORD_ACT, by=by, on=_on(row), subject=row.query.mark, purpose=row.query.purpose, act=act)
    return row


@transaction.atomic
def close_hit(*, by: Acting, hit_id: int, note: str) -> HitConfirmation:
    """Close a hit, and say what came of it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `hit_unknown`.
        Conflict: `confirmation_step`.
        InvalidInput: `hit_note_invalid`.
    """
    by.require(InterpolRight.HIT_WORK)
    row, note = queries.hit_of(hit_id, change=True), note.strip()
    if not note or len(note) > NOTE:
        raise InvalidInput("hit_note_invalid", field="note", rule="text", maximum=NOTE)
    row.note = note
    _keep(row, rules.close(queries.confirmation_of(row), at=timezone.now()))
    record(InterpolVerb.CLOSE_HIT, by=by, on=_on(row), subject=row.query.mark, purpose=row.query.purpose)
    return row


@transaction.atomic
def give_up_owners(*, by: Actor, now: dt.datetime | None = None) -> int:
    """Note of each hit whose owner has not answered in time that no answer came.

    Returns:
        How many.
    """
    now = now or timezone.now()
    late = list(HitConfirmation.objects.select_for_update().filter(step="asked", due_at__lte=now).order_by("id")[:200])
    for one in late:
        row = queries.hit_of(one.pk)
        _keep(row, rules.give_up(queries.confirmation_of(row), at=now))
        record(InterpolVerb.GIVE_UP_OWNER, by=by, on=_on(row), subject=row.query.mark, owner=row.owner)
        tell_progress(row, row.step, now)
    return len(late)


def _answered(
    by: Actor, row: HitConfirmation, answer: str, country: str, at: dt.datetime, agreement: str = ""
) -> HitConfirmation:
    taken = rules.record_answer(queries.confirmation_of(row), answer, country=_owner(country), at=at)
    _keep(row, taken)
    record(
        InterpolVerb.RECORD_OWNER_ANSWER, by=by, on=_on(row), subject=row.query.mark, purpose=row.query.purpose,
        agreement=agreement, owner=row.owner, answer=answer,
    )  # fmt: skip
    tell_progress(row, row.step, at)
    return row


def _owner(country: str) -> str:
    state = find_state(country.strip()[:8])
    return (state.iso or state.code) if state else country.strip()[:8]


def _keep(row: HitConfirmation, taken: Confirmation) -> None:
    row.step, row.times = taken.step, times_of(taken.times)
    row.save()


def _send(by: Acting, row: HitConfirmation, partner: Partner, agreement: Agreement, now: dt.datetime) -> str:
    asked: Any = asked_from_wire(row.subject)
    is_firearm = isinstance(asked, Firearm)
    details: dict[str, Any] = {"record": row.record, "reported": row.reported, "reference": row.number}
    if is_firearm:
        details[Firearm.kind] = row.subject
    permit = agreement.permit(
        None if is_firearm else asked, sender=own_party(), receiver=party_of(partner), purpose=row.query.purpose,
        kind=CONFIRM, at=now, details=details,
    )  # fmt: skip
    if permit.subject is None and Firearm.kind not in permit.details:
        raise NotAllowed("confirmation_empty", agreement=agreement.name, clause=permit.clause)
    draft = Draft(
        to=partner.code, kind=CONFIRM, body={"v": VERSION, **permit.body}, agreement=permit.agreement,
        purpose=row.query.purpose, deadline=max(row.due_at, now), lifetime=CONFIRM_LIFETIME,
        handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
        onward=permit.conditions.onward, on=_on(row),
    )  # fmt: skip
    return send_message(by=by, draft=draft).message_id


def _on(row: HitConfirmation) -> str:
    return f"interpol_hit:{row.pk}"
