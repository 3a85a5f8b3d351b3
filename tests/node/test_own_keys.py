"""The keys of the node: made once, changed without a break, revoked at once, and told in a document that follows."""

from __future__ import annotations

import datetime as dt
import ssl
import stat
from collections.abc import Iterator

import pytest
import time_machine
from tests.factories import acting

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.actor import NODE
from elchi.node.federation.keys import own_certificate, own_decryption_keys, own_signers
from elchi.node.federation.models import KeyVersion, OwnKey, Partner
from elchi.node.federation.queries.keys import (
    document_of,
    key_in_history,
    key_of,
    own_key_document,
    signed_key_document,
)
from elchi.node.federation.services import change_addresses, make_keys, renew_keys, revoke_key, rotate_key
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.seal.public_key import PublicKey
from elchi.seal.trust import KeyDocument, read_key_document

START = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=30)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by(clock: time_machine.Traveller) -> Acting:
    return acting(Role.ADMINISTRATOR)


@pytest.fixture
def made(by: Acting) -> KeyVersion:
    return make_keys(by=by)


def document() -> KeyDocument:
    told = own_key_document()
    assert told is not None
    return told


def published(kid: str) -> PublicKey:
    key = document().key(kid)
    assert key is not None
    return key


def chain() -> list[int]:
    """Verify every version of our document with the one before; give their numbers."""
    trusted = None
    versions = []
    for row in KeyVersion.objects.filter(party="KZ-KOR-1").order_by("version"):
        trusted = read_key_document(bytes(row.document), trusted=trusted)
        versions.append(trusted.version)
    return versions


def test_they_are_made_once_and_published(by: Acting, made: KeyVersion) -> None:
    told = document()
    assert (told.party, told.version, told.previous, told.addresses) == ("KZ-KOR-1", 1, "", ())
    assert [(key.algorithm, key.valid_from) for key in told.keys if key.valid_from == START] == [
        ("X-Wing", START), ("Ed25519", START),
    ]  # fmt: skip
    assert told.certificates == (*(bytes(row.public) for row in OwnKey.objects.filter(use="tls")),)
    assert len(told.certificates) == 2
    with pytest.raises(Conflict, match="keys_exist"):
        make_keys(by=by)


