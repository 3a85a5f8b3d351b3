"""Two nodes, two databases, two processes, and what is between them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.exchange_node import ExchangeNode, join_both

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ExchangeNode, ExchangeNode]]:
    folder = tmp_path_factory.mktemp("pair")
    one, other = ExchangeNode.make(folder, KZ), ExchangeNode.make(folder, KG)
    join_both(one, other)
    yield one, other
    one.end()
    other.end()


def test_a_message_goes_over_and_its_receipt_comes_back(pair: tuple[ExchangeNode, ExchangeNode]) -> None:
    one, other = pair
    with one.carrying(), other.carrying():
        sent = one.do("send", to=KG, texts=["a lorry with a false floor"])
        told = one.wait_until(lambda told: told["outgoing"] and told["outgoing"][-1][1] == "delivered")
        back = other.do("send", to=KZ, texts=["stopped"])
        other.wait_until(lambda told: told["outgoing"] and told["outgoing"][-1][1] == "delivered")
    assert told["outgoing"] == [[sent[0], "delivered", "", told["outgoing"][0][3]]]
    assert (told["envelopes"], told["receipts"]) == (0, [[KG, "delivered"]])
    there, here = other.do("told"), one.do("told")
    assert (there["incoming"], there["effects"]) == (["a lorry with a false floor"], sent)
    assert (here["incoming"], here["effects"]) == (["stopped"], back)
    assert (one.do("verify_audit"), other.do("verify_audit")) == ([], [])


def written(node: ExchangeNode) -> bytes:
    """Give all that a node has in files: its tables, keys and logs."""
    files = [path for path in node.node.home.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in [*files, node.log])


def test_through_a_relay_that_cannot_read_it(
    pair: tuple[ExchangeNode, ExchangeNode], tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, other = pair
    relay = ExchangeNode.make(tmp_path_factory.mktemp("relay"), "KZ-AST-1")
    for node in pair:
        node.join(relay, is_relay=True)
        relay.join(node, relayed_bytes=1 << 24)
    one.do("change", code=KG, carriers=[{"kind": "relay", "through": relay.code}])
    other.do("change", code=KZ, carriers=[{"kind": "relay", "through": relay.code}])
    try:
        before = len(other.do("told")["effects"])
        with one.carrying(), relay.carrying():
            one.do("send", to=KG, texts=["a marker that no relay may know"] * 3)
            one.wait_until(lambda told: [row[1] for row in told["outgoing"]][-3:] == ["relayed"] * 3)
            kept = written(relay)
            with other.carrying():
                told = one.wait_until(lambda told: told["outgoing"][-1][1] == "delivered")
        assert [row[1] for row in told["outgoing"]][-3:] == ["delivered"] * 3
        assert len(other.do("told")["effects"]) == before + 3
        assert (b"a marker" in written(other), b"a marker" in kept, b"a marker" in written(relay)) == (
            True,
            False,
            False,
        )
        assert relay.do("told")["incoming"] == []
    finally:
        relay.end()
        for node, code in ((one, KG), (other, KZ)):
            node.do("change", code=code, carriers=[{"kind": "https"}])


def test_killed_again_and_again_each_message_takes_effect_once(pair: tuple[ExchangeNode, ExchangeNode]) -> None:
    one, other = pair
    before = set(other.do("told")["effects"])
    sent = one.do("send", to=KG, texts=[f"message {number}" for number in range(300)])
    running = {node.code: node.start() for node in pair}
    for turn in range(6):
        time.sleep(1.5 + 0.37 * turn)
        node = pair[turn % 2]
        running[node.code].kill()
        running[node.code].wait(10)
        running[node.code] = node.start()
    try:
        one.wait_until(lambda told: not told["waiting"], what="waiting", seconds=90)
    finally:
        for process in running.values():
            process.terminate()
            process.wait(20)
    there, here = other.do("told"), one.do("told")
    assert sorted(set(there["effects"]) - before) == sorted(sent)
    assert len(there["effects"]) == len(set(there["effects"]))
    assert {row[1] for row in here["outgoing"]} == {"delivered"}
    assert (here["equivocations"], there["equivocations"]) == ([], [])
    assert (one.do("verify_audit"), other.do("verify_audit")) == ([], [])
