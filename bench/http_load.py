"""Callers for bench/http.py: connections that ask one thing after another, and what they were answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Make = Callable[[], Iterator[bytes]]
"""Gives the requests of one connection, one after another."""


@dataclass(slots=True)
class Told:
    """What the callers met."""

    took_ms: list[float] = field(default_factory=list)
    """Of each answer."""
    statuses: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    lost: int = 0
    """Connections that broke before an answer was whole."""

    def count(self, status: int) -> None:
        """Count an answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1


def call(port: int, makers: list[Make], seconds: float, *, keep: bool = True) -> Told:
    """Ask on as many connections as there are makers, each waiting for its answer, for so long."""
    told = Told()
    asyncio.run(_call(port, makers, time.perf_counter() + seconds, told, keep=keep))
    return told


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Give a request of HTTP/1.1 as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _call(port: int, makers: list[Make], ends_at: float, told: Told, *, keep: bool) -> None:
    await asyncio.gather(*(_one(port, make(), ends_at, told, keep=keep) for make in makers))


async def _one(port: int, requests: Iterator[bytes], ends_at: float, told: Told, *, keep: bool) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for asked in requests:
            began = time.perf_counter()
            if began > ends_at:
                break
            writer.write(asked)
            status, body = await _answer(reader)
            told.took_ms.append((time.perf_counter() - began) * 1000)
            told.count(status)
            if keep:
                told.bodies.append(body)
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        told.lost += 1


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head[9:12]), 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif name.lower() == b"transfer-encoding":
            return status, await _chunks(reader)
    return status, await reader.readexactly(length) if length else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
