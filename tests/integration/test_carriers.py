"""Every carrier, on the line that it is for, through all that can happen there."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import ClassVar

from tests.fault_proxy import FaultProxy
from tests.integration.carriers_conformance import (  # noqa: F401  pytest calls pytest_generate_tests
    A,
    B,
    CarrierConformance,
    Fault,
    Line,
    Node,
    R,
    couriers,
    identity,
    pytest_generate_tests,
    run,
    until,
)

from elchi.errors import InvalidInput, PartnerUnreachable
from elchi.exchange.batch import Item
from elchi.exchange.carrier import Carrier, Pulled, Pushed, Route, Way
from elchi.exchange.carriers.https import HttpsCarrier
from elchi.exchange.carriers.https_server import ExchangeServer
from elchi.exchange.carriers.memory import MemoryCarrier
from elchi.exchange.carriers.relay import RelayCarrier


class BadMemory(MemoryCarrier):
    """A carrier in memory with every fault of the port."""

    fault = ""
    chance = random.Random(1)

    async def push(self, items: Sequence[Item]) -> Pushed:
        unreachable = PartnerUnreachable("partner_unreachable", party=B, reason="cut")
        match self.fault:
            case "refuse":
                raise unreachable
            case "black_hole" | "half_open":
                await self._sleep(30)
                raise unreachable
            case "drop" if self.chance.random() < 0.5:
                raise unreachable
            case "lose_answers":
                await super().push(items)
                raise unreachable
            case "duplicate":
                await super().push(items)
            case "reorder":
                items = self.chance.sample(list(items), len(items))
            case "delay":
                await self._sleep(self.chance.random() * 5)
            case "truncate":
                await super().push(items[: len(items) // 2])
                raise unreachable
        return await super().push(items)

    async def pull(self, *, wait: float, size: int) -> Pulled:
        if self.fault in ("refuse", "black_hole"):
            await self._sleep(1)
            raise PartnerUnreachable("partner_unreachable", party=B, reason="timeout")
        return await super().pull(wait=wait, size=size)


class MemoryLine(Line):
    """Two nodes that call each other's mailroom."""

    FAULTS = ("refuse", "black_hole", "half_open", "drop", "lose_answers", "duplicate", "reorder", "delay", "truncate")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.carriers: list[BadMemory] = []
        self.a = Node(A, routes=[_route(B, "memory")], open_carrier=lambda _: self._opened(self.a, self.b))
        self.b = Node(B, routes=[_route(A, "memory")], open_carrier=lambda _: self._opened(self.b, self.a))
        yield

    def _opened(self, here: Node, there: Node) -> Carrier:
        carrier = BadMemory(there.post, peer=here.post.code, now=there.clock.now, sleep=here.clock.sleep)
        self.carriers.append(carrier)
        return carrier

    @property
    def faults(self) -> Mapping[str, Fault]:
        return {name: lambda name=name: self._all(name) for name in self.FAULTS}  # type: ignore[misc]

    def heal(self) -> None:
        self._all("")

    def _all(self, name: str) -> None:
        for carrier in self.carriers:
            carrier.fault = name


def _route(party: str, carrier: str, *, through: str = "", **given: object) -> Route:
    return Route(party, (Way(carrier, through or party, **given),))  # type: ignore[arg-type]


class TcpLine(Line):
    """What can happen to TCP."""

    FAULTS = ("refuse", "cut", "half_open", "loss", "lose_answers", "truncate", "delay", "slow", "flapping")
    proxies: list[FaultProxy]
    _flapping: asyncio.Task[None] | None = None

    @property
    def faults(self) -> Mapping[str, Fault]:
        return {
            "refuse": lambda: self._set(refuse=True),
            "cut": self._cut,
            "half_open": lambda: self._set(swallow=True),
            "loss": lambda: self._set(loss=0.3),
            "lose_answers": lambda: self._set(lose_answers=True),
            "truncate": lambda: self._set(cut_after=20_000),
            "delay": lambda: self._set(delay=0.02, jitter=0.1),
            "slow": lambda: self._set(rate=16_000),
            "flapping": self._flap,
        }

    def heal(self) -> None:
        if self._flapping is not None:
            self._flapping.cancel()
        for proxy in self.proxies:
            proxy.heal()

    def _set(self, **faults: float | bool) -> None:
        for proxy in self.proxies:
            for name, value in faults.items():
                setattr(proxy.faults, name, value)

    async def _cut(self) -> None:
        for proxy in self.proxies:
            await proxy.cut()

    def _flap(self) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*(proxy.flap(up=0.08, down=0.15) for proxy in self.proxies))

        self._flapping = asyncio.create_task(all_of_them())


