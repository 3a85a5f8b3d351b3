"""Verbs that partners cause: what they say of agreements takes effect here, once, whoever was faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.exchange.agreement import Agreement
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.models import AgreementVersion, Outgoing, Partner
from elchi.node.federation.services._signing import log_agreement
from elchi.node.federation.services.agreements import check_sides, fill, on, settle_suspension, start
from elchi.node.federation.states import AGREEMENT


def check_proposal(*, partner: Partner, agreement: Agreement) -> None:
    """Do nothing if a partner may propose a version.

    Raises:
        InvalidInput: `agreement_invalid`.
        Conflict: `agreement_version`: there is that version or a newer one already.
    """
    check_sides(agreement, partner)
    newest = AgreementVersion.objects.filter(partner=partner, agreement=agreement.id).exclude(state="draft").first()
    if newest and newest.version >= agreement.version:
        raise Conflict(
            "agreement_version", agreement=agreement.id, version=agreement.version, wanted=newest.version + 1
        )


def receive_agreement(*, partner: Partner, agreement: Agreement, document: bytes) -> None:
    """Keep what a partner proposes, for review. A draft of ours under the same number makes way.

    Raises:
        Conflict: `agreement_version`.
    """
    check_proposal(partner=partner, agreement=agreement)
    drafts = AgreementVersion.objects.filter(partner=partner, agreement=agreement.id, state="draft")
    row = drafts.filter(version=agreement.version).first()
    row = row or AgreementVersion(partner=partner, agreement=agreement.id, version=agreement.version)
    fill(row, agreement)
    row.state, row.is_ours, row.document = "received", False, document
    row.written_by = row.approved_by = None
    row.changed_at = timezone.now()
    row.save()
    record(Verb.RECEIVE_AGREEMENT, by=_of(partner), on=on(row), sha256=row.sha256, partner=partner.code)


def take_signature(*, partner: Partner, agreement: Agreement, document: bytes) -> None:
    """Take the partner's signature to what we proposed: it is agreed, and in force when its day has come.

    Raises:
        NotFound: `agreement_unknown`: we proposed nothing of the kind.
        Conflict: `state_refuses`: we took it back before.
    """
    row = _known(partner, agreement.id, agreement.version, agreement.sha256)
    if not row.is_ours or row.state != "proposed":
        raise Conflict("state_refuses", state=row.state, to="agreed")
    row.document = document
    _agree(row, _of(partner))


def settle_signature(*, outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note that our signature arrived: from then on it is agreed here too; or that it was refused."""
    row = AgreementVersion.objects.select_related("partner").filter(pk=int(outgoing.on.partition(":")[2])).first()
    if row is None or row.state != "countersigned":
        return
    if outcome == "delivered":
        _agree(row, NODE)
        return
    row.state, row.note, row.changed_at = "dropped", code, timezone.now()
    row.save()
    record(Verb.REFUSE_AGREEMENT, by=_of(row.partner), on=on(row), because=code, partner=row.partner.code)


def hear_of_agreement(*, partner: Partner, what: str, told: Mapping[str, Any]) -> None:
    """Take note of what a partner says of a version: `refusal`, `suspension`, `resumption` or `end`.

    What comes too late changes nothing: a version that is over stays so.

    Raises:
        NotFound: `agreement_unknown`.
    """
    row = _known(partner, told["agreement"], told["version"], told["sha256"])
    if row.state == "countersigned" and what != "refusal":
        _agree(row, NODE)  # he can say so only because he has our signature: his receipt is still under way
    start(row, by=NODE)
    verb = _HEARD[what](row, told)
    if verb is None:
        return
    row.changed_at = timezone.now()
    row.save()
    record(verb, by=_of(partner), on=on(row), because=told["because"], partner=partner.code)


def _refusal(row: AgreementVersion, told: Mapping[str, Any]) -> Verb | None:
    return _close(row, "refused" if row.is_ours else "dropped", told, Verb.REFUSE_AGREEMENT)


def _end(row: AgreementVersion, told: Mapping[str, Any]) -> Verb | None:
    return _close(row, "ended", told, Verb.END_AGREEMENT)


def _close(row: AgreementVersion, wanted: str, told: Mapping[str, Any], verb: Verb) -> Verb | None:
    if wanted not in AGREEMENT[row.state]:
        return None
    row.state, row.note = wanted, told["because"]
    return verb


def _suspension(row: AgreementVersion, told: Mapping[str, Any]) -> Verb | None:
    """Suspend it. Both may have done so at once, under the same number: then both lift the same."""
    is_old = told["number"] < row.suspensions or told["number"] <= row.resumed_there
    if is_old or row.state not in ("in_force", "suspended"):
        return None
    row.state, row.note = "suspended", told["because"]
    row.suspensions = told["number"]
    return Verb.SUSPEND_AGREEMENT


def _resumption(row: AgreementVersion, told: Mapping[str, Any]) -> Verb | None:
    if row.state != "suspended" or told["number"] <= row.resumed_there:
        return None
    row.resumed_there = told["number"]
    row.suspensions = max(row.suspensions, told["number"])
    settle_suspension(row)
    return Verb.RESUME_AGREEMENT


_HEARD = {"refusal": _refusal, "suspension": _suspension, "resumption": _resumption, "end": _end}


def _agree(row: AgreementVersion, by: Actor) -> None:
    row.state, row.changed_at = "agreed", timezone.now()
    row.save()
    record(Verb.AGREE_AGREEMENT, by=by, on=on(row), sha256=row.sha256, partner=row.partner.code)
    log_agreement(row, "agreed", row.changed_at)
    start(row, by=by)


def _known(partner: Partner, name: str, version: int, sha256: str) -> AgreementVersion:
    rows = AgreementVersion.objects.select_related("partner")
    row = rows.filter(partner=partner, agreement=name, version=version, sha256=sha256).exclude(state="draft").first()
    if row is None:
        raise NotFound("agreement_unknown", agreement=f"{name}:{version}"[:90])
    return row


def _of(partner: Partner) -> Actor:
    return Actor(name=f"partner:{partner.code}", via="partner")
