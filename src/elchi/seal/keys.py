"""The signing key of a node: Ed25519 (RFC 8032), kept as PKCS #8 PEM in a file that only the node reads."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from elchi.errors import Conflict


class SigningKey:
    """A private key, opened."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def create(cls, path: Path) -> SigningKey:
        """Make a key and write it to a new file with mode 0600.

        Raises:
            FileExistsError: a key is never written over.
        """
        key = Ed25519PrivateKey.generate()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return cls(key)

    @classmethod
    def open(cls, path: Path) -> SigningKey:
        """Read a key.

        Raises:
            Conflict: `key_damaged`, also when it is missing.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError):
            raise Conflict("key_damaged", file=path.name) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise Conflict("key_damaged", file=path.name)
        return cls(key)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, 64 hexadecimal digits."""
        return fingerprint_of(self.public)

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes, 64 bytes."""
        return self._key.sign(content)


def fingerprint_of(public: bytes) -> str:
    """Give the fingerprint of a public key: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()


def is_signed(content: bytes, signature: bytes, public: bytes) -> bool:
    """Tell whether bytes were signed with the private half of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
