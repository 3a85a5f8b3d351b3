"""The carrier through another node: its mailbox holds what it cannot read until the receiver fetches it.

The relay speaks the same protocol as every node. It sees of an item the receiver, lane, kind, size and expiry, and from
whom it had it; how much one giver may have lying there is `elchi.exchange.quota`.
"""

from __future__ import annotations

from elchi.exchange.carriers.https import HttpsCarrier


class RelayCarrier(HttpsCarrier):
    """A relay, called over HTTPS. What it took for others is `carried`, which proves nothing about the receiver."""

    name = "relay"
