"""Two real nodes, their couriers and databases, and everything that can happen to them (EXCHANGE 4.6).

After each fault the same holds: what took effect is what was said, each once; nothing has left an outbox without a
receipt that its receiver signed; every two heads of a log that anybody has kept fit; the audit is whole.
"""

from __future__ import annotations

import datetime as dt
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.exchange_node import ExchangeNode, join_both
from tests.fault_line import FaultLine, line_to
from tests.running_node import free_port

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"
DAY = dt.timedelta(days=1)


@dataclass
class Pair:
    """Two nodes, the line to each, and what was said."""

    one: ExchangeNode
    other: ExchangeNode
    lines: dict[str, FaultLine]
    """By the node to which it leads."""
    couriers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=lambda: {KZ: [], KG: []})
    """Ids by receiver."""

    @property
    def nodes(self) -> tuple[ExchangeNode, ExchangeNode]:
        return self.one, self.other

    def say(self, count: int, *, back: bool = False, size: int = 20) -> list[str]:
        """Say something; give the ids."""
        giver, to = (self.other, KZ) if back else (self.one, KG)
        ids: list[str] = giver.do("send", to=to, texts=[f"{number} ".ljust(size, ".") for number in range(count)])
        self.said[to] += ids
        return ids

    def begin(self, node: ExchangeNode, *, kill_at: str = "") -> subprocess.Popen[bytes]:
        """Run the courier of a node, in place of the one that runs."""
        self.end(node)
        self.couriers[node.code] = node.start(kill_at=kill_at)
        return self.couriers[node.code]

    def end(self, node: ExchangeNode) -> None:
        if process := self.couriers.pop(node.code, None):
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def have(self, **faults: float | bool) -> None:
        for line in self.lines.values():
            line.have(**faults)

    def settle(self, seconds: float = 60) -> None:
        """Wait until every message has a receipt, and hold everything against everything."""
        for node in self.nodes:
            node.wait_until(lambda told: not told["waiting"], what="waiting", seconds=seconds)
        for node, peer in ((self.one, self.other), (self.other, self.one)):
            told = node.do("told")
            assert sorted(told["effects"]) == sorted(self.said[node.code])
            assert [row for row in told["outgoing"] if row[1] != "delivered"] == []
            assert node.do("unproven") == []
            assert peer.do("inconsistent", told=node.do("heads", party=peer.code)) == []
            assert node.do("verify_audit") == []


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder, ports = tmp_path_factory.mktemp("faults"), {KZ: free_port(), KG: free_port()}
    with line_to(ports[KZ]) as to_kz, line_to(ports[KG]) as to_kg:
        lines = {KZ: to_kz, KG: to_kg}
        one, other = (
            ExchangeNode.make(folder, code, address=lines[code].address, port=ports[code], errs=True)
            for code in (KZ, KG)
        )
        join_both(one, other)
        made = Pair(one, other, lines)
        for node in made.nodes:
            made.begin(node)
        yield made
        for node in made.nodes:
            made.end(node)
            node.end()


def test_killed_at_every_commit(pair: Pair) -> None:
    """Each courier dies at its point, and the next one, which takes up what it left, at the next point."""
    pair.end(pair.one)
    assert pair.one.die_at("send_written", "send", to=KG, texts=["never said"]) == -signal.SIGKILL
    assert pair.one.do("told")["outgoing"] == []
    assert pair.one.die_at("send_committed", "send", to=KG, texts=["said, and nobody knows"]) == -signal.SIGKILL
    pair.said[KG] += [row[0] for row in pair.one.do("told")["outgoing"]]
    for point in ("push_answered", "receipt_written", "receipt_committed"):
        pair.say(3)
        assert pair.begin(pair.one, kill_at=point).wait(30) == -signal.SIGKILL
    pair.begin(pair.one)
    for point in ("batch_came", "accept_written", "accept_committed"):
        pair.begin(pair.other, kill_at=point)
        pair.say(3)
        assert pair.couriers[KG].wait(30) == -signal.SIGKILL
    pair.begin(pair.other)
    pair.settle()
    assert len(pair.said[KG]) == 19


