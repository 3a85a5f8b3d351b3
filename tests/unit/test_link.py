"""A way to a partner: how much is fetched at a time follows what it carries."""

from __future__ import annotations

import asyncio
import datetime as dt

from elchi.errors import ElchiError
from elchi.exchange.carrier import Pushed, Way
from elchi.exchange.carriers.memory import MemoryCarrier, MemoryPost
from elchi.exchange.link import Link
from elchi.exchange.retry import MOST, START

NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


async def _told(_way: Way, _error: ElchiError | None, _seconds: float) -> None:
    pass


def _link(post: MemoryPost) -> Link:
    carrier = MemoryCarrier(post, peer="KZ-KOR-1", now=lambda: NOW, sleep=asyncio.sleep)
    return Link(Way("memory", post.code), carrier, now=lambda: NOW, draw=lambda: 1.0, told=_told)


def test_a_link_that_is_fast_fetches_more_and_more() -> None:
    post = MemoryPost("KG-AKJ-1")
    for number in range(100):
        post.send("KZ-KOR-1", bytes([number]) * (START // 4), at=NOW)
    link = _link(post)

    async def fetch() -> list[int]:
        counts = []
        while (pulled := await link.pull(wait=0)).items:
            counts.append(len(pulled.items))
            await link.acknowledge(Pushed(()))
        return counts

    counts = asyncio.run(fetch())
    assert (counts[0], sum(counts), link.pace.bytes) == (3, 100, MOST)
    assert counts[:4] == sorted(counts[:4])
    assert counts[3] > counts[0]


def test_waiting_for_something_to_come_says_nothing_of_a_link() -> None:
    post = MemoryPost("KG-AKJ-1")
    link = _link(post)
    for _ in range(3):
        post.send("KZ-KOR-1", b"x" * (START - 200), at=NOW)
        assert len(asyncio.run(link.pull(wait=0)).items) == 1
    assert link.pace.bytes == START
