"""How much a relay holds for each that gives it something to carry: one cannot fill the mailboxes of all others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from elchi.exchange.batch import Item


@dataclass(frozen=True, slots=True)
class Quota:
    """What one giver may have lying at a relay at a time."""

    items: int = 20_000
    bytes: int = 256 << 20
    days: int = 30
    """An item that expires later than in so many days is not taken."""

    def refusal(self, item: Item, *, held_items: int, held_bytes: int, at: dt.datetime) -> str:
        """Give why an item is not taken, as a code: `expired`, `expires_too_late` or `quota_exceeded`; empty if it is.

        Args:
            item: that is given.
            held_items: how many of this giver lie here.
            held_bytes: of them.
            at: now.
        """
        if item.expires_at <= at:
            return "expired"
        if item.expires_at - at > dt.timedelta(days=self.days):
            return "expires_too_late"
        if held_items >= self.items or held_bytes + len(item.content) > self.bytes:
            return "quota_exceeded"
        return ""
