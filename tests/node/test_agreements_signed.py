"""An agreement goes from a draft to force and to its end: two officers on each side, both signatures on one text."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import acting
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.agreement import FORMAT, Agreement, Side, templates
from elchi.exchange.batch import Item
from elchi.node.audit.actor import NODE
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import AgreementVersion, Outgoing
from elchi.node.federation.queries.agreements import agreement_for
from elchi.node.federation.queries.keys import key_of
from elchi.node.federation.queries.messages import message_of
from elchi.node.federation.queries.versions import before
from elchi.node.federation.services import (
    accept,
    countersign_agreement,
    draft_agreement,
    end_agreement,
    propose_agreement,
    refuse_agreement,
    resume_agreement,
    review_agreement,
    start_agreements,
    suspend_agreement,
)
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.seal.canonical import decode_bytes, encode_bytes
from elchi.seal.document import add_signature, read_document, sign_payload
from elchi.seal.keys import SigningKey
from elchi.seal.public_key import PublicKey

PEER, US = "KG-AKJ-1", "KZ-KOR-1"
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partner(clock: time_machine.Traveller, tmp_path: Path) -> PartnerNode:
    return PartnerNode(PEER, tmp_path, NOW)


@pytest.fixture
def keeper(clock: time_machine.Traveller) -> Acting:
    return acting(Role.AGREEMENT_KEEPER)


@pytest.fixture
def second(clock: time_machine.Traveller) -> Acting:
    return acting(Role.SUPERVISOR)


def side(code: str) -> Side:
    return Side(name={"en": code, "ru": code}, countries=(), agencies=(), offices=(), nodes=(code,))


def agreement(version: int = 1, **changed: Any) -> Agreement:
    values = {"valid_from": TODAY, "valid_until": TODAY + dt.timedelta(days=365), **changed}
    filled = templates()["bilateral"].fill(
        agreement_id="KZ-KG-2026", side_a=side(US), side_b=side(values.pop("other", PEER)),
        valid_from=values["valid_from"], valid_until=values["valid_until"],
    )  # fmt: skip
    return dataclasses.replace(filled, version=version)


def sent(kind: str) -> Mapping[str, Any]:
    """Give the body of the newest message of a kind that waits for the partner."""
    return message_of(Outgoing.objects.filter(kind=kind).latest("pk")).body


def hear(partner: PartnerNode, kind: str, body: Mapping[str, Any]) -> str:
    """Have the partner say something; give what our receipt says of it."""
    pushed = accept(items=[partner.says(kind, body)], peer=PEER, carrier="https", at=timezone.now())
    receipts = [partner.read(item) for item in pushed.back]
    entry = receipts[0].entries[0]
    return entry.outcome if entry.outcome == "delivered" else entry.code


def delivered(partner: PartnerNode, row: Outgoing, outcome: str = "delivered") -> None:
    item = Item(PEER, row.lane, row.expires_at, "envelope", bytes(row.envelope))  # type: ignore[arg-type]
    accept(items=[partner.receipt(item, outcome=outcome, code="" if outcome == "delivered" else "state_refuses")],
           peer=PEER, carrier="https", at=timezone.now())  # fmt: skip


def any_key(kid: str) -> PublicKey | None:
    return key_of(PEER, kid) or key_of(US, kid)


def said(row: AgreementVersion, **told: Any) -> dict[str, Any]:
    return {"agreement": row.agreement, "version": row.version, "sha256": row.sha256, "because": "", **told}


def proposed(keeper: Acting, second: Acting, **changed: Any) -> AgreementVersion:
    row = draft_agreement(by=keeper, partner=PEER, agreement=agreement(**changed))
    return propose_agreement(by=second, version_id=row.pk)


def in_force(partner: PartnerNode, keeper: Acting, second: Acting, **changed: Any) -> AgreementVersion:
    row = proposed(keeper, second, **changed)
    both = add_signature(decode_bytes(sent("agreement")["document"]), typ=FORMAT, signers=[partner.signing])
    assert hear(partner, "agreement_signature", said(row, document=encode_bytes(both))) == "delivered"
    row.refresh_from_db()
    return row


def theirs(partner: PartnerNode, told: Agreement, key: SigningKey | None = None) -> str:
    document = sign_payload(told.canonical(), typ=FORMAT, signers=[key or partner.signing])
    return hear(partner, "agreement", {"document": encode_bytes(document)})


def test_what_we_propose_is_in_force_when_the_partner_has_signed_the_same_bytes(
    partner: PartnerNode, keeper: Acting, second: Acting
) -> None:
    row = in_force(partner, keeper, second)
    assert (row.state, row.written_by, row.approved_by) == ("in_force", keeper.officer, second.officer)
    signed = read_document(bytes(row.document), typ=FORMAT, key_of=any_key)
    assert (signed.signed_by, signed.payload_sha256) == (
        (own_signers(NOW)[0].kid, partner.signing.kid), agreement().sha256,
    )  # fmt: skip
    found = agreement_for(PEER, purpose="border_check", kind="question", at=NOW, outgoing=True)
    assert found == agreement()


def test_who_wrote_it_does_not_propose_it(partner: PartnerNode, keeper: Acting) -> None:
    row = draft_agreement(by=keeper, partner=PEER, agreement=agreement())
    with pytest.raises(NotAllowed, match="four_eyes"):
        propose_agreement(by=keeper, version_id=row.pk)
    with pytest.raises(NotAllowed, match="right_missing"):
        propose_agreement(by=acting(Role.SECOND_LINE), version_id=row.pk)
    with pytest.raises(NotAllowed, match="right_missing"):
        draft_agreement(by=at_machine("root"), partner=PEER, agreement=agreement())


def test_a_draft_is_written_anew_and_its_number_is_the_next_one(
    partner: PartnerNode, keeper: Acting, second: Acting
) -> None:
    draft_agreement(by=keeper, partner=PEER, agreement=agreement())
    longer = agreement(valid_until=TODAY + dt.timedelta(days=730))
    row = draft_agreement(by=keeper, partner=PEER, agreement=longer)
    assert (AgreementVersion.objects.count(), row.sha256) == (1, longer.sha256)
    for wrong in (agreement(version=2), agreement(version=3)):
        with pytest.raises(Conflict, match="agreement_version"):
            draft_agreement(by=keeper, partner=PEER, agreement=wrong)
    with pytest.raises(InvalidInput, match="agreement_invalid"):
        draft_agreement(by=keeper, partner=PEER, agreement=agreement(other="UZ-YAL-1"))


def test_what_a_partner_proposes_is_read_by_one_officer_and_signed_by_another(
    partner: PartnerNode, keeper: Acting, second: Acting
) -> None:
    assert theirs(partner, agreement()) == "delivered"
    row = AgreementVersion.objects.get()
    assert (row.state, row.is_ours) == ("received", False)
    with pytest.raises(Conflict, match="state_refuses"):
        countersign_agreement(by=second, version_id=row.pk)
    review_agreement(by=keeper, version_id=row.pk)
    with pytest.raises(NotAllowed, match="four_eyes"):
        countersign_agreement(by=keeper, version_id=row.pk)
    countersign_agreement(by=second, version_id=row.pk)
    row.refresh_from_db()
    assert row.state == "countersigned"
    signed = read_document(decode_bytes(sent("agreement_signature")["document"]), typ=FORMAT, key_of=any_key)
    assert (len(signed.signed_by), signed.payload_sha256) == (2, agreement().sha256)
    delivered(partner, Outgoing.objects.get(kind="agreement_signature"))
    row.refresh_from_db()
    assert row.state == "in_force"


def test_a_signature_that_came_too_late_binds_nobody(partner: PartnerNode, keeper: Acting, second: Acting) -> None:
    theirs(partner, agreement())
    row = AgreementVersion.objects.get()
    review_agreement(by=keeper, version_id=row.pk)
    countersign_agreement(by=second, version_id=row.pk)
    delivered(partner, Outgoing.objects.get(kind="agreement_signature"), outcome="rejected")
    row.refresh_from_db()
    assert (row.state, row.note) == ("dropped", "state_refuses")


def test_nothing_is_taken_that_is_not_rightly_signed(partner: PartnerNode, keeper: Acting, second: Acting) -> None:
    assert theirs(partner, agreement(), SigningKey.generate()) == "key_unknown"
    assert theirs(partner, agreement(other="UZ-YAL-1")) == "agreement_invalid"
    assert hear(partner, "agreement", {"document": "!"}) == "message_invalid"
    row = proposed(keeper, second)
    ours = decode_bytes(sent("agreement")["document"])
    assert hear(partner, "agreement_signature", said(row, document=encode_bytes(ours))) == "signature_missing"
    other = sign_payload(agreement(version=2).canonical(), typ=FORMAT, signers=[partner.signing])
    assert hear(partner, "agreement_signature", said(row, document=encode_bytes(other))) == "signature_missing"
    assert theirs(partner, agreement()) == "agreement_version"
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_new_version_takes_the_place_of_the_old_one_on_its_day(
    partner: PartnerNode, keeper: Acting, second: Acting, clock: time_machine.Traveller
) -> None:
    first = in_force(partner, keeper, second)
    later = TODAY + dt.timedelta(days=3)
    row = in_force(partner, keeper, second, version=2, valid_from=later)
    assert row.state == "agreed"
    assert start_agreements(by=NODE) == 0
    assert before(row) == agreement()
    clock.move_to(NOW + dt.timedelta(days=3))
    assert start_agreements(by=NODE) == 1
    first.refresh_from_db()
    row.refresh_from_db()
    assert (first.state, row.state) == ("superseded", "in_force")
    clock.move_to(NOW + dt.timedelta(days=400))
    assert start_agreements(by=NODE) == 1
    row.refresh_from_db()
    assert row.state == "ended"


def test_either_suspends_and_both_must_lift(partner: PartnerNode, keeper: Acting, second: Acting) -> None:
    row = in_force(partner, keeper, second)
    suspend_agreement(by=keeper, version_id=row.pk, because="Data protection asks.")
    assert sent("agreement_suspension") == said(row, number=1, because="Data protection asks.")
    assert agreement_for(PEER, purpose="border_check", kind="question", at=NOW, outgoing=True) is None
    resume_agreement(by=second, version_id=row.pk)
    row.refresh_from_db()
    assert row.state == "suspended"
    with pytest.raises(Conflict, match="state_refuses"):
        resume_agreement(by=second, version_id=row.pk)
    assert hear(partner, "agreement_resumption", said(row, number=1)) == "delivered"
    row.refresh_from_db()
    assert row.state == "in_force"
    assert hear(partner, "agreement_suspension", said(row, number=1)) == "delivered"  # an old one, late
    row.refresh_from_db()
    assert row.state == "in_force"
    assert hear(partner, "agreement_suspension", said(row, number=2, because="A search.")) == "delivered"
    row.refresh_from_db()
    assert (row.state, row.note) == ("suspended", "A search.")
    assert hear(partner, "agreement_resumption", said(row, number=2)) == "delivered"
    resume_agreement(by=second, version_id=row.pk)
    row.refresh_from_db()
    assert row.state == "in_force"


def test_refusal_and_end_are_heard_and_told(partner: PartnerNode, keeper: Acting, second: Acting) -> None:
    row = proposed(keeper, second)
    assert hear(partner, "agreement_refusal", said(row, because="Clause 7 is missing.")) == "delivered"
    row.refresh_from_db()
    assert (row.state, row.note) == ("refused", "Clause 7 is missing.")
    again = in_force(partner, keeper, second, version=2)
    with pytest.raises(InvalidInput, match="partner_invalid"):
        end_agreement(by=second, version_id=again.pk, because=" ")
    end_agreement(by=second, version_id=again.pk, because="It is replaced.")
    assert sent("agreement_end")["because"] == "It is replaced."
    assert theirs(partner, agreement(version=3)) == "delivered"
    third = AgreementVersion.objects.get(version=3)
    refuse_agreement(by=second, version_id=third.pk, because="Not now.")
    assert sent("agreement_refusal")["because"] == "Not now."
    assert hear(partner, "agreement_end", said(third)) == "delivered"
    third.refresh_from_db()
    assert third.state == "refused"


def test_what_the_partner_says_of_an_unknown_text_is_refused(
    partner: PartnerNode, keeper: Acting, second: Acting
) -> None:
    row = in_force(partner, keeper, second)
    assert hear(partner, "agreement_end", said(row) | {"sha256": "0" * 64}) == "agreement_unknown"
    assert hear(partner, "agreement_suspension", said(row)) == "message_invalid"
    row.refresh_from_db()
    assert row.state == "in_force"


def test_he_who_ends_what_we_countersigned_has_our_signature(
    partner: PartnerNode, keeper: Acting, second: Acting
) -> None:
    theirs(partner, agreement())
    row = AgreementVersion.objects.get()
    review_agreement(by=keeper, version_id=row.pk)
    countersign_agreement(by=second, version_id=row.pk)
    assert hear(partner, "agreement_suspension", said(row, number=1, because="x")) == "delivered"
    row.refresh_from_db()
    assert (row.state, row.suspensions) == ("suspended", 1)


def test_an_older_version_never_comes_back(partner: PartnerNode, keeper: Acting, second: Acting) -> None:
    old = proposed(keeper, second)
    both = add_signature(decode_bytes(sent("agreement")["document"]), typ=FORMAT, signers=[partner.signing])
    new = in_force(partner, keeper, second, version=2)
    suspend_agreement(by=second, version_id=new.pk, because="in doubt")
    hear(partner, "agreement_signature", said(old, document=encode_bytes(both)))  # kept back until now
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("ended", "suspended")
