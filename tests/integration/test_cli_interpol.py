"""`elchi interpol simulate` and `conform`: a bureau tries a connection before anybody relies on it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CASES = """\
{"expect": "hit", "owner": "KGZ", "subject": {"kind": "document", "document_number": "AC1234567", "issuer": "KGZ"}}
{"expect": "no_hit", "subject": {"kind": "vehicle", "vin": "WVWZZZ1JZXW000001"}}
"""
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
        finally:
            simulator.kill()


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
