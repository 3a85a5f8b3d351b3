from __future__ import annotations

import datetime as dt
import json
import os
import pty
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from elchi.cli.show import age_in_days

Elchi = Callable[..., Any]
UN = """<CONSOLIDATED_LIST dateGenerated="2026-06-01T00:00:00.000Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>117</DATAID><FIRST_NAME>TEMIRLAN</FIRST_NAME><SECOND_NAME>ABDYKADYROV</SECOND_NAME>
</INDIVIDUAL></INDIVIDUALS><ENTITIES/></CONSOLIDATED_LIST>"""


def load(elchi: Elchi, path: Path, text: str, *options: str) -> Any:
    path.write_text(text, encoding="utf-8")
    return elchi("lists", "load", path, "--list", "wanted", "--format", "csv", *options)


def test_a_load_tells_what_changed_and_which_lines_are_bad(elchi: Elchi, wanted: Path) -> None:
    text = wanted.read_text(encoding="utf-8").replace("1984-11-03", "1984-11-04").replace("w-3,,,,", "w-5,,,,")
    done = load(elchi, wanted, text + "w-6,Rik Oosterhuis,sometime,,,Person\n")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "wanted: version 2 is in force with 4 entries: 1 added, 1 changed, 1 removed, 2 as before",
        "1 line gave no entry:",
        "   line 6: this cannot be an entry of a list: there is no such date (birth date)",
    ]


def test_a_load_as_json(elchi: Elchi, wanted: Path) -> None:
    done = load(elchi, wanted, wanted.read_text(encoding="utf-8") + "w-5,,,,,\n", "--json")
    (report,) = done.json["loaded"]
    times = {name: report.pop(name) for name in ("loaded_at", "issued_at")}
    assert (times["issued_at"], bool(re.fullmatch(r"\d{4}-\d\d-\d\dT.*", times["loaded_at"]))) == (None, True)
    assert report == {
        "name": "wanted",
        "version": 2,
        "entries": 4,
        "bad": 1,
        "skipped": 0,
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 4,
        "bad_lines": [
            {
                "line": 6,
                "reason": "entry_invalid",
                "params": {"field": "properties", "rule": "no_name_or_mark"},
                "skipped": False,
            }
        ],
        "skipped_lines": [],
    }


def test_the_lists_in_force(elchi: Elchi, wanted: Path) -> None:
    assert elchi("lists").out.splitlines()[0].split() == ["list", "version", "entries", "of", "age", "source"]
    row = elchi("lists").out.splitlines()[1]
    assert re.fullmatch(r"wanted +1 +4 +—  +loaded \d+ \w{3} \d{4}, own date unknown  wanted\.csv", row)
    (version,) = elchi("lists", "--json").json["lists"]
    assert (version["name"], version["version"], version["entries"]) == ("wanted", 1, 4)
    assert version["source"] == {
        "file": "wanted.csv",
        "format": "csv",
        "issued_at": None,
        "sha256": "SHA",
    } | {"sha256": version["source"]["sha256"]}
    assert re.fullmatch(r"[0-9a-f]{64}", version["source"]["sha256"])


@pytest.mark.usefixtures("wanted")
def test_the_state_is_for_its_owner_only(tmp_path: Path) -> None:
    assert f"{(tmp_path / 'home').stat().st_mode:o}" == "40700"


@pytest.mark.parametrize(("issued", "age"), [("2026-11-20", 1), ("2026-11-22", 0), ("2026-11", 20), ("2026", 324)])
def test_an_age_is_counted_from_the_publishers_date(issued: str, age: int) -> None:
    assert age_in_days(issued, dt.date(2026, 11, 21)) == age


@pytest.mark.parametrize("issued", [None, "", "soon"])
def test_a_list_without_a_date_has_no_age(issued: str | None) -> None:
    assert age_in_days(issued, dt.date(2026, 11, 21)) is None


def test_no_list_says_how_to_begin(elchi: Elchi) -> None:
    done = elchi("lists")
    assert (done.status, done.out) == (0, "No list is loaded. Begin with: elchi lists load --shipped\n")
    assert elchi("lists", "--json").json == {"lists": []}


