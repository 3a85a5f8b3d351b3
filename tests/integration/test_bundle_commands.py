"""Two nodes without any line between them: files and QR codes that people carry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.exchange_node import ExchangeNode, join_both

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"
Pair = tuple[ExchangeNode, ExchangeNode]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    one, other = ExchangeNode.make(tmp_path, KZ, called=False), ExchangeNode.make(tmp_path, KG, called=False)
    join_both(one, other)
    yield one, other
    one.end()
    other.end()


def bundle(node: ExchangeNode, *args: object) -> Any:
    done = node.node.call("bundle", *args)
    assert done.status == 0, done.err
    return json.loads(done.out)


def refusal(node: ExchangeNode, *args: object) -> Any:
    done = node.node.call("bundle", *args)
    assert done.status != 0
    return json.loads(done.err)["error"]["code"]


def outgoing(node: ExchangeNode) -> list[str]:
    return [state for _, state, _, _ in node.do("told")["outgoing"]]


def test_a_file_goes_there_and_its_receipt_comes_back(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    there, back = tmp_path / "there.elchi", tmp_path / "back.elchi"
    assert bundle(one, "write", KG, there) == {"partner": KG, "items": 0, "file": ""}
    assert not there.exists()
    assert one.node.call("partner", "suspend", KG, "--because", "tested by hand").status == 0
    assert bundle(one, "write", KG, there)["items"] == 1
    assert b"tested by hand" not in there.read_bytes()
    assert refusal(one, "write", KG, there) == "file_exists"
    assert bundle(other, "read", KZ, there)["results"] == {"accepted": 1}
    assert bundle(other, "read", KZ, there)["results"] == {"duplicate": 1}
    assert bundle(other, "write", KZ, back)["items"] == 1
    assert outgoing(one) == ["queued"]
    assert bundle(one, "read", KG, back)["results"] == {"accepted": 1}
    assert outgoing(one) == ["delivered"]
    assert bundle(one, "write", KG, tmp_path / "more.elchi")["items"] == 0


def test_codes_are_shown_and_scanned(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    assert bundle(one, "show", KG) == {"partner": KG, "items": 0, "frames": []}
    assert one.node.call("partner", "suspend", KG, "--because", "tested by hand").status == 0
    frames = bundle(one, "show", KG)["frames"]
    assert len(frames) > 2
    scanned = tmp_path / "scanned"
    scanned.write_text("\n".join(frames[1:]))
    assert refusal(other, "scan", KZ, scanned) == "chain_incomplete"
    scanned.write_text("\n".join([*reversed(frames), frames[0]]))
    assert bundle(other, "scan", KZ, scanned)["results"] == {"accepted": 1}
    screen = one.node.call("bundle", "show", KG, plain=True).out
    assert f"{len(frames)}/{len(frames)}" in screen
    assert "▀" in screen


def test_what_cannot_be_read(pair: Pair, tmp_path: Path) -> None:
    one, _ = pair
    damaged = tmp_path / "damaged.elchi"
    damaged.write_bytes(b"elchi-batch-1\nand nothing")
    assert refusal(one, "read", KG, damaged) == "batch_damaged"
    assert refusal(one, "read", KG, tmp_path / "missing") == "file_refused"
    assert refusal(one, "write", "XX-YYY-1", tmp_path / "new") == "partner_unknown"
    assert refusal(one, "read", "XX-YYY-1", damaged) == "batch_damaged"
