"""The port for partners: who comes in, what is taken, and what is said to bad requests."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.integration.carriers_conformance import A, B, R, identity, run

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable
from elchi.exchange.batch import WIRE, Batch, Item, Limits, Outcome, decode, encode, encode_batch
from elchi.exchange.carrier import Pulled, Pushed
from elchi.exchange.carriers.https import HttpsCarrier
from elchi.exchange.carriers.https_server import CONNECTIONS, ExchangeServer
from elchi.exchange.carriers.memory import MemoryPost
from elchi.exchange.carriers.tls import Identity, client_context, fingerprint_of_certificate, server_context, trust
from elchi.exchange.message import Lane

AT = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


class Port:
    """A node A that is called, and what B needs to call it."""

    def __init__(self, folder: Path) -> None:
        self.post = MemoryPost(A)
        self.ids = {code: identity(folder, code) for code in (A, B, R)}
        self.post.admitted[self.ids[B][1]] = B
        self.heard: list[str] = []
        self.server = ExchangeServer(self.post, self.ids[A][0], now=lambda: AT, heard=self.heard.append, look=0.02)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[HttpsCarrier]:
        """Listen; give the carrier of B."""
        host, port = await self.server.start("127.0.0.1", 0)
        self.address = f"https://{host}:{port}"
        self.place = (host, port)
        carrier = self.carrier()
        try:
            yield carrier
        finally:
            await carrier.close()
            await self.server.close()

    def carrier(self, *, me: str = B, expects: str = A, **given: Any) -> HttpsCarrier:
        values: dict[str, Any] = {"addresses": [self.address], "certificates": [self.ids[expects][1]], **given}
        return HttpsCarrier(A, identity=self.ids[me][0], patience=1.0, **values)

    async def raw(self, request: bytes, *, me: str = B) -> tuple[int, dict[str, Any]]:
        """Send bytes; give the status, and the problem that is told."""
        context = client_context(self.ids[me][0], [self.ids[A][1]])
        reader, writer = await asyncio.open_connection(*self.place, ssl=context)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].split()[0])
        body = await reader.readexactly(length)
        writer.transport.abort()
        return int(head.split()[1]), json.loads(body) if b"{" in body[:1] else {}


@pytest.fixture
def port(tmp_path: Path) -> Port:
    return Port(tmp_path)


def item(
    content: bytes = b"KG-AKJ-1 sealed", *, to: str = A, kind: str = "envelope", lane: Lane = Lane.QUESTION
) -> Item:
    return Item(to, lane, AT + dt.timedelta(days=1), kind, content)


async def code_of(call: Any) -> str:
    """Give the code of the error with which a call ends, and its reason."""
    with pytest.raises(ElchiError) as caught:
        await call
    return f"{caught.value.code} {caught.value.params.get('reason', '')}".strip()


def test_a_partner_hands_over_and_is_told_what_became_of_it(port: Port) -> None:
    async def test() -> None:
        async with port.open() as carrier:
            other = item(b"KG-AKJ-1 for another", to=R)
            pushed = await carrier.push([item(), other])
            assert pushed.outcomes == (
                Outcome(item().sha256, "accepted"),
                Outcome(other.sha256, "rejected", "not_carried"),
            )
            assert [(one.to, one.kind) for one in pushed.back] == [(B, "receipt")]
            assert (await carrier.push([item()])).outcomes == (Outcome(item().sha256, "duplicate"),)
            assert (await carrier.push([])) == Pushed(())
            assert port.post.contents == [b"sealed"]
            assert set(port.heard) == {B}

    run(test())


def test_a_pull_waits_for_what_comes(port: Port) -> None:
    async def test() -> None:
        async with port.open() as carrier:
            assert await carrier.pull(wait=0, size=1_000) == Pulled()
            waiting = asyncio.create_task(carrier.pull(wait=50, size=1_000))
            await asyncio.sleep(0.05)
            sent = port.post.send(B, b"news", at=AT)
            port.server.wake(B)
            assert await waiting == Pulled((sent,))
            receipt = item(b"unsigned receipt " + sent.sha256.encode(), kind="receipt")
            await carrier.acknowledge(Pushed((Outcome(sent.sha256, "accepted"),), (receipt,)))
            assert port.post.unsent() == ()

    run(test())


def test_a_pull_gives_no_more_than_was_asked_for(port: Port) -> None:
    async def test() -> None:
        async with port.open() as carrier:
            for number in range(10):
                port.post.send(B, b"%d" % number + b"." * 1_000, at=AT)
            first = await carrier.pull(wait=0, size=3_100)
            assert (len(first.items), first.more) == (3, True)
            assert (len((await carrier.pull(wait=0, size=1)).items)) == 1  # one alone always goes
            assert (len((await carrier.pull(wait=0, size=999_999_999)).items)) == 6

    run(test())


def test_a_relay_gives_again_what_was_not_acknowledged(port: Port) -> None:
    async def test() -> None:
        port.post.holds_for.add(B)
        port.post.admitted[port.ids[R][1]] = R
        async with port.open() as carrier:
            giver = port.carrier(me=R)
            held = item(b"KG-AKJ-1 held", to=B)
            assert (await giver.push([held])).outcomes == (Outcome(held.sha256, "carried"),)
            await giver.close()
            assert (await carrier.pull(wait=0, size=1_000)).items == (held,)
            assert (await carrier.pull(wait=0, size=1_000)).items == (held,)
            await carrier.acknowledge(Pushed((Outcome(held.sha256, "accepted"),)))
            assert (await carrier.pull(wait=0, size=1_000)).items == ()

    run(test())


def test_a_stranger_is_refused_in_the_handshake(port: Port, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with port.open():
            stranger = port.carrier(me=R)
            assert await code_of(stranger.push([item()])) == "partner_unreachable cut"
            await stranger.close()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            reader, writer = await asyncio.open_connection(*port.place, ssl=context)
            writer.write(b"GET /x/v1/mailbox HTTP/1.1\r\n\r\n")
            with suppress(ssl.SSLError, ConnectionError):
                assert await reader.read() == b""
            writer.transport.abort()
            assert (port.heard, port.post.contents) == ([], [])

    run(test())
    assert "sealed" not in caplog.text


def test_a_partner_with_another_certificate_is_not_spoken_to(port: Port) -> None:
    async def test() -> None:
        async with port.open():
            deceived = port.carrier(expects=R)
            assert await code_of(deceived.push([item()])) == "partner_unreachable certificate"
            await deceived.close()
            assert port.heard == []

    run(test())


def test_who_may_call_changes_while_it_runs(port: Port) -> None:
    async def test() -> None:
        async with port.open() as carrier:
            await carrier.push([])
            port.post.admitted[port.ids[R][1]] = R
            await port.server.refresh()
            newcomer = port.carrier(me=R)
            await newcomer.push([])
            del port.post.admitted[port.ids[B][1]]
            await port.server.refresh()
            assert await code_of(carrier.push([item()])) == "partner_unreachable cut"
            await newcomer.push([])
            await newcomer.close()
            assert set(port.heard) == {B, R}
            assert port.post.contents == []

    run(test())


def test_one_peer_cannot_take_all_connections(port: Port) -> None:
    async def test() -> None:
        async with port.open():
            context = client_context(port.ids[B][0], [port.ids[A][1]])
            taken = [await asyncio.open_connection(*port.place, ssl=context) for _ in range(CONNECTIONS)]
            await asyncio.sleep(0.1)
            late = port.carrier()
            assert await code_of(late.push([])) == "partner_unreachable cut"
            for _, writer in taken:
                writer.transport.abort()
            await asyncio.sleep(0.1)
            await late.push([])
            await late.close()

    run(test())


def test_the_first_address_that_works_is_asked_first(port: Port) -> None:
    async def test() -> None:
        async with port.open():
            carrier = port.carrier(addresses=["https://127.0.0.1:1", port.address])
            await carrier.push([])
            await carrier.push([])
            await carrier.close()
            nobody = port.carrier(addresses=["https://127.0.0.1:1"])
            assert await code_of(nobody.push([])) == "partner_unreachable connect"
            await nobody.close()

    run(test())


def test_key_documents(port: Port) -> None:
    async def test() -> None:
        port.post.keys[R] = (3, b"signed")
        async with port.open() as carrier:
            assert await carrier.key_document(R, after_version=2) == b"signed"
            assert await carrier.key_document(R, after_version=3) is None
            assert await code_of(carrier.key_document("XX", after_version=0)) == "party_unknown"

    run(test())


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"GET / HTTP/1.1", 404, "call_unknown"),
        (b"GET /x/v2/mailbox HTTP/1.1", 404, "call_unknown"),
        (b"DELETE /x/v1/mailbox HTTP/1.1", 404, "call_unknown"),
        (b"GET /x/v1/mailbox?wait=-1 HTTP/1.1", 422, "call_invalid"),
        (b"GET /x/v1/mailbox?wait=nan HTTP/1.1", 422, "call_invalid"),
        (b"GET /x/v1/mailbox?size=1e9 HTTP/1.1", 422, "call_invalid"),
        (b"GET /x/v1/keys/KZ?after=x HTTP/1.1", 422, "call_invalid"),
        (b"GET /x/v1/keys/..%2f HTTP/1.1", 404, "party_unknown"),
        (b"POST /x/v1/batch HTTP/1.1\r\nTransfer-Encoding: chunked", 422, "call_invalid"),
        (b"POST /x/v1/batch HTTP/1.1\r\nContent-Length: 99999999", 422, "batch_too_large"),
        (b"POST /x/v1/batch HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 422, "batch_damaged"),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1", 400, ""),
        (b"nonsense", 400, ""),
    ],
)
def test_what_is_said_to_bad_requests(port: Port, request_: bytes, status: int, code: str) -> None:
    async def test() -> None:
        async with port.open():
            first, _, rest = request_.partition(b"\r\n")
            found, told = await port.raw(first + b"\r\nHost: a\r\n" + rest + b"\r\n\r\n")
            assert (found, told.get("code", "")) == (status, code)

    run(test())


class _Broken(MemoryPost):
    def receive(self, *_: Any, **__: Any) -> Pushed:
        raise OSError(28, "No space left on device")


def test_a_node_that_cannot_take_anything_asks_to_try_later(port: Port) -> None:
    async def test() -> None:
        broken = _Broken(A, admitted=port.post.admitted)
        port.server = ExchangeServer(broken, port.ids[A][0], now=lambda: AT)
        async with port.open() as carrier:
            assert await code_of(carrier.push([item()])) == "partner_unreachable busy"

    run(test())


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense", encode(Batch()), encode(Batch(outcomes=(Outcome("a" * 64, "accepted"),)))]
)
def test_an_answer_that_makes_no_sense_is_no_answer(port: Port, answer: bytes) -> None:
    async def test() -> None:
        async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
            await writer.drain()
            writer.close()

        context = server_context(port.ids[A][0], [port.ids[B][1]])
        server = await asyncio.start_server(answered, "127.0.0.1", 0, ssl=context)
        port.address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        carrier = port.carrier()
        assert await code_of(carrier.push([item()])) == "partner_unreachable answer"
        await carrier.close()
        server.close()
        await server.wait_closed()

    run(test())


def test_certificates_and_keys_that_cannot_be_used(port: Port, tmp_path: Path) -> None:
    context = client_context(port.ids[A][0], [])
    with pytest.raises(InvalidInput, match="certificate_invalid"):
        trust(context, [b"nonsense"])
    locked = port.ids[A][0]
    for identity_ in (
        Identity(locked.certificate, locked.key, "wrong words"),
        Identity(locked.certificate, port.ids[B][0].key, locked.passphrase),
        Identity(tmp_path / "missing", locked.key, locked.passphrase),
    ):
        with pytest.raises(Conflict, match="key_damaged"):
            client_context(identity_, [])
    with pytest.raises(InvalidInput, match="way_invalid"):
        HttpsCarrier(A, addresses=[], certificates=[], identity=locked)
    assert "three words" not in repr(locked)
    assert len(fingerprint_of_certificate(port.ids[A][1])) == 64


def test_what_stands_here_is_what_the_wire_allows() -> None:
    assert Limits() == WIRE
    assert decode(encode_batch([item()])).items == (item(),)
    assert issubclass(PartnerUnreachable, ElchiError)
    assert not PartnerUnreachable.permanent
    assert NotAllowed.permanent
    assert NotFound.permanent
