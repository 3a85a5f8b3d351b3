"""The demonstration from its first line to its last: what its story claims is so, at a node that is real."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from tests.running_node import Done, Node

ZONE = zoneinfo.ZoneInfo("Asia/Almaty")
STOPPED = {
    "06:17": "ofac-18634",  # Tajik Cyrillic
    "07:05": "ofac-41796",  # Uzbek Latin
    "07:33": "un-6908866",  # Persian letters
    "08:11": "un-6908487",  # cut off in the machine-readable zone
    "08:33": "W-1",  # a plate of the invented ministry's list, in Cyrillic letters there
    "08:46": "ofac-40791",  # Turkmen Latin
    "09:10": "un-6908489",  # day and month swapped
    "09:25": "W-5",  # a passport of the invented ministry's list
    "09:44": "W-3",
    "10:02": "ofac-15647",  # a typing error
    "10:40": "un-6908493",  # order swapped
    "11:28": "W-4",
    "12:14": "ofac-12625",
}
REVIEWED = {
    "06:41": "ofac-12625",
    "11:05": "un-110917",  # 1 January: the day is not known
    "11:50": "ofac-12562",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """The demonstration in JSON, its story in English beside that, and where it put what is temporary."""
    temporary = tmp_path_factory.mktemp("temporary")
    return Node(temporary / "unused").call("--language", "en", "demo", TMPDIR=str(temporary)), temporary


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Node]:
    """What the demonstration prints in Russian, and the node that it leaves."""
    home = tmp_path_factory.mktemp("demo") / "node"
    node = Node(home)
    done = node.call("--language", "ru", "demo", "--home", home, plain=True)
    assert done.status == 0, done.err
    return done.out, node


def _first(answers: list[dict[str, Any]], verdict: str) -> dict[str, str]:
    return {one["id"]: one["findings"][0]["entry"] for one in answers if one["verdict"] == verdict}


def test_the_shift_is_answered_as_the_story_says(told: tuple[Done, Path]) -> None:
    done = told[0]
    assert done.status == 0, done.err
    answers = done.json["answers"]
    stopped = _first(answers, "STOP")
    own = stopped.pop("12:48")
    assert re.fullmatch(r"KZ-DEMO-1-E-\w{7}", own)  # an entry of the node's own officers
    assert (stopped, _first(answers, "REVIEW")) == (STOPPED, REVIEWED)
    unchecked = {one["id"]: one["error"]["params"]["rule"] for one in answers if one["verdict"] is None}
    assert unchecked == {"08:58": "no_such_day"}
    assert len(answers) == 44
    assert {one["name"]: one["entries"] for one in done.json["lists"]} == {
        "ofac": 14_965,
        "own-kz-border": 2,
        "own-kz-customs": 0,  # discreet: it is not even counted
        "un": 877,
        "wanted": 4,
    }


def test_the_window_is_not_told_of_a_discreet_entry(told: tuple[Done, Path]) -> None:
    [van] = [one for one in told[0].json["answers"] if one["id"] == "12:55"]
    assert (van["verdict"], van["findings"]) == ("CLEAR", [])


def test_the_second_line_decides_and_opens_cases(told: tuple[Done, Path]) -> None:
    assert told[0].json["judgements"] == {
        "08:33": {"outcome": "positive", "case": "KZ-DEMO-1-C-0001"},
        "06:41": {"outcome": "negative", "case": ""},
        "11:50": {"outcome": "unsure", "case": "KZ-DEMO-1-C-0002"},
    }


def test_the_other_side_is_asked_and_answers(told: tuple[Done, Path]) -> None:
    border = told[0].json["border"]
    assert border["agreement"]["signed"] == border["agreement"]["in_force"]
    hit, cut = border["hit"], border["cut"]
    assert (hit["verdict"], hit["state"], hit["stayed"]) == ("CLEAR", "hit", ["phone"])
    assert re.fullmatch(r"KG-DEMO-1-H-[0-9A-F-]{14}", hit["reference"])
    assert (hit["contact"]["phone"], hit["case"]) == ("+996 700 000 001", "KZ-DEMO-1-C-0003")
    assert (cut["verdict"], cut["state"], cut["reference"]) == ("CLEAR", "no_hit", "")
    assert cut["held_bytes"] > 1024  # at the relay, while the other side was away


def test_a_town_is_answered_through_its_bureau_and_from_the_copy_when_the_line_is_cut(told: tuple[Done, Path]) -> None:
    interpol = told[0].json["modules"]["interpol"]
    hit, confirmed, cut = interpol["hit"], interpol["confirmed"], interpol["cut"]
    assert (hit["guidance"], hit["source"], hit["refusals"], hit["connected"]) == ("refer", "online", [], [1, 1])
    assert (confirmed["owner"], confirmed["act"], confirmed["step"]) == ("KGZ", "document_seized", "closed")
    assert (cut["guidance"], cut["source"], cut["refusals"]) == ("refer", "offline", ["interpol_unreachable"])
    assert (cut["age_hours"], cut["stale"]) == (5, False)


def test_two_nodes_find_exactly_what_was_planted(told: tuple[Done, Path]) -> None:
    match = told[0].json["modules"]["private_match"]
    assert (match["state"], match["asked"]) == ("done", 6)
    assert match["common"] == ["AC0000117", "01kg909dem", "+996700000253"]
    assert match["heard"]["keys"] == 6  # all that the other side learns of the question
    assert re.fullmatch(r"KG-DEMO-1-E-\w{7}", match["heard"]["contact"])


def test_it_runs_the_node_checks_over_http_and_leaves_nothing(told: tuple[Done, Path]) -> None:
    done, temporary = told
    assert (done.json["verdict"], done.json["manifest"]["lines"]) == ("STOP", 3_000)
    assert list(temporary.iterdir()) == []


def test_it_reads_well_in_russian_and_fits_80_columns(kept: tuple[str, Node]) -> None:
    lines = kept[0].splitlines()
    assert [line for line in lines if len(line) > 80 and "/" not in line] == []
    assert "06:17  ■ СТОП         Ҳалимов Гулмурод, 14.05.1975, TJK" in lines
    assert "         + дата рождения совпадает: 14.05.1975" in lines
    assert "■ СТОП 14   ◆ ПРОВЕРИТЬ 3   ○ НЕ ЗНАЧИТСЯ 26   ✗ НЕ ПРОВЕРЕНО 1" in lines
    assert "\x1b" not in kept[0]


def test_the_node_it_leaves_is_whole(kept: tuple[str, Node]) -> None:
    node = kept[1]
    assert node.call("audit", "verify").json["faults"] == []
    state = node.call("status").json
    assert (state["demo"], state["missing_migrations"], state["queues"]["alerts"]) == (True, 0, 0)
    with sqlite3.connect(node.home / "node.sqlite3") as connection:
        assert connection.execute("SELECT kind FROM checks_alert").fetchall() == [("discreet",), ("hit",)]
        roles = [json.loads(row[0]) for row in connection.execute("SELECT roles FROM officers_officer")]
    assert sorted(role for held in roles for role in held) == [
        "administrator", "agreement_keeper", "analyst", "auditor", "first_line", "list_keeper", "programme",
        "second_line", "second_line", "supervisor",
    ]  # fmt: skip


def test_its_day_has_hours(kept: tuple[str, Node]) -> None:
    with sqlite3.connect(kept[1].home / "node.sqlite3") as connection:
        checked = [row[0] for row in connection.execute("SELECT at FROM checks_check WHERE manifest_id IS NULL")]
        waited = connection.execute(
            "SELECT round((julianday(j.at) - julianday(c.at)) * 1440) FROM checks_judgement j"
            " JOIN checks_foundentry f ON f.id = j.finding_id JOIN checks_check c ON c.id = f.owner_id ORDER BY j.id"
        ).fetchall()
    day = sorted(dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC).astimezone(ZONE) for at in checked)[:43]
    assert [f"{at:%H:%M}" for at in (day[0], day[-1])] == ["06:04", "12:55"]
    assert len({at.date() for at in day}) == 1
    assert waited == [(11,), (19,), (42,), (0,)]  # the last one across the border, which has no hours


def test_every_page_says_that_it_is_a_demo(kept: tuple[str, Node]) -> None:
    node = kept[1]
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", kept[0])
    assert found
    node.port = int(found[1])
    node.environ["ELCHI_LISTEN"] = f"127.0.0.1:{node.port}"
    node.scheme = "http"
    with node.running() as running, running.client() as client:
        for page in ("accounts/login/", "no/such/page/"):
            assert "Training node. All persons and events are invented." in client.get(page).text


def test_the_readme_shows_what_it_prints(told: tuple[Done, Path]) -> None:
    printed = told[0].err.splitlines()
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    assert len(shown) > 10
    assert [line for line in shown if line not in printed] == []
