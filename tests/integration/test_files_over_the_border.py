"""Large files between two nodes: cut in the middle, through a relay that cannot read them, and on a stick."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.exchange_node import ExchangeNode, join_both

KZ, KG, AST = "KZ-KOR-1", "KG-AKJ-1", "KZ-AST-1"
PIECES = 60
SIZE = (PIECES - 1) * 252 * 1024 + 99
"""More than one window, so that the outbox is filled while it is emptied."""
MARK = b"a marker that no relay may know"
Pair = tuple[ExchangeNode, ExchangeNode]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("files")
    one, other = ExchangeNode.make(folder, KZ), ExchangeNode.make(folder, KG)
    join_both(one, other)
    one.do("agree_files", partner=KG)
    other.do("agree_files", partner=KZ)
    yield one, other
    one.end()
    other.end()


def made(tmp_path: Path, seed: int, size: int = SIZE) -> tuple[Path, str]:
    content = MARK + random.Random(seed).randbytes(size - len(MARK))
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def waited(node: ExchangeNode, good: Callable[[Any], bool], seconds: float = 60) -> Any:
    ends = time.monotonic() + seconds
    while not good(seen := node.do("files")):
        assert time.monotonic() < ends, (seen, node.log.read_text(encoding="utf-8")[-3000:])
        time.sleep(0.02)
    return seen


def test_killed_in_the_middle_it_goes_on_where_it_stopped(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    path, digest = made(tmp_path, 1)
    file_id = one.do("send_file", to=KG, path=str(path))
    with one.carrying():
        receiver = other.start()
        before = waited(other, lambda seen: seen["files"] and seen["files"][0][2] >= 8)
        receiver.kill()
        receiver.wait()
        assert before["files"][0][:2] == [file_id, "coming"]
        with other.carrying():
            there = waited(other, lambda seen: seen["files"][0][1] == "kept")
            here = waited(one, lambda seen: seen["files"][0][1] == "delivered")
    assert there["files"] == [[file_id, "kept", PIECES, digest]]
    assert (here["sent"], here["waiting"], there["came"]) == (PIECES, 0, PIECES)  # each piece was sealed and taken once
    assert (one.do("verify_audit"), other.do("verify_audit")) == ([], [])


def test_through_a_relay_that_cannot_read_it(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    relay = ExchangeNode.make(tmp_path, AST)
    for node in pair:
        node.join(relay, is_relay=True)
        relay.join(node, relayed_bytes=1 << 25)
    one.do("change", code=KG, carriers=[{"kind": "relay", "through": AST}])
    other.do("change", code=KZ, carriers=[{"kind": "relay", "through": AST}])
    path, digest = made(tmp_path, 2, 5 << 20)
    file_id = one.do("send_file", to=KG, path=str(path))
    try:
        with one.carrying(), relay.carrying():
            waited(relay, lambda _: relay.do("told")["held"] == 21)
            kept = b"".join(place.read_bytes() for place in relay.node.home.rglob("*") if place.is_file())
            with other.carrying():
                there = waited(other, lambda seen: seen["files"][-1][:2] == [file_id, "kept"])
    finally:
        relay.end()
        for node, code in ((one, KG), (other, KZ)):
            node.do("change", code=code, carriers=[{"kind": "https"}])
    assert there["files"][-1] == [file_id, "kept", 21, digest]
    assert MARK not in kept


def test_on_a_stick(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    path, digest = made(tmp_path, 3)
    file_id = one.do("send_file", to=KG, path=str(path))
    stick, back = tmp_path / "there.elchi", tmp_path / "back.elchi"
    assert one.node.call("bundle", "write", KG, stick).status == 0
    assert other.do("take_stick", party=KZ, path=str(stick)) == {"accepted": PIECES}
    assert other.node.call("bundle", "write", KZ, back).status == 0
    assert one.node.call("bundle", "read", KG, back).status == 0
    assert MARK not in stick.read_bytes()
    assert other.do("files")["files"][-1] == [file_id, "kept", PIECES, digest]
    assert one.do("files")["files"][-1][:2] == [file_id, "delivered"]
