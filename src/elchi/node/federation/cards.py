"""What an officer says of a partner: what verbs take and forms hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCard:
    """By which ways a partner is reached, and who holds a mailbox for whom."""

    carriers: tuple[Mapping[str, str], ...]
    """In order of preference; see `Partner.carriers`."""
    is_relay: bool = False
    """Whether it holds a mailbox for us."""
    relayed_bytes: int = 0
    """How much this node holds for it at most, as its relay; 0 for not at all."""

    def changes(self, other: PartnerCard) -> dict[str, list[Any]]:
        """Give what differs in another card: field to before and after."""
        old, new = _told(self), _told(other)
        return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _told(card: PartnerCard) -> dict[str, Any]:
    told = {one.name: getattr(card, one.name) for one in fields(card)}
    return told | {"carriers": [dict(way) for way in card.carriers]}
