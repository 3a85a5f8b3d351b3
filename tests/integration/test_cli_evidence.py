"""`elchi evidence`: a court reads the file without a node."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.evidence_made import Exchange
from tests.time_authority import OPENSSL, TimeAuthority

from elchi.exchange.evidence import StampedHead, write_evidence
from elchi.seal.document import sign_document
from elchi.seal.envelope import MESSAGE
from elchi.seal.stamp import request_stamp

Elchi = Callable[..., Any]
WORLD = Exchange()
PAPER = [f"--fingerprint={code}={told}" for code, told in WORLD.fingerprints().items()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.json"
    path.write_bytes(write_evidence(WORLD.of_sender()))
    return path


def test_what_holds(elchi: Elchi, file: Path) -> None:
    done = elchi("evidence", "verify", str(file), *PAPER)
    assert done.status == 0
    assert done.out.splitlines()[:5] == [
        "All of it holds.",
        "KZ-KOR-1 signed for KG-AKJ-1: question, id 01939c1e-7a2b-7cc3-98c4-dc0c0c07398f",
        f"SHA-256 of what was signed: {WORLD.sealed.manifest_sha256}",
        "It was there at the latest at 2026-11-21T10:01:00.000Z, as others than its sender vouch.",
        "KG-AKJ-1 signed at 2026-11-21T10:01:00.000Z: received, and kept",
    ]
    assert WORLD.fingerprints()["KG-AKJ-1"] in done.out


def test_the_same_for_programs(elchi: Elchi, file: Path) -> None:
    told = json.loads(elchi("evidence", "verify", str(file), *PAPER, "--json").out)
    assert (told["holds"], told["faults"], told["missing"]) == (True, [], [])
    assert [one["outcome"] for one in told["outcomes"]] == ["delivered"]
    assert [one["name"] for one in told["parts"]] == ["body", "photo"]


def test_what_was_not_compared_is_told(elchi: Elchi, file: Path) -> None:
    done = elchi("evidence", "verify", str(file), "--language", "ru")
    assert done.status == 0
    assert done.out.splitlines()[-1].startswith("Не сверено")


def test_keys_of_somebody_else(elchi: Elchi, file: Path) -> None:
    done = elchi("evidence", "verify", str(file), f"--fingerprint=KZ-KOR-1={'ab' * 32}")
    assert done.status == 6
    assert done.out.splitlines()[:2] == [
        "1 thing does not hold",
        "  party:KZ-KOR-1: the key document of KZ-KOR-1 has another fingerprint than the one compared",
    ]


def test_what_is_no_evidence(elchi: Elchi, file: Path) -> None:
    file.write_bytes(b"{}")
    done = elchi("evidence", "verify", str(file))
    assert (done.status, done.out) == (6, "")
    assert done.err.startswith("elchi: this is no evidence file")


def test_a_fingerprint_that_is_none(elchi: Elchi, file: Path) -> None:
    assert elchi("evidence", "verify", str(file), "--fingerprint=KZ-KOR-1").status == 2


def test_what_a_stranger_signed_does_not_act_on_the_terminal(elchi: Elchi, file: Path) -> None:
    told = {"from": "KZ-KOR-1", "to": 5, "kind": "\x1b[2J", "id": "x", "signers": [WORLD.sender.signing.kid]}
    message = sign_document(told, typ=MESSAGE, signers=[WORLD.sender.signing])
    file.write_bytes(write_evidence(WORLD.of_sender(message=message)))
    done = elchi("evidence", "verify", str(file))
    assert done.status == 6
    assert "\x1b" not in done.out
    assert "KZ-KOR-1 signed for : ?, id x" in done.out


@pytest.mark.skipif(OPENSSL is None, reason="no openssl, which plays the authority")
def test_a_time_stamp(elchi: Elchi, file: Path, tmp_path: Path) -> None:
    authority = TimeAuthority(tmp_path / "authority")
    document = WORLD.signed_head(WORLD.sender)
    heads = (StampedHead(document, authority.answer(request_stamp(document))),)
    file.write_bytes(write_evidence(WORLD.of_sender(heads=heads)))
    root = authority.folder / "root.pem"
    done = elchi("evidence", "verify", str(file), *PAPER, "--authority", str(root))
    assert (done.status, "stamped by CN=Time of tests" in done.out) == (0, True)
