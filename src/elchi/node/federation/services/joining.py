"""Verbs by which two nodes become partners: invite, accept, compare the fingerprint.

Who brings the file of another node is never who compares the fingerprint: two officers, on both sides.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.joining import ACCEPTANCE, INVITATION, Joining, read_joining, write_joining
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Country
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import Invitation, KeyVersion, Partner
from elchi.node.federation.queries.keys import document_of, newest_version
from elchi.node.federation.queries.partners import partner_of
from elchi.node.federation.rules import check_note
from elchi.node.federation.services._spoken_for import confirm_all
from elchi.node.federation.services._standing import IN_DOUBT, settle_state, tell_standing
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import encode_bytes
from elchi.seal.trust import KeyDocument, fingerprint_groups, read_key_document

LASTS: Final = dt.timedelta(days=14)
"""Of an invitation or acceptance; the key document in it is fresh for thirty days."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and the file that carries it."""

    invitation: Invitation
    file: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """Another node, not compared yet, and what it is to be given in return."""

    partner: Partner
    answer: bytes
    """The acceptance, if what came was an invitation; else empty."""


@transaction.atomic
def invite_partner(*, by: Acting, note: str) -> Invited:
    """Make a file with which one node can join, once, within 14 days.

    Args:
        by: who invites.
        note: for whom it is, in his words.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `partner_invalid`.
        Conflict: `keys_missing`.
    """
    by.require(Right.PARTNER_WRITE)
    check_note("note", note)
    at = _now()
    document = _own_version()
    invitation = Invitation.objects.create(
        nonce=encode_bytes(secrets.token_bytes(16)), note=note.strip(), made_by=by.name, made_at=at,
        valid_until=at + LASTS, key_version=document.version,
    )  # fmt: skip
    record(Verb.INVITE_PARTNER, by=by, on=f"invitation:{invitation.pk}", version=document.version)
    return Invited(invitation, _file(document, kind=INVITATION, nonce=invitation.nonce, at=at))


@transaction.atomic
def withdraw_invitation(*, by: Acting, invitation_id: int) -> Invitation:
    """Take an invitation back that nobody has used.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `invitation_unknown`.
        Conflict: `invitation_over`.
    """
    by.require(Right.PARTNER_WRITE)
    invitation = Invitation.objects.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("invitation_unknown", field="invitation")
    _check_open(invitation, _now())
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(Verb.WITHDRAW_INVITATION, by=by, on=f"invitation:{invitation.pk}")
    return invitation


@transaction.atomic
def join_partner(*, by: Acting, file: bytes) -> Joined:
    """Take the invitation or the acceptance of another node. Nothing is shared with it before the comparison.

    A partner that lost its keys joins again so; what holds until then stays as it is.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `joining_invalid`.
        SealBroken: the file is damaged or forged.
        NotFound: `invitation_unknown`: an acceptance of something else.
        Conflict: `joining_expired`, `invitation_over`, `own_file`.
    """
    by.require(Right.PARTNER_WRITE)
    at = _now()
    joining, document = read_joining(file, at=at)
    if joining.party == here().code:
        raise Conflict("own_file", party=joining.party)
    invitation = _answered(joining, at) if joining.kind == ACCEPTANCE else None
    given = invitation.key_version if invitation else _own_version().version
    partner = _offered(joining, document, by=by, at=at, given=given)
    if invitation:
        invitation.used_at, invitation.partner = at, partner
        invitation.save(update_fields=["used_at", "partner"])
    told: dict[str, Any] = {"kind": joining.kind, "fingerprint": document.sha256, "version": document.version}
    record(Verb.JOIN_PARTNER, by=by, on=f"partner:{partner.code}", **told)
    if invitation:
        return Joined(partner, b"")
    return Joined(partner, _file(_own_version(), kind=ACCEPTANCE, nonce=joining.nonce, to=joining.party, at=at))


