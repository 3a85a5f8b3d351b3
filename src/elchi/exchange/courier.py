"""The courier of a node: takes what is due from its office, finds a way to each partner, and fetches what lies there.

It decides nothing about what is said. An item is carried until the office says that it is no longer due, and that says
the receipt of its receiver alone; so whatever happens here, a kill at any moment included, loses nothing and repeats
something at most.

    a task a way        fetches the mailbox behind it (`Way.pulls`), or asks now and then whether somebody is there
    a task a partner    hands over what is due to it, urgent lanes first, by the first way that works
    one task            fetches newer key documents
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from elchi.errors import ElchiError
from elchi.exchange.batch import WIRE, Item, Limits, fill_batch
from elchi.exchange.carrier import Carrier, Office, Route, Way
from elchi.exchange.link import Link
from elchi.exchange.message import LANES, URGENT
from elchi.exchange.retry import WIDTH

PULL_WAIT: Final = 25.0
ROUTES_AGAIN: Final = 15.0
PROBE_AGAIN: Final = 60.0
TROUBLE: Final = 5.0
"""Seconds to wait when the own office failed: a full disk, a locked database."""
KEYS_AGAIN: Final = dt.timedelta(hours=1)
_log: Final = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")
_Key = tuple[str, str | Way]
"""What a task does, and for whom."""


class Courier:
    """Carries for an office.

    Args:
        office: of this node.
        open_carrier: opens a way.
        now: the clock.
        sleep: how to wait for some seconds.
        draw: gives a number from 0 to 1 by chance.
        executor: in whose threads the office is asked; None for one that never blocks.
        look: seconds between two looks into the outbox of a partner when nobody calls `wake`.
    """

    def __init__(  # noqa: PLR0913  the world outside, each part of it replaceable
        self,
        office: Office,
        open_carrier: Callable[[Way], Carrier],
        *,
        now: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
        executor: Executor | None = None,
        look: float = 2.0,
    ) -> None:
        self._office, self._open_carrier = office, open_carrier
        self._now, self._sleep, self._draw = now, sleep, draw
        self._executor, self._look = executor, look
        self._routes: dict[str, Route] = {}
        self._links: dict[Way, Link] = {}
        self._tasks: dict[_Key, asyncio.Task[None]] = {}
        self._events: dict[_Key, asyncio.Event] = {}
        self._keys_at: dict[str, dt.datetime] = {}

    async def run(self) -> None:
        """Carry until this is cancelled."""
        self._begin(("keys", ""))
        try:
            while True:
                try:
                    await self._follow_routes()
                except Exception:  # noqa: BLE001  whatever it is, what is carried already goes on
                    _log.exception("exchange.office_failed")
                await self._pause(("routes", ""), ROUTES_AGAIN)
        finally:
            await _end_all(*self._tasks.values())
            await asyncio.gather(*(link.close() for link in self._links.values()), return_exceptions=True)

    def wake(self, party: str = "") -> None:
        """Say that something is due for a party; for none, that partners or ways may have changed."""
        for (_, subject), event in self._events.items():
            if subject == party or (not party and not isinstance(subject, Way)):
                event.set()

    def heard(self, party: str) -> None:
        """Say that a party called: ways to its door that had failed are tried at once."""
        for way, link in self._links.items():
            if way.party == party and not link.healthy:
                link.heard()
                self._event(("way", way)).set()

    async def _follow_routes(self) -> None:
        """Begin what is new and end what is gone."""
        told = await self._call(self._office.routes)
        ways = {way for route in told for way in route.ways if await self._open(way)}
        routes = {one.party: replace(one, ways=tuple(way for way in one.ways if way in ways)) for one in told}
        self._routes = routes
        wanted: set[_Key] = {("way", way) for way in ways} | {("keys", "")}
        wanted |= {("send", party) for party in routes}
        for key in self._tasks.keys() - wanted:
            await self._end(key)
        for way in self._links.keys() - ways:
            await self._links.pop(way).close()
        for key in wanted - self._tasks.keys():
            self._begin(key)
            self._event(("keys", "")).set()

    async def _open(self, way: Way) -> bool:
        """Open a way that is not open yet; one that cannot be is told of, and stops no other."""
        if way not in self._links:
            try:
                carrier = self._open_carrier(way)
            except ElchiError as error:
                _log.warning("exchange.way_closed", extra={"party": way.party, "carrier": way.carrier})
                await self._tell_health(way, error, 0.0)
                return False
            self._links[way] = Link(way, carrier, now=self._now, draw=self._draw, told=self._tell_health)
        return True

    def _begin(self, key: _Key) -> None:
        self._event(key)  # from now on it can be woken
        self._tasks[key] = asyncio.create_task(self._kept(key))

    async def _end(self, key: _Key) -> None:
        self._events.pop(key, None)
        await _end_all(self._tasks.pop(key))

    async def _kept(self, key: _Key) -> None:
        """Keep a task going, whatever happens to it."""
        kind, subject = key
        while True:
            try:
                if isinstance(subject, Way):
                    await self._watch(self._links[subject])
                elif kind == "send":
                    await self._send(subject)
                else:
                    await self._fetch_keys()
            except Exception:  # noqa: BLE001  a full disk, a locked database, a fault of ours: later, again
                _log.exception("exchange.office_failed")
                await self._sleep(TROUBLE)

    async def _watch(self, link: Link) -> None:
        """Fetch what lies behind a way, or see whether it works."""
        key = ("way", link.way)
        while True:
            if not link.ready(self._now()):
                await self._pause(key, self._until(link))
            was_healthy = link.healthy
            try:
                if link.way.pulls:
                    await self._pull(link)
                else:
                    await link.push(())
            except ElchiError:
                continue  # counted by the link
            if not was_healthy:
                self._wake_users(link.way)
            if not link.way.pulls:
                await self._pause(key, PROBE_AGAIN)

    async def _pull(self, link: Link) -> None:
        pulled = await link.pull(wait=PULL_WAIT if link.healthy else 0.0)
        if pulled.items:
            taken = await self._call(self._office.received, pulled.items, way=link.way, at=self._now())
            await link.acknowledge(taken)
            self._wake_users(link.way)

    async def _send(self, party: str) -> None:
        """Hand over what is due to a party, some batches at a time."""
        flying: dict[asyncio.Task[None], Sequence[Item]] = {}
        try:
            while True:
                wait = await self._launch(party, flying)
                await self._pause(("send", party), wait)
                for task in [task for task in flying if task.done()]:
                    del flying[task]
                    task.result()
        finally:
            await _end_all(*flying)

    async def _launch(self, party: str, flying: dict[asyncio.Task[None], Sequence[Item]]) -> float:
        """Send off what may leave now; give in how many seconds to look again."""
        while True:
            link = self._choose(party)
            if link is None:
                links = [self._links[way] for way in self._routes[party].ways]
                return min((self._until(one) for one in links), default=ROUTES_AGAIN)
            under_way = [item for items in flying.values() for item in items]
            skip = {item.sha256 for item in under_way}
            if len(flying) >= link.pace.width and not await self._overtakes(party, under_way, skip, len(flying)):
                return self._look
            due = await self._call(self._office.due, party, limit=WIRE.items, skip=skip, at=self._now())
            if not due:
                return self._look
            batch = _one_batch(due, link.pace.bytes)
            flying[asyncio.create_task(self._fly(party, link, batch))] = batch

    async def _overtakes(self, party: str, under_way: Sequence[Item], skip: Collection[str], batches: int) -> bool:
        """Tell whether something is due that is more urgent than all that is under way."""
        urgency = min(map(_rank, under_way))
        if urgency == 0 or batches >= WIDTH:
            return False
        first = await self._call(self._office.due, party, limit=1, skip=skip, at=self._now())
        return bool(first) and _rank(first[0]) < urgency

    async def _fly(self, party: str, link: Link, batch: Sequence[Item]) -> None:
        try:
            pushed = await link.push(batch)
            await self._call(self._office.pushed, party, pushed, way=link.way, at=self._now())
        except ElchiError:
            pass  # counted by the link; the items are due as before
        finally:
            self._event(("send", party)).set()

    def _choose(self, party: str) -> Link | None:
        """Give the first way that works; if none does, the first that may be tried again."""
        links = [self._links[way] for way in self._routes[party].ways]
        ready = (link for link in links if link.ready(self._now()))
        return next((link for link in links if link.healthy), None) or next(ready, None)

    async def _fetch_keys(self) -> None:
        """Ask every partner now and then for its newest key document."""
        while True:
            for route in tuple(self._routes.values()):
                asked_at = self._keys_at.get(route.party)
                link = self._choose(route.party)
                if link is None or (asked_at is not None and self._now() - asked_at < KEYS_AGAIN):
                    continue
                document = None
                try:
                    document = await link.key_document(route.party, after_version=route.key_version)
                except ElchiError as error:
                    if not error.permanent:
                        continue
                self._keys_at[route.party] = self._now()
                if document:
                    await self._call(self._office.keys_fetched, route.party, document, at=self._now())
            await self._pause(("keys", ""), PROBE_AGAIN)

    async def _tell_health(self, way: Way, error: ElchiError | None, seconds: float) -> None:
        await self._call(self._office.health, way, error=error, seconds=seconds, at=self._now())

    def _wake_users(self, way: Way) -> None:
        for route in self._routes.values():
            if way in route.ways:
                self._event(("send", route.party)).set()

    def _until(self, link: Link) -> float:
        at = link.retry.next_at
        return max(0.01, (at - self._now()).total_seconds()) if at else 0.01

    def _event(self, key: _Key) -> asyncio.Event:
        return self._events.setdefault(key, asyncio.Event())

    async def _pause(self, key: _Key, seconds: float) -> None:
        """Wait for some seconds, or until somebody sets the event of the key."""
        event = self._event(key)
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        event.clear()

    async def _call(self, ask: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        if self._executor is None:
            return ask(*args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(ask, *args, **kwargs))


async def _end_all(*tasks: asyncio.Task[None]) -> None:
    """End tasks, and say it again to those that have lost it: libraries take a cancellation for a timeout at times."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=0.5)
    await asyncio.gather(*tasks, return_exceptions=True)  # what they ended with is nobody's any more


