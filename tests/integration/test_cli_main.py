from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Elchi = Callable[..., Any]


def test_the_version(elchi: Elchi) -> None:
    assert elchi("--version").out == "elchi 0.1.0\n"


@pytest.mark.parametrize(
    ("option", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ru_RU.UTF-8"}, "ru"),
        ([], {"LANG": "ky_KG.UTF-8"}, "ru"),
        ([], {"LANG": "ru_RU.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ([], {"LC_ALL": "en_US.UTF-8", "ELCHI_LANGUAGE": "ru"}, "ru"),
        (["--language", "en"], {"ELCHI_LANGUAGE": "ru"}, "en"),
    ],
)
def test_the_language(
    elchi: Elchi, monkeypatch: pytest.MonkeyPatch, option: list[str], environment: dict[str, str], language: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = {"en": "No list is loaded.", "ru": "Ни один список не загружен."}
    assert elchi("lists", *option).out.startswith(told[language])
    assert elchi(*option, "lists").out.startswith(told[language])


def test_an_error_in_words_goes_to_stderr(elchi: Elchi) -> None:
    done = elchi("check", "person", "--name", "Rik Oosterhuis", "--language", "ru")
    assert (done.status, done.out) == (5, "")
    assert done.err.startswith("elchi: ")
    assert "elchi lists load --shipped" in done.err


def test_json_may_stand_before_the_command(elchi: Elchi) -> None:
    assert elchi("--json", "lists").json == {"lists": []}


def test_a_home_that_is_a_file_is_an_error_of_ours(elchi: Elchi, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    (tmp_path / "list.csv").write_text("id,name\np-1,Rik Oosterhuis\n", encoding="utf-8")
    done = elchi("lists", "load", tmp_path / "list.csv", "--list", "x", "--format", "csv", "--json")
    assert (done.status, done.error["code"]) == (5, "file_refused")


@pytest.mark.usefixtures("wanted")
def test_a_reader_that_goes_away_is_no_crash(
    elchi: Elchi, program: str, surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    rows = "\n".join(f"p-{number},Rik Oosterhuis {number}" for number in range(3_000))
    (tmp_path / "p.csv").write_text("id,name\n" + rows, encoding="utf-8")
    assert elchi("lists", "load", tmp_path / "p.csv", "--list", "p", "--format", "csv").status == 0
    with subprocess.Popen(
        [program, "lists", "export", "p"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        err = running.stderr.read()
    assert (running.returncode, err) == (1, b"")


@pytest.mark.usefixtures("wanted")
def test_a_terminal_that_cannot_show_a_letter_gets_its_number(program: str, surroundings: Mapping[str, str]) -> None:
    latin = {**surroundings, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [program, "check", "document", "--number", "AC0000117", "--language", "ru", "--json"],
        capture_output=True,
        env=latin,
        check=False,
    )
    assert (done.returncode, done.stderr) == (11, b"")
    assert b"Zebo Nazarzoda" in done.stdout


def test_bytes_that_are_no_text_are_refused(program: str, surroundings: Mapping[str, str]) -> None:
    for args in ((b"check", b"person", b"--name", b"\xff\xfe"), (b"lists", b"diff", b"\xff")):
        done = subprocess.run([program.encode(), *args, b"--json"], capture_output=True, env=surroundings, check=False)
        assert (done.returncode, done.stdout, b"Traceback" in done.stderr) == (2, b"", False)


@pytest.mark.usefixtures("wanted")
def test_closed_streams_are_no_crash(program: str, surroundings: Mapping[str, str]) -> None:
    for command, status in (("lists remove wanted", 2), ("check document --number AC0000117", 11)):
        line = f'"{program}" {command} <&- >&- 2>&-'
        assert subprocess.run(["/bin/sh", "-c", line], env=surroundings, check=False).returncode == status
