"""The carrier that a node has without anything else: HTTPS with mutual TLS, straight to the partner's port.

Batches are pushed; what lies at the partner is fetched by a request that waits there, so that a node behind a firewall
needs connections to the outside only. docs/protocol/05-batch-and-carriers.md has every request; `https_server` answers.
"""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from elchi.errors import InvalidInput, NotAllowed, NotFound, PartnerUnreachable
from elchi.exchange.batch import WIRE, Batch, Item, decode, encode, encode_batch
from elchi.exchange.carrier import Pulled, Pushed
from elchi.exchange.carriers.tls import Identity, client_context

BASE: Final = "/x/v1"
MEDIA_TYPE: Final = "application/vnd.elchi.batch"
MAX_DOCUMENT: Final = 1 << 20
"""Bytes of a key document."""
SLOWEST: Final = 1024
"""Bytes a second that a link must carry; what takes longer is given up and tried again."""
PATIENCE: Final = 30.0
_SEND_BUFFER: Final = 128 << 10
"""The kernel takes no more at once: else a slow link looks sent long before it is."""
_BUSY: Final = frozenset((408, 429))


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    body: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds for which the partner may keep silent on purpose."""
    most: int = WIRE.bytes
    """Bytes that the answer may have."""
    may_miss: bool = False
    """Whether "there is none" is an answer."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content: bytes


class HttpsCarrier:
    """A partner, called over HTTPS.

    Args:
        party: its code.
        addresses: `https://host:port`, tried in this order.
        certificates: DER, that it may present.
        identity: of this node.
        patience: seconds without a sign of life after which the partner counts as gone.
    """

    name = "https"

    def __init__(
        self,
        party: str,
        *,
        addresses: Sequence[str],
        certificates: Sequence[bytes],
        identity: Identity,
        patience: float = PATIENCE,
    ) -> None:
        if not addresses:
            raise InvalidInput("way_invalid", field="addresses", rule="missing", party=party)
        self._party = party
        self._addresses = list(addresses)
        self._patience = patience
        self._context = client_context(identity, certificates)
        self._session: aiohttp.ClientSession | None = None

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Hand over items."""
        answer = await self._ask(_Request("POST", "/batch", body=encode_batch(items)))
        batch = self._read(answer)
        if [outcome.sha256 for outcome in batch.outcomes] != [item.sha256 for item in items]:
            raise self._unreachable("answer")
        return Pushed(batch.outcomes, batch.items)

    async def pull(self, *, wait: float, size: int) -> Pulled:
        """Fetch what lies there for this node."""
        request = _Request("GET", "/mailbox", query={"wait": f"{wait:g}", "size": str(size)}, wait=wait)
        batch = self._read(await self._ask(request))
        return Pulled(batch.items, more=batch.more)

    async def acknowledge(self, taken: Pushed) -> None:
        """Say what became of items that were pulled."""
        await self._ask(_Request("POST", "/ack", body=encode(Batch(items=taken.back, outcomes=taken.outcomes))))

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Fetch a key document."""
        query = {"after": str(after_version)}
        answer = await self._ask(_Request("GET", f"/keys/{party}", query=query, most=MAX_DOCUMENT, may_miss=True))
        if answer.status == 404:
            raise NotFound("party_unknown", party=party)
        return answer.content or None

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, request: _Request) -> _Answer:
        """Send a request to the first address that takes connections; it is asked first from then on."""
        for position, address in enumerate(tuple(self._addresses)):
            try:
                answer = await self._send(address, request)
            except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError):
                raise self._unreachable("certificate") from None
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                continue  # nothing was sent yet
            except TimeoutError:
                raise self._unreachable("timeout") from None
            except (aiohttp.ClientError, OSError):
                # Also when he refuses our certificate: in TLS 1.3 that comes after we have begun to send.
                raise self._unreachable("cut") from None
            if position:
                self._addresses.insert(0, self._addresses.pop(position))
            return self._checked(request, answer)
        raise self._unreachable("connect")

    async def _send(self, address: str, request: _Request) -> _Answer:
        size = len(request.body or b"")
        headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(size)} if request.body is not None else {}
        timeout = aiohttp.ClientTimeout(
            total=request.wait + 2 * self._patience + (size + WIRE.bytes) / SLOWEST,
            sock_connect=self._patience / 6,
            sock_read=request.wait + self._patience,
        )
        async with self._opened().request(
            request.method,
            f"{address}{BASE}{request.path}",
            params=request.query,
            headers=headers,
            data=None if request.body is None else _pieces(request.body),
            timeout=timeout,
            allow_redirects=False,
        ) as answer:
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > request.most:
                    raise self._unreachable("answer")
            return _Answer(answer.status, bytes(content))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._context, limit=12, keepalive_timeout=60, socket_factory=_socket, ttl_dns_cache=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept-Encoding", "Accept"),
                trust_env=False,
            )
        return self._session

    def _checked(self, request: _Request, answer: _Answer) -> _Answer:
        if answer.status < 300 or (answer.status == 404 and request.may_miss):
            return answer
        if answer.status in _BUSY or answer.status >= 500:
            raise self._unreachable("busy")
        raise NotAllowed("partner_refused", party=self._party, reason=_code_of(answer))

    def _read(self, answer: _Answer) -> Batch:
        try:
            return decode(answer.content)
        except InvalidInput:
            raise self._unreachable("answer") from None

    def _unreachable(self, reason: str) -> PartnerUnreachable:
        return PartnerUnreachable("partner_unreachable", party=self._party, reason=reason)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """Give a body piece by piece, so that other tasks have their turn."""
    for begins in range(0, len(body), 1 << 16):
        yield body[begins : begins + (1 << 16)]


def _code_of(answer: _Answer) -> str:
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError):
        told = None
    code: Any = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, str) and code.isidentifier() and len(code) <= 64 else f"http_{answer.status}"


def _socket(address: Any) -> socket.socket:
    family, kind, protocol, _, _ = address
    made = socket.socket(family=family, type=kind, proto=protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    watch_socket(made)
    return made


def watch_socket(one: socket.socket) -> None:
    """Let the kernel find within half a minute that the other end is gone, where it can."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("KEEPIDLE", 10), ("KEEPINTVL", 5), ("KEEPCNT", 4), ("USER_TIMEOUT", 30_000)):
        number = getattr(socket, f"TCP_{option}", None)
        if number is not None:
            one.setsockopt(socket.IPPROTO_TCP, number, value)
