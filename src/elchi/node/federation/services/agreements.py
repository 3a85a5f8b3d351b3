"""Verbs of agreements: one side proposes, the other signs the same bytes; either suspends or ends.

Two officers on each side: who writes does not propose, who reviews does not sign.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.agreement import Agreement
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.federation.queries.agreements import agreement_in, own_party, party_of
from elchi.node.federation.queries.partners import partner_of
from elchi.node.federation.queries.versions import version_of
from elchi.node.federation.rules import check_reason
from elchi.node.federation.services._signing import countersign_document, log_agreement, sign_agreement
from elchi.node.federation.services.sending import send_message
from elchi.node.federation.states import AGREEMENT, next_state
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import encode_bytes


@transaction.atomic
def draft_agreement(*, by: Acting, partner: str, agreement: Agreement) -> AgreementVersion:
    """Write a draft with a partner, or write it anew while it is one.

    Args:
        by: who writes it.
        partner: code.
        agreement: its first version, or the one after the newest.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        NotFound: `partner_unknown`.
        InvalidInput: `agreement_invalid`: the two nodes are not on its two sides.
        Conflict: `agreement_version`: another number is next.
    """
    by.require(Right.AGREEMENT_WRITE)
    officer = by.himself
    other = partner_of(partner)
    check_sides(agreement, other)
    newest = AgreementVersion.objects.filter(partner=other, agreement=agreement.id).first()
    drafted = newest if newest and newest.state == "draft" else None
    wanted = drafted.version if drafted else newest.version + 1 if newest else 1
    if agreement.version != wanted:
        raise Conflict("agreement_version", agreement=agreement.id, version=agreement.version, wanted=wanted)
    row = drafted or AgreementVersion(
        partner=other, agreement=agreement.id, version=wanted, state="draft", is_ours=True
    )
    fill(row, agreement)
    row.written_by, row.changed_at = officer, timezone.now()
    row.save()
    record(Verb.DRAFT_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=partner)
    return row


@transaction.atomic
def propose_agreement(*, by: Acting, version_id: int) -> AgreementVersion:
    """Sign a draft that another officer wrote, and send it to the partner.

    Raises:
        NotAllowed: `right_missing`, `officers_only`, `four_eyes`; `partner_not_joined`.
        NotFound: `agreement_unknown`.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_APPROVE)
    row = locked(version_id)
    _check_another(by, row)
    _move(row, "proposed")
    row.approved_by = by.himself
    row.document = sign_agreement(agreement_in(row.content), row.changed_at)
    row.save()
    record(Verb.PROPOSE_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=row.partner.code)
    log_agreement(row, "proposed", row.changed_at)
    _send(row, "agreement", by, {"document": encode_bytes(bytes(row.document))})
    return row


@transaction.atomic
def review_agreement(*, by: Acting, version_id: int) -> AgreementVersion:
    """Say that an officer has read what a partner proposed: another one may sign it now.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        NotFound: `agreement_unknown`.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_APPROVE)
    row = locked(version_id)
    _move(row, "reviewed")
    row.written_by = by.himself
    row.save()
    record(Verb.REVIEW_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=row.partner.code)
    return row


@transaction.atomic
def countersign_agreement(*, by: Acting, version_id: int) -> AgreementVersion:
    """Sign what a partner proposed and another officer has read; it is agreed when the partner has our signature.

    Raises:
        NotAllowed: `right_missing`, `officers_only`, `four_eyes`; `partner_not_joined`.
        NotFound: `agreement_unknown`.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_APPROVE)
    row = locked(version_id)
    _check_another(by, row)
    _move(row, "countersigned")
    row.approved_by = by.himself
    row.document = countersign_document(bytes(row.document), row.changed_at)
    row.save()
    record(Verb.COUNTERSIGN_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=row.partner.code)
    log_agreement(row, "countersigned", row.changed_at)
    _send(row, "agreement_signature", by, {"document": encode_bytes(bytes(row.document))})
    return row


