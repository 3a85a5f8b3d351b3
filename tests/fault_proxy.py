"""A bad line on loopback: a TCP proxy whose faults are switched on and off while connections go through it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

CHUNK = 1 << 14


@dataclass
class Faults:
    """What is wrong with the line now."""

    refuse: bool = False
    """New connections are closed at once."""
    swallow: bool = False
    """Half open: bytes are taken, in both directions, and go nowhere; nothing is closed."""
    lose_answers: bool = False
    """What the far end says is lost, and the connection with it: it did what was asked, nobody learns so."""
    loss: float = 0.0
    """Share of pieces at which a connection breaks."""
    cut_after: int = 0
    """Bytes of a connection, in both directions, after which it breaks off; 0 for never."""
    delay: float = 0.0
    """Seconds by which each piece is late."""
    jitter: float = 0.0
    """Up to so many seconds more, by chance: later connections overtake earlier ones."""
    rate: int = 0
    """Bytes a second in each direction, all connections together; 0 for no limit."""


class FaultProxy:
    """Forwards to one address.

    Args:
        host: of the far end.
        port: of the far end.
        seed: of its chances.
    """

    def __init__(self, host: str, port: int, *, seed: int = 1) -> None:
        self._target = (host, port)
        self.faults = Faults()
        self._chance = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._free_at = [0.0, 0.0]
        self.connections = 0
        """How many there have been."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK)
        self.host, self.port = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self.cut()
        await self._server.wait_closed()

    def heal(self) -> None:
        """Make the line good; connections that were swallowed stay dead, as they do."""
        self.faults = Faults()

    async def cut(self) -> None:
        """Break all connections."""
        for writer in tuple(self._writers):
            writer.transport.abort()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def flap(self, *, up: float, down: float) -> None:
        """Let the line come and go until this is cancelled."""
        while True:
            self.faults.refuse = True
            await self.cut()
            await asyncio.sleep(down)
            self.faults.refuse = False
            await asyncio.sleep(up)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        far: asyncio.StreamWriter | None = None
        try:
            if not self.faults.refuse:
                far_reader, far = await asyncio.open_connection(*self._target, limit=CHUNK)
                self._writers.add(far)
                seen = [0]
                await _first(self._forward(reader, far, 0, seen), self._forward(far_reader, writer, 1, seen))
        except (OSError, asyncio.CancelledError):
            pass  # it is a bad line
        finally:
            for one in (writer, far):
                if one is not None:
                    one.transport.abort()
                    self._writers.discard(one)
            self._tasks.discard(task)

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: int, seen: list[int]
    ) -> None:
        dead = False
        while content := await reader.read(CHUNK):
            faults = self.faults
            dead = dead or faults.swallow
            if dead:
                continue
            seen[0] += len(content)
            if faults.lose_answers and direction == 1 and seen[0] > 8_000:  # after the handshake
                return
            if self._chance.random() < faults.loss or (faults.cut_after and seen[0] > faults.cut_after):
                writer.write(content[: len(content) // 2])
                with suppress(OSError):
                    await writer.drain()
                return
            wait = faults.delay + faults.jitter * self._chance.random()
            if faults.rate:
                now = asyncio.get_running_loop().time()
                self._free_at[direction] = max(now, self._free_at[direction]) + len(content) / faults.rate
                wait += self._free_at[direction] - now
            if wait:
                await asyncio.sleep(wait)
            writer.write(content)
            await writer.drain()
        if dead:
            await asyncio.Event().wait()


async def _first(*ways: Awaitable[None]) -> None:
    """Run until one of them has ended."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
