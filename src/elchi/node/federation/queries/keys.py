"""Whose keys are whose, as far as this node trusts it. A version in `KeyVersion` was verified when it came."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from elchi.node.federation.models import KeyVersion, OwnKey
from elchi.node.here import here
from elchi.seal.public_key import PublicKey
from elchi.seal.trust import KeyDocument, read_key_document


def key_document_of(party: str) -> KeyDocument | None:
    """Give the newest key document of a party that is trusted: of this node or of a partner."""
    row = newest_version(party)
    return document_of(row) if row else None


def newest_version(party: str) -> KeyVersion | None:
    """Give the row of the newest key document of a party that is trusted."""
    return KeyVersion.objects.filter(party=party).first()


def key_of(party: str, kid: str) -> PublicKey | None:
    """Give a key of a party by its name: as the newest document has it, else as the last that had it.

    Only documents since the last comparison of fingerprints count: what a node signed before it lost its keys is
    verified by `key_in_history`. A key that was revoked stands in every later document until it would have ended, so
    none counts again by being left out.
    """
    newest = newest_version(party)
    if newest is None:
        return None
    if key := document_of(newest).key(kid):
        return key
    older = KeyVersion.objects.filter(party=party, joining=newest.joining, version__lt=newest.version)
    return _first_key(older, kid)


def key_in_history(party: str, kid: str) -> PublicKey | None:
    """Give a key that a party had at any time, as the last document that had it says: to verify what is kept."""
    return _first_key(KeyVersion.objects.filter(party=party), kid)


def signed_key_document(party: str, after_version: int = 0) -> bytes | None:
    """Give the newest key document of a party as it was signed; None if there is none newer than a version."""
    row = newest_version(party)
    return bytes(row.document) if row and row.version > after_version else None


def key_versions_of(party: str) -> list[KeyVersion]:
    """Give every version of a party's key document, newest first."""
    return list(KeyVersion.objects.filter(party=party))


def own_version(number: int) -> KeyVersion | None:
    """Give a version of our key document: what a file carried is compared, also when there is a newer one."""
    return KeyVersion.objects.filter(party=here().code, version=number).first()


def _first_key(rows: Iterable[KeyVersion], kid: str) -> PublicKey | None:
    return next((key for row in rows if (key := document_of(row).key(kid))), None)


def own_keys() -> list[OwnKey]:
    """Give the keys of this node, newest first."""
    return list(OwnKey.objects.all())


def own_key_document() -> KeyDocument | None:
    """Give what this node says of its keys now."""
    return key_document_of(here().code)


def document_of(row: KeyVersion) -> KeyDocument:
    """Give the key document of a version."""
    return _read(bytes(row.document))


@lru_cache(maxsize=256)
def _read(document: bytes) -> KeyDocument:
    return read_key_document(document, trusted=None)