def test_a_list_that_shrank_is_refused_unless_forced(elchi: Elchi, tmp_path: Path) -> None:
    rows = [f"p-{number},Rik Oosterhuis {number}" for number in range(20)]
    load(elchi, tmp_path / "p.csv", "\n".join(["id,name", *rows]))
    fewer = "\n".join(["id,name", *rows[:10]])
    refused = load(elchi, tmp_path / "p.csv", fewer, "--json")
    assert (refused.status, refused.error["code"]) == (5, "list_shrunk")
    assert (refused.error["params"]["old"], refused.error["params"]["new"]) == (20, 10)
    assert load(elchi, tmp_path / "p.csv", fewer, "--max-shrink", "0.4").status == 5
    assert load(elchi, tmp_path / "p.csv", fewer, "--max-shrink", "0.5").status == 0
    assert load(elchi, tmp_path / "p.csv", "id,name\n" + rows[0], "--force").status == 0
    assert [version["entries"] for version in elchi("lists", "--json").json["lists"]] == [1]


@pytest.mark.parametrize(
    ("args", "status", "code"),
    [
        (["load", "missing.csv", "--list", "x", "--format", "csv"], 4, "file_unknown"),
        (["load", ".", "--list", "x", "--format", "ftm"], 4, "file_unknown"),
        (["load", "wanted.csv", "--list", "Ab", "--format", "csv"], 2, "list_name"),
        (["load", "wanted.csv", "--list", "x", "--format", "un"], 2, "list_broken"),
        (["load", "wanted.csv", "--list", "x", "--format", "ftm", "--mapping", "wanted.csv"], 2, "mapping_invalid"),
        (["load", "wanted.csv", "--list", "x", "--format", "csv", "--mapping", "missing.toml"], 4, "file_unknown"),
        (["load", "wanted.csv", "--list", "x"], 2, "command_line"),
        (["load", "wanted.csv", "--shipped"], 2, "command_line"),
        (["load", "--shipped", "--list", "x"], 4, "list_not_shipped"),
        (["load", "wanted.csv", "--list", "x", "--format", "csv", "--max-shrink", "nan"], 2, "command_line"),
        (["diff", "x"], 4, "list_unknown"),
        (["diff", "wanted", "--to", "7"], 4, "version_unknown"),
        (["export", "x"], 4, "list_unknown"),
        (["remove", "x", "--yes"], 4, "list_unknown"),
        (["refresh", "x"], 4, "list_not_shipped"),
        (["refresh", "--from", "wanted.csv"], 2, "command_line"),
        (["refresh", "un", "--from", "missing.xml"], 4, "file_unknown"),
        (["refresh", "ofac", "--from", "wanted.csv"], 2, "refresh_files"),
    ],
)
@pytest.mark.usefixtures("wanted")
def test_errors_are_told_as_one_json_object(
    elchi: Elchi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], status: int, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = elchi("lists", *args, "--json")
    assert (done.status, done.error["code"], sorted(done.error)) == (status, code, ["code", "message", "params"])
    assert [version["version"] for version in elchi("lists", "--json").json["lists"]] == [1]


def test_what_changed_between_versions(elchi: Elchi, wanted: Path) -> None:
    text = wanted.read_text(encoding="utf-8").replace("1984-11-03", "1984-11-04").replace("w-3,,,,", "w-5,,,,")
    load(elchi, wanted, text)
    assert elchi("lists", "diff", "wanted").out.splitlines() == [
        "wanted, version 1 to 2: 1 added, 1 changed, 1 removed",
        "+ w-5  01 117 ABC",
        "~ w-2  Zebo Nazarzoda",
        "     birthDate: − 1984-11-03; + 1984-11-04",
        "− w-3  01 117 ABC",
    ]
    assert elchi("lists", "diff", "wanted", "--from", 2, "--to", 1, "--json").json == {
        "list": "wanted",
        "from": 2,
        "to": 1,
        "added": ["w-3"],
        "changed": [
            {"id": "w-2", "properties": [{"name": "birthDate", "added": ["1984-11-03"], "removed": ["1984-11-04"]}]}
        ],
        "removed": ["w-5"],
    }


