"""The private keys of a node: files that a passphrase opens. What they are for tells `elchi.seal.public_key`.

A file is PKCS #8 PEM (RFC 5958), sealed by PBES2 (RFC 8018); an X-Wing key is two of them in one file. What stays on a
token instead is `elchi.seal.token`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, Protocol, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from elchi.errors import Conflict, InvalidInput
from elchi.seal.public_key import ED25519, ML_DSA_65, X25519, X_WING, kid_of

MIN_PASSPHRASE: Final = 20
"""Characters. PBES2 stretches it by 2,048 rounds only: a machine reads it, so it is made by one."""
_PEM: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n")
_MAX_FILE: Final = 65_536


class Signer(Protocol):
    """What signs: a key of a file, or one that stays on a token (`elchi.seal.token`)."""

    @property
    def kid(self) -> str:
        """Name of the key: `kid_of`."""

    @property
    def algorithm(self) -> str:
        """Of `ALGORITHMS`."""

    @property
    def public(self) -> bytes:
        """The public half."""

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes."""


class _PrivateKey:
    """A private key, opened; of one half, or of two."""

    _made_of: ClassVar[Mapping[str, tuple[type[Any], ...]]]
    """Algorithm to the kinds of its halves; the first one unless said."""

    def __init__(self, *halves: Any) -> None:
        self._halves = halves
        self.algorithm = next(
            name
            for name, kinds in self._made_of.items()
            if len(kinds) == len(halves) and all(map(isinstance, halves, kinds))
        )
        self.public = b"".join(half.public_key().public_bytes_raw() for half in halves)
        self.kid = kid_of(self.algorithm, self.public)

    @classmethod
    def generate(cls, algorithm: str = "") -> Self:
        """Make a key that is kept nowhere."""
        kinds = cls._made_of[algorithm or next(iter(cls._made_of))]
        return cls(*(kind.generate() for kind in kinds))

    @classmethod
    def create(cls, path: Path, passphrase: str, algorithm: str = "") -> Self:
        """Make a key and write it to a new file with mode 0600, locked with a passphrase.

        Raises:
            InvalidInput: `passphrase_weak`.
            FileExistsError: a key is never written over.
        """
        check_passphrase(passphrase)
        key = cls.generate(algorithm)
        write_new(path, key._locked(passphrase))  # noqa: SLF001  its own
        return key

    @classmethod
    def open(cls, path: Path, passphrase: str) -> Self:
        """Read a key. One that is not locked, as nodes made them once, is read as well (`lock_key_file` locks it).

        Raises:
            Conflict: `key_damaged`, also when it is missing or of another kind; `key_locked`: the passphrase is
                another one.
        """
        halves, _ = _read_halves(path, passphrase)
        try:
            return cls(*halves)
        except StopIteration:
            raise Conflict("key_damaged", file=path.name) from None

    def _locked(self, passphrase: str) -> bytes:
        return _lock(self._halves, passphrase)


class SigningKey(_PrivateKey):
    """A private key that signs with Ed25519."""

    _made_of = MappingProxyType({ED25519: (Ed25519PrivateKey,)})

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, 64 hexadecimal digits."""
        return fingerprint_of(self.public)

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes, 64 bytes."""
        signature: bytes = self._halves[0].sign(content)
        return signature


class PostQuantumSigningKey(_PrivateKey):
    """A private key that signs with ML-DSA-65: about a thousand signatures a second."""

    _made_of = MappingProxyType({ML_DSA_65: (MLDSA65PrivateKey,)})

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes, 3,309 bytes."""
        signature: bytes = self._halves[0].sign(content)
        return signature


class DecryptionKey(_PrivateKey):
    """A private key to which others seal: X-Wing, or X25519 for partners whose software has no better."""

    _made_of = MappingProxyType({X_WING: (MLKEM768PrivateKey, X25519PrivateKey), X25519: (X25519PrivateKey,)})

    def __init__(self, *halves: Any) -> None:
        super().__init__(*halves)
        self.handle: Any = MLKEM768X25519PrivateKey(*halves) if self.algorithm == X_WING else halves[0]
        """As `cryptography` takes it."""


def check_passphrase(passphrase: str) -> None:
    """Do nothing if keys may be locked with it.

    Raises:
        InvalidInput: `passphrase_weak`.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise InvalidInput("passphrase_weak", field="passphrase", rule="min_length", minimum=MIN_PASSPHRASE)


def lock_key_file(path: Path, passphrase: str) -> bool:
    """Lock the file of a key that is not locked yet; the old one is there until the new one is whole.

    Returns:
        Whether there was something to do.

    Raises:
        InvalidInput: `passphrase_weak`.
        Conflict: `key_damaged`, `key_locked`.
    """
    check_passphrase(passphrase)
    halves, was_locked = _read_halves(path, passphrase)
    if was_locked:
        return False
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    write_new(new, _lock(halves, passphrase))
    new.replace(path)
    _sync(path.parent)
    return True


def fingerprint_of(public: bytes) -> str:
    """Give the fingerprint of a public key: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()


def is_signed(content: bytes, signature: bytes, public: bytes) -> bool:
    """Tell whether bytes were signed with the private half of an Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _lock(halves: Sequence[Any], passphrase: str) -> bytes:
    locked = BestAvailableEncryption(passphrase.encode())
    return b"".join(half.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked) for half in halves)


def _read_halves(path: Path, passphrase: str) -> tuple[list[Any], bool]:
    """Give what lies in a file, and whether it was locked."""
    try:
        content = path.read_bytes()[:_MAX_FILE]
    except OSError:
        raise Conflict("key_damaged", file=path.name) from None
    blocks = [(found.group(), found.group(1) == b"ENCRYPTED PRIVATE KEY") for found in _PEM.finditer(content)]
    is_locked = any(locked for _, locked in blocks)
    try:
        halves = [load_pem_private_key(block, passphrase.encode() if locked else None) for block, locked in blocks]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if is_locked:
            raise Conflict("key_locked", file=path.name) from None
        raise Conflict("key_damaged", file=path.name) from None
    return halves, all(locked for _, locked in blocks)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there and that only this account may read; it is on the disk when this returns.

    Raises:
        FileExistsError: it is there.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """See to it that a new name in a folder outlasts a power cut."""
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)