class _Wakes(asyncio.DatagramProtocol):
    def __init__(self, on_wake: Callable[[str], None]) -> None:
        self._on_wake = on_wake

    def datagram_received(self, content: bytes, _: object) -> None:
        self._on_wake(content[:32].decode("ascii", errors="replace"))


async def listen_for_wakes(path: Path, on_wake: Callable[[str], None]) -> asyncio.DatagramTransport:
    """Let other processes of this node wake the courier: by a datagram to a socket that only this user reaches.

    Args:
        path: of the socket; what lies there is replaced.
        on_wake: takes the code of the party that a datagram holds, which may be empty.
    """
    path.unlink(missing_ok=True)  # noqa: ASYNC240  an instant, before anything runs
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Wakes(on_wake), local_addr=str(path), family=socket.AF_UNIX
    )
    path.chmod(0o600)  # noqa: ASYNC240  the same
    return transport


def _rank(item: Item) -> int:
    return LANES.index(item.lane)


def _one_batch(due: Sequence[Item], size: int) -> tuple[Item, ...]:
    """Take from the front what goes in one batch: the urgent alone, or the rest."""
    urgent = due[0].lane in URGENT
    limits = Limits(content=min(size, WIRE.content))
    return fill_batch((item for item in due if (item.lane in URGENT) == urgent), limits=limits)
