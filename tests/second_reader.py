"""A second reader of envelopes and documents, written from docs/protocol with the primitives of a library alone.

It shares no line with Elchi: HPKE (RFC 9180), X-Wing, HKDF, canonical JSON and JWS are put together here again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Key = Mapping[str, str]
"""`kid`, `algorithm`, `public`, `private`."""


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def open_envelope(envelope: bytes, key: Key) -> tuple[dict[str, Any], list[bytes], bytes]:
    """Give the manifest, the parts, and the signed document."""
    length = int.from_bytes(envelope[:4], "big")
    header = envelope[4 : 4 + length]
    told = json.loads(header)
    encrypted = next(unbase64(one["encrypted_key"]) for one in told["recipients"] if one["kid"] == key["kid"])
    commitment = unbase64(told["commitment"])
    secret = _hpke_open(encrypted, key, b"elchi-sealed-1\0" + commitment)
    made = _expand(secret, b"elchi-sealed-1", 76)
    assert made[44:] == commitment
    plain = AESGCM(made[:32]).decrypt(made[32:44], envelope[4 + length :], header)
    length = int.from_bytes(plain[:4], "big")
    document = plain[4 : 4 + length]
    manifest = json.loads(unbase64(json.loads(document)["payload"]))
    at, parts = 4 + length, []
    for one in manifest["parts"]:
        parts.append(plain[at : at + one["size"]])
        assert hashlib.sha256(parts[-1]).hexdigest() == one["sha256"]
        at += one["size"]
    unit = max(2_048, 2 ** max(0, len(bin(at - 1)) - 2 - 4))
    assert len(plain) == (at + unit - 1) // unit * unit
    assert not any(plain[at:])
    return manifest, parts, document


def signers_of(document: bytes, typ: str, keys: Mapping[str, Key]) -> list[str]:
    """Verify all signatures of a document; give the kids."""
    told = json.loads(document)
    found = []
    for one in told["signatures"]:
        header = json.loads(unbase64(one["protected"]))
        assert header["typ"] == typ
        key = keys[header["kid"]]
        assert key["algorithm"] == header["alg"]
        signed = f"{one['protected']}.{told['payload']}".encode()
        kinds: dict[str, Any] = {"Ed25519": Ed25519PublicKey, "ML-DSA-65": MLDSA65PublicKey}
        kinds[header["alg"]].from_public_bytes(unbase64(key["public"])).verify(unbase64(one["signature"]), signed)
        found.append(header["kid"])
    return found


def kid_of(algorithm: str, public: bytes) -> str:
    digest = hashlib.sha256(algorithm.encode() + b"\0" + public).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hpke_open(encrypted: bytes, key: Key, info: bytes) -> bytes:
    private, public = unbase64(key["private"]), unbase64(key["public"])
    if key["algorithm"] == "X-Wing":
        kem, enc, sealed = 0x647A, encrypted[:1_120], encrypted[1_120:]
        shared = _x_wing(enc, private, public)
    else:
        kem, enc, sealed = 0x0020, encrypted[:32], encrypted[32:]
        shared = _dhkem(enc, private, public)
    suite = b"HPKE" + b"".join(one.to_bytes(2, "big") for one in (kem, 1, 2))
    context = (
        b"\0" + _labeled_extract(b"", suite, b"psk_id_hash", b"") + _labeled_extract(b"", suite, b"info_hash", info)
    )
    secret = _labeled_extract(shared, suite, b"secret", b"")
    nonce = _labeled_expand(secret, suite, b"base_nonce", context, 12)
    return AESGCM(_labeled_expand(secret, suite, b"key", context, 32)).decrypt(nonce, sealed, b"")


def _x_wing(enc: bytes, private: bytes, public: bytes) -> bytes:
    """draft-connolly-cfrg-xwing-kem, 5.4; the private key is the seed of ML-KEM-768 and the X25519 key."""
    first = MLKEM768PrivateKey.from_seed_bytes(private[:64]).decapsulate(enc[:1_088])
    second = X25519PrivateKey.from_private_bytes(private[64:]).exchange(X25519PublicKey.from_public_bytes(enc[1_088:]))
    return hashlib.sha3_256(first + second + enc[1_088:] + public[1_184:] + b"\x5c.//\x5e\x5c").digest()


def _dhkem(enc: bytes, private: bytes, public: bytes) -> bytes:
    """RFC 9180, 4.1."""
    shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(enc))
    suite = b"KEM" + (0x0020).to_bytes(2, "big")
    secret = _labeled_extract(b"", suite, b"eae_prk", shared)
    return _labeled_expand(secret, suite, b"shared_secret", enc + public, 32)


def _labeled_extract(salt: bytes, suite: bytes, label: bytes, content: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + content, "sha256")


def _labeled_expand(secret: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return _expand(secret, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869, 2.3)."""
    made, block = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(secret, block + info + bytes([number]), "sha256")
        made += block
    return made[:length]
