"""A check at Kordai, a hit at Ak-Jol: two nodes, two databases, the real courier, through a link that was dead."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.exchange_node import ExchangeNode, join_both

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"
AGENCY = "Border Service of the State Committee for National Security"
TRAVELLER = {"kind": "person", "family_name": "SHARIPZODA", "given_names": "KHURSHED", "birth_date": "1980-04-09"}
STRANGER = {"kind": "person", "family_name": "NOBODY", "given_names": "KNOWN", "birth_date": "1991-01-01"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ExchangeNode, ExchangeNode]]:
    folder = tmp_path_factory.mktemp("border")
    one, other = ExchangeNode.make(folder, KZ), ExchangeNode.make(folder, KG)
    join_both(one, other)
    for node, partner, wanted in ((one, KG, "Invented Someone"), (other, KZ, "SHARIPZODA, Khurshed")):
        node.do("agree", partner=partner)
        node.do("want", name=wanted)
    yield one, other
    one.end()
    other.end()


def waited(node: ExchangeNode, good: Callable[[Any], bool], seconds: float = 30) -> Any:
    ends = time.monotonic() + seconds
    while not good(seen := node.do("asked")):
        assert time.monotonic() < ends, (seen, node.log.read_text(encoding="utf-8")[-3000:])
        time.sleep(0.05)
    return seen


def test_a_traveller_who_is_wanted_across_the_border(pair: tuple[ExchangeNode, ExchangeNode]) -> None:
    one, other = pair
    one.do("check", wire=TRAVELLER)  # nobody carries yet: the link is dead
    assert [row[:2] for row in one.do("asked")["asked"]] == [[KG, "queued"]]
    with one.carrying(), other.carrying():
        waited(one, lambda seen: seen["asked"][0][1] == "hit")
        one.do("check", wire=STRANGER)
        told = waited(one, lambda seen: seen["asked"][1][1] == "no_hit")
    there = other.do("asked")
    reference = there["answered"][0][1]
    desk = {"agency": AGENCY, "desk": "Duty officer", "phone": "+996 555 000111"}
    assert told["asked"] == [[KG, "hit", reference, desk, ""], [KG, "no_hit", "", {}, ""]]
    assert reference.startswith("KG-AKJ-1-H-")
    assert told["verdicts"] == [["clear", "console"], ["clear", "console"]]
    assert told["found"] == [[KG, "open"]]
    assert there["answered"] == [["hit", reference], ["no_hit", ""]]
    assert (there["found"], [verdict for verdict, _ in there["verdicts"]]) == (
        [["wanted", "open"]],
        ["review", "clear"],
    )
    told = f"{KG} · {reference} · {AGENCY} · Duty officer · +996 555 000111"
    assert one.do("judge") == ["the desk says so", told]
    assert (one.do("verify_audit"), other.do("verify_audit")) == ([], [])


def test_two_nodes_find_exactly_what_both_know(pair: tuple[ExchangeNode, ExchangeNode]) -> None:
    one, other = pair
    for node, partner in ((one, KG), (other, KZ)):
        node.do("agree_match", partner=partner)
    marks = [["name", f"Nobody Known{'abcdefgh'[at]}"] for at in range(5)]
    marks[3] = ["name", "Шарипзода Хуршед, 1980"]
    asked = one.do("ask_privately", partner=KG, marks=marks)
    with one.carrying(), other.carrying():
        told = matched(one, other, lambda seen, _: seen["asked"][0][0] == "done")
        desk = {"agency": AGENCY, "desk": "Duty officer", "phone": "+996 555 000111"}
        assert told[0]["asked"] == [["done", [3], desk]]
        assert (told[1]["heard"], told[1]["contacts"]) == ([["answered", 5]], [])
        one.do("match_contact", asked=asked, key=3)
        told = matched(one, other, lambda _, there: bool(there["contacts"]))
    assert told[1]["contacts"] == [["wanted", "w-1"]]
    said = "".join((*told[0]["said"], *told[1]["said"])).lower()
    assert [mark for mark in ("sharipzoda", "шарипзода", "1980", "w-1", "nobody") if mark in said] == []
    assert (one.do("verify_audit"), other.do("verify_audit")) == ([], [])


def matched(one: ExchangeNode, other: ExchangeNode, good: Callable[[Any, Any], bool], seconds: float = 30) -> Any:
    """Let both workers work until something is so; give what both know."""
    ends = time.monotonic() + seconds
    while not good(*(seen := (one.do("match"), other.do("match")))):
        assert time.monotonic() < ends, (seen, one.log.read_text(encoding="utf-8")[-3000:])
        time.sleep(0.05)
    return seen