class HttpsLine(TcpLine):
    """Two nodes of which each reaches the other."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.ids = {code: identity(self.folder, code) for code in (A, B, R)}
        self.proxies = []
        async with AsyncExitStack() as stack:
            await self._join(stack)
            yield

    async def _join(self, stack: AsyncExitStack) -> None:
        self.a = Node(A, routes=[], open_carrier=lambda way: self._opened(A, way))
        self.b = Node(B, routes=[], open_carrier=lambda way: self._opened(B, way))
        self.a.post.known.append(Route(B, (await self._way(stack, self.b, A),)))
        self.b.post.known.append(Route(A, (await self._way(stack, self.a, B),)))

    async def _way(self, stack: AsyncExitStack, there: Node, *callers: str, carrier: str = "https") -> Way:
        """Let a node be called by others, over a line of its own; give the way to it."""
        code = there.post.code
        own, certificate = self.ids[code]
        there.post.admitted.update({self.ids[caller][1]: caller for caller in callers})
        server = ExchangeServer(there.post, own, now=there.clock.now, heard=there.heard, look=0.02)
        proxy = FaultProxy(*await server.start("127.0.0.1", 0))
        stack.push_async_callback(server.close)
        self.proxies.append(await stack.enter_async_context(proxy))
        return Way(carrier, code, (f"https://{proxy.host}:{proxy.port}",), (certificate,))

    def _opened(self, code: str, way: Way) -> Carrier:
        kind: type[HttpsCarrier] = RelayCarrier if way.carrier == "relay" else HttpsCarrier
        return kind(
            way.party,
            addresses=way.addresses,
            certificates=way.certificates,
            identity=self.ids[code][0],
            patience=1.0,
        )


class PullLine(HttpsLine):
    """A node behind a firewall: it calls, and nobody can call it."""

    async def _join(self, stack: AsyncExitStack) -> None:
        self.a = Node(A, routes=[Route(B, ())], open_carrier=lambda way: self._opened(A, way))
        self.b = Node(B, routes=[], open_carrier=lambda way: self._opened(B, way))
        self.b.post.known.append(Route(A, (await self._way(stack, self.a, B),)))


class RelayLine(HttpsLine):
    """Two nodes that both call a third."""

    async def _join(self, stack: AsyncExitStack) -> None:
        relay = Node(R, routes=[], open_carrier=lambda way: self._opened(R, way))
        relay.post.holds_for.update((A, B))
        self.a = Node(A, routes=[], open_carrier=lambda way: self._opened(A, way))
        self.b = Node(B, routes=[], open_carrier=lambda way: self._opened(B, way))
        way = await self._way(stack, relay, A, B, carrier="relay")
        self.a.post.known.append(Route(B, (way,)))
        self.b.post.known.append(Route(A, (way,)))


def test_a_way_that_cannot_be_opened_stops_no_other(tmp_path: Path) -> None:
    class Halved(MemoryLine):
        def _opened(self, here: Node, there: Node) -> Carrier:
            if here is self.a and not here.post.told:
                raise InvalidInput("way_invalid", field="carrier", rule="extra", party=there.post.code)
            return super()._opened(here, there)

    async def test() -> None:
        line = Halved(tmp_path)
        async with line.running():
            line.a.post.known.insert(0, _route(R, "nats"))
            async with couriers(line.a, line.b):
                line.a.send(B, b"all the same")
                await until(lambda: line.b.post.contents == [b"all the same"], "nothing came")
            assert next((one.way.carrier, str(one.error and one.error.code)) for one in line.a.post.told) == (
                "nats",
                "way_invalid",
            )

    run(test())


class TestMemory(CarrierConformance):
    LINE: ClassVar = MemoryLine


class TestHttps(CarrierConformance):
    LINE: ClassVar = HttpsLine


class TestHttpsPull(CarrierConformance):
    LINE: ClassVar = PullLine


class TestRelay(CarrierConformance):
    LINE: ClassVar = RelayLine
