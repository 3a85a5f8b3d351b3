"""Batches against real lists on disk; those that need several processes have more than a thousand lines."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import multiprocessing
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elchi.errors import Conflict, ElchiError, InvalidInput, NotFound
from elchi.lists import Entry
from elchi.screening.answers import AnswerFile
from elchi.screening.batch import ALONE, BatchOptions, BatchSummary, screen_manifest
from elchi.screening.screener import load_list

NOW = dt.datetime(2026, 6, 13, 6, 30, tzinfo=dt.UTC)
OPTIONS = BatchOptions(today=NOW.date())
WANTED = [
    Entry("w-1", "Person", {"name": ("Темирлан Абдыкадыров",), "birthDate": ("1979-02-14",)}),
    Entry("w-2", "Person", {"name": ("Zebo Nazarzoda",), "passportNumber": ("AC0000117",)}),
    Entry("w-3", "Vehicle", {"registrationNumber": ("01 117 ABC",)}),
]
HEADER = "id,name,birth_date,document_number,plate\n"
SHIFT = (
    HEADER
    + "T-1,Temirlan Abdykadyrov,1979-02-14,,\n"
    + "T-2,Wilhelmina Oosterhuis,1961-05-30,,\n"
    + "T-3,Wilhelmina Oosterhuis,31.02.1961,,\n"
    + "T-4,Wilhelmina Oosterhuis,,AC 0000117,\n"
    + "T-5,Wilhelmina Oosterhuis,,,01117ABC\n"
    + ",?!,,,\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    load(tmp_path / "home", "wanted", WANTED)
    return tmp_path / "home"


def load(home: Path, name: str, entries: list[Entry]) -> None:
    load_list(home, name, entries, source={}, now=NOW)


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Callable[..., BatchSummary]:
    """Screen a manifest of this text into hits.jsonl."""

    def screen(text: str | bytes, options: BatchOptions = OPTIONS, **kwargs: Any) -> BatchSummary:
        (tmp_path / "shift.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return screen_manifest(home, tmp_path / "shift.csv", tmp_path / "hits.jsonl", options, **kwargs)

    return screen


def answers(tmp_path: Path) -> list[Any]:
    return [json.loads(line) for line in (tmp_path / "hits.jsonl").read_text(encoding="utf-8").splitlines()]


def many(lines: int) -> str:
    names = ("Temirlan Abdykadyrov" if number % 50 == 0 else "Rik Oosterhuis" for number in range(lines))
    return HEADER + "".join(f"N-{number},{name},,,\n" for number, name in enumerate(names))


Run = Callable[..., BatchSummary]


def test_every_line_has_an_answer_in_order(run: Run, tmp_path: Path) -> None:
    summary = run(SHIFT)
    found = answers(tmp_path)
    assert [line["id"] for line in found] == ["T-1", "T-2", "T-3", "T-4", "T-5", "7"]
    assert [line["verdict"] for line in found] == ["STOP", "CLEAR", None, "STOP", "STOP", None]
    assert [[one["entry"] for one in line["findings"]] for line in found] == [["w-1"], [], [], ["w-2"], ["w-3"], []]
    assert [line["error"]["code"] for line in found if not line["verdict"]] == ["date_invalid", "subject_unusable"]
    assert [line["error"]["params"]["line"] for line in found if not line["verdict"]] == [4, 7]
    assert (summary.lines, summary.resumed) == (6, 0)
    assert summary.verdicts == {"CLEAR": 1, "REVIEW": 0, "STOP": 3}
    assert summary.errors == {"date_invalid": 1, "subject_unusable": 1}
    assert [version.name for version in summary.lists] == ["wanted"]


def test_a_finding_says_where_it_stands_and_why(run: Run, tmp_path: Path) -> None:
    run(HEADER + "T-1,,,AC0000117,\n")
    (finding,) = answers(tmp_path)[0]["findings"]
    assert {name: finding[name] for name in ("entry", "list", "version", "band")} == {
        "entry": "w-2",
        "list": "wanted",
        "version": 1,
        "band": "STOP",
    }
    assert [(reason["code"], reason["kind"], reason["weighs"]) for reason in finding["reasons"]] == [
        ("key_same", "document_number", "for")
    ]


def test_options_reach_the_screener(run: Run, home: Path, tmp_path: Path) -> None:
    load(home, "other", [replace(WANTED[0], id="o-1")])
    lines = HEADER + "T-1,Temirlan Abdykadyrov,,,\n"
    run(lines, replace(OPTIONS, lists=("other",)))
    assert [one["entry"] for one in answers(tmp_path)[0]["findings"]] == ["o-1"]
    run(lines, replace(OPTIONS, top=1))
    assert len(answers(tmp_path)[0]["findings"]) == 1
    run(lines.replace("Temirlan", "Temirbek"), replace(OPTIONS, min_score=0.0))
    low = answers(tmp_path)[0]["findings"]
    run(lines.replace("Temirlan", "Temirbek"), replace(OPTIONS, min_score=1.0))
    assert (len(low), answers(tmp_path)[0]["findings"]) == (2, [])


def test_unknown_columns_are_told(run: Run) -> None:
    assert run("name,colour\nRik Oosterhuis,red\n").unknown_columns == ("colour",)


def test_what_would_fail_for_every_line_fails_before_the_first(run: Run, home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as unknown:
        run(SHIFT, replace(OPTIONS, lists=("wanted", "nobody")))
    assert (unknown.value.code, unknown.value.params["list"]) == ("list_unknown", "nobody")
    with pytest.raises(Conflict, match="no_lists"):
        screen_manifest(tmp_path / "empty", tmp_path / "shift.csv", tmp_path / "hits.jsonl", OPTIONS)
    with pytest.raises(NotFound, match="file_unknown"):
        screen_manifest(home, tmp_path / "missing.csv", tmp_path / "hits.jsonl", OPTIONS)
    assert not (tmp_path / "hits.jsonl").exists()


def test_the_manifest_is_never_the_output(home: Path, tmp_path: Path) -> None:
    (tmp_path / "shift.csv").write_text(SHIFT, encoding="utf-8")
    (tmp_path / "other.csv").hardlink_to(tmp_path / "shift.csv")
    with pytest.raises(InvalidInput, match="output_is_manifest"):
        screen_manifest(home, tmp_path / "shift.csv", tmp_path / "other.csv", OPTIONS)
    assert (tmp_path / "shift.csv").read_text(encoding="utf-8") == SHIFT


def test_the_output_is_no_pipe(home: Path, tmp_path: Path) -> None:
    (tmp_path / "shift.csv").write_text(SHIFT, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match="output_no_file"):
        screen_manifest(home, tmp_path / "shift.csv", tmp_path / "pipe", OPTIONS)


def test_lines_before_the_end_of_reading_are_answered(run: Run, tmp_path: Path) -> None:
    broken = SHIFT.encode() + b'T-7,"' + b"x" * (1 << 25)
    with pytest.raises(InvalidInput, match="list_broken"):
        run(broken)
    assert [line["id"] for line in answers(tmp_path)] == ["T-1", "T-2", "T-3", "T-4", "T-5", "7"]


def test_answers_are_for_their_owner_alone(run: Run, tmp_path: Path) -> None:
    run(SHIFT)
    assert stat.S_IMODE((tmp_path / "hits.jsonl").stat().st_mode) == 0o600


def test_many_processes_answer_as_one_does(run: Run, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    alone = run(many(ALONE + 350))
    one = (tmp_path / "hits.jsonl").read_bytes()
    many_ = run(many(ALONE + 350), replace(OPTIONS, workers=2), progress=lambda *at: seen.append(at))
    assert (tmp_path / "hits.jsonl").read_bytes() == one
    assert many_ == alone
    assert alone.verdicts == {"CLEAR": 1_323, "REVIEW": 27, "STOP": 0}
    assert seen == [(done, 1350) for done in (*range(0, 1301, 100), 1350)]


class Stopped(Exception):
    """What stops a run in a test."""


def stop_at(lines: int) -> Callable[[int, int | None], None]:
    def progress(done: int, _: int | None) -> None:
        if done >= lines:
            raise Stopped

    return progress


@pytest.mark.parametrize(("stop", "workers"), [(200, 1), (1_100, 2)])
def test_a_stopped_run_goes_on_to_the_same_answers(run: Run, tmp_path: Path, stop: int, workers: int) -> None:
    run(many(1_250))
    whole = (tmp_path / "hits.jsonl").read_bytes()
    with pytest.raises(Stopped):
        run(many(1_250), replace(OPTIONS, workers=workers), progress=stop_at(stop))
    with (tmp_path / "hits.jsonl").open("ab") as file:
        file.write(b'{"id":"N-9","verdict":"CLE')  # what a machine that stops may leave
    summary = run(many(1_250), replace(OPTIONS, resume=True))
    assert (tmp_path / "hits.jsonl").read_bytes() == whole
    assert (summary.lines, summary.resumed) == (1_250, stop)
    assert summary.verdicts == {"CLEAR": 1_225, "REVIEW": 25, "STOP": 0}


def test_what_the_disk_garbled_is_cut_off(run: Run, tmp_path: Path) -> None:
    run(SHIFT)
    whole = (tmp_path / "hits.jsonl").read_bytes()
    (tmp_path / "hits.jsonl").write_bytes(whole.splitlines(keepends=True)[0] + b"\0\0\0\n" + whole)
    assert run(SHIFT, replace(OPTIONS, resume=True)).resumed == 1
    assert (tmp_path / "hits.jsonl").read_bytes() == whole


def test_resuming_begins_where_nothing_is_and_ends_where_all_is(run: Run, tmp_path: Path) -> None:
    first = run(SHIFT, replace(OPTIONS, resume=True))
    whole = (tmp_path / "hits.jsonl").read_bytes()
    second = run(SHIFT, replace(OPTIONS, resume=True))
    assert (first.resumed, second.resumed) == (0, 6)
    assert (tmp_path / "hits.jsonl").read_bytes() == whole
    assert (second.verdicts, second.errors) == (first.verdicts, first.errors)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"text": SHIFT + "T-7,Rik Oosterhuis,,,\n"}, ["manifest_sha256"]),
        ({"options": replace(OPTIONS, top=3, purpose="visa")}, ["purpose", "top"]),
        ({"entries": WANTED[:2]}, ["lists"]),
        ({"run_file": None}, ["run_file"]),
    ],
)
def test_a_run_does_not_go_on_with_the_answers_of_another(
    run: Run, home: Path, tmp_path: Path, change: dict[str, Any], changed: list[str]
) -> None:
    run(SHIFT)
    whole = (tmp_path / "hits.jsonl").read_bytes()
    if "entries" in change:
        load(home, "wanted", change["entries"])
    if "run_file" in change:
        (tmp_path / "hits.jsonl.run").unlink()
    with pytest.raises(Conflict) as caught:
        run(change.get("text", SHIFT), replace(change.get("options", OPTIONS), resume=True))
    assert (caught.value.code, caught.value.params["changed"]) == ("resume_mismatch", changed)
    assert (tmp_path / "hits.jsonl").read_bytes() == whole


def test_without_resume_a_run_begins_anew(run: Run, tmp_path: Path) -> None:
    run(many(20))
    run(SHIFT)
    assert len(answers(tmp_path)) == 6


def test_two_runs_do_not_write_one_file(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "hits.jsonl").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="output_busy"):
            run(SHIFT)


def test_a_list_replaced_meanwhile_ends_the_run(run: Run, home: Path, tmp_path: Path) -> None:
    def replace_list(done: int, _: int | None) -> None:
        if done == ALONE:  # the other processes are started after this
            load(home, "wanted", WANTED[:2])

    with pytest.raises(Conflict, match="lists_changed"):
        run(many(ALONE + 200), replace(OPTIONS, workers=2), progress=replace_list)
    assert len(answers(tmp_path)) == ALONE


def test_a_process_that_dies_ends_the_run_and_leaves_it_resumable(run: Run, tmp_path: Path) -> None:
    def kill_one(done: int, _: int | None) -> None:
        for child in multiprocessing.active_children() if done > ALONE else ():
            child.kill()

    text = many(ALONE + 2_000)
    with pytest.raises(Conflict) as caught:
        run(text, replace(OPTIONS, workers=2), progress=kill_one)
    assert (caught.value.code, caught.value.params["workers"]) == ("worker_lost", 2)
    left = len(answers(tmp_path))
    assert ALONE < left < ALONE + 2_000
    summary = run(text, replace(OPTIONS, resume=True))
    assert (summary.lines, summary.resumed) == (ALONE + 2_000, left)


def test_an_answer_that_cannot_be_written_leaves_the_lines_before_it(tmp_path: Path) -> None:
    with AnswerFile(tmp_path / "hits.jsonl", {"a": 1}, resume=False) as file:
        file.write(b'{"id":"1","verdict":"CLEAR","findings":[]}\n', {"CLEAR": 1})
        # read by another process while the run goes on
        assert (tmp_path / "hits.jsonl").read_bytes() == b'{"id":"1","verdict":"CLEAR","findings":[]}\n'
    assert file.outcomes == {"CLEAR": 1}


def test_errors_of_a_home_that_is_none_are_ours(tmp_path: Path) -> None:
    (tmp_path / "shift.csv").write_text(SHIFT, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ElchiError):
        screen_manifest(tmp_path / "file", tmp_path / "shift.csv", tmp_path / "hits.jsonl", OPTIONS)
