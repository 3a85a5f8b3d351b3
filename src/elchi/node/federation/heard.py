"""What partners say of themselves: their keys, and how this node stands with them. It passes a suspension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from elchi.errors import InvalidInput, SealBroken
from elchi.exchange.message import Message
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Partner
from elchi.node.federation.rules import MAX_REASON
from elchi.node.federation.services.partners import hear_standing, take_key_document
from elchi.seal.canonical import decode_bytes

STANDINGS = ("active", "suspended", "ended")


class Keys(Handler):
    """A new version of the partner's key document."""

    needs_agreement = False

    def prepare(self, message: Message, partner: Partner) -> None:
        """Take it. It is verified by itself and taken once, whatever becomes of the message."""
        try:
            content = decode_bytes(message.body.get("document"))
        except ValueError:
            raise InvalidInput("message_invalid", field="document", rule="base64url") from None
        try:
            take_key_document(party=partner.code, content=content, at=timezone.now())
        except SealBroken as error:
            if error.code != "key_document_rolled_back":  # a newer one was fetched before this one came
                raise


class Standing(Handler):
    """Whether the partner shares with this node, has suspended it, or has ended the partnership."""

    needs_agreement = False

    def prepare(self, message: Message, partner: Partner) -> Mapping[str, Any]:  # noqa: ARG002  the same for all
        """Read it."""
        told = {name: message.body.get(name) for name in ("state", "number", "because")}
        if told["state"] not in STANDINGS:
            raise InvalidInput("message_invalid", field="state", rule="one_of", allowed=list(STANDINGS))
        if type(told["number"]) is not int or not 0 < told["number"] < 1 << 31:
            raise InvalidInput("message_invalid", field="number", rule="numbers")
        if not isinstance(told["because"], str) or len(told["because"]) > MAX_REASON:
            raise InvalidInput("message_invalid", field="because", rule="max_length", maximum=MAX_REASON)
        return told

    def effect(self, message: Message, partner: Partner, prepared: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Take note of it."""
        hear_standing(code=partner.code, told=prepared)


def register_kinds() -> None:
    """Have them handled."""
    register("keys", Keys())
    register("partner_state", Standing())
