"""Callers for bench/http.py: connections that ask one thing after another, and what they were answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import NamedTuple


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    head: bytes
    body: bytes


Caller = Generator[bytes | float, Answer, None]
"""One connection: gives a request and is sent its answer, or gives seconds to pause."""
Make = Callable[[], Caller]


@dataclass(slots=True)
class Told:
    """What the callers met."""

    took_ms: list[float] = field(default_factory=list)
    """Of each answer."""
    statuses: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    lost: int = 0
    """Connections that broke before an answer was whole."""

    def take(self, answer: Answer, took_ms: float) -> None:
        """Count an answer, and keep what was made."""
        self.took_ms.append(took_ms)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status == 201:
            self.bodies.append(answer.body)


def call(port: int, makers: list[Make], seconds: float) -> Told:
    """Ask on as many connections as there are makers, each waiting for its answer, for so long."""
    told = Told()
    asyncio.run(_call(port, makers, time.perf_counter() + seconds, told))
    return told


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Give a request of HTTP/1.1 as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _call(port: int, makers: list[Make], ends_at: float, told: Told) -> None:
    await asyncio.gather(*(_one(port, make(), ends_at, told) for make in makers))


async def _one(port: int, caller: Caller, ends_at: float, told: Told) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked: bytes | float = next(caller)
        while (began := time.perf_counter()) < ends_at:
            if isinstance(asked, float):
                await asyncio.sleep(asked)
                asked = next(caller)
                continue
            writer.write(asked)
            answer = await _answer(reader)
            told.take(answer, (time.perf_counter() - began) * 1000)
            asked = caller.send(answer)
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        told.lost += 1


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head[9:12]), 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif name.lower() == b"transfer-encoding":
            return Answer(status, head, await _chunks(reader))
    return Answer(status, head, await reader.readexactly(length) if length else b"")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
