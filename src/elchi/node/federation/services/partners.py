"""Verbs of partners: by which ways they are reached, suspend, resume, end; and what they say of themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, SealBroken
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.cards import PartnerCard
from elchi.node.federation.models import KeyVersion, Partner
from elchi.node.federation.queries.keys import document_of, newest_version
from elchi.node.federation.queries.partners import partner_card, partner_of
from elchi.node.federation.rules import check_partner, check_reason
from elchi.node.federation.services._documents import keep_equivocation
from elchi.node.federation.services._spoken_for import confirm_all, keep_said
from elchi.node.federation.services._standing import IN_DOUBT, settle_state, tell_standing
from elchi.node.here import hub
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.document import read_document
from elchi.seal.trust import KEY_DOCUMENT, KeyDocument, read_key_document


@transaction.atomic
def change_partner(*, by: Acting, code: str, card: PartnerCard) -> Partner:
    """Say by which ways a partner is reached, in order of preference, and who holds a mailbox for whom.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        InvalidInput: `partner_invalid`.
    """
    by.require(Right.PARTNER_WRITE)
    partner = partner_of(code)
    relays = Partner.objects.filter(is_relay=True, state="active").exclude(code=code).values_list("code", flat=True)
    check_partner(card, relays=tuple(relays), has_hub=hub() is not None)
    before = partner_card(partner)
    partner.carriers = [dict(way) for way in card.carriers]
    partner.is_relay, partner.relayed_bytes = card.is_relay, card.relayed_bytes
    partner.save(update_fields=["carriers", "is_relay", "relayed_bytes"])
    record(Verb.CHANGE_PARTNER, by=by, on=f"partner:{code}", changed=before.changes(card))
    return partner


@transaction.atomic
def suspend_partner(*, by: Acting, code: str, because: str) -> Partner:
    """Let nothing go to a partner or come from it, at once; what waits is kept. The partner is told, and why.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `state_refuses`.
    """
    by.require(Right.PARTNER_SUSPEND)
    check_reason(because)
    wait_turn()
    partner = partner_of(code)
    if partner.suspended_here_at is not None:
        raise Conflict("state_refuses", state=partner.state, to="suspended")
    _suspend(partner, because.strip(), by)
    return partner


@transaction.atomic
def resume_partner(*, by: Acting, code: str) -> Partner:
    """Lift our suspension of a partner. If he has suspended us too, he lifts his own.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        Conflict: `state_refuses`; `nothing_compared`: new keys of it wait to be compared, see `confirm_partner`.
    """
    by.require(Right.PARTNER_CONFIRM)
    wait_turn()
    partner = partner_of(code)
    if partner.suspended_here_at is None:
        raise Conflict("state_refuses", state=partner.state, to="active")
    if partner.suspended_here_because == IN_DOUBT:
        raise Conflict("nothing_compared", partner=code)
    partner.suspended_here_at, partner.suspended_here_because = None, ""
    settle_state(partner)
    partner.save()
    record(Verb.RESUME_PARTNER, by=by, on=f"partner:{code}")
    tell_standing(partner, by=by)
    return partner


@transaction.atomic
def end_partner(*, by: Acting, code: str, because: str) -> Partner:
    """End a partnership: nothing is shared any more. Its keys stay, so that what was said can be proved.

    It joins again only by a new invitation and a new comparison.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `state_refuses`.
    """
    by.require(Right.PARTNER_CONFIRM)
    check_reason(because)
    wait_turn()
    partner = partner_of(code)
    was_one = partner.state in ("active", "suspended")
    if partner.state == "ended":
        raise Conflict("state_refuses", state="ended", to="ended")
    settle_state(partner, "ended")
    partner.suspended_here_at, partner.suspended_here_because = timezone.now(), because.strip()
    partner.suspended_there_at, partner.suspended_there_because = None, ""
    partner.offer, partner.offered_by, partner.offered_at = b"", "", None
    partner.save()
    record(Verb.END_PARTNER, by=by, on=f"partner:{code}", because=because.strip())
    if was_one:
        tell_standing(partner, by=by)
    return partner


@transaction.atomic
def confirm_spoken_for(*, by: Acting, code: str) -> Partner:
    """Let the agencies and offices count for which a partner says that it speaks, since somebody has asked there.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        Conflict: `nothing_compared`: its keys are not known here.
    """
    by.require(Right.PARTNER_CONFIRM)
    wait_turn()
    partner = partner_of(code)
    newest = newest_version(code)
    if newest is None:
        raise Conflict("nothing_compared", partner=code)
    confirm_all(partner, document_of(newest))
    partner.save(update_fields=["agencies", "offices", "claimed"])
    said = {"agencies": partner.agencies, "offices": partner.offices}
    record(Verb.CONFIRM_SPOKEN_FOR, by=by, on=f"partner:{code}", **said)
    return partner


def take_key_document(*, party: str, content: bytes, at: dt.datetime, by: Actor = NODE) -> KeyVersion | None:
    """Take what a partner says of its keys, if a key that is trusted has signed it.

    Args:
        party: code of the partner.
        content: signed.
        at: now.
        by: who brings it.

    Returns:
        The newest version that is trusted now; None if the new one waits to be compared: it revokes the only keys that
        vouch for it, so that a thief could have written it, and the partner is suspended until an officer has asked.

    Raises:
        NotFound: `partner_unknown`.
        SealBroken: what `read_key_document` raises. Two versions under one number are kept as evidence.
    """
    partner = partner_of(party)
    newest = newest_version(party)
    if newest is None or partner.state == "ended":
        raise SealBroken("key_document_untrusted", party=party, version=0)
    try:
        document = read_key_document(content, trusted=document_of(newest))
    except SealBroken as error:
        if error.code == "key_document_equivocates":
            ref = f"{party}:{newest.joining}:{newest.version}"
            with transaction.atomic():
                keep_equivocation(partner, "key_document", ref, bytes(newest.document), content, at=at)
        raise
    with transaction.atomic():
        wait_turn()
        if document.version == newest.version:
            KeyVersion.objects.filter(pk=newest.pk).update(fetched_at=at)
            return newest
        if not _is_vouched_for(content, document, document_of(newest)):
            _doubt(partner, content, document, at)
            return None
        return _keep(partner, newest, content, document, at=at, by=by)


@transaction.atomic
def hear_standing(*, code: str, told: Mapping[str, Any]) -> None:
    """Take note of how this node stands with a partner, as he says. What is older than what he said last counts not.

    Args:
        code: of the partner.
        told: `state` (active, suspended, ended), `number`, `because`.
    """
    partner = partner_of(code)
    if told["number"] <= partner.heard:
        return
    partner.heard = told["number"]
    is_suspended = told["state"] == "suspended"
    partner.suspended_there_at = (partner.suspended_there_at or timezone.now()) if is_suspended else None
    partner.suspended_there_because = told["because"] if is_suspended else ""
    if partner.state != "ended":
        settle_state(partner, "ended" if told["state"] == "ended" else "")
    partner.save()
    by = Actor(name=f"partner:{code}", via="partner")
    record(Verb.HEAR_STANDING, by=by, on=f"partner:{code}", state=told["state"], because=told["because"])


def _suspend(partner: Partner, because: str, by: Actor) -> None:
    partner.suspended_here_at, partner.suspended_here_because = timezone.now(), because
    settle_state(partner)
    partner.save()
    record(Verb.SUSPEND_PARTNER, by=by, on=f"partner:{partner.code}", because=because)
    tell_standing(partner, by=by)


def _is_vouched_for(content: bytes, document: KeyDocument, trusted: KeyDocument) -> bool:
    """Tell whether a key of the document before has signed that the new one does not revoke."""
    signed = read_document(content, typ=KEY_DOCUMENT, key_of=lambda kid: document.key(kid) or trusted.key(kid))
    for kid in signed.signed_by:
        old, new = trusted.key(kid), document.key(kid)
        if old and old.revoked_at is None and (new is None or new.revoked_at is None):
            return True
    return False


def _doubt(partner: Partner, content: bytes, document: KeyDocument, at: dt.datetime) -> None:
    if bytes(partner.offer) == content:
        return
    partner.offer, partner.offered_by, partner.offered_at = content, NODE.name, at
    partner.save(update_fields=["offer", "offered_by", "offered_at"])
    record(Verb.DOUBT_KEYS, by=NODE, on=f"partner:{partner.code}", version=document.version)
    if partner.suspended_here_at is None:
        _suspend(partner, IN_DOUBT, NODE)


def _keep(
    partner: Partner, newest: KeyVersion, content: bytes, document: KeyDocument, *, at: dt.datetime, by: Actor
) -> KeyVersion:
    version = KeyVersion.objects.create(
        party=partner.code, joining=newest.joining, version=document.version, document=content,
        sha256=document.sha256, issued_at=document.issued_at, valid_until=document.valid_until, fetched_at=at,
    )  # fmt: skip
    keep_said(partner, document)
    if partner.name != document.name:
        partner.name = document.name
        partner.save(update_fields=["name"])
    record(Verb.TAKE_KEYS, by=by, on=f"partner:{partner.code}", version=version.version, fingerprint=version.sha256)
    return version
