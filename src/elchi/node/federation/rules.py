"""What is written down about partners must be before it is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from elchi.errors import InvalidInput
from elchi.node.federation.cards import PartnerCard

MAX_ADDRESSES: Final = 8
MAX_REASON: Final = 200
MAX_WAYS: Final = 8
MAX_RELAYED: Final = 64 << 30
"""Bytes that may be held for one partner."""
CARRIERS: Final = ("https", "relay", "bundle", "nats")
_ADDRESS: Final = re.compile(r"https://[a-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?(/[\x21-\x7e]{0,100})?|"
                             r"https://\[[0-9a-f:]{2,45}\](:[1-9][0-9]{0,4})?(/[\x21-\x7e]{0,100})?")  # fmt: skip


def check_addresses(addresses: Sequence[str]) -> tuple[str, ...]:
    """Give addresses of a node without blanks around them and each once.

    Raises:
        InvalidInput: `partner_invalid`.
    """
    told = tuple(dict.fromkeys(one.strip() for one in addresses if one.strip()))
    if len(told) > MAX_ADDRESSES:
        raise InvalidInput("partner_invalid", field="addresses", rule="max_items", limit=MAX_ADDRESSES)
    for one in told:
        check_address("addresses", one)
    return told


def check_address(field: str, address: str) -> None:
    """Do nothing if a node can answer under an address.

    Raises:
        InvalidInput: `partner_invalid`.
    """
    if not _ADDRESS.fullmatch(address):
        raise InvalidInput("partner_invalid", field=field, rule="https_address")


def check_reason(because: str) -> None:
    """Do nothing if a reason says something.

    Raises:
        InvalidInput: `partner_invalid`.
    """
    if not because.strip():
        raise InvalidInput("partner_invalid", field="because", rule="missing")
    if len(because.strip()) > MAX_REASON or not because.strip().isprintable():
        raise InvalidInput("partner_invalid", field="because", rule="text_line", limit=MAX_REASON)


def check_note(field: str, text: str) -> None:
    """Do nothing if a note is one line.

    Raises:
        InvalidInput: `partner_invalid`.
    """
    if len(text.strip()) > MAX_REASON or not text.strip().isprintable():
        raise InvalidInput("partner_invalid", field=field, rule="text_line", limit=MAX_REASON)


def check_partner(card: PartnerCard, *, relays: Sequence[str], has_hub: bool) -> None:
    """Do nothing if a partner can be reached so.

    Args:
        card: what is said of it.
        relays: codes of active partners that hold a mailbox for us.
        has_hub: whether this node has a mailbox at a hub.

    Raises:
        InvalidInput: `partner_invalid`.
    """
    if not 1 <= len(card.carriers) <= MAX_WAYS:
        raise InvalidInput("partner_invalid", field="carriers", rule="ways_count", limit=MAX_WAYS)
    if len({tuple(sorted(way.items())) for way in card.carriers}) != len(card.carriers):
        raise InvalidInput("partner_invalid", field="carriers", rule="each_once")
    for way in card.carriers:
        _check_way(way, relays, has_hub=has_hub)
    if not 0 <= card.relayed_bytes <= MAX_RELAYED:
        raise InvalidInput("partner_invalid", field="relayed_bytes", rule="limit", limit=MAX_RELAYED)


def _check_way(way: Mapping[str, str], relays: Sequence[str], *, has_hub: bool) -> None:
    match dict(way):
        case {"kind": "https", **rest} if rest.keys() <= {"address"}:
            if "address" in rest:
                check_address("carriers", rest["address"])
        case {"kind": "relay", "through": through, **rest} if not rest:
            if through not in relays:
                raise InvalidInput("partner_invalid", field="carriers", rule="active_relay")
        case {"kind": "nats", **rest} if not rest:
            if not has_hub:
                raise InvalidInput("partner_invalid", field="carriers", rule="hub_missing")
        case {"kind": "bundle", **rest} if not rest:
            return
        case _:
            raise InvalidInput("partner_invalid", field="carriers", rule="one_of", allowed=list(CARRIERS))
