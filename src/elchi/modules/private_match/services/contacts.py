"""What both know opens a contact: people talk, and no record has gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.exchange.message import Lane, Message
from elchi.exchange.private_match import CONTACT, ContactBody
from elchi.modules.private_match import sets
from elchi.modules.private_match.models import Contact, HeldSet
from elchi.modules.private_match.queries import asked_for, contact_seen_by
from elchi.modules.private_match.rules import KEEP_DAYS, MatchRight
from elchi.modules.private_match.services._permits import draft_of, permit_to
from elchi.modules.private_match.verbs import MatchVerb
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.federation.models import Partner
from elchi.node.federation.services import send_message
from elchi.node.officers.acting import Acting
from elchi.node.watchlists.queries import facts_of
from elchi.node.watchlists.rules import may_be_told

MAX_NOTE: Final = 500


@transaction.atomic
def open_contact(*, by: Acting, asked_id: int, key: int) -> Contact:
    """Tell a partner that this node knows one of his entries too: which one he learns, and who to call.

    Args:
        by: who opens it.
        asked_id: what was asked.
        key: place of the key, from 0; the partner must know it.

    Raises:
        NotAllowed: `right_missing`; `agreement_missing`, `not_covered`.
        NotFound: `match_unknown`, also for a key that the partner does not know.
        Conflict: `contact_open`: it was opened before.
    """
    by.require(MatchRight.MATCH_ASK)
    asked, now = asked_for(by, asked_id), timezone.now()
    tag = next((one["tag"] for one in asked.found if one["key"] == key), None)
    if tag is None:
        raise NotFound("match_unknown", id=asked_id, key=key)
    if asked.contacts.filter(key=key).exists():
        raise Conflict("contact_open", key=key)
    body = ContactBody(set_id=asked.set_id, tag=bytes.fromhex(tag)).to_json()
    permit = permit_to(asked.partner, kind=CONTACT, purpose=asked.purpose, at=now, match=body)
    on = f"private_match:{asked.pk}"
    draft = draft_of(permit, asked.partner, kind=CONTACT, purpose=asked.purpose, on=on, lane=Lane.QUESTION)
    sent = send_message(by=by, draft=draft)
    contact = Contact.objects.create(
        partner=asked.partner, asked=asked, key=key, desk=asked.desk, purpose=asked.purpose,
        agreement=permit.agreement, message_id=sent.message_id, opened_at=now, opened_by=by.name,
        keep_until=asked.keep_until,
    )  # fmt: skip
    record(
        MatchVerb.OPEN_CONTACT, by=by, on=on, purpose=asked.purpose, agreement=permit.agreement, task=asked.task,
        partner=asked.partner.code,
    )  # fmt: skip
    return contact


def hear_contact(*, message: Message, partner: Partner, body: ContactBody, desk: Mapping[str, str]) -> Contact:
    """Open a contact that a partner asks for, in the transaction in which it is accepted.

    Raises:
        NotFound: `tag_unknown`: of no set that he was given, or of an entry that is gone.
    """
    held = HeldSet.objects.filter(partner=partner, set_id=body.set_id).first()
    if held is None:
        raise NotFound("tag_unknown")
    place = sets.entry_behind(held, body.tag)
    facts = facts_of([place]).get(place)
    if facts is None or not may_be_told(facts):
        raise NotFound("tag_unknown")
    now = timezone.now()
    until = now.date() + dt.timedelta(days=KEEP_DAYS)
    contact = Contact.objects.create(
        partner=partner, watchlist=place[0], entry=place[1], owner_agency=facts.owner_agency, desk=dict(desk),
        purpose=message.purpose, agreement=message.agreement, message_id=message.id, opened_at=now,
        opened_by=f"partner:{partner.code}", keep_until=min(until, message.retention_until or until),
    )  # fmt: skip
    record(
        MatchVerb.HEAR_CONTACT, by=NODE, on=f"contact:{contact.pk}", purpose=message.purpose,
        agreement=message.agreement, partner=partner.code,
    )  # fmt: skip
    return contact


@transaction.atomic
def close_contact(*, by: Acting, contact_id: int, note: str) -> Contact:
    """Close a contact and say what came of it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `match_contact_unknown`.
        Conflict: `contact_closed`.
        InvalidInput: `match_invalid`.
    """
    by.require(MatchRight.MATCH_ASK)
    contact = contact_seen_by(by, contact_id)
    if contact.closed_at:
        raise Conflict("contact_closed", id=contact_id)
    if not note.strip() or len(note) > MAX_NOTE:
        raise InvalidInput("match_invalid", field="note", rule="max_length", maximum=MAX_NOTE)
    contact.closed_at, contact.closed_by, contact.note = timezone.now(), by.name, note.strip()
    contact.save()
    record(MatchVerb.CLOSE_CONTACT, by=by, on=f"contact:{contact.pk}", partner=contact.partner.code)
    return contact
