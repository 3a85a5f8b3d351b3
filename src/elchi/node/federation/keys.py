"""The private keys of this node: locked files in `Here.keys`, opened once a process.

What stands in a row of `OwnKey` with the use `tls` is a certificate: its key lies beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from elchi.errors import Conflict
from elchi.node.federation.models import OwnKey
from elchi.node.federation.token import ON_TOKEN, TokenSigner
from elchi.node.here import here, keys_passphrase
from elchi.seal.keys import DecryptionKey, PostQuantumSigningKey, Signer, SigningKey
from elchi.seal.public_key import ALGORITHMS, ED25519, ENCRYPT, ML_DSA_65, SIGN, X25519, X_WING

TLS: Final = "tls"
P_256: Final = "P-256"
ANNOUNCED: Final = dt.timedelta(days=7)
"""So long before it is used a new key stands in our key document: a partner must have learnt of it, also over a link
that was dead for days."""
OVERLAP: Final = dt.timedelta(days=30)
"""So long an old key still counts: what it signed, or was sealed to it, may be under way."""
LASTS: Final = dt.timedelta(days=730)
"""A key is used so long; change it every year (NIST SP 800-57 part 1, 5.3.6)."""
CLASSES: Final[Mapping[str, Any]] = {
    ED25519: SigningKey,
    ML_DSA_65: PostQuantumSigningKey,
    X_WING: DecryptionKey,
    X25519: DecryptionKey,
}
"""Algorithm to what opens its files."""


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate that this node presents to partners."""

    certificate: Path
    """PEM."""
    key: Path
    """PKCS #8 PEM, locked."""
    passphrase: str
    der: bytes


def own_signers(at: dt.datetime) -> tuple[Signer, ...]:
    """Give what signs for this node at a time: of each algorithm the newest key, Ed25519 first.

    Raises:
        Conflict: `keys_missing`; `key_damaged`, `key_locked`.
    """
    rows = newest(OwnKey.objects.filter(use=SIGN), at)
    if not rows:
        raise Conflict("keys_missing", use=SIGN)
    return tuple(open_signer(row) for row in rows)


def own_decryption_keys() -> Mapping[str, DecryptionKey]:
    """Give everything that opens what was sealed to this node, by kid: old keys too.

    Raises:
        Conflict: `key_damaged`, `key_locked`.
    """
    return {row.kid: _open(row.algorithm, _path(row), keys_passphrase()) for row in OwnKey.objects.filter(use=ENCRYPT)}


def own_certificate(at: dt.datetime) -> Presented:
    """Give the certificate that is presented to partners at a time.

    Raises:
        Conflict: `keys_missing`.
    """
    rows = newest(OwnKey.objects.filter(use=TLS), at)
    if not rows:
        raise Conflict("keys_missing", use=TLS)
    path = _path(rows[0])
    return Presented(path, path.with_suffix(".key"), keys_passphrase(), bytes(rows[0].public))


def open_signer(row: OwnKey) -> Signer:
    """Give what signs with a key of ours.

    Raises:
        Conflict: `key_damaged`, `key_locked`. One on the token is asked when it signs.
    """
    if row.place.startswith(ON_TOKEN):
        return TokenSigner(row.place.removeprefix(ON_TOKEN), row.kid, bytes(row.public))
    signer: Signer = _open(row.algorithm, _path(row), keys_passphrase())
    return signer


def newest(rows: Iterable[OwnKey], at: dt.datetime) -> list[OwnKey]:
    """Give of each algorithm the key that is used at a time, in the order of `ALGORITHMS`."""
    counting = (row for row in rows if row.revoked_at is None and row.valid_from <= at < row.valid_until)
    found = {row.algorithm: row for row in sorted(counting, key=lambda row: (row.valid_from, row.pk))}
    return [found[algorithm] for algorithm in (*ALGORITHMS, P_256) if algorithm in found]


def _path(row: OwnKey) -> Path:
    return here().keys / row.place


@lru_cache(maxsize=64)
def _open(algorithm: str, path: Path, passphrase: str) -> Any:
    return CLASSES[algorithm].open(path, passphrase)
