"""A post office in memory, and the carrier that leads to one: for tests, trials and benchmarks of the exchange.

It keeps the rules of the port whole, and nothing on disk. Its receipts are not signed and prove nothing.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from elchi.errors import ElchiError, NotFound
from elchi.exchange.batch import Item, Limits, Outcome, fill_batch
from elchi.exchange.carrier import Mailroom, Pulled, Pushed, Route, Way
from elchi.exchange.message import LANES, Lane
from elchi.exchange.quota import Quota

AGAIN: Final = dt.timedelta(seconds=30)
"""After which what was carried, or given to a peer, and has no receipt leaves once more."""
_RECEIPT: Final = b"unsigned receipt "


@dataclass(slots=True)
class _Waiting:
    item: Item
    next_at: dt.datetime
    giver: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What a courier told of a way."""

    way: Way
    error: ElchiError | None
    at: dt.datetime


@dataclass
class MemoryPost:
    """Mailroom and Office of a node in memory."""

    code: str
    admitted: dict[bytes, str] = field(default_factory=dict)
    """Certificate (DER) to the code of who may call with it."""
    known: list[Route] = field(default_factory=list)
    holds_for: set[str] = field(default_factory=set)
    """Codes of nodes whose relay this one is."""
    quota: Quota = field(default_factory=Quota)
    keys: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Code to version and bytes of a key document."""
    effects: Counter[str] = field(default_factory=Counter)
    """How often each envelope took effect, by hash."""
    contents: list[bytes] = field(default_factory=list)
    """Of the envelopes that took effect, in the order in which they did."""
    refused: dict[str, str] = field(default_factory=dict)
    """Hash of an own envelope to the code with which it was not taken."""
    told: list[Health] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._outbox: dict[str, _Waiting] = {}
        self._held: dict[tuple[str, str], _Waiting] = {}

    def send(self, to: str, content: bytes, *, at: dt.datetime, lane: Lane = Lane.REPORT, days: int = 7) -> Item:
        """Put an envelope into the outbox."""
        item = Item(to, lane, at + dt.timedelta(days=days), "envelope", self.code.encode() + b" " + content)
        with self._lock:
            self._outbox[item.sha256] = _Waiting(item, at)
        return item

    def unsent(self) -> tuple[Item, ...]:
        """Give what no receipt has cleared yet."""
        with self._lock:
            return tuple(one.item for one in self._outbox.values())

    def held(self) -> tuple[Item, ...]:
        """Give what lies here for others."""
        with self._lock:
            return tuple(one.item for one in self._held.values())

    def certificates(self) -> Mapping[bytes, str]:
        """Give who may call."""
        return dict(self.admitted)

    def receive(self, items: Sequence[Item], *, peer: str, at: dt.datetime) -> Pushed:
        """Take what a peer pushed."""
        with self._lock:
            taken = [self._take(item, peer, at) for item in items]
        return Pushed(tuple(outcome for outcome, _ in taken), tuple(one for _, back in taken for one in back))

    def waiting(self, *, peer: str, limits: Limits, at: dt.datetime) -> Pulled:
        """Give what lies here for a peer."""
        with self._lock:
            own = [one for one in self._outbox.values() if one.item.to == peer and one.next_at <= at]
            held = [one for (to, _), one in self._held.items() if to == peer]
            ready = [one for one in sorted((*held, *own), key=_rank) if one.item.expires_at > at]
            items = fill_batch((one.item for one in ready), limits=limits)
            for one in ready[: len(items)]:
                if not one.giver:
                    one.next_at = at + AGAIN
            return Pulled(items, more=len(ready) > len(items))

    def acknowledge(self, taken: Pushed, *, peer: str, at: dt.datetime) -> None:
        """Clear what a peer has, and take what he hands back."""
        with self._lock:
            for outcome in taken.outcomes:
                self._held.pop((peer, outcome.sha256), None)
                self._mark(outcome, at)
            self.receive(taken.back, peer=peer, at=at)

    def key_document(self, *, peer: str, party: str, after_version: int) -> bytes | None:
        """Give a key document that is newer than a version."""
        del peer  # whoever may call may have it
        if party not in self.keys:
            raise NotFound("party_unknown", party=party)
        version, document = self.keys[party]
        return document if version > after_version else None

    def routes(self) -> Sequence[Route]:
        """Give the partners."""
        return tuple(self.known)

    def due(self, party: str, *, limit: int, skip: Collection[str], at: dt.datetime) -> Sequence[Item]:
        """Give what should leave now."""
        with self._lock:
            ready = [one for one in self._outbox.values() if one.item.to == party and one.next_at <= at]
            ready = [one for one in ready if one.item.sha256 not in skip and one.item.expires_at > at]
            return tuple(one.item for one in sorted(ready, key=_rank)[:limit])

    def pushed(self, party: str, pushed: Pushed, *, way: Way, at: dt.datetime) -> None:
        """Write down what became of items, and take receipts."""
        del party  # the outcomes are told by hash
        with self._lock:
            for outcome in pushed.outcomes:
                self._mark(outcome, at)
            self.receive(pushed.back, peer=way.party, at=at)

    def received(self, items: Sequence[Item], *, way: Way, at: dt.datetime) -> Pushed:
        """Take what was pulled."""
        return self.receive(items, peer=way.party, at=at)

    def health(self, way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
        """Keep what a courier tells of a way."""
        del seconds  # nobody asks for it here
        self.told.append(Health(way, error, at))

    def keys_fetched(self, party: str, document: bytes, *, at: dt.datetime) -> None:
        """Keep a key document; its version counts up from the one here."""
        del at  # nobody asks for it here
        version, _ = self.keys.get(party, (0, b""))
        self.keys[party] = (version + 1, document)

    def _mark(self, outcome: Outcome, at: dt.datetime) -> None:
        """Write down an outcome of an own envelope: only a receipt clears it."""
        one = self._outbox.get(outcome.sha256)
        if one is not None:
            one.next_at = at + AGAIN
            if outcome.result == "rejected":
                self.refused[outcome.sha256] = outcome.code

    def _take(self, item: Item, peer: str, at: dt.datetime) -> tuple[Outcome, tuple[Item, ...]]:
        if item.expires_at <= at:
            return Outcome(item.sha256, "rejected", "expired"), ()
        if item.to != self.code:
            return self._hold(item, peer, at), ()
        if item.kind == "receipt":
            self._outbox.pop(item.content.removeprefix(_RECEIPT).decode(errors="replace"), None)
            return Outcome(item.sha256, "accepted"), ()
        sender = item.content.partition(b" ")[0].decode(errors="replace")
        receipt = Item(sender, item.lane, item.expires_at, "receipt", _RECEIPT + item.sha256.encode())
        if self.effects[item.sha256]:
            return Outcome(item.sha256, "duplicate"), (receipt,)
        self.effects[item.sha256] += 1
        self.contents.append(item.content.partition(b" ")[2])
        return Outcome(item.sha256, "accepted"), (receipt,)

    def _hold(self, item: Item, giver: str, at: dt.datetime) -> Outcome:
        if item.to not in self.holds_for:
            return Outcome(item.sha256, "rejected", "not_carried")
        if (item.to, item.sha256) in self._held:
            return Outcome(item.sha256, "duplicate")
        lying = [len(one.item.content) for one in self._held.values() if one.giver == giver]
        code = self.quota.refusal(item, held_items=len(lying), held_bytes=sum(lying), at=at)
        if code:
            return Outcome(item.sha256, "rejected", code)
        self._held[item.to, item.sha256] = _Waiting(item, at, giver)
        return Outcome(item.sha256, "carried")


class MemoryCarrier:
    """The twin of all carriers: calls the mailroom of a partner in this process.

    Args:
        mailroom: of the partner.
        peer: code of this node.
        now: the clock.
        sleep: how to wait for some seconds.
        look: seconds between two looks into the mailbox during a pull.
    """

    name = "memory"

    def __init__(
        self,
        mailroom: Mailroom,
        *,
        peer: str,
        now: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]],
        look: float = 1.0,
    ) -> None:
        self._mailroom, self._peer = mailroom, peer
        self._now, self._sleep, self._look = now, sleep, look

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Hand over items."""
        return self._mailroom.receive(items, peer=self._peer, at=self._now())

    async def pull(self, *, wait: float, size: int) -> Pulled:
        """Fetch what lies there."""
        until = self._now() + dt.timedelta(seconds=wait)
        while True:
            pulled = self._mailroom.waiting(peer=self._peer, limits=Limits(content=size), at=self._now())
            if pulled.items or self._now() >= until:
                return pulled
            await self._sleep(self._look)

    async def acknowledge(self, taken: Pushed) -> None:
        """Say what became of items that were pulled."""
        self._mailroom.acknowledge(taken, peer=self._peer, at=self._now())

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Fetch a key document."""
        return self._mailroom.key_document(peer=self._peer, party=party, after_version=after_version)

    async def close(self) -> None:
        """Do nothing: there are no connections."""


def _rank(one: _Waiting) -> int:
    return LANES.index(one.item.lane)
