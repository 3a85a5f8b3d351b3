"""The port of the exchange: what carries batches to a partner, and what a node does for those that come to it.

A carrier may lose, delay, repeat and reorder what it is given: the sender's outbox keeps an item until its receiver has
signed a receipt, and the receiver takes each item once, however often it comes. So a carrier is simple, and replaceable
at any time.

    Carrier    towards a partner: asynchronous, knows the network
    Mailroom   of a node, for those that call it: what comes in, and what lies here to be fetched
    Office     of a node, for its courier: what is due, to whom and by which ways

Mailroom and Office are synchronous and are called from several threads. Times are aware and given as parameters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from elchi.errors import ElchiError
from elchi.exchange.batch import Item, Limits, Outcome


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a node says to items that it was given: of a partner to a push, or of ours to what was pulled."""

    outcomes: tuple[Outcome, ...]
    """One an item, in their order."""
    back: tuple[Item, ...] = ()
    """What it hands back at once: receipts, which may be for others than the giver."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What lay in a mailbox."""

    items: tuple[Item, ...] = ()
    more: bool = False
    """Whether more lies there."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a partner. Partners behind the same relay share one."""

    carrier: str
    """`https`, `relay`, `nats`, `bundle`."""
    party: str
    """Whose door it leads to: the partner, or the relay before it."""
    addresses: tuple[str, ...] = ()
    """Of that door, in its order of preference."""
    certificates: tuple[bytes, ...] = ()
    """Which it presents (DER), from its key document."""
    pulls: bool = True
    """Whether what lies there for this node is fetched by it."""


@dataclass(frozen=True, slots=True)
class Route:
    """The ways to a partner with whom things are shared now."""

    party: str
    ways: tuple[Way, ...]
    """In order of preference."""
    key_version: int = 0
    """Of the newest key document of the party that is here."""


class Carrier(Protocol):
    """One way to a partner, opened.

    Every call raises PartnerUnreachable when the partner did not answer, or not as a node does, and it is not known
    what it took; another ElchiError when it answered that it will not.
    """

    @property
    def name(self) -> str:
        """As in `Way.carrier`."""
        ...

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Hand over items; none asks only whether the partner is there."""
        ...

    async def pull(self, *, wait: float, size: int) -> Pulled:
        """Fetch what lies there for this node, and was not acknowledged yet.

        Args:
            wait: seconds to wait for something to come.
            size: bytes at most, unless it is one item alone.
        """
        ...

    async def acknowledge(self, taken: Pushed) -> None:
        """Say what became of items that were pulled, which clears them there, and hand over the receipts."""
        ...

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Fetch the newest key document of a party; None if there is none newer than a version."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Mailroom(Protocol):
    """What a node does for the nodes that call it. `peer` is the code of the caller, known by its certificate."""

    def certificates(self) -> Mapping[bytes, str]:
        """Give the certificates (DER) of who may call, and the code of each."""
        ...

    def receive(self, items: Sequence[Item], *, peer: str, at: dt.datetime) -> Pushed:
        """Take what a peer pushed, in one transaction: on disk when this returns.

        What is for others is held for them if this node is their relay and the peer's quota allows it.
        """
        ...

    def waiting(self, *, peer: str, limits: Limits, at: dt.datetime) -> Pulled:
        """Give what lies here for a peer, urgent lanes first: held for it by the relay, or due to it from this node.

        Until it is acknowledged it lies here and is given to every pull; of its own items a node does not push
        meanwhile what it has given here. `fill_batch` chooses what fits into the limits.
        """
        ...

    def acknowledge(self, taken: Pushed, *, peer: str, at: dt.datetime) -> None:
        """Clear what was held for a peer and has an outcome now, and take what he hands back."""
        ...

    def key_document(self, *, peer: str, party: str, after_version: int) -> bytes | None:
        """Give the newest key document of a party that this node vouches for.

        Raises:
            NotFound: `party_unknown`.
        """
        ...


class Office(Protocol):
    """What a courier asks of its own node."""

    def routes(self) -> Sequence[Route]:
        """Give the partners with whom things are shared now, and how they are reached."""
        ...

    def due(self, party: str, *, limit: int, skip: Collection[str], at: dt.datetime) -> Sequence[Item]:
        """Give what should leave now for a party, urgent lanes first, then oldest first.

        Args:
            party: code.
            limit: how many at most.
            skip: hashes of items that are under way just now.
            at: now.
        """
        ...

    def pushed(self, party: str, pushed: Pushed, *, way: Way, at: dt.datetime) -> None:
        """Write down what became of items that were pushed, and take the receipts that came back."""
        ...

    def received(self, items: Sequence[Item], *, way: Way, at: dt.datetime) -> Pushed:
        """Take what was pulled, in one transaction: on disk when this returns.

        An item that cannot be taken is `rejected` with its code, and never raised: it would come again for ever.
        """
        ...

    def health(self, way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
        """Write down how a way works: when it begins to, when it fails, and now and then between.

        Args:
            way: which.
            error: why it failed; None when it worked.
            seconds: that the round trip took; 0 where none was measured.
            at: now.
        """
        ...

    def keys_fetched(self, party: str, document: bytes, *, at: dt.datetime) -> None:
        """Take a key document of a party that is newer than the one here; it is checked here."""
        ...
