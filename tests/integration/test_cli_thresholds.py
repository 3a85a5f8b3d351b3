from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Elchi = Callable[..., Any]
NAME = ("check", "person", "--name", "Temirlan Abdykadyrov")
"""Of one who is listed: REVIEW by the default thresholds."""
STRICT = '[[threshold]]\nlist = "wanted"\npurpose = "visa"\nreview = 0.3\nstop = 0.5\n'

pytestmark = pytest.mark.usefixtures("wanted")


@pytest.fixture
def thresholds(tmp_path: Path) -> Path:
    return tmp_path / "home" / "thresholds.toml"


def test_a_row_changes_the_verdict_of_its_list_and_purpose_only(elchi: Elchi, thresholds: Path) -> None:
    before = elchi(*NAME, "--purpose", "visa", "--json")
    thresholds.write_text(STRICT, encoding="utf-8")
    after = elchi(*NAME, "--purpose", "visa", "--json")
    other = elchi(*NAME, "--json")
    assert [(done.status, done.json["verdict"]) for done in (before, after, other)] == [
        (10, "REVIEW"),
        (11, "STOP"),
        (10, "REVIEW"),
    ]
    assert len({done.json["findings"][0]["score"] for done in (before, after, other)}) == 1


@pytest.mark.parametrize("command", ["check", "screen"])
def test_a_broken_file_is_refused_and_nothing_is_checked(
    elchi: Elchi, thresholds: Path, tmp_path: Path, command: str
) -> None:
    thresholds.write_text(STRICT.replace("0.3", "0.9"), encoding="utf-8")
    (tmp_path / "queries.csv").write_text("id,name\nT-1,Rik\n", encoding="utf-8")
    hits = tmp_path / "hits.jsonl"
    args = NAME if command == "check" else ("screen", tmp_path / "queries.csv", "--output", hits)
    done = elchi(*args, "--json")
    assert (done.status, done.out, done.error["code"]) == (2, "", "thresholds_invalid")
    assert done.error["params"] == {"field": "threshold[1]", "rule": "review_up_to_stop"}
    assert not hits.exists()


def test_a_link_that_leads_nowhere_is_no_reason_for_the_defaults(elchi: Elchi, thresholds: Path) -> None:
    thresholds.symlink_to("missing.toml")
    done = elchi(*NAME, "--json")
    assert (done.status, done.out, done.error["code"]) == (4, "", "file_unknown")


def test_every_process_of_a_run_has_the_thresholds(elchi: Elchi, thresholds: Path, tmp_path: Path) -> None:
    thresholds.write_text(STRICT, encoding="utf-8")
    queries, hits = tmp_path / "queries.csv", tmp_path / "hits.jsonl"
    rows = [f"N-{number},Temirlan Abdykadyrov" for number in range(1_200)]  # more than one process answers alone
    queries.write_text("\n".join(["id,name", *rows]), encoding="utf-8")
    done = elchi("screen", queries, "--output", hits, "--purpose", "visa", "--workers", 2, "--json")
    assert done.json["verdicts"] == {"CLEAR": 0, "REVIEW": 0, "STOP": 1_200}


def test_a_run_does_not_go_on_with_other_thresholds(elchi: Elchi, thresholds: Path, tmp_path: Path) -> None:
    queries, hits = tmp_path / "queries.csv", tmp_path / "hits.jsonl"
    queries.write_text("id,name\nT-1,Temirlan Abdykadyrov\n", encoding="utf-8")
    command = ("screen", queries, "--output", hits, "--purpose", "visa", "--json")
    assert elchi(*command).json["verdicts"]["REVIEW"] == 1
    thresholds.write_text(STRICT, encoding="utf-8")
    done = elchi(*command, "--resume")
    assert (done.status, done.error["code"], done.error["params"]["changed"]) == (5, "resume_mismatch", ["thresholds"])
    assert elchi(*command).json["verdicts"]["STOP"] == 1
    assert elchi(*command, "--resume").json["resumed"] == 1
    assert json.loads(hits.read_text(encoding="utf-8"))["verdict"] == "STOP"
