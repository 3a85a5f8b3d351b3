"""An envelope: a signed message and its parts, sealed so that only those can read it to whom it is addressed.

    envelope  u32 length | header | body
    header    {"commitment", "recipients": [{"encrypted_key", "kid"}, ..], "typ": "elchi-sealed-1"}
    body      AES-256-GCM of: u32 length | signed document | part | part .. | zeros

A random content key is sealed to each recipient by HPKE (RFC 9180). From it come, by HKDF, the key and nonce of the
body and the commitment that stands in the header: without it one envelope could be made that opens to one message for
one recipient and to another for the next (Dodis et al., "Fast Message Franking", CRYPTO 2018). The header as written
is authenticated with the body, so nobody on the way can change any of it. The body is padded: a carrier must not read
from its length whether an answer was a hit. Signed is the manifest alone, as a document that stays evidence when the
envelope is gone; it binds the parts by their hashes, who it is from and to, and who has signed. See
docs/protocol/01-envelope.md.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from elchi.errors import InvalidInput, SealBroken
from elchi.seal.canonical import decode_bytes, encode_bytes, read_canonical, write_canonical
from elchi.seal.document import KeyOf, SignedDocument, read_own_document, sign_payload
from elchi.seal.keys import DecryptionKey, Signer
from elchi.seal.part import Part
from elchi.seal.public_key import ENCRYPT, X25519, X_WING, PublicKey

SEALED: Final = "elchi-sealed-1"
"""Kind of envelope."""
MESSAGE: Final = "elchi-message-1"
"""Kind of the signed document in it."""
MAX_ENVELOPE: Final = 4 << 20
MAX_HEADER: Final = 1 << 16
MAX_MANIFEST: Final = 1 << 16
"""Bytes of the signed document."""
MAX_RECIPIENTS: Final = 32
MAX_PARTS: Final = 32
_PAD: Final = 2_048
"""Lengths are rounded up to a multiple of this, or of a sixteenth of the power of two above."""
_TAG: Final = 16
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", re.ASCII)
_SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        X_WING: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
        X25519: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    }
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message that was sealed, and what its sender keeps of it."""

    content: bytes
    """The envelope."""
    sha256: str
    """Of the envelope, 64 hexadecimal digits: receipts name it by this."""
    proof: bytes
    """The signed manifest: a document of kind `MESSAGE`."""
    manifest_sha256: str
    """Of what was signed. Two with one id are two messages, whatever their envelopes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that was opened: from whom it says it is, to us, and whole."""

    manifest: Mapping[str, Any]
    parts: tuple[Part, ...]
    signed_by: tuple[str, ...]
    """Kids of the sender's keys. Whether they counted when it came says `check_signed_at`."""
    sha256: str
    """Of the envelope."""
    proof: bytes
    """The signed manifest: a document of kind `MESSAGE`."""
    manifest_sha256: str
    """Of what was signed. The same message may come in two envelopes: someone else to whom it was sealed can seal it
    anew. So two messages are the same by this, never by `sha256`."""


def seal(
    manifest: Mapping[str, Any], parts: Sequence[Part], *, signers: Sequence[Signer], recipients: Sequence[PublicKey]
) -> Sealed:
    """Sign a message and seal it to its recipients.

    Args:
        manifest: JSON values, `from` and `to` (codes of nodes) among them. `parts` and `signers` are added.
        parts: what goes with it.
        signers: keys of the sender: of the node, and of an officer where his own word is wanted.
        recipients: a key of each party in `to`.

    Raises:
        InvalidInput: `envelope_unwritable`: too much of something; `document_unwritable`.
        SealBroken: `key_unusable`: to a recipient's key nothing can be sealed.
    """
    _check_sizes(parts, recipients)
    told = {**manifest, "parts": [_describe(part) for part in parts], "signers": [signer.kid for signer in signers]}
    payload = write_canonical(told)
    document = sign_payload(payload, typ=MESSAGE, signers=signers)
    if len(document) > MAX_MANIFEST:
        raise InvalidInput("envelope_unwritable", field="manifest", rule="max_bytes", maximum=MAX_MANIFEST)
    secret = os.urandom(32)
    key, nonce, commitment = _derive(secret)
    header = write_canonical(
        {
            "commitment": encode_bytes(commitment),
            "recipients": [{"encrypted_key": _wrap(secret, one, commitment), "kid": one.kid} for one in recipients],
            "typ": SEALED,
        }
    )
    plain = _padded(b"".join((len(document).to_bytes(4, "big"), document, *(part.content for part in parts))))
    content = b"".join((len(header).to_bytes(4, "big"), header, AESGCM(key).encrypt(nonce, plain, header)))
    if len(content) > MAX_ENVELOPE:
        raise InvalidInput("envelope_unwritable", field="parts", rule="max_bytes", maximum=MAX_ENVELOPE)
    return Sealed(content, _sha256(content), document, _sha256(payload))


