"""Two nodes, two databases, two processes, and what is between them."""

from __future__ import annotations

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
