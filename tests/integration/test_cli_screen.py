from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Elchi = Callable[..., Any]
QUERIES = """id,name,birth_date,plate,colour
T-1,Temirlan Abdykadyrov,1979-02-14,,red
T-2,Wilhelmina Oosterhuis,,,
T-3,Wilhelmina Oosterhuis,31.02.1961,,
T-4,,,01117ABC,
"""

pytestmark = pytest.mark.usefixtures("wanted")


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.csv"
    path.write_text(QUERIES, encoding="utf-8")
    return path


@pytest.fixture
def long_queries(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    rows = (
        f"N-{number},{'Temirlan Abdykadyrov' if number % 10 == 0 else f'Rik Ooster{number}'}" for number in range(3_000)
    )
    path.write_text("\n".join(["id,name", *rows]), encoding="utf-8")
    return path


def test_every_line_is_answered_and_the_summary_says_how(elchi: Elchi, queries: Path, tmp_path: Path) -> None:
    done = elchi("screen", queries, "--output", tmp_path / "hits.jsonl")
    answers = [json.loads(line) for line in (tmp_path / "hits.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (done.status, done.out) == (0, "")
    assert [(one["id"], one["verdict"]) for one in answers] == [
        ("T-1", "STOP"),
        ("T-2", "CLEAR"),
        ("T-3", None),
        ("T-4", "STOP"),
    ]
    told = [line.split() for line in done.err.splitlines()]
    assert told[0][:3] == ["4", "lines", "answered"]
    assert told[3] == ["2", "STOP"]
    assert done.err.splitlines()[-3:] == [
        "1 line was NOT checked:",
        "            1  the date cannot be read",
        "columns passed over: colour",
    ]


def test_the_summary_as_json(elchi: Elchi, queries: Path, tmp_path: Path) -> None:
    done = elchi("screen", queries, "--output", tmp_path / "hits.jsonl", "--json")
    summary = done.json
    assert (done.status, done.err) == (0, "")
    assert summary.pop("seconds") > 0
    assert summary.pop("lines_per_second") > 0
    assert [one["name"] for one in summary.pop("lists")] == ["wanted"]
    assert summary == {
        "lines": 4,
        "resumed": 0,
        "verdicts": {"CLEAR": 1, "REVIEW": 0, "STOP": 2},
        "errors": {"date_invalid": 1},
        "unknown_columns": ["colour"],
    }


def test_the_format_may_be_given(elchi: Elchi, tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_text('{"id": "T-1", "plate": "01117ABC"}\n', encoding="utf-8")
    output = tmp_path / "hits.jsonl"
    assert elchi("screen", tmp_path / "queries.txt", "--output", output, "--json").error["code"] == "manifest_format"
    done = elchi("screen", tmp_path / "queries.txt", "--output", output, "--format", "jsonl", "--json")
    assert done.json["verdicts"]["STOP"] == 1


@pytest.mark.parametrize(
    ("args", "status", "code"),
    [
        (["missing.csv", "--output", "hits.jsonl"], 4, "file_unknown"),
        ([".", "--output", "hits.jsonl"], 4, "file_unknown"),
        (["queries.csv", "--output", "missing/hits.jsonl"], 5, "file_refused"),
        (["queries.csv", "--output", "."], 5, "file_refused"),
        (["queries.csv", "--output", "/dev/full"], 5, "file_refused"),
        (["queries.csv", "--output", "queries.csv"], 2, "output_is_manifest"),
        (["queries.csv", "--output", "hits.jsonl", "--lists", "x"], 4, "list_unknown"),
        (["queries.csv", "--output", "hits.jsonl", "--format", "paxlst"], 2, "edifact_header"),
        (["queries.csv", "--output", "hits.jsonl", "--region", "Narnia"], 2, "manifest_region"),
        (["queries.csv"], 2, "command_line"),
    ],
)
def test_what_ends_a_run_is_one_clear_error(
    elchi: Elchi, queries: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], status: int, code: str
) -> None:
    monkeypatch.chdir(queries.parent)
    done = elchi("screen", *args, "--json")
    assert (done.status, done.out, done.error["code"]) == (status, "", code)
    assert queries.read_text(encoding="utf-8") == QUERIES


def test_a_disk_that_is_full_is_told_and_the_run_goes_on_when_there_is_room(
    elchi: Elchi, long_queries: Path, program: str, surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    hits = tmp_path / "hits.jsonl"
    limited = ["/bin/sh", "-c", 'ulimit -f 60 && exec "$0" "$@"', program]  # blocks of 512 bytes
    done = subprocess.run(
        [*limited, "screen", str(long_queries), "--output", str(hits), "--workers", "1", "--json"],
        capture_output=True,
        env=surroundings,
        check=False,
    )
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"], error["params"]) == (
        5,
        "file_refused",
        {"file": "hits.jsonl", "reason": "EFBIG"},
    )
    assert hits.stat().st_size == 60 * 512
    whole = hits.read_bytes().count(b"\n")
    summary = elchi("screen", long_queries, "--output", hits, "--workers", "1", "--resume", "--json").json
    assert (summary["lines"], summary["resumed"]) == (3_000, whole)


def test_ctrl_c_keeps_what_was_answered_and_resume_goes_on(
    elchi: Elchi, long_queries: Path, program: str, surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    hits = tmp_path / "hits.jsonl"
    command = [program, "screen", str(long_queries), "--output", str(hits), "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=surroundings, start_new_session=True) as running:
        ends_at = time.monotonic() + 60
        while not (hits.exists() and hits.read_bytes().count(b"\n") > 1_000) and time.monotonic() < ends_at:
            time.sleep(0.005)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the run
        _, err = running.communicate(timeout=60)
    left = hits.read_bytes().count(b"\n")
    assert (running.returncode, err.strip()) == (130, b"")
    assert 1_000 < left < 3_000
    summary = elchi("screen", long_queries, "--output", hits, "--workers", "1", "--resume", "--json").json
    assert (summary["lines"], summary["resumed"]) == (3_000, left)
    assert elchi("screen", long_queries, "--output", tmp_path / "whole.jsonl", "--workers", "1").status == 0
    assert hits.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_progress_is_shown_on_a_terminal_only(
    long_queries: Path, program: str, surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    command = [program, "screen", str(long_queries), "--output", str(tmp_path / "hits.jsonl"), "--workers", "1"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stderr=theirs, env=surroundings) as running:
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 65_536):
                shown += block
        except OSError:  # how Linux says that the other side is closed
            pass
    os.close(ours)
    assert running.returncode == 0
    assert b"\rchecking: " in shown
    assert b" of 2999 " in shown
    quiet = subprocess.run(command, stderr=subprocess.PIPE, env=surroundings, check=True)
    assert b"\r" not in quiet.stderr