@transaction.atomic
def confirm_partner(*, by: Acting, code: str, fingerprint: str) -> Partner:
    """Make another node a partner, because an officer has heard or read its fingerprint from its own people.

    Args:
        by: another officer than the one who brought the file.
        code: of the node.
        fingerprint: as he heard it: twelve groups of five digits; or what its QR code says, 64 hexadecimal digits.

    Raises:
        NotAllowed: `right_missing`, `officers_only`; `four_eyes` for who brought the file.
        NotFound: `partner_unknown`.
        InvalidInput: `fingerprint_unreadable`.
        Conflict: `nothing_offered`; `fingerprint_other`: it is not what he heard, so somebody stands between.
    """
    by.require(Right.PARTNER_CONFIRM)
    officer = by.himself
    partner = partner_of(code)
    if not partner.offer:
        raise Conflict("nothing_offered", partner=code)
    if partner.offered_by == by.name:
        raise NotAllowed("four_eyes")
    document = read_key_document(bytes(partner.offer), trusted=None)
    if _heard(fingerprint) not in (document.sha256, "".join(fingerprint_groups(document.sha256))):
        raise Conflict("fingerprint_other", partner=code)
    at = _now()
    _trust(document, bytes(partner.offer), at)
    partner.name, partner.offer, partner.offered_by, partner.offered_at = document.name, b"", "", None
    partner.fingerprint, partner.compared_by, partner.compared_at = document.sha256, officer, at
    partner.joined_at = partner.joined_at or at
    confirm_all(partner, document)
    if partner.suspended_here_because == IN_DOUBT:
        partner.suspended_here_at, partner.suspended_here_because = None, ""
    settle_state(partner)
    partner.save()
    record(Verb.CONFIRM_PARTNER, by=by, on=f"partner:{code}", fingerprint=document.sha256, version=document.version)
    tell_standing(partner, by=by)
    return partner


def _own_version() -> KeyVersion:
    version = newest_version(here().code)
    if version is None:
        raise Conflict("keys_missing", use="sign")
    return version


def _file(document: KeyVersion, *, kind: str, nonce: str, at: dt.datetime, to: str = "") -> bytes:
    relays = Partner.objects.filter(is_relay=True, state="active").values_list("code", flat=True)[:4]
    joining = Joining(
        kind=kind,
        party=here().code,
        organisation=here().organisation,
        country=here().country,
        key_document=bytes(document.document),
        nonce=nonce,
        to=to,
        issued_at=at,
        valid_until=at + LASTS,
        relays=tuple(relays),
    )
    return write_joining(joining, signers=own_signers(at)[:1])


def _answered(joining: Joining, at: dt.datetime) -> Invitation:
    invitation = Invitation.objects.filter(nonce=joining.nonce).first() if joining.to == here().code else None
    if invitation is None:
        raise NotFound("invitation_unknown", field="file")
    _check_open(invitation, at)
    return invitation


def _check_open(invitation: Invitation, at: dt.datetime) -> None:
    if invitation.used_at or invitation.withdrawn_at or at >= invitation.valid_until:
        raise Conflict("invitation_over", invitation=invitation.pk)


def _offered(joining: Joining, document: KeyDocument, *, by: Acting, at: dt.datetime, given: int) -> Partner:
    partner = Partner.objects.filter(code=joining.party).first()
    _refuse_older(document)
    if partner is None:
        country = Country.objects.filter(code=joining.country).first()
        partner = Partner(code=joining.party, name=document.name, country=country, carriers=_ways(joining, document))
    if partner.state == "ended":
        partner.state, partner.suspended_here_at, partner.suspended_here_because = "invited", None, ""
    partner.offer, partner.offered_by, partner.offered_at = joining.key_document, by.name, at
    partner.given_version = given
    partner.save()
    return partner


def _refuse_older(document: KeyDocument) -> None:
    """Do nothing if a document does not lead back to keys that have been replaced since."""
    newest = newest_version(document.party)
    if newest is None or document.version >= newest.version:
        return
    if {key.kid for key in document.keys} & {key.kid for key in document_of(newest).keys}:
        raise Conflict("joining_older", party=document.party, version=document.version, trusted=newest.version)


def _ways(joining: Joining, document: KeyDocument) -> list[dict[str, Any]]:
    """Give the ways to a new partner: those that it names itself, and a file by hand, which is always there."""
    known = set(Partner.objects.filter(code__in=joining.relays, is_relay=True).values_list("code", flat=True))
    direct: list[dict[str, Any]] = [{"kind": "https"}] if document.addresses else []
    return [*direct, *({"kind": "relay", "through": code} for code in joining.relays if code in known),
            {"kind": "bundle"}]  # fmt: skip


def _trust(document: KeyDocument, content: bytes, at: dt.datetime) -> None:
    before = newest_version(document.party)
    if before is not None and before.sha256 == document.sha256:
        return
    KeyVersion.objects.create(
        party=document.party, joining=before.joining + 1 if before else 1, version=document.version, document=content,
        sha256=document.sha256, issued_at=document.issued_at, valid_until=document.valid_until, fetched_at=at,
    )  # fmt: skip


def _heard(fingerprint: str) -> str:
    told = "".join(fingerprint.split()).replace("-", "").lower()
    digits = (len(told) == 60 and told.isascii() and told.isdecimal()) or (
        len(told) == 64 and not set(told) - set("0123456789abcdef")
    )
    if not digits:
        raise InvalidInput("fingerprint_unreadable", field="fingerprint", rule="fingerprint_digits")
    return told


def _now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)
