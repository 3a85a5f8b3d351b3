"""The carrier through another node: its mailbox holds what it cannot read until the receiver fetches it.

The relay speaks the same protocol as every node. It sees of an item the receiver, lane, kind, size and expiry, and from
whom it had it; how much one giver may have lying there is `elchi.exchange.quota`.
"""

from __future__ import annotations

from elchi.errors import NotFound
from elchi.exchange.carrier import Piece
from elchi.exchange.carriers.https import HttpsCarrier


class RelayCarrier(HttpsCarrier):
    """A relay, called over HTTPS. What it took for others is `carried`, which proves nothing about the receiver."""

    name = "relay"

    async def blob(self, sha256: str, *, offset: int, size: int) -> Piece:
        """Refuse: a relay holds items, and no blobs.

        Raises:
            NotFound: `blob_unknown`.
        """
        del offset, size  # none is there
        raise NotFound("blob_unknown", sha256=sha256)
