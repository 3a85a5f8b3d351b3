"""Key documents: the first by its fingerprint, each later one by a key that was trusted before, never backwards."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from tests.sealing import DAY, NOW, Party, public_of

from elchi.errors import SealBroken
from elchi.seal.canonical import decode_bytes, write_canonical
from elchi.seal.document import sign_document
from elchi.seal.keys import DecryptionKey, Signer, SigningKey
from elchi.seal.trust import (
    FRESH,
    KEY_DOCUMENT,
    KeyDocument,
    fingerprint_groups,
    fingerprint_of_document,
    fingerprint_words,
    issue_key_document,
    read_key_document,
)

US = Party("KZ-KOR-1")
NEXT, THIEF = SigningKey.generate(), SigningKey.generate()
FIRST_BYTES = issue_key_document(US.document(), signers=[US.signing])
FIRST = read_key_document(FIRST_BYTES, trusted=None)


def later(version: int = 2, previous: str = FIRST.sha256, **changed: Any) -> KeyDocument:
    told = {"issued_at": NOW + DAY, "valid_until": NOW + 20 * DAY, **changed}
    return US.document(version=version, previous=previous, **told)


def code(content: bytes, trusted: KeyDocument | None = FIRST, fingerprint: str = "") -> str:
    with pytest.raises(SealBroken) as caught:
        read_key_document(content, trusted=trusted, fingerprint=fingerprint)
    return caught.value.code


def issued(document: KeyDocument, *signers: Signer) -> bytes:
    return issue_key_document(document, signers=signers or (US.signing,))


def test_what_was_issued_is_read() -> None:
    assert dataclasses.replace(FIRST, sha256="") == US.document()
    assert FIRST.key(US.later.kid) == public_of(US.later)
    assert FIRST.key("x") is None
    assert (FIRST.state(NOW + FRESH), FIRST.state(NOW)) == ("expired", "fresh")


def test_first_contact_compares_the_fingerprint() -> None:
    fingerprint = fingerprint_of_document(FIRST_BYTES)
    assert read_key_document(FIRST_BYTES, trusted=None, fingerprint=fingerprint) == FIRST
    forged = issued(US.document(keys=(public_of(THIEF), public_of(US.opening))), THIEF)
    assert code(forged, None, fingerprint) == "fingerprint_differs"


def test_a_document_is_signed_by_a_key_that_it_holds_unrevoked() -> None:
    assert code(issued(US.document(keys=(public_of(NEXT),)), NEXT, US.signing), None) == "key_unknown"
    gone = US.document(keys=(public_of(US.signing, revoked_at=NOW), public_of(NEXT)))
    assert code(issued(gone), None) == "key_document_untrusted"
    assert read_key_document(issued(gone, NEXT), trusted=None).key(US.signing.kid) is not None


def test_a_later_version_is_signed_by_a_key_trusted_before() -> None:
    rotated = later(keys=(public_of(US.signing, superseded_by=NEXT.kid), public_of(NEXT), public_of(US.opening)))
    second = read_key_document(issued(rotated), trusted=FIRST)
    assert [key.kid for key in second.signing_keys(NOW)] == [US.signing.kid, NEXT.kid]
    third = later(3, second.sha256, keys=(public_of(NEXT),))
    assert read_key_document(issued(third, NEXT), trusted=second).version == 3


def test_a_thief_of_the_address_gets_no_key_in() -> None:
    stolen = later(keys=(public_of(THIEF), public_of(US.opening)))
    assert code(issued(stolen, THIEF)) == "key_document_untrusted"
    assert code(issued(later(3, "ab" * 32, keys=(public_of(THIEF),)), THIEF)) == "key_document_untrusted"


def test_a_revoked_key_vouches_for_nothing() -> None:
    revoked = later(keys=(public_of(US.signing, revoked_at=NOW), public_of(NEXT)))
    second = read_key_document(issued(revoked, US.signing, NEXT), trusted=FIRST)
    back = later(3, second.sha256, keys=(public_of(US.signing), public_of(THIEF)))
    assert code(issued(back, US.signing, THIEF), second) == "key_document_untrusted"
    forgiven = later(3, second.sha256, keys=(public_of(US.signing), public_of(NEXT)))
    assert code(issued(forgiven, NEXT), second) == "key_document_rolled_back"
    later_revoked = later(3, second.sha256, keys=(public_of(US.signing, revoked_at=NOW + DAY), public_of(NEXT)))
    assert code(issued(later_revoked, NEXT), second) == "key_document_rolled_back"


def test_an_older_version_does_not_come_back() -> None:
    second = read_key_document(issued(later()), trusted=FIRST)
    assert code(FIRST_BYTES, second) == "key_document_rolled_back"
    earlier = later(3, second.sha256, issued_at=NOW - DAY, valid_until=NOW + DAY)
    assert code(issued(earlier), second) == "key_document_rolled_back"


def test_the_same_version_again_is_nothing_new() -> None:
    assert read_key_document(FIRST_BYTES, trusted=FIRST) == FIRST
    assert read_key_document(issued(US.document(), US.signing, US.later), trusted=FIRST) == FIRST


def test_two_documents_of_one_version_are_an_equivocation() -> None:
    assert code(issued(US.document(name="Another office"))) == "key_document_equivocates"
    assert code(issued(later(2, "ab" * 32))) == "key_document_equivocates"


def test_versions_may_be_missed() -> None:
    assert read_key_document(issued(later(5, "ab" * 32)), trusted=FIRST).version == 5


def test_a_document_of_another_party_is_not_a_later_version() -> None:
    assert code(issued(dataclasses.replace(later(), party="KG-AKJ-1"))) == "key_document_untrusted"


def test_the_best_key_to_seal_to_comes_first() -> None:
    old, new = DecryptionKey.generate(), DecryptionKey.generate()
    document = US.document(
        keys=(public_of(US.signing), public_of(US.classic), public_of(old, valid_from=NOW - 9 * DAY), public_of(new))
    )
    assert [key.kid for key in document.encryption_keys(NOW)] == [new.kid, old.kid, US.classic.kid]
    revoked = US.document(keys=(public_of(US.signing), public_of(US.classic), public_of(old, revoked_at=NOW)))
    assert [key.kid for key in revoked.encryption_keys(NOW)] == [US.classic.kid]
    assert revoked.encryption_keys(NOW + 400 * DAY) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("valid_until", "2026-12-21T10:00:00.001Z"), ("valid_until", "2026-11-21T10:00:00.000Z"), ("version", 0),
        ("version", True), ("version", "1"), ("version", 2), ("previous", "ab" * 32), ("previous", None),
        ("previous", []), ("party", "kz"), ("party", "KZ\n"), ("name", ""), ("name", "x" * 201), ("name", "a\nb"),
        ("name", "\u202etxt"), ("issued_at", "2026-11-21"), ("addresses", ["http://kordai.example"]),
        ("addresses", ["https://kordai.example"] * 17), ("addresses", "https://kordai.example"),
        ("certificates", ["!"]), ("certificates", [""]), ("certificates", ["A" * 5464]),
        ("certificates", ["AAAA"] * 5), ("keys", {}), ("keys", [{}]), ("keys", ["x"]), ("keys", None),
    ],
)  # fmt: skip
def test_a_document_has_the_form_of_the_protocol(field: str, value: Any) -> None:
    content = json.loads(decode_bytes(json.loads(FIRST_BYTES)["payload"]))
    content[field] = value
    assert code(sign_document(content, typ=KEY_DOCUMENT, signers=[US.signing]), None) == "key_document_invalid"


def test_a_key_does_not_bear_the_name_of_another() -> None:
    content = json.loads(decode_bytes(json.loads(FIRST_BYTES)["payload"]))
    content["keys"][0]["kid"] = NEXT.kid
    assert code(sign_document(content, typ=KEY_DOCUMENT, signers=[NEXT]), None) == "key_unusable"
    content["keys"][0] = content["keys"][1]
    assert code(sign_document(content, typ=KEY_DOCUMENT, signers=[US.later]), None) == "key_document_invalid"


def test_what_a_later_protocol_adds_is_passed_over() -> None:
    content = json.loads(decode_bytes(json.loads(FIRST_BYTES)["payload"]))
    content["log"] = {"size": 7}
    found = read_key_document(sign_document(content, typ=KEY_DOCUMENT, signers=[US.signing]), trusted=None)
    assert dataclasses.replace(found, sha256="") == US.document()
    assert found.sha256 != FIRST.sha256


def test_what_no_reader_would_take_is_not_issued() -> None:
    with pytest.raises(SealBroken):
        issue_key_document(US.document(valid_until=NOW + 31 * DAY), signers=[US.signing])


def test_a_fingerprint_is_read_aloud() -> None:
    assert fingerprint_groups("0" * 64) == ("00000",) * 12
    assert "".join(fingerprint_groups("f" * 64)) == str((2**256 - 1) % 10**60)
    # the example of the article: 127.0.0.1 is lusab-babad
    assert fingerprint_words("7f000001" + "0" * 56) == ("lusab", "babad", *("babab",) * 6)
    assert fingerprint_words("7f000001" + "0" * 56, cyrillic=True)[:2] == ("лусаб", "бабад")


def test_two_documents_are_told_apart_by_what_is_read_aloud() -> None:
    other = fingerprint_of_document(issued(US.document(name="Another office")))
    assert fingerprint_groups(other) != fingerprint_groups(FIRST.sha256)
    assert fingerprint_words(other) != fingerprint_words(FIRST.sha256)


def test_documents_are_written_in_one_form() -> None:
    assert write_canonical(json.loads(FIRST_BYTES)) == FIRST_BYTES
