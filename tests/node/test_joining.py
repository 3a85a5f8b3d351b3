"""Two nodes become partners: two files and a fingerprint that two officers of each side have in hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.factories import acting, make_country
from tests.neighbour import Neighbour

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, SealBroken
from elchi.exchange.joining import read_joining
from elchi.node.audit.models import AuditLine
from elchi.node.federation.models import Invitation, KeyVersion, Partner
from elchi.node.federation.queries.keys import key_document_of, key_in_history, key_of, signed_key_document
from elchi.node.federation.queries.messages import message_of
from elchi.node.federation.services import (
    change_addresses,
    confirm_partner,
    end_partner,
    invite_partner,
    join_partner,
    make_keys,
    take_key_document,
    withdraw_invitation,
)
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.seal.canonical import encode_bytes
from elchi.seal.trust import fingerprint_groups

PEER = "KG-AKJ-1"


@pytest.fixture
def administrator(db: None) -> Acting:
    by = acting(Role.ADMINISTRATOR)
    make_keys(by=by)
    make_country("KG")
    return by


@pytest.fixture
def supervisor() -> Acting:
    return acting(Role.SUPERVISOR)


@pytest.fixture
def neighbour() -> Neighbour:
    return Neighbour(timezone.now().replace(microsecond=0), addresses=("https://elchi.akjol.example:8443",))


def told() -> list[str]:
    """Give what the audit says was done, without what made the officers and keys."""
    return [line.verb for line in AuditLine.objects.order_by("sequence") if line.verb.startswith("federation.")][1:]


def test_who_is_invited_becomes_a_partner_when_the_fingerprint_is_compared(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    invited = invite_partner(by=administrator, note="Ak-Jol, Colonel Asanov")
    file, document = read_joining(invited.file, at=timezone.now())
    assert (file.kind, file.party, file.country, file.organisation) == (
        "invitation", "KZ-KOR-1", "KZ", "Border Service",
    )  # fmt: skip
    assert document == key_document_of("KZ-KOR-1")

    joined = join_partner(by=administrator, file=neighbour.acceptance(invited.file))
    assert (joined.answer, joined.partner.state, joined.partner.name) == (b"", "invited", "Ak-Jol")
    assert joined.partner.carriers == [{"kind": "https"}, {"kind": "bundle"}]
    assert (joined.partner.given_version, joined.partner.country.code) == (1, "KG")
    assert key_document_of(PEER) is None

    spoken = " ".join(fingerprint_groups(neighbour.fingerprint))
    partner = confirm_partner(by=supervisor, code=PEER, fingerprint=spoken)
    assert (partner.state, partner.fingerprint, partner.compared_by) == (
        "active", neighbour.fingerprint, supervisor.officer,
    )  # fmt: skip
    assert key_document_of(PEER) == neighbour.document
    assert Invitation.objects.get().partner == partner
    assert told() == [
        "federation.invite_partner", "federation.join_partner", "federation.confirm_partner", "federation.send_message",
    ]  # fmt: skip


def test_who_invites_us_gets_our_answer(administrator: Acting, supervisor: Acting, neighbour: Neighbour) -> None:
    invitation = neighbour.invitation()
    joined = join_partner(by=administrator, file=b"\n" + invitation + b"\r\n")
    answer, document = read_joining(joined.answer, at=timezone.now())
    asked, _ = read_joining(invitation, at=timezone.now())
    assert (answer.kind, answer.party, answer.to, answer.nonce) == ("acceptance", "KZ-KOR-1", PEER, asked.nonce)
    assert document == key_document_of("KZ-KOR-1")
    assert confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint.upper()).state == "active"


def test_the_partner_is_told_that_he_was_compared(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    partner = confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    message = message_of(partner.outgoing.get())
    assert (message.kind, dict(message.body)) == ("partner_state", {"state": "active", "number": 1, "because": ""})


def test_who_brought_the_file_does_not_compare(administrator: Acting, neighbour: Neighbour) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    with pytest.raises(NotAllowed, match="right_missing"):
        confirm_partner(by=administrator, code=PEER, fingerprint=neighbour.fingerprint)
    both = acting(Role.SUPERVISOR)
    Partner.objects.update(offered_by=both.name)
    with pytest.raises(NotAllowed, match="four_eyes"):
        confirm_partner(by=both, code=PEER, fingerprint=neighbour.fingerprint)


def test_no_command_at_the_machine_compares(administrator: Acting, neighbour: Neighbour) -> None:
    join_partner(by=at_machine("root"), file=neighbour.invitation())
    with pytest.raises(NotAllowed, match="right_missing"):
        confirm_partner(by=at_machine("other"), code=PEER, fingerprint=neighbour.fingerprint)


@pytest.mark.parametrize("heard", ["", "12345", "x" * 64, "1" * 61, "٣" * 60])
def test_a_fingerprint_has_sixty_digits(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour, heard: str
) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    with pytest.raises(InvalidInput, match="fingerprint_unreadable"):
        confirm_partner(by=supervisor, code=PEER, fingerprint=heard)


def test_with_another_fingerprint_nobody_becomes_a_partner(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    between = Neighbour(neighbour.now)
    join_partner(by=administrator, file=between.invitation())
    for heard in (neighbour.fingerprint, " ".join(fingerprint_groups(neighbour.fingerprint))):
        with pytest.raises(Conflict, match="fingerprint_other"):
            confirm_partner(by=supervisor, code=PEER, fingerprint=heard)
    assert (Partner.objects.get().state, key_document_of(PEER)) == ("invited", None)


def test_an_invitation_is_used_once(administrator: Acting, neighbour: Neighbour) -> None:
    invited = invite_partner(by=administrator, note="")
    acceptance = neighbour.acceptance(invited.file)
    join_partner(by=administrator, file=acceptance)
    other = Neighbour(neighbour.now, code="UZ-YAL-1")
    for file in (acceptance, other.acceptance(invited.file)):
        with pytest.raises(Conflict, match="invitation_over"):
            join_partner(by=administrator, file=file)


def test_an_invitation_taken_back_is_over(administrator: Acting, neighbour: Neighbour) -> None:
    invited = invite_partner(by=administrator, note="")
    withdraw_invitation(by=administrator, invitation_id=invited.invitation.pk)
    with pytest.raises(Conflict, match="invitation_over"):
        join_partner(by=administrator, file=neighbour.acceptance(invited.file))
    with pytest.raises(Conflict, match="invitation_over"):
        withdraw_invitation(by=administrator, invitation_id=invited.invitation.pk)
    with pytest.raises(NotFound, match="invitation_unknown"):
        withdraw_invitation(by=administrator, invitation_id=10**6)


def test_what_answers_no_invitation_of_ours_is_refused(administrator: Acting, neighbour: Neighbour) -> None:
    invited = invite_partner(by=administrator, note="")
    for changed in ({"nonce": "A" * 22}, {"to": "KZ-KOR-2"}):
        with pytest.raises(NotFound, match="invitation_unknown"):
            join_partner(by=administrator, file=neighbour.acceptance(invited.file, **changed))
    with pytest.raises(Conflict, match="own_file"):
        join_partner(by=administrator, file=invited.file)


def test_a_file_that_is_not_whole_is_refused(administrator: Acting, neighbour: Neighbour) -> None:
    whole = neighbour.invitation()
    stranger = Neighbour(neighbour.now, code="UZ-YAL-1")
    broken: list[tuple[bytes, type[ElchiError], str]] = [
        (b"", SealBroken, "document_damaged"),
        (whole[:-1], SealBroken, "document_damaged"),
        (b" " * (65 << 10), InvalidInput, "joining_invalid"),
        (neighbour.invitation(signer=stranger.signing), SealBroken, "key_unknown"),
        (neighbour.invitation(key_document=stranger.content), SealBroken, "key_unknown"),
        (stranger.invitation(party=PEER), InvalidInput, "joining_invalid"),
        (neighbour.invitation(valid_until=neighbour.now), Conflict, "joining_expired"),
        (neighbour.invitation(signer=neighbour.next), SealBroken, "key_expired"),
    ]
    for file, family, code in broken:
        with pytest.raises(family, match=code):
            join_partner(by=administrator, file=file)
    assert Partner.objects.count() == 0


def test_a_partner_that_lost_its_keys_joins_again_with_the_same_code(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    old = neighbour.signing.kid

    anew = Neighbour(neighbour.now)
    join_partner(by=administrator, file=anew.invitation())
    assert (Partner.objects.get().state, key_document_of(PEER)) == ("active", neighbour.document)
    confirm_partner(by=supervisor, code=PEER, fingerprint=anew.fingerprint)
    assert key_document_of(PEER) == anew.document
    assert key_of(PEER, old) is None
    assert key_in_history(PEER, old) == neighbour.document.key(old)
    assert [(row.joining, row.version) for row in KeyVersion.objects.filter(party=PEER)] == [(2, 1), (1, 1)]


def test_partners_are_given_each_new_key_document(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    partner = confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    change_addresses(by=administrator, addresses=["https://elchi.kordai.example:8443"])
    message = message_of(partner.outgoing.latest("pk"))
    assert (message.kind, message.body["document"]) == ("keys", encode_bytes(signed_key_document("KZ-KOR-1") or b""))


def test_nobody_is_led_back_to_keys_that_were_replaced(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    stolen = neighbour.invitation()
    join_partner(by=administrator, file=stolen)
    confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    revoking = neighbour.issue(neighbour.next, keys=neighbour.revoked(neighbour.signing))
    take_key_document(party=PEER, content=revoking, at=timezone.now())
    with pytest.raises(Conflict, match="joining_older"):
        join_partner(by=administrator, file=stolen)


def test_who_was_ended_joins_again_by_the_same_steps(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    join_partner(by=administrator, file=neighbour.invitation())
    confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    end_partner(by=supervisor, code=PEER, because="The agreement has ended.")
    with pytest.raises(Conflict, match="nothing_offered"):
        confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint)
    join_partner(by=administrator, file=neighbour.invitation())
    assert Partner.objects.get().state == "invited"
    assert confirm_partner(by=supervisor, code=PEER, fingerprint=neighbour.fingerprint).state == "active"


def test_a_way_through_a_relay_is_offered_if_we_know_the_relay(
    administrator: Acting, supervisor: Acting, neighbour: Neighbour
) -> None:
    relay = Neighbour(neighbour.now, code="CARICC-1", name="CARICC")
    join_partner(by=administrator, file=relay.invitation(country="", organisation="CARICC"))
    confirm_partner(by=supervisor, code="CARICC-1", fingerprint=relay.fingerprint)
    Partner.objects.update(is_relay=True)
    joined = join_partner(by=administrator, file=neighbour.invitation(relays=("CARICC-1", "KG-BIS-1")))
    assert joined.partner.carriers == [{"kind": "https"}, {"kind": "relay", "through": "CARICC-1"}, {"kind": "bundle"}]
    assert Partner.objects.get(code="CARICC-1").country is None
    file, _ = read_joining(invite_partner(by=administrator, note="").file, at=timezone.now())
    assert file.relays == ("CARICC-1",)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AGREEMENT_KEEPER, Role.AUDITOR, Role.SECOND_LINE])
def test_only_administrators_invite_and_bring_files(administrator: Acting, neighbour: Neighbour, role: Role) -> None:
    by = acting(role)
    for verb in (
        lambda: invite_partner(by=by, note=""),
        lambda: join_partner(by=by, file=neighbour.invitation()),
        lambda: withdraw_invitation(by=by, invitation_id=1),
    ):
        with pytest.raises(NotAllowed, match="right_missing"):
            verb()


def test_an_invitation_is_over_after_a_fortnight(administrator: Acting, neighbour: Neighbour) -> None:
    invited = invite_partner(by=administrator, note="")
    acceptance = neighbour.acceptance(invited.file, valid_until=neighbour.now + dt.timedelta(days=20))
    Invitation.objects.update(valid_until=neighbour.now)
    with pytest.raises(Conflict, match="invitation_over"):
        join_partner(by=administrator, file=acceptance)
