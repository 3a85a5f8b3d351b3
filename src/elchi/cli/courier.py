"""The child of `elchi run` that carries messages to partners and answers those that call."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from elchi.errors import Conflict
from elchi.exchange.carriers.https_server import ExchangeServer
from elchi.exchange.carriers.opening import open_carrier
from elchi.exchange.carriers.tls import Identity
from elchi.exchange.courier import Courier, listen_for_wakes
from elchi.node.federation.keys import Presented, own_certificate
from elchi.node.federation.post import Post
from elchi.node.federation.wake import short_path, socket_path
from elchi.node.here import here

THREADS: Final = 4
"""In which the tables are asked."""
LOOK_AGAIN: Final = 15.0
"""Seconds after which partners, and our own certificate, are read anew."""
_log = logging.getLogger("elchi.courier")


def carry(listen: str) -> None:
    """Carry until SIGTERM.

    Args:
        listen: `address:port` on which partners call; empty if this node only calls.
    """
    asyncio.run(_carry(listen))


async def _carry(listen: str) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="post") as executor:
        ask = partial(loop.run_in_executor, executor)
        while not ended.is_set():
            try:
                presented = await ask(own_certificate, _now())
            except Conflict:  # this node has no keys yet
                await _wait(ended, LOOK_AGAIN)
                continue
            await _session(listen, presented, executor, ended)


async def _session(listen: str, presented: Presented, executor: ThreadPoolExecutor, ended: asyncio.Event) -> None:
    """Carry with one certificate, until another one is to be presented."""
    post, ask = Post(), partial(asyncio.get_running_loop().run_in_executor, executor)
    identity = Identity(presented.certificate, presented.key, presented.passphrase)
    courier = Courier(post, partial(open_carrier, me=here().code, identity=identity), now=_now, executor=executor)
    server = ExchangeServer(post, identity, now=_now, executor=executor, heard=courier.heard)
    if listen:
        host, _, port = listen.rpartition(":")
        address = await server.start(host.strip("[]"), int(port))
        _log.info("listens", extra={"address": f"{address[0]}:{address[1]}"})
    changed = asyncio.Event()

    def woken(party: str) -> None:
        courier.wake(party)
        server.wake(party)
        if not party:
            changed.set()

    with short_path(socket_path()) as path:
        wakes = await listen_for_wakes(Path(path), woken)
    carrying = asyncio.create_task(courier.run())
    try:
        while not ended.is_set() and await ask(own_certificate, _now()) == presented:
            if listen:
                await server.refresh()
            changed.clear()
            await _first(ended, changed, LOOK_AGAIN)
    finally:
        wakes.close()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        await server.close()


async def _first(ended: asyncio.Event, changed: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(one.wait()) for one in (ended, changed)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()


async def _wait(ended: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
