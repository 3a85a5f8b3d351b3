"""`elchi interpol simulate` and `conform`: a bureau tries a connection before anybody relies on it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from elchi.modules.interpol.offline.build import COLUMNS
from elchi.seal.keys import SigningKey

CASES = """\
{"expect": "hit", "owner": "KGZ", "subject": {"kind": "document", "document_number": "AC1234567", "issuer": "KGZ"}}
{"expect": "no_hit", "subject": {"kind": "vehicle", "vin": "WVWZZZ1JZXW000001"}}
"""
KNOWN = ("--number", "AC1234567", "--issuer", "KGZ", "--type", "P")
FREE = ("--number", "AC7654321", "--issuer", "KGZ", "--type", "P")
ASKED = ("--country", "KG", "--access-point", "KG-OSH-1")


def test_a_simulator_is_run_and_tried(
    elchi: Callable[..., Any], program: str, tmp_path: Path, surroundings: Mapping[str, str]
) -> None:
    (tmp_path / "passphrase").write_text("a passphrase made by a machine", encoding="ascii")
    (tmp_path / "cases.jsonl").write_text(CASES, encoding="utf-8")
    told = ("--passphrase-file", str(tmp_path / "passphrase"))
    command = [program, "interpol", "simulate", str(tmp_path / "sim"), "--port", "0", "--json", *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=surroundings, text=True) as simulator:
        try:
            assert simulator.stdout is not None
            began = "".join(iter(simulator.stdout.readline, "}\n")) + "}"
            assert json.loads(began)["records"] == 8
            _try_it(elchi, tmp_path, told)
            _make_copy(elchi, tmp_path, told)
            asked = ("--mapping", tmp_path / "sim" / "find_like.toml", *told, "--public-key", tmp_path / "bureau.pub")
            online = elchi("interpol", "ask", *KNOWN, *ASKED, *asked)
            free = elchi("interpol", "ask", *FREE, *ASKED, *asked)
            vehicle = elchi("interpol", "ask", "--vin", "1M8GDM9AXKP042788", *ASKED, *asked, "--json")
        finally:
            simulator.kill()
    cut = elchi("interpol", "ask", *KNOWN, *ASKED, *asked)
    silent = elchi("interpol", "ask", "--vin", "1M8GDM9AXKP042788", *ASKED, *asked)
    refer = "Refer to the second line. A hit is no arrest."
    assert (online.status, online.out.splitlines()) == (11, [refer, "Answered: online."])
    assert (free.status, free.out.splitlines()) == (0, ["Nothing reported.", "Answered: online."])
    assert (vehicle.status, vehicle.json["guidance"], "SIM-V-1" in vehicle.out) == (11, "refer", False)
    assert (cut.status, cut.out.splitlines()) == (11, [
        refer, "Did not answer: online (interpol_unreachable connect).", "Answered: the offline copy.",
        "Copy of version 1, 0 hours old",
    ])  # fmt: skip
    assert (silent.status, silent.out.splitlines()) == (7, [
        "Nobody answered. This says nothing about the traveller.",
        "Did not answer: online (interpol_unreachable connect).",
        "Did not answer: the offline copy (interpol_kind_unanswered).",
    ])  # fmt: skip


def _make_copy(elchi: Callable[..., Any], folder: Path, told: tuple[str, str]) -> None:
    key = SigningKey.create(folder / "bureau.pem", "a passphrase made by a machine")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    (folder / "bureau.pub").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "all.tsv").write_text(f"{COLUMNS}\nKGZ\tP\tAC1234567\tstolen\n", encoding="utf-8")
    build = ("--issuer", "KG-NCB", "--key", folder / "bureau.pem", *told)
    assert elchi("interpol", "offline-copy", "build", folder / "all.tsv", folder / "1.copy", *build).status == 0
    trusted = ("--public-key", folder / "bureau.pub")
    assert elchi("interpol", "offline-copy", "apply", folder / "1.copy", *trusted).status == 0


def _try_it(elchi: Callable[..., Any], folder: Path, told: tuple[str, str]) -> None:
    mapping, cases = folder / "sim" / "find_like.toml", folder / "cases.jsonl"
    done = elchi("interpol", "conform", mapping, cases, *ASKED, *told, "--json")
    assert (done.status, [(one["matter"], one["passed"]) for one in done.json["findings"]]) == (0, [
        ("case", True), ("case", True), ("same_answer", True), ("certificate", True),
    ])  # fmt: skip
    cases.write_text(CASES.replace("no_hit", "hit"), encoding="utf-8")
    failed = elchi("interpol", "conform", mapping, cases, *ASKED, *told)
    lines = failed.out.splitlines()
    assert (failed.status, lines[1], lines[-1]) == (5, "FAILED  case, line 2: no_hit", "3 of 4 trials passed")


def test_a_question_needs_something_to_ask_about_and_no_node(elchi: Callable[..., Any], tmp_path: Path) -> None:
    assert elchi("interpol", "ask", *ASKED).status == 2
    alone = elchi("interpol", "ask", *KNOWN, *ASKED, "--json")
    assert (alone.status, alone.json["guidance"], alone.json["refusals"]) == (7, "nobody_answered", [])
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "node.toml").touch()
    asked = elchi("interpol", "ask", *KNOWN, *ASKED, "--json")
    assert (asked.status, asked.error["code"]) == (5, "folder_is_node")
