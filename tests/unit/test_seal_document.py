"""A signed document: what it says was signed by whom it says, as the kind it is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.sealing import TYP, Party, public_of

from elchi.errors import InvalidInput, SealBroken
from elchi.seal.canonical import encode_bytes, write_canonical
from elchi.seal.document import MAX_DOCUMENT, add_signature, read_document, sign_document
from elchi.seal.public_key import PublicKey

US, THEM = Party("KZ-KOR-1"), Party("KG-AKJ-1")
CONTENT = {"b": [1, "два"], "a": {"yes": True, "none": None}}


def key_of(kid: str) -> PublicKey | None:
    return next((key for party in (US, THEM) for key in party.publics if key.kid == kid), None)


def refused(document: bytes, typ: str = TYP) -> str:
    with pytest.raises(SealBroken) as caught:
        read_document(document, typ=typ, key_of=key_of)
    return caught.value.code


def changed(document: bytes, **fields: Any) -> bytes:
    return write_canonical({**json.loads(document), **fields})


def test_what_was_signed_is_read() -> None:
    document = sign_document(CONTENT, typ=TYP, signers=[US.signing, US.later])
    signed = read_document(document, typ=TYP, key_of=key_of)
    assert dict(signed.content) == CONTENT
    assert signed.signed_by == (US.signing.kid, US.later.kid)


def test_any_jws_library_can_verify_it() -> None:
    """RFC 7515, 5.2: the signature is over the two base64url texts with a point between them."""
    told = json.loads(sign_document(CONTENT, typ=TYP, signers=[US.signing]))
    one = told["signatures"][0]
    header = json.loads(base64.urlsafe_b64decode(one["protected"] + "=="))
    assert header == {"alg": "Ed25519", "kid": US.signing.kid, "typ": TYP}
    signature = base64.urlsafe_b64decode(one["signature"] + "==")
    assert public_of(US.signing).has_signed(f"{one['protected']}.{told['payload']}".encode(), signature)
    assert json.loads(base64.urlsafe_b64decode(told["payload"] + "==")) == CONTENT


def test_a_second_party_signs_the_same_bytes() -> None:
    first = sign_document(CONTENT, typ=TYP, signers=[US.signing])
    both = add_signature(first, typ=TYP, signers=[THEM.signing])
    signed = read_document(both, typ=TYP, key_of=key_of)
    assert signed.signed_by == (US.signing.kid, THEM.signing.kid)
    assert signed.payload_sha256 == read_document(first, typ=TYP, key_of=key_of).payload_sha256
    with pytest.raises(InvalidInput):
        add_signature(both, typ=TYP, signers=[THEM.signing])


def test_a_changed_word_is_seen() -> None:
    document = sign_document(CONTENT, typ=TYP, signers=[US.signing])
    assert refused(changed(document, payload=encode_bytes(write_canonical({**CONTENT, "b": [2]})))) == "signature_wrong"


def test_one_kind_is_never_taken_for_another() -> None:
    document = sign_document(CONTENT, typ="elchi-receipt-1", signers=[US.signing])
    assert refused(document, "elchi-agreement-1") == "document_damaged"


def test_a_key_is_not_used_under_another_name_or_algorithm() -> None:
    """Key substitution, and the downgrade that JWS is known for: who signs may not choose how it is verified."""
    told = json.loads(sign_document(CONTENT, typ=TYP, signers=[US.signing]))
    for header, code in (
        ({"alg": "none", "kid": US.signing.kid, "typ": TYP}, "signature_wrong"),
        ({"alg": "HS256", "kid": US.signing.kid, "typ": TYP}, "signature_wrong"),
        ({"alg": "ML-DSA-65", "kid": US.signing.kid, "typ": TYP}, "signature_wrong"),
        ({"alg": "Ed25519", "kid": THEM.signing.kid, "typ": TYP}, "signature_wrong"),
        ({"alg": "X-Wing", "kid": US.opening.kid, "typ": TYP}, "signature_wrong"),
        ({"alg": "Ed25519", "kid": "x" * 43, "typ": TYP}, "key_unknown"),
        ({"alg": "Ed25519", "kid": US.signing.kid, "typ": TYP, "jwk": {}}, "document_damaged"),
        ({"alg": "Ed25519", "kid": US.signing.kid, "typ": TYP, "crit": ["b64"], "b64": False}, "document_damaged"),
    ):
        protected = encode_bytes(write_canonical(header))
        forged = [{"protected": protected, "signature": told["signatures"][0]["signature"]}]
        assert refused(changed(write_canonical(told), signatures=forged)) == code
        signature = encode_bytes(US.signing.sign(f"{protected}.{told['payload']}".encode()))
        if header["kid"] != US.signing.kid or header["alg"] != "Ed25519" or len(header) > 3:
            resigned = [{"protected": protected, "signature": signature}]
            assert refused(changed(write_canonical(told), signatures=resigned)) == code


def test_a_key_store_that_gives_another_key_is_not_believed() -> None:
    document = sign_document(CONTENT, typ=TYP, signers=[US.signing])
    with pytest.raises(SealBroken) as caught:
        read_document(document, typ=TYP, key_of=lambda _: public_of(THEM.signing))
    assert caught.value.code == "signature_wrong"


def test_every_signature_must_be_right() -> None:
    told = json.loads(sign_document(CONTENT, typ=TYP, signers=[US.signing, THEM.signing]))
    first, second = told["signatures"]
    wrong = {"protected": second["protected"], "signature": first["signature"]}
    assert refused(changed(write_canonical(told), signatures=[first, wrong])) == "signature_wrong"
    assert refused(changed(write_canonical(told), signatures=[first, first])) == "document_damaged"
    assert refused(changed(write_canonical(told), signatures=[])) == "document_damaged"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"payload":', b'"payload": '), (b'{"payload"', b'{"payload":"e30","payload"'), (b"}]}", b"}]}\n"),
        (b'"signatures"', b'"signature\\u0073"'), (b'{"payload"', b'{"header":{},"payload"'),
    ],
)  # fmt: skip
def test_a_document_has_one_form(old: bytes, new: bytes) -> None:
    document = sign_document(CONTENT, typ=TYP, signers=[US.signing])
    assert old in document
    assert refused(document.replace(old, new, 1)) == "document_damaged"


@pytest.mark.parametrize("payload", [b'{"a":1,"a":2}', b'{"b":1,"a":2}', b'{"a":1.0}', b"[]", b'"text"', b'{"a": 1}'])
def test_signed_content_has_one_form_too(payload: bytes) -> None:
    """Even a right signature does not make good what two readers could understand in two ways."""
    encoded = encode_bytes(payload)
    protected = encode_bytes(write_canonical({"alg": "Ed25519", "kid": US.signing.kid, "typ": TYP}))
    signature = encode_bytes(US.signing.sign(f"{protected}.{encoded}".encode()))
    forged = {"payload": encoded, "signatures": [{"protected": protected, "signature": signature}]}
    assert refused(write_canonical(forged)) == "document_damaged"


def test_too_much_is_refused_on_both_sides() -> None:
    with pytest.raises(InvalidInput):
        sign_document({"text": "x" * MAX_DOCUMENT}, typ=TYP, signers=[US.signing])
    with pytest.raises(InvalidInput):
        sign_document(CONTENT, typ=TYP, signers=[])
    assert refused(b" " * (MAX_DOCUMENT + 1)) == "document_too_large"
