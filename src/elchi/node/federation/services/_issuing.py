"""To make a key of this node, and to say to partners which keys it has: a new version of its key document."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from elchi.errors import Conflict
from elchi.node.federation.keys import CLASSES, LASTS, TLS, open_signer, own_signers
from elchi.node.federation.models import KeyVersion, OwnKey
from elchi.node.federation.queries.keys import own_key_document
from elchi.node.federation.token import ON_TOKEN, create_on_token
from elchi.node.here import here, keys_passphrase
from elchi.seal.certificate import certificate_bytes, make_exchange_certificate
from elchi.seal.keys import Signer, write_new
from elchi.seal.public_key import ALGORITHMS, PublicKey
from elchi.seal.trust import FRESH, KeyDocument, issue_key_document, read_key_document


def make_key(algorithm: str, *, at: dt.datetime, starts: dt.datetime, on_token: bool = False) -> OwnKey:
    """Make a key of ours in a new file, or on the token.

    Args:
        algorithm: of `ALGORITHMS`, or P-256 for the certificate.
        at: now.
        starts: from when on it is used.
        on_token: whether it is made on the token, which makes Ed25519 only.

    Raises:
        Conflict: `key_token_unusable`, `key_token_locked`.
    """
    use = ALGORITHMS[algorithm][0] if algorithm in ALGORITHMS else TLS
    name = f"{use}-{at:%Y%m%d}-{secrets.token_hex(4)}"
    path, place = here().keys / name, ""
    if on_token:
        key = create_on_token(name)
        public, kid, place = key.public, key.kid, f"{ON_TOKEN}{name}"
    elif use == TLS:
        path, public, kid = _make_certificate(path, at)
    else:
        path = path.with_suffix(".pem")
        key = CLASSES[algorithm].create(path, keys_passphrase(), algorithm)
        public, kid = key.public, key.kid
    return OwnKey.objects.create(
        kid=kid, use=use, algorithm=algorithm, place=place or path.name, public=public, valid_from=starts,
        valid_until=starts + LASTS,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpokenFor:
    """Codes of agencies and offices for which this node speaks."""

    agencies: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


def issue_document(
    at: dt.datetime,
    *,
    addresses: Sequence[str],
    leaving: Sequence[OwnKey] = (),
    spoken_for: SpokenFor | None = None,
) -> KeyVersion:
    """Write and sign the next version of our key document, which says what stands in the table of keys.

    Args:
        at: now; later than any version before.
        addresses: under which partners reach this node.
        leaving: signing keys that sign it although it revokes or replaces them, because partners know no other.
        spoken_for: for whom this node speaks; those of the version before unless given.
    """
    before = own_key_document()
    if spoken_for is None:
        spoken_for = SpokenFor(before.agencies, before.offices) if before else SpokenFor()
    document = KeyDocument(
        party=here().code,
        name=here().name,
        version=before.version + 1 if before else 1,
        issued_at=at,
        valid_until=at + FRESH,
        previous=before.sha256 if before else "",
        keys=tuple(_public(row) for row in OwnKey.objects.filter(valid_until__gt=at).exclude(use=TLS)),
        certificates=_certificates(at),
        addresses=tuple(addresses),
        agencies=spoken_for.agencies,
        offices=spoken_for.offices,
    )
    content = issue_key_document(document, signers=_signers(at, leaving))
    issued = read_key_document(content, trusted=before)
    return KeyVersion.objects.create(
        party=issued.party, version=issued.version, document=content, sha256=issued.sha256, issued_at=issued.issued_at,
        valid_until=issued.valid_until, fetched_at=at,
    )  # fmt: skip


def _signers(at: dt.datetime, leaving: Sequence[OwnKey]) -> list[Signer]:
    signers = {signer.kid: signer for signer in own_signers(at)}
    for row in leaving:
        with suppress(Conflict):  # a key that was lost signs nothing: partners compare the fingerprint again
            signers[row.kid] = open_signer(row)
    return list(signers.values())


def _certificates(at: dt.datetime) -> tuple[bytes, ...]:
    rows = OwnKey.objects.filter(use=TLS, valid_until__gt=at, revoked_at=None)
    return tuple(bytes(row.public) for row in rows)


def _public(row: OwnKey) -> PublicKey:
    return PublicKey(
        algorithm=row.algorithm,
        public=bytes(row.public),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        superseded_by=row.superseded_by,
    )


def _make_certificate(path: Path, at: dt.datetime) -> tuple[Path, bytes, str]:
    certificate, key = make_exchange_certificate(here().code, passphrase=keys_passphrase(), now=at)
    for suffix, content in ((".crt", certificate), (".key", key)):
        write_new(path.with_suffix(suffix), content)
    der = certificate_bytes(certificate)
    return path.with_suffix(".crt"), der, hashlib.sha256(der).hexdigest()
