"""The post of this node: what carriers that call it, and its own courier, ask of its tables.

It is the Mailroom and the Office of `elchi.exchange.carrier`; its methods are called from several threads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

from elchi.errors import ElchiError, NotFound
from elchi.exchange.batch import Item, Limits, fill_batch
from elchi.exchange.carrier import Pulled, Pushed, Route, Way
from elchi.exchange.message import LANES
from elchi.node.federation.models import Partner
from elchi.node.federation.queries import ways
from elchi.node.federation.queries.keys import signed_key_document
from elchi.node.federation.services import accepting, handing, links, relaying
from elchi.node.federation.services.partners import take_key_document
from elchi.node.federation.states import KNOWN
from elchi.node.here import here

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _asked(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let go of a connection to the database that broke: the next call opens a new one."""

    @wraps(method)
    def ask(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(*args, **kwargs)
        except (OperationalError, InterfaceError):
            connection.close_if_unusable_or_obsolete()
            raise

    return ask


class Post:
    """Mailroom and Office of this node over its database."""

    @_asked
    def certificates(self) -> Mapping[bytes, str]:
        """Give who may call."""
        return ways.certificates()

    @_asked
    def receive(self, items: Sequence[Item], *, peer: str, at: dt.datetime) -> Pushed:
        """Take what a peer pushed."""
        return accepting.accept(items=items, peer=peer, carrier="https", at=at)

    @_asked
    def waiting(self, *, peer: str, limits: Limits, at: dt.datetime) -> Pulled:
        """Give what lies here for a peer, held for it or due to it."""
        partner = _partner(peer)
        if partner is None:
            return Pulled()
        held = relaying.held_items(partner, limits=limits, at=at) if partner.relayed_bytes else []
        own = handing.hand_out(partner, limit=limits.items + 1, skip=(), at=at)
        ready = sorted((*held, *own), key=_rank)
        items = fill_batch(ready, limits=limits)
        given = {item.sha256 for item in items} & {item.sha256 for item in own}
        handing.note_given(given, at=at)
        return Pulled(items, more=len(ready) > len(items))

    @_asked
    def acknowledge(self, taken: Pushed, *, peer: str, at: dt.datetime) -> None:
        """Clear what a peer has, and take what he hands back."""
        partner = _partner(peer)
        if partner is None:
            return
        _settle(partner, taken, peer=peer, carrier="https", at=at)
        relaying.let_go(partner, [outcome.sha256 for outcome in taken.outcomes])

    @_asked
    def key_document(self, *, peer: str, party: str, after_version: int) -> bytes | None:
        """Give our key document, or that of a partner for whom this node holds a mailbox.

        Raises:
            NotFound: `party_unknown`.
        """
        del peer  # whoever may call may know the keys of those that are reached through here
        if party != here().code and not _is_relayed(party):
            raise NotFound("party_unknown", party=party)
        return signed_key_document(party, after_version)

    @_asked
    def routes(self) -> Sequence[Route]:
        """Give the partners and the ways to them."""
        return ways.routes()

    @_asked
    def due(self, party: str, *, limit: int, skip: Collection[str], at: dt.datetime) -> Sequence[Item]:
        """Give what should leave now for a party."""
        partner = _partner(party)
        return handing.hand_out(partner, limit=limit, skip=skip, at=at) if partner else ()

    @_asked
    def pushed(self, party: str, pushed: Pushed, *, way: Way, at: dt.datetime) -> None:
        """Take the receipts that came back, and write down what became of the rest."""
        partner = _partner(party)
        if partner is not None:
            _settle(partner, pushed, peer=way.party, carrier=way.carrier, at=at)

    @_asked
    def received(self, items: Sequence[Item], *, way: Way, at: dt.datetime) -> Pushed:
        """Take what was pulled."""
        return accepting.accept(items=items, peer=way.party, carrier=way.carrier, at=at)

    @_asked
    def health(self, way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
        """Write down how a way works."""
        links.note_health(way, error=error, seconds=seconds, at=at)

    @_asked
    def keys_fetched(self, party: str, document: bytes, *, at: dt.datetime) -> None:
        """Take a key document that is newer than the one here."""
        take_key_document(party=party, content=document, at=at)


def _settle(partner: Partner, taken: Pushed, *, peer: str, carrier: str, at: dt.datetime) -> None:
    """Take receipts first: what they settle needs no note."""
    if taken.back:
        accepting.accept(items=taken.back, peer=peer, carrier=carrier, at=at)
    handing.note_outcomes(taken.outcomes, partner=partner, carrier=carrier, at=at)


def _partner(code: str) -> Partner | None:
    return ways.connected().filter(code=code).first()


def _is_relayed(party: str) -> bool:
    return Partner.objects.filter(code=party, state__in=KNOWN, relayed_bytes__gt=0).exists()


def _rank(item: Item) -> int:
    return LANES.index(item.lane)
