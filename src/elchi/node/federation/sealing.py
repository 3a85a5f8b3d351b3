"""How messages of this node are sealed: by its signing key, to a key of the partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elchi.errors import Conflict
from elchi.exchange.message import BODY, Message, encode_message
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Outgoing
from elchi.node.federation.queries.messages import manifest_of, said
from elchi.seal.envelope import Sealed, open_sealed, seal
from elchi.seal.part import Part
from elchi.seal.public_key import PublicKey


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message, sealed."""

    message: Message
    body: bytes
    sealed: Sealed
    kid: str
    """Of the partner's key."""


def seal_message(message: Message, key: PublicKey, keyring: Keyring) -> Envelope:
    """Seal a message to a key of its receiver; one with files to ourselves too, so that it can be sealed anew.

    Raises:
        InvalidInput: `envelope_unwritable`.
    """
    manifest, parts = encode_message(message)
    return Envelope(message, parts[0].content, _seal(manifest, parts, key, keyring), key.kid)


def seal_again(row: Outgoing, key: PublicKey, keyring: Keyring) -> Sealed:
    """Seal a message that waits to another key, and sign it with the key that signs now; it says the same."""
    manifest = manifest_of(row)
    parts: Sequence[Part] = (Part(BODY, "application/json", bytes(row.body or b"")),)
    if len(manifest["parts"]) > 1:
        envelope = bytes(row.envelope or b"")
        parts = open_sealed(envelope, keys=keyring.openers, key_of=keyring.key, me=row.partner.code).parts
    told = {name: value for name, value in manifest.items() if name not in ("parts", "signers")}
    sealed = _seal(told, parts, key, keyring)
    if said(sealed.proof) != said(bytes(row.proof)):
        raise Conflict("message_changed", message=row.message_id)
    return sealed


def _seal(manifest: Mapping[str, Any], parts: Sequence[Part], key: PublicKey, keyring: Keyring) -> Sealed:
    recipients = [key, *keyring.own_to_seal()] if len(parts) > 1 else [key]
    return seal(manifest, parts, signers=[keyring.signer], recipients=recipients)
