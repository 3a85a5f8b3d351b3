"""What every carrier must do, whatever happens to the line: each envelope takes effect once, and none is lost.

A carrier comes as a `Line` between two nodes with the couriers that they run; its faults are what can happen to it. The
clock is ours: it runs many times faster than the one on the wall, so that waits of the protocol are short.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from elchi.exchange import courier
from elchi.exchange.batch import MAX_ITEM
from elchi.exchange.carrier import Carrier, Route, Way
from elchi.exchange.carriers.memory import MemoryPost
from elchi.exchange.carriers.tls import Identity
from elchi.exchange.courier import Courier
from elchi.exchange.message import Lane
from elchi.seal.certificate import make_exchange_certificate

A, B, R = "KZ-KOR-1", "KG-AKJ-1", "CARICC"
NAMES = {A, B, R}
Fault = Callable[[], Awaitable[None] | None]


class FastClock:
    """A clock that runs faster than the one on the wall.

    Args:
        speed: how many times.
        wrong: by how much it is wrong.
    """

    def __init__(self, *, speed: float = 20.0, wrong: dt.timedelta = dt.timedelta()) -> None:
        self._speed, self.wrong = speed, wrong
        self._began = time.monotonic()

    def now(self) -> dt.datetime:
        passed = dt.timedelta(seconds=(time.monotonic() - self._began) * self._speed)
        return dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC) + passed + self.wrong

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class Node:
    """A node in memory with its courier."""

    def __init__(self, code: str, *, routes: list[Route], open_carrier: Callable[[Way], Carrier]) -> None:
        self.clock = FastClock()
        self.post = MemoryPost(code, known=routes)
        self._open_carrier = open_carrier
        self.begin()

    def begin(self) -> Courier:
        """Make a courier, which knows nothing of the one before."""
        self.courier = Courier(
            self.post, self._open_carrier, now=self.clock.now, sleep=self.clock.sleep, draw=lambda: 1.0, look=1.0
        )
        return self.courier

    def heard(self, peer: str) -> None:
        self.courier.heard(peer)

    def send(self, to: str, content: bytes, **given: Any) -> None:
        self.post.send(to, content, at=self.clock.now(), **given)
        self.courier.wake(to)


class Line(ABC):
    """Two nodes, joined by one kind of carrier, and what can happen between them."""

    FAULTS: ClassVar[tuple[str, ...]]
    """Names of `faults`."""
    SIZES: ClassVar[tuple[int, ...]] = (1, 100_000, 3, MAX_ITEM - 1_000, 700_000, 500_000)
    """Bytes of envelopes that it carries."""
    a: Node
    b: Node

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def running(self) -> Any:
        """Give the line as an asynchronous context: nodes made, couriers not begun."""

    @property
    @abstractmethod
    def faults(self) -> Mapping[str, Fault]:
        """What can happen, and how it is brought about."""

    @abstractmethod
    def heal(self) -> None:
        """Make the line good again."""

    def own_identity(self, code: str) -> tuple[Identity, bytes]:
        """Make the certificate of a node; give it and its DER."""
        return identity(self.folder, code)


def identity(folder: Path, code: str) -> tuple[Identity, bytes]:
    """Make a certificate and its locked key in a folder; give it, and the certificate as DER."""
    certificate, key = make_exchange_certificate(code, passphrase="three words here", now=dt.datetime.now(dt.UTC))
    one = Identity(folder / f"{code}.crt", folder / f"{code}.key", "three words here")
    one.certificate.write_bytes(certificate)
    one.key.write_bytes(key)
    return one, ssl.PEM_cert_to_DER_cert(certificate.decode())


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something; the limit is there for a test that hangs, and says nothing about speed."""
    for _ in range(3000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(what)


@asynccontextmanager
async def couriers(*nodes: Node) -> AsyncIterator[None]:
    """Run the couriers of nodes."""
    tasks = [asyncio.create_task(node.begin().run()) for node in nodes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test that is asynchronous; nothing may be left behind."""

    async def whole() -> None:
        await test
        await asyncio.sleep(0)

    asyncio.run(whole())


class CarrierConformance:
    """The tests. A subclass names its line."""

    LINE: ClassVar[type[Line]]

    @pytest.fixture
    def line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
        monkeypatch.setattr(courier, "PULL_WAIT", 1.0)  # the far end waits by the clock on the wall
        return self.LINE(tmp_path)

    def test_each_envelope_takes_effect_once(self, line: Line) -> None:
        async def test() -> None:
            async with line.running(), couriers(line.a, line.b):
                for number in range(150):
                    line.a.send(B, b"from a %d" % number, lane=list(Lane)[number % 6])
                for number in range(20):
                    line.b.send(A, b"from b %d" % number)
                await arrived(line)
                assert Counter(line.b.post.contents) == Counter(b"from a %d" % number for number in range(150))
                assert Counter(line.a.post.contents) == Counter(b"from b %d" % number for number in range(20))

        run(test())

    def test_the_urgent_leave_first(self, line: Line) -> None:
        async def test() -> None:
            async with line.running():
                for number in range(100):
                    line.a.send(B, b"report %d" % number + b"." * 3_000)
                line.a.send(B, b"alert", lane=Lane.ALERT)
                line.a.send(B, b"answer", lane=Lane.ANSWER)
                async with couriers(line.a, line.b):
                    await arrived(line)
                assert line.b.post.contents[:2] == [b"alert", b"answer"]
                assert len(line.b.post.contents) == 102

        run(test())

    def test_items_of_any_size(self, line: Line) -> None:
        async def test() -> None:
            sizes = line.SIZES
            async with line.running(), couriers(line.a, line.b):
                for size in sizes:
                    line.a.send(B, bytes([size % 251]) * size)
                await arrived(line)
                assert sorted(map(len, line.b.post.contents)) == sorted(sizes)

        run(test())

    def test_what_has_expired_is_not_delivered(self, line: Line) -> None:
        async def test() -> None:
            async with line.running():
                line.a.send(B, b"old", days=-1)
                async with couriers(line.a, line.b):
                    line.a.send(B, b"new")
                    await until(lambda: bool(line.b.post.contents), "nothing came")
                    await until(lambda: len(line.a.post.unsent()) == 1, "no receipt")
                assert line.b.post.contents == [b"new"]

        run(test())

    @pytest.mark.parametrize("minutes", [-10, 10])
    def test_the_other_clock_is_wrong(self, line: Line, minutes: int) -> None:
        async def test() -> None:
            async with line.running():
                line.b.clock.wrong = dt.timedelta(minutes=minutes)
                async with couriers(line.a, line.b):
                    line.a.send(B, b"one")
                    line.b.send(A, b"two")
                    await arrived(line)
                assert (line.b.post.contents, line.a.post.contents) == ([b"one"], [b"two"])

        run(test())

    def test_a_fault(self, line: Line, fault: str) -> None:
        async def test() -> None:
            async with line.running(), couriers(line.a, line.b):
                line.a.send(B, b"before")
                await arrived(line)
                begun = line.faults[fault]()
                if begun is not None:
                    await begun
                for number in range(40):
                    line.a.send(B, b"from a %d" % number + b"." * 1_000)
                    line.b.send(A, b"from b %d" % number)
                    await asyncio.sleep(0.01)
                line.heal()
                await arrived(line)
                assert len(line.b.post.contents) == 41
                assert len(line.a.post.contents) == 40

        run(test())

    def test_a_courier_that_was_killed(self, line: Line) -> None:
        async def test() -> None:
            async with line.running():
                for number in range(60):
                    line.a.send(B, b"from a %d" % number + b"." * 1_000)
                    line.b.send(A, b"from b %d" % number)
                for moment in range(6):
                    async with couriers(line.a, line.b):
                        await asyncio.sleep(0.004 * moment)
                async with couriers(line.a, line.b):
                    await arrived(line)

        run(test())


async def arrived(line: Line) -> None:
    """Wait until every receipt is there; each envelope took effect once."""
    posts = (line.a.post, line.b.post)
    await until(lambda: not any(post.unsent() for post in posts), "an envelope has no receipt")
    assert [count for post in posts for count in post.effects.values() if count != 1] == []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let `fault` be each of the faults of the line; test modules import this."""
    if "fault" in metafunc.fixturenames and metafunc.cls is not None:
        metafunc.parametrize("fault", metafunc.cls.LINE.FAULTS)
