"""Parties and their keys, for tests of seals, and what a malicious one seals with software of his own.

Keys are made anew in each run. The forger is a second implementation of docs/protocol/01-envelope.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from elchi.seal.canonical import encode_bytes, write_canonical
from elchi.seal.document import sign_document
from elchi.seal.envelope import MESSAGE, SEALED, Opened, Sealed, open_sealed, seal
from elchi.seal.keys import DecryptionKey, PostQuantumSigningKey, Signer, SigningKey
from elchi.seal.part import Part
from elchi.seal.public_key import PublicKey
from elchi.seal.trust import KeyDocument

NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TYP = "elchi-test-1"


def public_of(key: Signer | DecryptionKey, **changed: Any) -> PublicKey:
    told: dict[str, Any] = {"valid_from": NOW - DAY, "valid_until": NOW + 365 * DAY, **changed}
    return PublicKey(algorithm=key.algorithm, public=key.public, **told)


@dataclass
class Party:
    code: str
    signing: SigningKey = field(default_factory=SigningKey.generate)
    later: PostQuantumSigningKey = field(default_factory=PostQuantumSigningKey.generate)
    opening: DecryptionKey = field(default_factory=DecryptionKey.generate)
    classic: DecryptionKey = field(default_factory=lambda: DecryptionKey.generate("X25519"))

    @property
    def publics(self) -> tuple[PublicKey, ...]:
        return tuple(public_of(key) for key in (self.signing, self.later, self.classic, self.opening))

    @property
    def keys(self) -> Mapping[str, DecryptionKey]:
        return {key.kid: key for key in (self.opening, self.classic)}

    def document(self, **changed: Any) -> KeyDocument:
        told: dict[str, Any] = {
            "party": self.code, "name": "Post Kordai", "version": 1, "issued_at": NOW, "valid_until": NOW + 30 * DAY,
            "keys": self.publics, "addresses": ("https://kordai.example:8443",), "certificates": (b"certificate",),
        }  # fmt: skip
        return KeyDocument(**{**told, **changed})


def seal_from(sender: Party, *receivers: Party, parts: tuple[Part, ...] = (), **changed: Any) -> Sealed:
    manifest = {"from": sender.code, "to": [one.code for one in receivers], "id": "1", "kind": "question", **changed}
    recipients = [public_of(one.opening) for one in receivers]
    return seal(manifest, parts, signers=[sender.signing], recipients=recipients)


def open_by(receiver: Party, content: bytes, *known: Party) -> Opened:
    keys = {(party.code, key.kid): key for party in known for key in party.publics}
    return open_sealed(content, keys=receiver.keys, key_of=lambda *asked: keys.get(asked), me=receiver.code)


class Forger:
    """Seals any bytes with a content key of his choice."""

    def __init__(self, secret: bytes = b"s" * 32) -> None:
        self.secret = secret
        made = HKDFExpand(SHA256(), 76, b"elchi-sealed-1").derive(secret)
        self.key, self.nonce, self.commitment = made[:32], made[32:44], made[44:]

    def recipient(self, party: Party, commitment: bytes = b"") -> dict[str, str]:
        suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
        info = b"elchi-sealed-1\0" + (commitment or self.commitment)
        encrypted = suite.encrypt(self.secret, public_of(party.opening).handle, info=info)
        return {"encrypted_key": encode_bytes(encrypted), "kid": party.opening.kid}

    def seal(self, plain: bytes, *receivers: Party) -> bytes:
        header = {
            "commitment": encode_bytes(self.commitment),
            "recipients": [self.recipient(one) for one in receivers],
            "typ": SEALED,
        }
        return self.body(write_canonical(header), plain)

    def body(self, header: bytes, plain: bytes) -> bytes:
        return len(header).to_bytes(4, "big") + header + AESGCM(self.key).encrypt(self.nonce, plain, header)


def signed_by(sender: Party, *receivers: Party, parts: Sequence[Any] = (), **changed: Any) -> bytes:
    """Sign a manifest, whatever it says."""
    told = {"from": sender.code, "to": [one.code for one in receivers], "signers": [sender.signing.kid]}
    return sign_document({**told, "parts": list(parts), **changed}, typ=MESSAGE, signers=[sender.signing])


def described(part: Part) -> dict[str, Any]:
    told = {"name": part.name, "media_type": part.media_type, "size": len(part.content)}
    return {**told, "sha256": hashlib.sha256(part.content).hexdigest()}


def plain_of(document: bytes, *parts: bytes) -> bytes:
    """Lay out the body of an envelope."""
    plain = len(document).to_bytes(4, "big") + document + b"".join(parts)
    return plain + bytes(-len(plain) % 2_048)  # up to 32 KiB