def open_sealed(
    sealed: bytes,
    *,
    keys: Mapping[str, DecryptionKey],
    key_of: Callable[[str, str], PublicKey | None],
    me: str,
) -> Opened:
    """Open an envelope, and give what is in it only if all of it is as it was sealed and signed, and meant for us.

    Whether the keys that signed counted at that time is asked of `check_signed_at`: the caller has the clock.

    Args:
        sealed: the envelope.
        keys: our keys by kid, those among them that were followed by newer ones.
        key_of: gives a key of a party by its kid.
        me: our code; stands in `to`.

    Raises:
        SealBroken: `envelope_too_large`, `envelope_damaged`, `not_for_us`, `key_unknown`, `signature_wrong`,
            `document_damaged`, `part_wrong`.
    """
    plain = _decrypt(sealed, keys)
    length = int.from_bytes(plain[:4], "big")
    if length > min(MAX_MANIFEST, len(plain) - 4):
        raise SealBroken("envelope_damaged", rule="envelope_form")
    document = plain[4 : 4 + length]
    signed = read_own_document(document, typ=MESSAGE, keys_in=lambda told: _keys_of_sender(told, key_of))
    _check_parties(signed, me)
    return Opened(
        manifest=signed.content,
        parts=_read_parts(signed.content.get("parts"), plain, 4 + length),
        signed_by=signed.signed_by,
        sha256=_sha256(sealed),
        proof=document,
        manifest_sha256=signed.payload_sha256,
    )


def _check_sizes(parts: Sequence[Part], recipients: Sequence[PublicKey]) -> None:
    if not 1 <= len(recipients) <= MAX_RECIPIENTS or len({one.kid for one in recipients}) != len(recipients):
        raise InvalidInput("envelope_unwritable", field="recipients", rule="number_in_range", maximum=MAX_RECIPIENTS)
    if any(one.use != ENCRYPT for one in recipients):
        raise InvalidInput("envelope_unwritable", field="recipients", rule="key_use")
    if len(parts) > MAX_PARTS or len({part.name for part in parts}) != len(parts):
        raise InvalidInput("envelope_unwritable", field="parts", rule="number_in_range", maximum=MAX_PARTS)
    if not all(_is_name(part.name) and _MEDIA_TYPE.fullmatch(part.media_type) for part in parts):
        raise InvalidInput("envelope_unwritable", field="parts", rule="name_and_type")


def _describe(part: Part) -> dict[str, Any]:
    told = {"media_type": part.media_type, "name": part.name, "sha256": _sha256(part.content)}
    return {**told, "size": len(part.content)}


def _wrap(secret: bytes, recipient: PublicKey, commitment: bytes) -> str:
    try:
        return encode_bytes(_SUITES[recipient.algorithm].encrypt(secret, recipient.handle, info=_info(commitment)))
    except ValueError:  # such as an X25519 key of a small order
        raise SealBroken("key_unusable", rule="key_bytes") from None


def _info(commitment: bytes) -> bytes:
    return SEALED.encode() + b"\0" + commitment


def _derive(secret: bytes) -> tuple[bytes, bytes, bytes]:
    """Give key and nonce of the body, and the commitment to both (HKDF-Expand, RFC 5869).

    A secret seals one body, so the nonce needs no chance of its own.
    """
    made = HKDFExpand(SHA256(), 76, SEALED.encode()).derive(secret)
    return made[:32], made[32:44], made[44:]


