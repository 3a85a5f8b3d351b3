"""A way to a partner while it is open: its carrier, how it does, and when it is tried again."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from elchi.errors import ElchiError, PartnerUnreachable
from elchi.exchange.batch import Item, Outcome
from elchi.exchange.carrier import Carrier, Pulled, Pushed, Way
from elchi.exchange.retry import FRESH, Pace

TOLD_AGAIN: Final = dt.timedelta(minutes=1)
"""So often a way that works is said to work."""
_log: Final = logging.getLogger(__name__)
_T = TypeVar("_T")

Told = Callable[[Way, ElchiError | None, float], Awaitable[None]]
"""Takes how a way did: the error or None, and the seconds of the round trip, 0 where none was measured."""


class Link:
    """One way, opened. Calls raise as the carrier does, and are counted.

    Args:
        way: which.
        carrier: opened for it.
        now: the clock.
        draw: gives a number from 0 to 1 by chance.
        told: is told when the way begins to work, fails, and now and then between.
    """

    def __init__(
        self, way: Way, carrier: Carrier, *, now: Callable[[], dt.datetime], draw: Callable[[], float], told: Told
    ) -> None:
        self.way = way
        self._carrier = carrier
        self._now, self._draw, self._told = now, draw, told
        self.retry = FRESH
        self.pace = Pace()
        self._told_at: dt.datetime | None = None
        self._more = False

    @property
    def healthy(self) -> bool:
        """Whether the last call worked, or none was made yet."""
        return self.retry.failures == 0

    def ready(self, at: dt.datetime) -> bool:
        """Tell whether it may be tried now."""
        return self.retry.ready(at)

    def heard(self) -> None:
        """Take note that something came from there: what failed is tried again soon, and waits begin anew."""
        self.retry = self.retry.heard()

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Hand over items, or ask whether somebody is there.

        A batch that the partner refuses whole goes in halves, so that one item which he cannot read does not stop all
        behind it: that one is `rejected` in the end.
        """
        began = self._now()
        try:
            pushed = await self._counted(self._carrier.push(items), timed=True)
        except PartnerUnreachable:
            self.pace = self.pace.failed()
            raise
        except ElchiError as error:
            if len(items) > 1:
                halves = [await self.push(half) for half in (items[: len(items) // 2], items[len(items) // 2 :])]
                return Pushed(halves[0].outcomes + halves[1].outcomes, halves[0].back + halves[1].back)
            if items:
                return Pushed((Outcome(items[0].sha256, "rejected", error.code),))
            raise
        if items:
            size = sum(len(item.content) for item in items)
            self.pace = self.pace.went(size, (self._now() - began).total_seconds())
        return pushed

    async def pull(self, *, wait: float) -> Pulled:
        """Fetch what lies there, as much as the link carries in a few seconds."""
        began = self._now()
        pulled = await self._counted(self._carrier.pull(wait=wait, size=self.pace.bytes))
        if self._more:  # then it did not wait there for something to come
            size = sum(len(item.content) for item in pulled.items)
            self.pace = self.pace.went(size, (self._now() - began).total_seconds())
        self._more = pulled.more
        return pulled

    async def acknowledge(self, taken: Pushed) -> None:
        """Say what became of items that were pulled."""
        await self._counted(self._carrier.acknowledge(taken))

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Fetch a key document."""
        return await self._carrier.key_document(party, after_version=after_version)

    async def close(self) -> None:
        """Let go of connections."""
        await self._carrier.close()

    async def _counted(self, call: Awaitable[_T], *, timed: bool = False) -> _T:
        began = self._now()
        try:
            given = await call
        except ElchiError as error:
            await self._failed(error)
            raise
        except OSError as error:  # of a carrier whose place is a disk
            unreachable = PartnerUnreachable("partner_unreachable", party=self.way.party, reason="cut")
            await self._failed(unreachable)
            raise unreachable from error
        recovered = not self.healthy
        self.retry = FRESH
        at = self._now()
        if recovered or self._told_at is None or at - self._told_at >= TOLD_AGAIN:
            self._told_at = at
            await self._told(self.way, None, (at - began).total_seconds() if timed else 0.0)
        return given

    async def _failed(self, error: ElchiError) -> None:
        first = self.healthy
        self.retry = self.retry.failed(self._now(), share=self._draw())
        if first:
            _log.warning("exchange.link_failed", extra={"party": self.way.party, "carrier": self.way.carrier})
        await self._told(self.way, error, 0.0)