def test_a_line_that_loses_doubles_cuts_and_reorders(pair: Pair) -> None:
    for faults in ({"loss": 0.3}, {"lose_answers": True}, {"cut_after": 30_000}, {"delay": 0.02, "jitter": 0.3}):
        pair.have(**faults)
        pair.say(40, size=1_000)
        pair.say(10, back=True)
        time.sleep(0.7)
    pair.have()
    pair.settle()


def test_two_days_without_a_line(pair: Pair) -> None:
    pair.have(refuse=True)
    pair.say(150)
    pair.say(20, back=True)
    time.sleep(0.5)
    for node in pair.nodes:
        node.err_by(2 * DAY)
    time.sleep(0.5)
    assert pair.one.do("told", what="waiting") == {"waiting": 150}
    pair.have()
    pair.settle()


def test_a_clock_that_is_wrong(pair: Pair) -> None:
    late = dt.timedelta(minutes=9, seconds=30)
    pair.other.err_by(2 * DAY - late)
    pair.say(2)
    pair.say(2, back=True)
    pair.settle()
    pair.other.err_by(2 * DAY - 2 * late)
    sent = pair.say(1)
    pair.one.wait_until(lambda told: told["outgoing"][-1][2] == "clock_ahead")
    pair.other.err_by(2 * DAY)
    pair.settle()
    assert pair.other.do("told")["effects"][-1:] == sent


def test_a_full_disk(pair: Pair) -> None:
    """No process of a node may write any more: what came is not taken, and is taken when there is room."""
    place = pair.couriers[KG].pid
    limits = resource.prlimit(place, resource.RLIMIT_FSIZE)
    resource.prlimit(place, resource.RLIMIT_FSIZE, (0, limits[1]))
    before = len(pair.other.do("told")["effects"])
    pair.say(20)
    time.sleep(1)
    assert (len(pair.other.do("told")["effects"]), pair.one.do("told", what="waiting")) == (before, {"waiting": 20})
    resource.prlimit(place, resource.RLIMIT_FSIZE, limits)
    pair.settle()


def test_what_comes_again_or_contradicts(pair: Pair) -> None:
    pair.have(refuse=True)
    pair.say(5)
    recorded = pair.one.do("envelopes", to=KG)
    pair.have()
    pair.settle()
    again = pair.one.do("push", to=KG, contents=[*reversed(recorded), *recorded])
    assert again == [["duplicate", ""]] * 10
    damaged = pair.one.do("push", to=KG, contents=[recorded[0][:-8] + "AAAAAA=="])
    assert damaged == [["rejected", "envelope_damaged"]]
    second = pair.one.do("contradiction", to=KG, text="something else")
    assert pair.one.do("push", to=KG, contents=[second]) == [["rejected", "equivocation"]]
    pair.settle()
    assert pair.other.do("told")["equivocations"] == [["message", pair.said[KG][-1]]]


def test_key_documents_that_have_expired(pair: Pair) -> None:
    for node in pair.nodes:
        node.err_by(31 * DAY)
    pair.say(4)
    pair.say(2, back=True)
    time.sleep(1)
    assert (pair.one.do("told", what="waiting"), pair.other.do("told", what="waiting")) == (
        {"waiting": 4},
        {"waiting": 2},
    )
    for node in pair.nodes:
        assert node.do("renew") > 0
    pair.settle()


def test_a_key_that_was_revoked(pair: Pair) -> None:
    pair.have(refuse=True)
    pair.say(6)
    kid = pair.one.do("revoke")
    stolen = pair.one.do("forged", to=KG, kid=kid, text="from a thief")
    pair.have()
    pair.settle()
    assert pair.one.do("push", to=KG, contents=[stolen]) == [["rejected", "key_revoked"]]
    pair.settle()
