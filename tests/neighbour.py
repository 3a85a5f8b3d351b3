"""A node across the border, in memory, as far as joining goes: it has keys, and writes the files to join."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import replace
from typing import Any

from elchi.exchange.joining import ACCEPTANCE, INVITATION, Joining, read_joining, write_joining
from elchi.seal.canonical import encode_bytes
from elchi.seal.keys import DecryptionKey, SigningKey
from elchi.seal.public_key import PublicKey
from elchi.seal.trust import KeyDocument, issue_key_document, read_key_document

FORTNIGHT = dt.timedelta(days=14)


class Neighbour:
    """A node with a signing key, the next one, and a key that opens."""

    def __init__(self, now: dt.datetime, code: str = "KG-AKJ-1", **given: Any) -> None:
        self.now, self.code = now, code
        self.signing, self.next, self.opening = SigningKey.generate(), SigningKey.generate(), DecryptionKey.generate()
        self.document = KeyDocument(
            party=code, name=given.pop("name", "Ak-Jol"), version=1, issued_at=now,
            valid_until=now + dt.timedelta(days=30), certificates=(b"certificate",),
            keys=(public(self.signing, now), public(self.next, now, starts=365), public(self.opening, now)),
            **given,
        )  # fmt: skip
        self.content = b""
        self._issue(None, self.signing)

    @property
    def fingerprint(self) -> str:
        return self.document.sha256

    def _issue(self, trusted: KeyDocument | None, *signers: SigningKey) -> bytes:
        self.content = issue_key_document(self.document, signers=signers)
        self.document = read_key_document(self.content, trusted=trusted)
        return self.content

    def issue(self, *signers: SigningKey, **changed: Any) -> bytes:
        """Sign the next version of its key document."""
        before = self.document
        issued = before.issued_at + dt.timedelta(hours=1)
        self.document = replace(
            before, version=before.version + 1, previous=before.sha256, issued_at=issued,
            valid_until=issued + dt.timedelta(days=30), sha256="", **changed,
        )  # fmt: skip
        return self._issue(before, *(signers or (self.signing,)))

    def revoked(self, *keys: SigningKey) -> tuple[PublicKey, ...]:
        """Give its keys with some of them revoked."""
        kids = {key.kid for key in keys}
        return tuple(replace(key, revoked_at=self.now) if key.kid in kids else key for key in self.document.keys)

    def invitation(self, **changed: Any) -> bytes:
        """Write an invitation."""
        return self._file(kind=INVITATION, nonce=encode_bytes(secrets.token_bytes(16)), **changed)

    def acceptance(self, invitation: bytes, **changed: Any) -> bytes:
        """Accept the invitation of the node under test."""
        told, _ = read_joining(invitation, at=self.now)
        return self._file(**{"kind": ACCEPTANCE, "nonce": told.nonce, "to": told.party, **changed})

    def _file(self, **told: Any) -> bytes:
        signer = told.pop("signer", self.signing)
        values = {
            "party": self.code, "organisation": "Border Service", "country": "KG", "key_document": self.content,
            "issued_at": self.now, "valid_until": self.now + FORTNIGHT, **told,
        }  # fmt: skip
        return write_joining(Joining(**values), signers=[signer])


def public(key: Any, now: dt.datetime, starts: int = 0) -> PublicKey:
    """Give the public half of a key that counts for two years from a day on."""
    begins = now + dt.timedelta(days=starts)
    return PublicKey(
        algorithm=key.algorithm, public=key.public, valid_from=begins, valid_until=begins + dt.timedelta(days=730)
    )
