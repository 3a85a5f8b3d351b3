"""A signed document: canonical JSON with one signature or more, in the General JSON form of JWS (RFC 7515, 7.2.1).

    {"payload": base64url(JSON), "signatures": [{"protected": base64url(JSON), "signature": ..}, ..]}

Each protected header is `{"alg", "kid", "typ"}` and nothing else. `typ` says what kind of document was signed, so that
one kind is never taken for another; `alg` must be that of the key, which alone decides. Everything that nodes sign has
this form, and any JWS library with the algorithm can verify it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from elchi.errors import InvalidInput, SealBroken
from elchi.seal.canonical import decode_bytes, encode_bytes, read_canonical, write_canonical
from elchi.seal.keys import Signer
from elchi.seal.public_key import PublicKey

MAX_DOCUMENT: Final = 1 << 20
"""Bytes."""
MAX_SIGNATURES: Final = 16

KeyOf = Callable[[str], PublicKey | None]
"""Gives a key by its kid."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document whose signatures are right."""

    content: Mapping[str, Any]
    payload_sha256: str
    """Of what was signed, 64 hexadecimal digits: the same whoever has signed."""
    signed_by: tuple[str, ...]
    """Kids. Whether their keys counted at that time says `check_signed_at`."""


@dataclass(frozen=True, slots=True)
class _Parsed:
    payload: str
    content: Mapping[str, Any]
    signatures: tuple[Mapping[str, Any], ...]


def sign_document(content: Mapping[str, Any], *, typ: str, signers: Sequence[Signer]) -> bytes:
    """Make a signed document.

    Args:
        content: JSON values.
        typ: kind of document and its version, such as `elchi-key-document-1`.
        signers: one or more.

    Raises:
        InvalidInput: `document_unwritable`: content that canonical JSON does not have, or too much of it.
    """
    return sign_payload(write_canonical(dict(content)), typ=typ, signers=signers)


def sign_payload(payload: bytes, *, typ: str, signers: Sequence[Signer]) -> bytes:
    """Make a signed document of content that is canonical JSON already; as `sign_document`."""
    encoded = encode_bytes(payload)
    return _write(encoded, [_sign(encoded, typ, signer) for signer in signers])


def add_signature(document: bytes, *, typ: str, signers: Sequence[Signer]) -> bytes:
    """Give a document with more signatures on the same bytes. Those that it has are kept, not verified.

    Raises:
        SealBroken: `document_damaged`, `document_too_large`.
        InvalidInput: `document_unwritable`: one of the keys has signed already, or there are too many.
    """
    parsed = _parse(document, typ)
    return _write(parsed.payload, [*parsed.signatures, *(_sign(parsed.payload, typ, one) for one in signers)])


def read_document(document: bytes, *, typ: str, key_of: KeyOf) -> SignedDocument:
    """Read a document, all of whose signatures must be right.

    Args:
        document: as `sign_document` makes it.
        typ: what kind it must be.
        key_of: gives the keys of whoever may have signed it.

    Raises:
        SealBroken: `document_damaged`, `document_too_large`, `key_unknown`, `signature_wrong`.
    """
    return read_own_document(document, typ=typ, keys_in=lambda _: key_of)


def read_own_document(document: bytes, *, typ: str, keys_in: Callable[[Mapping[str, Any]], KeyOf]) -> SignedDocument:
    """Read a document that says itself by whose keys it is signed.

    Args:
        document: as `sign_document` makes it.
        typ: what kind it must be.
        keys_in: gives the keys by content that is **not verified yet**. It must not do anything else with it.

    Raises:
        SealBroken: as `read_document`, and what `keys_in` raises.
    """
    parsed = _parse(document, typ)
    key_of = keys_in(parsed.content)
    return SignedDocument(
        content=MappingProxyType(dict(parsed.content)),
        payload_sha256=hashlib.sha256(decode_bytes(parsed.payload)).hexdigest(),
        signed_by=tuple(_verified(one, parsed.payload, typ, key_of) for one in parsed.signatures),
    )


def _sign(payload: str, typ: str, signer: Signer) -> dict[str, str]:
    protected = encode_bytes(write_canonical({"alg": signer.algorithm, "kid": signer.kid, "typ": typ}))
    return {"protected": protected, "signature": encode_bytes(signer.sign(f"{protected}.{payload}".encode()))}


def _write(payload: str, signatures: Sequence[Mapping[str, Any]]) -> bytes:
    if not signatures or len(signatures) > MAX_SIGNATURES:
        raise InvalidInput("document_unwritable", field="signatures", rule="number_in_range")
    if len({one["protected"] for one in signatures}) != len(signatures):
        raise InvalidInput("document_unwritable", field="signatures", rule="each_once")
    content = write_canonical({"payload": payload, "signatures": [dict(one) for one in signatures]})
    if len(content) > MAX_DOCUMENT:
        raise InvalidInput("document_unwritable", field="content", rule="max_bytes")
    return content


def _parse(document: bytes, typ: str) -> _Parsed:
    """Take a document apart, in its only form; nothing of it is verified."""
    if len(document) > MAX_DOCUMENT:
        raise SealBroken("document_too_large", maximum=MAX_DOCUMENT)
    try:
        told = read_canonical(document)
        if not isinstance(told, dict) or told.keys() != {"payload", "signatures"}:
            raise SealBroken("document_damaged", rule="signed_document", typ=typ)
        content = read_canonical(decode_bytes(told["payload"]))
    except ValueError:
        raise SealBroken("document_damaged", rule="canonical", typ=typ) from None
    signatures = told["signatures"]
    if not isinstance(content, dict) or not isinstance(signatures, list) or not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise SealBroken("document_damaged", rule="signed_document", typ=typ)
    for one in signatures:
        if not isinstance(one, dict) or one.keys() != {"protected", "signature"}:
            raise SealBroken("document_damaged", rule="signed_document", typ=typ)
    if len({str(one["protected"]) for one in signatures}) != len(signatures):
        raise SealBroken("document_damaged", rule="each_once", typ=typ)
    return _Parsed(told["payload"], content, tuple(signatures))


def _verified(one: Mapping[str, Any], payload: str, typ: str, key_of: KeyOf) -> str:
    """Give the kid of a signature that is right."""
    try:
        header = read_canonical(decode_bytes(one["protected"]))
        signature = decode_bytes(one["signature"])
    except ValueError:
        raise SealBroken("document_damaged", rule="canonical", typ=typ) from None
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"} or header["typ"] != typ:
        raise SealBroken("document_damaged", rule="document_kind", typ=typ)
    kid = header["kid"]
    key = key_of(kid) if isinstance(kid, str) else None
    if key is None:
        raise SealBroken("key_unknown", kid=str(kid)[:64])
    if key.kid != kid or key.algorithm != header["alg"]:
        raise SealBroken("signature_wrong", kid=key.kid)
    if not key.has_signed(f"{one['protected']}.{payload}".encode(), signature):
        raise SealBroken("signature_wrong", kid=key.kid)
    return key.kid