@transaction.atomic
def refuse_agreement(*, by: Acting, version_id: int, because: str) -> AgreementVersion:
    """Refuse what a partner proposed, or take back what we wrote or proposed; the other side is told why.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `agreement_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_APPROVE)
    check_reason(because)
    row = locked(version_id)
    was = row.state
    _move(row, "dropped" if row.is_ours else "refused", because.strip())
    row.save()
    record(Verb.REFUSE_AGREEMENT, by=by, on=on(row), because=row.note, partner=row.partner.code)
    if was != "draft":
        _send(row, "agreement_refusal", by, {"because": row.note})
    return row


@transaction.atomic
def suspend_agreement(*, by: Acting, version_id: int, because: str) -> AgreementVersion:
    """Let nothing go or come under an agreement, at once. It is in force again when both sides have lifted it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `agreement_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_SUSPEND)
    check_reason(because)
    row = locked(version_id)
    if row.state != "in_force":
        raise Conflict("state_refuses", state=row.state, to="suspended")
    _move(row, "suspended", because.strip())
    row.suspensions += 1
    row.save()
    record(Verb.SUSPEND_AGREEMENT, by=by, on=on(row), because=row.note, partner=row.partner.code)
    _send(row, "agreement_suspension", by, {"number": row.suspensions, "because": row.note})
    return row


@transaction.atomic
def resume_agreement(*, by: Acting, version_id: int) -> AgreementVersion:
    """Lift the suspension for our side.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `agreement_unknown`.
        Conflict: `state_refuses`: it is not suspended, or lifted here already.
    """
    by.require(Right.AGREEMENT_APPROVE)
    row = locked(version_id)
    if row.state != "suspended" or row.resumed_here == row.suspensions:
        raise Conflict("state_refuses", state=row.state, to="in_force")
    row.resumed_here = row.suspensions
    settle_suspension(row)
    row.save()
    record(Verb.RESUME_AGREEMENT, by=by, on=on(row), partner=row.partner.code)
    _send(row, "agreement_resumption", by, {"number": row.suspensions})
    return row


@transaction.atomic
def end_agreement(*, by: Acting, version_id: int, because: str) -> AgreementVersion:
    """End an agreement before its day. What came under it is still removed when it says.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `agreement_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `state_refuses`.
    """
    by.require(Right.AGREEMENT_APPROVE)
    check_reason(because)
    row = locked(version_id)
    _move(row, "ended", because.strip())
    row.save()
    record(Verb.END_AGREEMENT, by=by, on=on(row), because=row.note, partner=row.partner.code)
    _send(row, "agreement_end", by, {"because": row.note})
    return row


def start_agreements(*, by: Actor) -> int:
    """Have agreements in force whose day has come, and end those whose last day is over.

    Returns:
        How many changed.
    """
    today = timezone.now().astimezone(dt.UTC).date()
    agreed = AgreementVersion.objects.filter(state="agreed", valid_from__lte=today).order_by("version")
    over = AgreementVersion.objects.filter(state__in=("in_force", "suspended"), valid_until__lt=today)
    changed = [*agreed.values_list("pk", flat=True), *over.values_list("pk", flat=True)]
    for pk in changed:
        with transaction.atomic():
            row = locked(pk)
            start(row, by=by) if row.state == "agreed" else _end(row, by=by)
    return len(changed)


def start(row: AgreementVersion, *, by: Actor) -> None:
    """Have an agreed version in force if its day has come, in place of those before it."""
    today = timezone.now().astimezone(dt.UTC).date()
    if row.state != "agreed" or row.valid_from > today:
        return
    later = AgreementVersion.objects.filter(
        partner=row.partner, agreement=row.agreement, version__gt=row.version, in_force_at__isnull=False
    )
    if later.exists() or (row.valid_until and row.valid_until < today):  # an older version never comes back
        _end(row, by=by)
        return
    before = AgreementVersion.objects.filter(
        partner=row.partner, agreement=row.agreement, version__lt=row.version, state__in=("in_force", "suspended")
    )
    before.update(state="superseded", changed_at=timezone.now())
    _move(row, "in_force")
    row.in_force_at = row.changed_at
    row.save()
    record(Verb.START_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=row.partner.code)


def settle_suspension(row: AgreementVersion) -> None:
    """Give a suspended version the state that follows from who has lifted what; it is not saved."""
    if row.resumed_here == row.resumed_there == row.suspensions:
        _move(row, "in_force")


def check_sides(agreement: Agreement, partner: Partner) -> None:
    """Do nothing if this node and a partner are on the two sides of an agreement.

    Raises:
        InvalidInput: `agreement_invalid`.
    """
    if agreement.direction(own_party(), party_of(partner)) is None:
        raise InvalidInput("agreement_invalid", field="sides", rule="both_nodes")


def fill(row: AgreementVersion, agreement: Agreement) -> None:
    """Put the content of an agreement into a row."""
    row.content, row.sha256 = agreement.to_json(), agreement.sha256
    row.valid_from, row.valid_until = agreement.valid_from, agreement.valid_until


def locked(version_id: int) -> AgreementVersion:
    """Give a version of an agreement, when nobody else changes anything.

    Raises:
        NotFound: `agreement_unknown`.
    """
    wait_turn()
    return version_of(version_id)


def on(row: AgreementVersion) -> str:
    """Name a version as the audit does."""
    return f"agreement:{row.pk}"


def _check_another(by: Acting, row: AgreementVersion) -> None:
    if row.written_by_id == by.himself.pk:
        raise NotAllowed("four_eyes")


def _move(row: AgreementVersion, wanted: str, note: str = "") -> None:
    if wanted == row.state:
        raise Conflict("state_refuses", state=row.state, to=wanted)
    row.state = next_state(AGREEMENT, row.state, wanted)
    row.changed_at = timezone.now().replace(microsecond=0)
    row.note = note


def _end(row: AgreementVersion, *, by: Actor) -> None:
    _move(row, "ended")
    row.save()
    record(Verb.END_AGREEMENT, by=by, on=on(row), because="", partner=row.partner.code)


def _send(row: AgreementVersion, kind: str, by: Actor, body: dict[str, Any]) -> None:
    told = {"agreement": row.agreement, "version": row.version, "sha256": row.sha256, **body}
    send_message(by=by, draft=Draft(to=row.partner.code, kind=kind, body=told, on=on(row)))
