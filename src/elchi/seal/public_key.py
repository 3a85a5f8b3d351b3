"""The public half of a key, as partners know it.

    use      algorithm   public bytes
    sign     Ed25519             32    RFC 8032
    sign     ML-DSA-65        1,952    FIPS 204: a second signature that outlasts quantum computers
    encrypt  X-Wing           1,216    ML-KEM-768 and X25519 together, draft-connolly-cfrg-xwing-kem; the default
    encrypt  X25519              32    RFC 7748, for a partner who has nothing better

A key is named by the hash of its algorithm and its public half, its **kid**: nobody can give a key the name of another,
or use it with another algorithm.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from elchi.errors import SealBroken
from elchi.seal.canonical import encode_bytes

SIGN: Final = "sign"
ENCRYPT: Final = "encrypt"
ED25519: Final = "Ed25519"
ML_DSA_65: Final = "ML-DSA-65"
X_WING: Final = "X-Wing"
X25519: Final = "X25519"
ALGORITHMS: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {ED25519: (SIGN, 32), ML_DSA_65: (SIGN, 1_952), X_WING: (ENCRYPT, 1_216), X25519: (ENCRYPT, 32)}
)
"""Algorithm to what a key of it is for, and the bytes of its public half."""
_KEM_BYTES: Final = 1_184
"""Of the ML-KEM-768 half of an X-Wing public key, which comes first."""


@functools.lru_cache(maxsize=4_096)
def kid_of(algorithm: str, public: bytes) -> str:
    """Give the name of a key: SHA-256 over algorithm, a zero byte and the public half; 43 characters of base64url."""
    return encode_bytes(hashlib.sha256(algorithm.encode() + b"\0" + public).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """The public half of a party's key, as its key document has it."""

    algorithm: str
    public: bytes
    valid_from: dt.datetime
    valid_until: dt.datetime
    revoked_at: dt.datetime | None = None
    """What was signed from then on does not count; what a log held before does."""
    superseded_by: str = ""
    """Kid of the key that took its place."""

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS or len(self.public) != ALGORITHMS[self.algorithm][1]:
            raise SealBroken("key_unusable", rule="key_bytes")
        if self.valid_from >= self.valid_until:
            raise SealBroken("key_unusable", rule="times_in_order")
        public_handle(self.algorithm, self.public)

    @property
    def kid(self) -> str:
        """Its name: `kid_of`."""
        return kid_of(self.algorithm, self.public)

    @property
    def handle(self) -> Any:
        """As `cryptography` takes it."""
        return public_handle(self.algorithm, self.public)

    @property
    def use(self) -> str:
        """`sign` or `encrypt`."""
        return ALGORITHMS[self.algorithm][0]

    def is_valid_at(self, at: dt.datetime) -> bool:
        """Tell whether what was signed or sealed with it at a time counts."""
        return self.valid_from <= at < self.valid_until and (self.revoked_at is None or at < self.revoked_at)

    def has_signed(self, content: bytes, signature: bytes) -> bool:
        """Tell whether bytes were signed with its private half. Of a key that is to encrypt: never."""
        if self.use != SIGN:
            return False
        try:
            self.handle.verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


def check_signed_at(key: PublicKey, at: dt.datetime) -> None:
    """Do nothing if what was signed with a key counts.

    Args:
        key: that signed.
        at: when it was in somebody's hands at the latest: when it came, or the log took it in. Never a time that the
            signer states: who has stolen a key can state any.

    Raises:
        SealBroken: `key_revoked`, `key_expired` (also when it is not valid yet).
    """
    if key.revoked_at is not None and at >= key.revoked_at:
        raise SealBroken("key_revoked", kid=key.kid)
    if not key.is_valid_at(at):
        raise SealBroken("key_expired", kid=key.kid)


@functools.lru_cache(maxsize=4_096)
def public_handle(algorithm: str, public: bytes) -> Any:
    """Give a public key as `cryptography` takes it; kept, because reading one costs as much as a signature.

    Raises:
        SealBroken: `key_unusable`.
    """
    try:
        match algorithm:
            case "Ed25519":
                return Ed25519PublicKey.from_public_bytes(public)
            case "ML-DSA-65":
                return MLDSA65PublicKey.from_public_bytes(public)
            case "X25519":
                return X25519PublicKey.from_public_bytes(public)
            case _:
                halves = public[:_KEM_BYTES], public[_KEM_BYTES:]
                return MLKEM768X25519PublicKey(
                    MLKEM768PublicKey.from_public_bytes(halves[0]), X25519PublicKey.from_public_bytes(halves[1])
                )
    except ValueError:
        raise SealBroken("key_unusable", rule="key_bytes") from None