def test_their_files_are_locked_and_for_the_node_alone(made: KeyVersion) -> None:
    files = sorted(path for path in here().keys.iterdir() if path.name != "secret")
    assert [path.suffix for path in files] == [".pem", ".pem", ".pem", ".crt", ".key", ".crt", ".key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    locked = [path.read_bytes().count(b"BEGIN ENCRYPTED PRIVATE KEY") for path in files if path.suffix != ".crt"]
    assert sorted(locked) == [1, 1, 1, 1, 2]  # X-Wing has two halves


def test_what_is_opened_is_what_is_published(made: KeyVersion) -> None:
    told = document()
    assert [signer.kid for signer in own_signers(START)] == [key.kid for key in told.signing_keys(START)]
    assert set(own_decryption_keys()) == {key.kid for key in told.encryption_keys(START)}
    presented = own_certificate(START)
    assert presented.der in told.certificates
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(presented.certificate, presented.key, presented.passphrase)


def test_without_keys_nothing_is_signed() -> None:
    with pytest.raises(Conflict, match="keys_missing"):
        own_signers(START)
    with pytest.raises(Conflict, match="keys_missing"):
        own_certificate(START)
    assert renew_keys(by=NODE) == 0


def test_a_new_key_that_opens_is_used_at_once_and_the_old_one_still_opens(by: Acting, made: KeyVersion) -> None:
    before = document().encryption_keys(START)[0]
    key = rotate_key(by=by, algorithm="X-Wing")
    told = document()
    assert {one.kid for one in told.encryption_keys(START)} == {key.kid, before.kid}
    assert published(before.kid).superseded_by == key.kid
    assert published(before.kid).valid_until == START + MONTH
    assert set(own_decryption_keys()) == {before.kid, key.kid}
    assert chain() == [1, 2]


def test_a_new_key_that_signs_waits_until_partners_have_learnt_of_it(
    by: Acting, made: KeyVersion, clock: time_machine.Traveller
) -> None:
    Partner.objects.create(code="KG-AKJ-1", name="Ak-Jol", state="active")
    before = own_signers(START)[0].kid
    key = rotate_key(by=by, algorithm="Ed25519")
    assert key.valid_from == START + WEEK
    assert own_signers(START)[0].kid == before
    with pytest.raises(Conflict, match="key_announced"):
        rotate_key(by=by, algorithm="Ed25519")
    clock.move_to(START + WEEK)
    assert own_signers(START + WEEK)[0].kid == key.kid
    assert [one.kid for one in document().signing_keys(START + WEEK)] == [key.kid, before]
    assert [one.kid for one in document().signing_keys(START + WEEK + MONTH)] == [key.kid]
    renew_keys(by=NODE)
    assert chain() == [1, 2]
    clock.move_to(START + WEEK + dt.timedelta(days=4))
    renew_keys(by=NODE)
    assert chain() == [1, 2, 3]


def test_without_partners_nobody_is_waited_for(by: Acting, made: KeyVersion) -> None:
    key = rotate_key(by=by, algorithm="Ed25519")
    assert own_signers(START)[0].kid == key.kid


def test_the_certificate_is_changed_for_one_that_partners_know(by: Acting, made: KeyVersion) -> None:
    Partner.objects.create(code="KG-AKJ-1", name="Ak-Jol", state="active")
    known = document().certificates
    rotate_key(by=by, algorithm="P-256")
    assert own_certificate(START).der in known
    assert len(document().certificates) == 3


def test_an_algorithm_may_be_added_and_then_signs_documents_too(by: Acting, made: KeyVersion) -> None:
    key = rotate_key(by=by, algorithm="ML-DSA-65")
    assert [signer.algorithm for signer in own_signers(START)] == ["Ed25519", "ML-DSA-65"]
    assert published(key.kid).algorithm == "ML-DSA-65"
    assert chain() == [1, 2]
    with pytest.raises(InvalidInput, match="key_request_invalid"):
        rotate_key(by=by, algorithm="RSA")


def test_a_revoked_key_counts_no_more_and_the_next_one_takes_its_place(by: Acting, made: KeyVersion) -> None:
    before = own_signers(START)[0].kid
    revoke_key(by=by, kid=before, because="The laptop was stolen.")
    assert published(before).revoked_at == START
    after = own_signers(START)[0].kid
    assert (after == before, published(before).superseded_by) == (False, after)
    assert chain() == [1, 2]
    assert [row.revoked_because for row in OwnKey.objects.filter(kid=before)] == ["The laptop was stolen."]
    with pytest.raises(Conflict, match="key_revoked_already"):
        revoke_key(by=by, kid=before, because="Again.")


def test_who_has_lost_all_that_signs_signs_with_what_nobody_knows(by: Acting, made: KeyVersion) -> None:
    for row in OwnKey.objects.filter(use="sign"):
        (here().keys / row.place).unlink()
        revoke_key(by=by, kid=row.kid, because="The disk is dead.")
    versions = list(KeyVersion.objects.order_by("version"))
    first = document_of(versions[0])
    assert {signer.kid for signer in own_signers(START)} & {key.kid for key in first.keys} == set()
    assert read_key_document(bytes(versions[-1].document), trusted=None).version == versions[-1].version


def test_every_kind_of_key_can_be_revoked(by: Acting, made: KeyVersion) -> None:
    for row in list(OwnKey.objects.filter(valid_from=START)):
        revoke_key(by=by, kid=row.kid, because="x")
    assert len(document().encryption_keys(START)) == 1
    assert own_certificate(START).der in document().certificates
    with pytest.raises(NotFound, match="own_key_unknown"):
        revoke_key(by=by, kid="none", because="x")
    with pytest.raises(InvalidInput, match="partner_invalid"):
        revoke_key(by=by, kid=row.kid, because=" ")


def test_a_node_left_alone_for_five_years_never_stops_signing(made: KeyVersion, clock: time_machine.Traveller) -> None:
    signed: set[str] = set()
    for day in range(0, 5 * 365, 9):
        now = START + dt.timedelta(days=day)
        clock.move_to(now)
        renew_keys(by=NODE)
        told = document()
        assert told.state(now) == "fresh"
        assert told.encryption_keys(now)
        assert own_certificate(now).der in told.certificates
        assert 2 <= len(told.certificates) <= 4
        signer = own_signers(now)[0]
        assert told.key(signer.kid) is not None
        signed.add(signer.kid)
    assert len(signed) == 5
    versions = chain()
    assert versions == list(range(1, len(versions) + 1))
    assert OwnKey.objects.filter(use="encrypt").count() == 5
    assert all(key_in_history("KZ-KOR-1", kid) for kid in signed)


def test_a_key_that_ended_is_found_in_older_documents(
    by: Acting, made: KeyVersion, clock: time_machine.Traveller
) -> None:
    before = own_signers(START)[0].kid
    rotate_key(by=by, algorithm="Ed25519")
    clock.move_to(START + 2 * MONTH)
    renew_keys(by=NODE)
    assert document().key(before) is None
    ended = key_of("KZ-KOR-1", before)
    assert ended is not None
    assert ended.valid_until == START + MONTH
    assert key_of("KZ-KOR-1", "none") is None
    assert key_of("KG-AKJ-1", before) is None


def test_addresses_are_said_in_the_document(by: Acting, made: KeyVersion) -> None:
    change_addresses(by=by, addresses=["https://elchi.kordai.example:8443", " https://10.1.2.3:8443 ", ""])
    assert document().addresses == ("https://elchi.kordai.example:8443", "https://10.1.2.3:8443")
    rotate_key(by=by, algorithm="X-Wing")
    assert document().addresses == ("https://elchi.kordai.example:8443", "https://10.1.2.3:8443")
    assert chain() == [1, 2, 3]
    for wrong in ("http://elchi.example", "https://", "https://a b", "https://A.example", "https://a:0"):
        with pytest.raises(InvalidInput, match="partner_invalid"):
            change_addresses(by=by, addresses=[wrong])
    with pytest.raises(InvalidInput, match="partner_invalid"):
        change_addresses(by=by, addresses=[f"https://{one}.example" for one in range(9)])


def test_the_newest_document_is_handed_out_to_who_has_an_older_one(by: Acting, made: KeyVersion) -> None:
    assert signed_key_document("KZ-KOR-1") == bytes(made.document)
    assert signed_key_document("KZ-KOR-1", after_version=1) is None
    assert signed_key_document("KG-AKJ-1") is None


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AGREEMENT_KEEPER, Role.AUDITOR, Role.FIRST_LINE])
def test_keys_are_for_the_administrator(role: Role, made: KeyVersion) -> None:
    other = acting(role)
    for verb in (
        lambda: make_keys(by=other),
        lambda: rotate_key(by=other, algorithm="X-Wing"),
        lambda: revoke_key(by=other, kid="x", because="x"),
        lambda: change_addresses(by=other, addresses=[]),
    ):
        with pytest.raises(NotAllowed, match="right_missing"):
            verb()