def padded_length(length: int) -> int:
    """Give to what a length is rounded up: at most `_PAD` or an eighth more."""
    unit = max(_PAD, 1 << max(0, (length - 1).bit_length() - 4))
    return -(-length // unit) * unit


def _padded(plain: bytes) -> bytes:
    return plain.ljust(padded_length(len(plain)), b"\0")


def _decrypt(sealed: bytes, keys: Mapping[str, DecryptionKey]) -> bytes:
    if len(sealed) > MAX_ENVELOPE:
        raise SealBroken("envelope_too_large", maximum=MAX_ENVELOPE)
    length = int.from_bytes(sealed[:4], "big")
    header = sealed[4 : 4 + length]
    if length > MAX_HEADER or len(header) != length:
        raise SealBroken("envelope_damaged", rule="envelope_form")
    commitment, recipients = _read_header(header)
    kid = next((kid for kid in recipients if kid in keys), None)
    if kid is None:
        raise SealBroken("not_for_us", rule="recipient")
    key = keys[kid]
    try:
        secret = _SUITES[key.algorithm].decrypt(recipients[kid], key.handle, info=_info(commitment))
        body_key, nonce, made = _derive(secret)
        if not hmac.compare_digest(made, commitment):
            raise SealBroken("envelope_damaged", rule="decrypt")
        return AESGCM(body_key).decrypt(nonce, sealed[4 + length :], header)
    except (InvalidTag, ValueError):
        raise SealBroken("envelope_damaged", rule="decrypt") from None


def _read_header(header: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Give the commitment, and the encrypted secrets by kid."""
    try:
        told = read_canonical(header)
        if not isinstance(told, dict) or told.keys() != {"commitment", "recipients", "typ"} or told["typ"] != SEALED:
            raise SealBroken("envelope_damaged", rule="envelope_form")
        found = {
            one["kid"]: decode_bytes(one["encrypted_key"])
            for one in told["recipients"]
            if one.keys() == {"encrypted_key", "kid"}
        }
        commitment = decode_bytes(told["commitment"])
    except (ValueError, TypeError, AttributeError):
        raise SealBroken("envelope_damaged", rule="envelope_form") from None
    if not 1 <= len(found) == len(told["recipients"]) <= MAX_RECIPIENTS or len(commitment) != 32:
        raise SealBroken("envelope_damaged", rule="envelope_form")
    return commitment, found


def _keys_of_sender(told: Mapping[str, Any], key_of: Callable[[str, str], PublicKey | None]) -> KeyOf:
    sender = told.get("from")
    if not isinstance(sender, str):
        raise SealBroken("envelope_damaged", rule="parties")
    return lambda kid: key_of(sender, kid)


def _check_parties(signed: SignedDocument, me: str) -> None:
    """Hold that it is meant for us, and that no signature was taken away."""
    receivers = signed.content.get("to")
    if not isinstance(receivers, list) or me not in receivers:
        raise SealBroken("not_for_us", rule="parties")
    if signed.content.get("signers") != list(signed.signed_by):
        raise SealBroken("envelope_damaged", rule="signers")


def _read_parts(told: Any, plain: bytes, at: int) -> tuple[Part, ...]:
    """Cut the parts off, which must be those that were signed, with nothing but zeros after them."""
    if not isinstance(told, list) or len(told) > MAX_PARTS:
        raise SealBroken("part_wrong", rule="part_form")
    parts: list[Part] = []
    for one in told:
        part = _read_part(one, plain, at)
        at += len(part.content)
        parts.append(part)
    if len({part.name for part in parts}) != len(parts):
        raise SealBroken("part_wrong", rule="each_once")
    if len(plain) != padded_length(at) or plain.count(0, at) != len(plain) - at:
        raise SealBroken("part_wrong", rule="padding")
    return tuple(parts)


def _read_part(told: Any, plain: bytes, at: int) -> Part:
    if not isinstance(told, dict) or told.keys() != {"media_type", "name", "sha256", "size"}:
        raise SealBroken("part_wrong", rule="part_form")
    name, media_type, size = told["name"], told["media_type"], told["size"]
    if not _is_name(name) or not isinstance(media_type, str) or not _MEDIA_TYPE.fullmatch(media_type):
        raise SealBroken("part_wrong", rule="part_form")
    if type(size) is not int or not 0 <= size <= len(plain) - at:
        raise SealBroken("part_wrong", rule="part_size")
    content = plain[at : at + size]
    if _sha256(content) != told["sha256"]:
        raise SealBroken("part_wrong", rule="part_hash")
    return Part(name, media_type, content)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 1 <= len(name) <= 200 and name.isprintable()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
