"""The port on which partners call: HTTPS with mutual TLS, on an address of its own (docs/adr/0019).

Who has no certificate of a partner is refused in the handshake, and who has one that counts no more right after it:
nothing of theirs is read. Everything that comes in has a limit: connections of one peer, heads, bodies, and the time
that they may take.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import re
import ssl
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from aiohttp import web

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable, SealBroken
from elchi.exchange.batch import WIRE, Batch, Limits, decode, decode_batch, encode
from elchi.exchange.carrier import Mailroom, Pushed
from elchi.exchange.carriers.https import BASE, MEDIA_TYPE, SLOWEST, watch_socket
from elchi.exchange.carriers.tls import Identity, server_context, trust

LONGEST_WAIT: Final = 55.0
"""Seconds that a pull may wait."""
CONNECTIONS: Final = 24
"""Of one peer at a time."""
_HANDSHAKE: Final = 10.0
_IDLE: Final = 90.0
"""Seconds that a connection may be open without a request that has begun."""
_STATUS: Final[Mapping[type[ElchiError], int]] = {
    InvalidInput: 422, NotAllowed: 403, NotFound: 404, Conflict: 409, SealBroken: 400, PartnerUnreachable: 503,
}  # fmt: skip
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9-]{0,31}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,3})?", re.ASCII)
_log: Final = logging.getLogger(__name__)
_quiet: Final = logging.getLogger(f"{__name__}.http")
_quiet.disabled = True
_P = ParamSpec("_P")
_T = TypeVar("_T")


class ExchangeServer:
    """Answers partners for a mailroom.

    Args:
        mailroom: of this node.
        identity: its certificate.
        now: the clock.
        executor: in whose threads the mailroom is asked; None for one that never blocks.
        heard: is told the code of every peer that called.
        look: seconds between two looks into a mailbox on which a pull waits and nobody `wake`s.
    """

    def __init__(
        self,
        mailroom: Mailroom,
        identity: Identity,
        *,
        now: Callable[[], dt.datetime],
        executor: Executor | None = None,
        heard: Callable[[str], None] = lambda _: None,
        look: float = 2.0,
    ) -> None:
        self._mailroom, self._identity = mailroom, identity
        self._now, self._executor, self._heard, self._look = now, executor, heard, look
        self._admitted: dict[bytes, str] = {}
        self._connected: dict[asyncio.BaseTransport, tuple[bytes, str]] = {}
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._context: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None
        self._web: web.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Begin to listen; give address and port, which the system chooses for port 0.

        Raises:
            OSError: the address is taken.
        """
        self._admitted = dict(await self._call(self._mailroom.certificates))
        self._context = server_context(self._identity, self._admitted)
        # What aiohttp says of bad requests is kept out of the log of the node: it holds what strangers wrote.
        self._web = web.Server(
            self._answer,
            handler_cancellation=True,
            keepalive_timeout=_IDLE,
            auto_decompress=False,
            access_log=None,
            logger=_quiet,
            max_line_size=1024,
            max_field_size=1024,
            max_headers=32,
        )
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Admission(self), host, port, ssl=self._context, ssl_handshake_timeout=_HANDSHAKE, backlog=128
        )
        address = self._server.sockets[0].getsockname()
        return address[0], address[1]

    async def refresh(self) -> None:
        """Read anew who may call; who may not any more is cut off at once."""
        admitted = dict(await self._call(self._mailroom.certificates))
        if self._context is not None:
            trust(self._context, admitted.keys() - self._admitted.keys())
        self._admitted = admitted
        for transport, (certificate, peer) in tuple(self._connected.items()):
            if admitted.get(certificate) != peer and isinstance(transport, asyncio.Transport):
                transport.abort()

    def wake(self, party: str) -> None:
        """Say that something may lie here for a party: its pulls look at once."""
        for event in self._waiting.get(party, ()):
            event.set()

    async def close(self) -> None:
        """Take no more requests and end those under way."""
        if self._server is not None:
            self._server.close()
        if self._web is not None:
            self._web.pre_shutdown()
            for events in self._waiting.values():
                for event in events:
                    event.set()
            await self._web.shutdown(timeout=5.0)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def admit(self, transport: asyncio.BaseTransport) -> asyncio.Protocol | None:
        """Give what answers a new connection; None if it is refused."""
        certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        peer = self._admitted.get(certificate)
        here = sum(one == peer for _, one in self._connected.values())
        if peer is None or self._web is None or here >= CONNECTIONS:
            _log.warning("exchange.refused", extra={"peer": peer or ""})
            return None
        self._connected[transport] = (certificate, peer)
        watch_socket(transport.get_extra_info("socket"))
        return self._web()

    def left(self, transport: asyncio.BaseTransport) -> None:
        """Take note that a connection has ended."""
        self._connected.pop(transport, None)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        _, peer = self._connected[request.transport] if request.transport else (b"", "")
        try:
            answer = await self._act(request, peer)
        except ElchiError as error:
            answer = _refused(error)
        except (web.RequestPayloadError, ConnectionError):
            answer = web.Response(status=400)  # the body broke off: nobody hears this
        except Exception:  # noqa: BLE001  # whatever it is, the peer is told
            # A full disk, a locked database: the peer tries again later.
            _log.exception("exchange.failed")
            answer = web.Response(status=503)
        answer.headers["Server"] = "elchi"
        return answer

    async def _act(self, request: web.BaseRequest, peer: str) -> web.StreamResponse:
        what, _, name = request.path.removeprefix(BASE).removeprefix("/").partition("/")
        self._heard(peer)
        match request.method, what if request.path.startswith(BASE) else "":
            case "POST", "batch":
                return await self._batch(request, peer)
            case "GET", "mailbox":
                return await self._mailbox(request, peer)
            case "POST", "ack":
                return await self._ack(request, peer)
            case "GET", "keys":
                return await self._keys(request, peer, name)
        raise NotFound("call_unknown")

    async def _batch(self, request: web.BaseRequest, peer: str) -> web.Response:
        items = decode_batch(await _body(request, peer))
        pushed = await self._call(self._mailroom.receive, items, peer=peer, at=self._now())
        for party in {item.to for item in items}:
            self.wake(party)
        return _batch_of(Batch(items=pushed.back, outcomes=pushed.outcomes))

    async def _mailbox(self, request: web.BaseRequest, peer: str) -> web.Response:
        until = asyncio.get_running_loop().time() + min(_number(request, "wait", "0"), LONGEST_WAIT)
        limits = Limits(content=min(int(_number(request, "size", str(WIRE.content))), WIRE.content))
        event = asyncio.Event()
        self._waiting[peer].add(event)
        try:
            while True:
                event.clear()
                pulled = await self._call(self._mailroom.waiting, peer=peer, limits=limits, at=self._now())
                left = until - asyncio.get_running_loop().time()
                if pulled.items or left <= 0 or self._server is None or not self._server.is_serving():
                    return _batch_of(Batch(items=pulled.items, more=pulled.more))
                with suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), min(left, self._look))
        finally:
            self._waiting[peer].discard(event)

    async def _ack(self, request: web.BaseRequest, peer: str) -> web.Response:
        batch = decode(await _body(request, peer))
        taken = Pushed(batch.outcomes, batch.items)
        await self._call(self._mailroom.acknowledge, taken, peer=peer, at=self._now())
        for party in {item.to for item in batch.items}:
            self.wake(party)
        return web.Response(status=204)

    async def _keys(self, request: web.BaseRequest, peer: str, party: str) -> web.Response:
        if not _PARTY.fullmatch(party):
            raise NotFound("party_unknown", party="")
        after = int(_number(request, "after", "0"))
        document = await self._call(self._mailroom.key_document, peer=peer, party=party, after_version=after)
        return web.Response(body=document) if document else web.Response(status=204)

    async def _call(self, ask: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        if self._executor is None:
            return ask(*args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(ask, *args, **kwargs))


class _Admission(asyncio.Protocol):
    """Stands before aiohttp: hands over what a connection says only if it is admitted."""

    def __init__(self, server: ExchangeServer) -> None:
        self._server = server
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._inner = self._server.admit(transport)
        if self._inner is not None:
            self._inner.connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        if self._inner is not None and self._transport is not None:
            self._server.left(self._transport)
            self._inner.connection_lost(error)

    def data_received(self, content: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(content)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()


async def _body(request: web.BaseRequest, peer: str) -> bytes:
    """Read a body whose length is said, is allowed, and that does not come too slowly."""
    length = request.content_length
    if length is None:
        raise InvalidInput("call_invalid", field="content_length", rule="missing")
    if length > WIRE.bytes:
        raise InvalidInput("batch_too_large", field="batch", rule="max_bytes", maximum=WIRE.bytes)
    try:
        async with asyncio.timeout(30 + length / SLOWEST):
            return await request.content.read()
    except TimeoutError:
        raise PartnerUnreachable("partner_unreachable", party=peer, reason="timeout") from None


def _number(request: web.BaseRequest, name: str, otherwise: str) -> float:
    text = request.query.get(name, otherwise)
    if not _NUMBER.fullmatch(text):
        raise InvalidInput("call_invalid", field=name, rule="number")
    return float(text)


def _batch_of(batch: Batch) -> web.Response:
    return web.Response(body=encode(batch), content_type=MEDIA_TYPE)


def _refused(error: ElchiError) -> web.Response:
    status = next((status for family, status in _STATUS.items() if isinstance(error, family)), 400)
    told: dict[str, Any] = {
        "type": f"urn:elchi:error:{error.code}", "status": status, "code": error.code, "params": error.params,
    }  # fmt: skip
    text = json.dumps(told, default=str)
    return web.Response(status=status, text=text, content_type="application/problem+json")
