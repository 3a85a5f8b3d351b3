"""Reads of what was sent and received."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from elchi.errors import NotFound
from elchi.exchange.message import BODY, Message, decode_message
from elchi.node.federation.models import Held, Incoming, Outgoing
from elchi.seal.canonical import decode_bytes
from elchi.seal.part import Part


def outgoing_of(message_id: str) -> Outgoing:
    """Give a message that this node sent to one partner.

    Raises:
        NotFound: `message_unknown`.
    """
    row = Outgoing.objects.filter(message_id=message_id).first()
    if row is None:
        raise NotFound("message_unknown", id=message_id[:36])
    return row


def held_for(partner: str) -> int:
    """Give how many bytes lie here for a partner, as his relay: sealed for him, and not for this node."""
    lying: int | None = Held.objects.filter(partner__code=partner, kind="envelope").aggregate(bytes=Sum("size"))[
        "bytes"
    ]
    return lying or 0


def manifest_of(row: Outgoing | Incoming) -> dict[str, Any]:
    """Give the manifest of a message as it was signed."""
    return manifest_in(bytes(row.proof))


def manifest_in(proof: bytes) -> dict[str, Any]:
    """Give what a signed manifest of our own tables says; its signatures were verified when it came."""
    told: dict[str, Any] = json.loads(decode_bytes(json.loads(proof)["payload"]))
    return told


def said(proof: bytes) -> Mapping[str, Any]:
    """Give what a message says, whoever has signed it: one that is signed again with another key is no other one."""
    return {name: value for name, value in manifest_in(bytes(proof)).items() if name != "signers"}


def message_of(row: Outgoing | Incoming) -> Message:
    """Give a message with its body, without files; the body is empty when it is not kept any more."""
    body = bytes(row.body) if row.body is not None else b"{}"
    return decode_message(manifest_of(row), (Part(BODY, "application/json", body),))
