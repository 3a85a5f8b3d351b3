"""Two nodes take each other's files by command: what officers then compare is the same on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.running_node import Node, make_node


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    folder = tmp_path_factory.mktemp("nodes")
    there = ("--code", "KG-AKJ-1", "--name", "Ak-Jol", "--country", "KG", "--agency", "kg-border")
    return make_node(folder / "kordai")[0], make_node(folder / "akjol", *there)[0]


def test_two_files_go_and_both_sides_wait_for_the_comparison(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    kordai, akjol = nodes
    invitation, answer = tmp_path / "invitation", tmp_path / "answer"
    invited = kordai.call("partner", "invite", str(invitation), "--for", "Ak-Jol").json
    accepted = akjol.call("partner", "accept", str(invitation), "--answer", str(answer)).json
    assert (accepted["partner"], accepted["answer"]) == (kordai.call("status").json["code"], str(answer))
    taken = kordai.call("partner", "accept", str(answer)).json
    assert (taken["partner"], taken["answer"]) == ("KG-AKJ-1", "")
    assert [one["fingerprint"] for one in (invited, accepted)] == [
        node.call("keys").json["fingerprint"] for node in (kordai, akjol)
    ]
    for node in nodes:
        told = node.call("partner", "status").json["partners"]
        assert [(one["state"], one["cautions"]) for one in told] == [("invited", ["compare"])]

    again = kordai.call("partner", "accept", str(answer))
    assert (again.status, again.error["code"]) == (5, "invitation_over")
    taken = kordai.call("partner", "invite", str(invitation))
    assert (taken.status, taken.error["code"]) == (5, "file_exists")
    suspended = kordai.call("partner", "suspend", "KG-AKJ-1", "--because", "x")
    assert (suspended.status, suspended.error["code"]) == (5, "state_refuses")


def test_keys_are_shown_changed_and_revoked(nodes: tuple[Node, Node]) -> None:
    kordai = nodes[0]
    before = kordai.call("keys").json
    assert sorted(one["algorithm"] for one in before["keys"]) == ["Ed25519", "Ed25519", "P-256", "P-256", "X-Wing"]
    assert kordai.call("keys", "rotate", "X-Wing").json["algorithm"] == "X-Wing"
    assert kordai.call("keys", "addresses", "https://elchi.kordai.example:8443").json["version"] == 3
    kid = next(one["kid"] for one in before["keys"] if one["algorithm"] == "X-Wing")
    assert kordai.call("keys", "revoke", kid, "--because", "stolen").json["revoked_at"] is not None
    after = kordai.call("keys").json
    assert (after["version"], after["addresses"]) == (4, ["https://elchi.kordai.example:8443"])
    refused = kordai.call("keys", "addresses", "http://elchi.example")
    assert (refused.status, refused.error["code"]) == (2, "partner_invalid")
    lines = kordai.call("keys", plain=True).out.splitlines()
    assert [len(line.split()) for line in lines[-3:]] == [4, 4, 4]
    assert sum("revoked" in line for line in lines) == 1