def test_an_export_loads_again_as_it_was(elchi: Elchi, wanted: Path, tmp_path: Path) -> None:
    exported = elchi("lists", "export", "wanted").out
    assert [json.loads(line)["id"] for line in exported.splitlines()] == ["w-1", "w-2", "w-3", "w-4"]
    wanted.with_suffix(".json").write_text(exported, encoding="utf-8")
    done = elchi("lists", "load", tmp_path / "wanted.json", "--list", "wanted", "--format", "ftm", "--json")
    assert done.json["loaded"][0]["unchanged"] == 4


@pytest.mark.usefixtures("wanted")
def test_without_a_terminal_nothing_is_removed_unasked(elchi: Elchi) -> None:
    refused = elchi("lists", "remove", "wanted", "--json")
    assert (refused.status, refused.error["code"]) == (2, "confirmation_missing")
    assert elchi("lists", "remove", "wanted", "--yes", "--json").json == {"removed": "wanted"}
    assert elchi("lists", "--json").json == {"lists": []}


@pytest.mark.usefixtures("wanted")
@pytest.mark.parametrize(("typed", "status", "left"), [(b"n\n", 1, 1), (b"y\n", 0, 0), (b"\x04", 130, 1)])
def test_on_a_terminal_it_asks(
    elchi: Elchi, program: str, surroundings: Mapping[str, str], typed: bytes, status: int, left: int
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [program, "lists", "remove", "wanted"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings,
        start_new_session=True,
    ) as asking:
        assert asking.stderr is not None
        assert b"Remove" in asking.stderr.readline(64) or asking.poll() is None
        os.write(ours, typed)
        _, err = asking.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert (asking.returncode, b"Traceback" in err) == (status, False)
    assert len(elchi("lists", "--json").json["lists"]) == left


def test_the_shipped_lists_load(elchi: Elchi) -> None:
    assert elchi("lists", "load", "--shipped", "--list", "un").out == (
        "un: version 1 is in force with 877 entries: 877 added, 0 changed, 0 removed, 0 as before\n"
    )
    (version,) = elchi("lists", "--json").json["lists"]
    assert (version["issued_at"], version["source"]["shipped"]) == ("2025-04-19", True)
    assert elchi("lists").out.splitlines()[1].endswith("  shipped with Elchi")


def test_refreshing_from_files_without_internet(elchi: Elchi, tmp_path: Path) -> None:
    (tmp_path / "consolidated.xml").write_text(UN, encoding="utf-8")
    done = elchi("lists", "refresh", "un", "--from", tmp_path / "consolidated.xml", "--json")
    (report,) = done.json["loaded"]
    assert (report["name"], report["entries"], report["issued_at"]) == ("un", 1, "2026-06-01")
    for name, text in (
        ("SDN.CSV", '117,"ABDYKADYROV, Temirlan","individual",' + ",".join(['"-0- "'] * 9) + "\n"),
        ("ALT.CSV", '117,1,"aka","ABDYKADYROV, Timur","-0- "\n'),
        ("ADD.CSV", '117,1,"-0- ","Naryn","Kyrgyzstan","-0- "\n'),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [part for name in ("ALT.CSV", "ADD.CSV", "SDN.CSV") for part in ("--from", tmp_path / name)]
    (report,) = elchi("lists", "refresh", "ofac", *given, "--json").json["loaded"]
    assert (report["name"], report["entries"], report["bad"], report["skipped"]) == ("ofac", 1, 0, 0)


def test_a_list_that_cannot_be_fetched_is_told_and_the_old_one_stays(
    elchi: Elchi, monkeypatch: pytest.MonkeyPatch
) -> None:
    elchi("lists", "load", "--shipped", "--list", "un")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody listens there
    done = elchi("lists", "refresh", "--json")
    errors = [json.loads(line)["error"] for line in done.err.splitlines()]
    assert done.status == 4
    assert [(error["code"], error["params"]["reason"]) for error in errors] == [
        ("address_unreachable", "ConnectError"),
        ("address_unreachable", "ConnectError"),
    ]
    assert done.json == {"loaded": []}
    assert [version["version"] for version in elchi("lists", "--json").json["lists"]] == [1]
