"""An envelope opens for whom it was sealed, whole, signed by whom it says; every attack ends in an error."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from tests.sealing import NOW, Forger, Party, described, open_by, plain_of, public_of, seal_from, signed_by

from elchi.errors import ElchiError, InvalidInput, SealBroken
from elchi.seal.canonical import encode_bytes, write_canonical
from elchi.seal.document import read_document, sign_document
from elchi.seal.envelope import MAX_ENVELOPE, MESSAGE, SEALED, open_sealed, padded_length, seal
from elchi.seal.part import Part
from elchi.seal.public_key import PublicKey

US, THEM, OTHER = Party("KZ-KOR-1"), Party("KG-AKJ-1"), Party("UZ-TAS-1")
BODY = Part("body", "application/json", b'{"name":"Sadykova"}')
PICTURE = Part("picture 1", "image/jpeg", bytes(range(256)) * 40)


def code(content: bytes, receiver: Party = THEM, *known: Party) -> str:
    with pytest.raises(SealBroken) as caught:
        open_by(receiver, content, *(known or (US, THEM, OTHER)))
    return caught.value.code


def forged(plain: bytes, receiver: Party = THEM) -> bytes:
    return Forger().seal(plain, receiver)


def split(content: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(content[:4], "big")
    return json.loads(content[4 : 4 + length]), content[4 + length :]


def joined(header: Any, body: bytes) -> bytes:
    written = header if isinstance(header, bytes) else write_canonical(header)
    return len(written).to_bytes(4, "big") + written + body


def test_what_was_sealed_is_opened_whole() -> None:
    sealed = seal_from(US, THEM, OTHER, parts=(BODY, PICTURE))
    for receiver in (THEM, OTHER):
        opened = open_by(receiver, sealed.content, US)
        assert opened.parts == (BODY, PICTURE)
        assert opened.signed_by == (US.signing.kid,)
        assert (opened.sha256, opened.proof, opened.manifest_sha256) == (
            sealed.sha256, sealed.proof, sealed.manifest_sha256,
        )  # fmt: skip
        assert opened.manifest["parts"] == [described(BODY), described(PICTURE)]
        assert {name: opened.manifest[name] for name in ("from", "to", "id")} == {
            "from": "KZ-KOR-1", "to": ["KG-AKJ-1", "UZ-TAS-1"], "id": "1",
        }  # fmt: skip


def test_the_proof_is_evidence_without_the_envelope() -> None:
    sealed = seal_from(US, THEM, parts=(BODY,))
    found = read_document(sealed.proof, typ=MESSAGE, key_of={US.signing.kid: public_of(US.signing)}.get)
    assert found.payload_sha256 == sealed.manifest_sha256
    assert found.content["parts"] == [described(BODY)]


@pytest.mark.parametrize("algorithm", ["X-Wing", "X25519"])
def test_a_partner_gets_it_with_the_key_that_he_has(algorithm: str) -> None:
    recipient = public_of(THEM.opening if algorithm == "X-Wing" else THEM.classic)
    sealed = seal({"from": US.code, "to": [THEM.code]}, (BODY,), signers=[US.signing, US.later], recipients=[recipient])
    opened = open_by(THEM, sealed.content, US)
    assert opened.signed_by == (US.signing.kid, US.later.kid)
    assert opened.parts == (BODY,)


def test_nothing_of_it_can_be_read_on_the_way() -> None:
    content = seal_from(US, THEM, parts=(BODY,)).content
    header, body = split(content)
    assert b"Sadykova" not in content
    assert all(word not in content for word in (b"KZ-KOR-1", b"KG-AKJ-1", b"question", US.signing.kid.encode()))
    assert header.keys() == {"commitment", "recipients", "typ"}
    assert len(body) == 2_048 + 16


def test_a_hit_is_as_long_as_no_hit() -> None:
    hit = Part("body", "application/json", b'{"answer":"hit","reference":"KZ-2026-0001","contact":"' + b"x" * 300)
    no_hit = Part("body", "application/json", b'{"answer":"no_hit"}')
    assert len({len(seal_from(US, THEM, parts=(one,)).content) for one in (hit, no_hit)}) == 1


@pytest.mark.parametrize("length", [0, 1, 2_047, 2_048, 2_049, 32_768, 32_769, 100_000, 4_000_000])
def test_padding_costs_an_eighth_at_most(length: int) -> None:
    assert length <= padded_length(length) <= max(length + 2_048, length * 9 // 8 + 1)
    assert padded_length(padded_length(length)) == padded_length(length)


def test_no_byte_can_be_changed() -> None:
    content = seal_from(US, THEM, OTHER, parts=(BODY,)).content
    for at in {0, 3, 4, 5, 40, 60, 500, 1_000, 2_500, len(content) // 2, len(content) - 2_000, len(content) - 1}:
        changed = bytearray(content)
        changed[at] ^= 1
        assert code(bytes(changed)) in ("envelope_damaged", "not_for_us"), at


@pytest.mark.parametrize("cut", [0, 3, 4, 100, 2_000, -2_000, -17, -1])
def test_what_was_cut_off_is_refused(cut: int) -> None:
    assert code(seal_from(US, THEM, parts=(BODY,)).content[:cut]) == "envelope_damaged"
    assert code(seal_from(US, THEM, parts=(BODY,)).content + b"\0") == "envelope_damaged"


def test_for_others_it_stays_shut() -> None:
    assert code(seal_from(US, THEM).content, OTHER) == "not_for_us"


def test_recipients_cannot_be_swapped_taken_away_or_added() -> None:
    header, body = split(seal_from(US, THEM, OTHER).content)
    one, two = header["recipients"]
    swapped = [{**one, "kid": two["kid"]}, {**two, "kid": one["kid"]}]
    for recipients in (swapped, [two, one], [one], [one, two, {**two, "kid": "x" * 43}]):
        assert code(joined({**header, "recipients": recipients}, body)) == "envelope_damaged"


def test_surreptitious_forwarding_is_seen() -> None:
    """Davis 2001: a receiver seals what he was told to a third party, who takes it as said to himself."""
    opened = open_by(THEM, seal_from(US, THEM, parts=(BODY,)).content, US)
    forwarded = forged(plain_of(opened.proof, BODY.content), OTHER)
    assert code(forwarded, OTHER) == "not_for_us"


def test_a_message_is_not_passed_off_as_ones_own() -> None:
    """Key substitution: what another has signed cannot be said to come from me, nor mine from him."""
    assert code(forged(plain_of(signed_by(US, THEM, **{"from": "UZ-TAS-1"})))) == "key_unknown"
    assert code(forged(plain_of(signed_by(US, THEM, signers=[OTHER.signing.kid])))) == "envelope_damaged"
    assert code(seal_from(US, THEM).content, THEM, OTHER) == "key_unknown"


def test_a_key_of_the_receiver_signs_nothing_for_the_sender() -> None:
    document = sign_document(
        {"from": US.code, "to": [THEM.code], "signers": [THEM.signing.kid], "parts": []},
        typ=MESSAGE, signers=[THEM.signing],
    )  # fmt: skip
    assert code(forged(plain_of(document))) == "key_unknown"


def test_a_signature_cannot_be_taken_away_or_added() -> None:
    """A downgrade: of two signatures the one that outlasts quantum computers goes missing."""
    two = seal(
        {"from": US.code, "to": [THEM.code]}, (), signers=[US.signing, US.later], recipients=[public_of(THEM.opening)]
    )
    told = json.loads(open_by(THEM, two.content, US).proof)
    for kept in (told["signatures"][:1], told["signatures"][1:], told["signatures"][::-1]):
        stripped = write_canonical({**told, "signatures": kept})
        assert code(forged(plain_of(stripped))) == "envelope_damaged"


def test_one_envelope_has_one_content_for_all() -> None:
    """Without the commitment a sender makes one envelope that opens with two content keys (Dodis et al. 2018)."""
    first, second = Forger(b"1" * 32), Forger(b"2" * 32)
    recipients = [first.recipient(THEM), second.recipient(OTHER, first.commitment)]
    header = write_canonical({"commitment": encode_bytes(first.commitment), "recipients": recipients, "typ": SEALED})
    plain = plain_of(signed_by(US, THEM, OTHER))
    assert open_by(THEM, first.body(header, plain), US).parts == ()
    assert code(second.body(header, plain), OTHER) == "envelope_damaged"


def test_the_same_message_sealed_anew_is_the_same_message() -> None:
    """Who has received it can give it another envelope, so that hash says nothing about its sender."""
    sealed = seal_from(US, THEM, OTHER, parts=(BODY,))
    again = open_by(THEM, forged(plain_of(sealed.proof, BODY.content)), US)
    assert again.sha256 != sealed.sha256
    assert again.manifest_sha256 == sealed.manifest_sha256


@pytest.mark.parametrize(
    ("parts", "contents"),
    [
        ([described(BODY)], [BODY.content[:-1] + b"]"]),
        ([described(BODY)], [BODY.content[:-1]]),
        ([described(BODY)], []),
        ([described(BODY)], [BODY.content, b"more"]),
        ([described(BODY)], [BODY.content, bytes(2_048)]),
        ([described(BODY), described(PICTURE)], [PICTURE.content, BODY.content]),
        ([described(BODY), described(PICTURE)], [BODY.content]),
        ([described(BODY), described(BODY)], [BODY.content, BODY.content]),
        ([{**described(BODY), "size": 1 << 40}], [BODY.content]),
        ([{**described(BODY), "size": -1}], [BODY.content]),
        ([{**described(BODY), "size": True}], [BODY.content]),
        ([{**described(BODY), "name": "a\nb"}], [BODY.content]),
        ([{**described(BODY), "media_type": "text"}], [BODY.content]),
        ([{**described(BODY), "more": 1}], [BODY.content]),
        ([{"name": "body"}], [BODY.content]),
        (["body"], [BODY.content]),
        ([described(Part(str(at), "text/plain", b"")) for at in range(33)], []),
    ],
)
def test_parts_changed_cut_off_reordered_or_added_are_seen(parts: list[Any], contents: list[bytes]) -> None:
    plain = plain_of(signed_by(US, THEM, parts=parts), *contents)
    assert code(forged(plain)) == "part_wrong"


def test_padding_hides_nothing() -> None:
    document = signed_by(US, THEM)
    plain = plain_of(document)
    assert open_by(THEM, forged(plain), US).parts == ()
    for other in (plain[:-1], plain[:-1] + b"\1", plain + bytes(2_048), plain[: 4 + len(document)]):
        assert code(forged(other)) == "part_wrong"


@pytest.mark.parametrize("plain", [b"", b"\0\0\0", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\5abcd", bytes(2_048)])
def test_a_body_that_holds_no_document_is_refused(plain: bytes) -> None:
    assert code(forged(plain)) in ("envelope_damaged", "document_damaged")


@pytest.mark.parametrize("missing", ["from", "to", "signers"])
def test_a_manifest_says_from_whom_and_to_whom(missing: str) -> None:
    values: tuple[Any, ...] = (None, "KG-AKJ-1", ["UZ-TAS-1"], [], {})
    for value in values:
        if (missing, value) != ("from", "KG-AKJ-1"):
            content = forged(plain_of(signed_by(US, THEM, **{missing: value})))
            assert code(content) in ("envelope_damaged", "not_for_us", "key_unknown")


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "elchi-sealed-0"}, {"typ": None}, {"alg": "none"}, {"commitment": "AA"}, {"commitment": 1},
        {"recipients": []}, {"recipients": {}}, {"recipients": [1]}, {"recipients": [{}]}, {"recipients": "x"},
        {"recipients": [{"kid": [], "encrypted_key": ""}]}, {"recipients": 5},
    ],
)  # fmt: skip
def test_the_header_has_one_form(changed: dict[str, Any]) -> None:
    header, body = split(seal_from(US, THEM).content)
    assert code(joined({**header, **changed}, body)) == "envelope_damaged"


def test_a_header_in_another_form_is_refused_though_its_content_is_the_same() -> None:
    """Else whoever carries it makes two envelopes of one, and its hash means nothing."""
    header, _ = split(seal_from(US, THEM).content)
    for written in (json.dumps(header).encode(), write_canonical(header)[:-1] + b',"typ":"elchi-sealed-1"}'):
        assert code(joined(written, bytes(2_064))) == "envelope_damaged"


def test_a_recipient_is_named_once() -> None:
    header, body = split(seal_from(US, THEM).content)
    assert code(joined({**header, "recipients": header["recipients"] * 2}, body)) == "envelope_damaged"


def test_too_much_is_refused_before_it_is_read() -> None:
    assert code(bytes(MAX_ENVELOPE + 1)) == "envelope_too_large"
    assert code((1 << 17).to_bytes(4, "big") + bytes(1 << 18)) == "envelope_damaged"


def test_a_manifest_has_one_form_even_if_it_is_signed() -> None:
    payload = b'{"from":"KZ-KOR-1","from":"UZ-TAS-1","parts":[],"signers":[],"to":["KG-AKJ-1"]}'
    encoded = encode_bytes(payload)
    protected = encode_bytes(write_canonical({"alg": "Ed25519", "kid": US.signing.kid, "typ": MESSAGE}))
    signature = encode_bytes(US.signing.sign(f"{protected}.{encoded}".encode()))
    document = write_canonical({"payload": encoded, "signatures": [{"protected": protected, "signature": signature}]})
    assert code(forged(plain_of(document))) == "document_damaged"


@pytest.mark.parametrize(
    ("parts", "recipients"),
    [
        ((BODY, BODY), [public_of(THEM.opening)]),
        ((Part("", "text/plain", b""),), [public_of(THEM.opening)]),
        ((Part("a", "no type", b""),), [public_of(THEM.opening)]),
        ((Part("a", "text/plain", bytes(MAX_ENVELOPE)),), [public_of(THEM.opening)]),
        ((), []),
        ((), [public_of(THEM.opening)] * 2),
        ((), [public_of(THEM.signing)]),
    ],
)
def test_what_no_receiver_would_take_is_not_sealed(parts: tuple[Part, ...], recipients: list[PublicKey]) -> None:
    with pytest.raises(InvalidInput) as caught:
        seal({"from": US.code, "to": [THEM.code]}, parts, signers=[US.signing], recipients=recipients)
    assert caught.value.code == "envelope_unwritable"


def test_a_manifest_has_a_limit_too() -> None:
    with pytest.raises(InvalidInput):
        seal_from(US, THEM, note="x" * 70_000)


def test_to_a_key_of_small_order_nothing_is_sealed() -> None:
    weak = PublicKey(algorithm="X25519", public=bytes(32), valid_from=NOW, valid_until=NOW.replace(year=2027))
    with pytest.raises(SealBroken) as caught:
        seal({"from": US.code, "to": [THEM.code]}, (), signers=[US.signing], recipients=[weak])
    assert caught.value.code == "key_unusable"


def test_a_key_in_the_wrong_place_is_an_error_of_ours() -> None:
    header, body = split(seal_from(US, THEM).content)
    for encrypted in (b"", os.urandom(32), bytes(1_168), os.urandom(1_168), os.urandom(5_000)):
        told = [{"encrypted_key": encode_bytes(encrypted), "kid": THEM.opening.kid}]
        assert code(joined({**header, "recipients": told}, body)) == "envelope_damaged"
    with pytest.raises(ElchiError):
        open_sealed(joined(header, body), keys={}, key_of=lambda *_: None, me=THEM.code)
