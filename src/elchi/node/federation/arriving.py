"""What came, before the transaction in which it is accepted: opened, verified, measured against every rule.

What cannot be tied to a partner, and what may pass (a key document that has expired, a clock that is wrong), is sent
back without a receipt: the message stays with its sender, who tries again. Only what a partner has certainly said is
refused for good, and with a receipt.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from elchi.errors import ElchiError, InvalidInput, SealBroken
from elchi.exchange.batch import Item
from elchi.exchange.message import BODY, Message, decode_message
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.kinds import Handler, handler_of
from elchi.node.federation.models import Partner
from elchi.node.federation.policy import check_covered
from elchi.node.federation.states import ALWAYS, KEYS, KNOWN
from elchi.node.here import here
from elchi.seal.envelope import Opened, open_sealed
from elchi.seal.public_key import check_signed_at

SKEW: Final = dt.timedelta(minutes=10)
"""So far ahead of ours a partner's clock may be."""
_log = logging.getLogger("elchi.federation")


class Later(Exception):
    """It is not accepted now; its sender keeps it and tries again."""

    def __init__(self, code: str, partner: Partner | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.partner = partner


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is refused for good."""

    code: str
    clause: str = ""
    outcome: str = "rejected"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that a partner has certainly said."""

    item: Item
    opened: Opened
    message: Message | None
    """None if it cannot be read."""
    partner: Partner
    handler: Handler | None = None
    prepared: Any = None
    refusal: Refusal | None = None

    @property
    def body(self) -> bytes | None:
        """The bytes of the body."""
        return next((part.content for part in self.opened.parts if part.name == BODY), None)


def refusal_of(error: ElchiError) -> Refusal:
    """Give what a receipt says of an error."""
    clause = error.params.get("clause", "")
    return Refusal(error.code, str(clause)[:80])


def arrive(item: Item, partners: Mapping[str, Partner], keyring: Keyring) -> Arrived:
    """Open and verify what came, and prepare what it asks for.

    Args:
        item: an envelope for this node.
        partners: by code.
        keyring: its time is now.

    Raises:
        Later: it stays with its sender.
    """
    try:
        opened = open_sealed(item.content, keys=keyring.openers, key_of=keyring.key, me=here().code)
    except SealBroken as error:
        raise Later(error.code) from error
    partner = partners.get(str(opened.manifest.get("from")))
    if partner is None or partner.state not in KNOWN:
        raise Later("partner_unknown", partner)
    kind = str(opened.manifest.get("kind"))
    if partner.state == "suspended" and kind not in ALWAYS:
        raise Later("partner_suspended", partner)
    _check_signed(opened, partner, keyring, kind)
    try:
        message = decode_message(opened.manifest, opened.parts)
    except InvalidInput as error:
        return Arrived(item, opened, None, partner, refusal=refusal_of(error))
    if message.sent_at > keyring.at + SKEW:
        raise Later("clock_ahead", partner)
    return _prepared(Arrived(item, opened, message, partner, handler_of(message.kind)), message, keyring.at)


def _check_signed(opened: Opened, partner: Partner, keyring: Keyring, kind: str) -> None:
    """Do nothing if the keys count now, by a document that has not expired unless the message may bring a newer one.

    One that brings a key document may be signed with the key that stands by: it was put in the place of one that was
    revoked, which only this document says. What makes the document itself trusted is asked when it is taken.
    """
    if kind not in ALWAYS and not keyring.is_fresh(partner.code):
        raise Later("key_document_expired", partner)
    for kid in opened.signed_by:
        key = keyring.key(partner.code, kid)
        try:
            if key is not None:  # else it could not have been opened
                check_signed_at(key, keyring.at)
        except SealBroken as error:
            if kind != KEYS or error.code != "key_expired":
                raise Later(error.code, partner) from error


def _prepared(one: Arrived, message: Message, at: dt.datetime) -> Arrived:
    """Measure a message against the rules, and do what takes long."""
    if message.expires_at <= at:
        return replace(one, refusal=Refusal("message_expired", outcome="expired"))
    if not message.sequence.get(here().code):
        return replace(one, refusal=Refusal("sequence_missing"))
    if one.handler is None:
        return replace(one, refusal=Refusal("kind_unknown"))
    try:
        if one.handler.needs_agreement:
            check_covered(message, one.partner, at=at)
        return replace(one, prepared=one.handler.prepare(message, one.partner))
    except ElchiError as error:
        if not error.permanent:
            raise Later(error.code, one.partner) from error
        return replace(one, refusal=refusal_of(error))
    except Exception as error:
        _log.exception("prepare failed", extra={"kind": message.kind, "id": message.id})
        raise Later("handler_failed", one.partner) from error
