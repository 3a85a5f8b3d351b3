"""`elchi operations` asks a node by the token of an officer, and does what he may."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import make_crossing
from tests.node.test_api_operations import HOUR, TASK, teams
from tests.node.test_incidents import recorded

from elchi.cli.exits import Exit
from elchi.cli.main import run
from elchi.node.officers.rules import Role

Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(live_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run a command as a supervisor: its exit code, and what it says as JSON, or as text with `plain`."""
    monkeypatch.setenv("ELCHI_NODE", live_server.url)
    monkeypatch.setenv("ELCHI_TOKEN", caller(Role.SUPERVISOR).token)
    logging.disable(logging.CRITICAL)  # the node of this process would log to the stderr of the command

    def called(*args: object, plain: bool = False) -> tuple[int, Any]:
        capsys.readouterr()
        ended = run(["operations", *map(str, args), *(() if plain else ("--json",))])
        told = capsys.readouterr()
        text = told.out or told.err
        return ended, text if plain else json.loads(text)

    yield called
    logging.disable(logging.NOTSET)


def test_a_shift_on_the_command_line(call: Call, tmp_path: Path) -> None:
    teams(caller(Role.SUPERVISOR))
    sent = ("--act", "search", "--crossing", "BCP001", "--purpose", TASK["purpose"])
    ended, told = call("send", "border-team", *sent)
    assert (ended, told["error"]["code"]) == (Exit.NOT_ALLOWED, "task_outside_mandate")
    assert [one["code"] for one in told["error"]["params"]["offers"]] == ["customs-team"]
    ended, text = call("send", "border-team", *sent, plain=True)
    assert text.splitlines()[2:] == ["  customs-team: 0.6 km, 1 min in a straight line"]
    assert "art. 12 Act" in text
    assert "not_given" not in text
    ended, task = call("send", "customs-team", *sent)
    assert (ended, task["state"]) == (Exit.DONE, "given")
    assert call("move", task["id"], "accept")[1]["state"] == "accepted"
    assert call("move", task["id"], "accept")[0] == Exit.CONFLICT
    assert [one["id"] for one in call("tasks", "--unit", "customs-team")[1]["tasks"]] == [task["id"]]
    assert call("units", "--availability", "busy", plain=True) == (
        Exit.DONE, "customs-team  Office customs-team  busy\n",
    )  # fmt: skip
    row, day = recorded(), timezone.localdate().isoformat()
    told = call("results", "--from", day, "--until", day)[1]
    assert (told["total"]["count"], told["seized"][0]["substance"]) == (1, "cannabis_resin")
    assert call("table", "regional", tmp_path / "told.csv", "--until", day)[0] == Exit.DONE
    (line,) = csv.DictReader((tmp_path / "told.csv").read_text(encoding="utf-8-sig").splitlines())
    assert line["substance"] == "Cannabis resin (hashish)"
    assert call("table", "regional", tmp_path / "told.csv")[0] == Exit.CONFLICT
    assert call("table", "other", tmp_path / "other.csv")[0] == Exit.INVALID_INPUT
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ""] == ["told.csv"]
    _joint(call, tmp_path, row.pk)


def _joint(call: Call, folder: Path, incident: int) -> None:
    now = timezone.now()
    plan = {"kind": "joint_patrol", "title": "River", "aim": "Walk it", "from_at": now.isoformat(),
            "until": (now + HOUR).isoformat()}  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    made = call("joint", "plan", folder / "plan.json")[1]
    call("joint", "move", made["id"], "start")
    call("joint", "log", made["id"], "At the bridge")
    told = call("joint", "result", made["id"], incident)[1]
    assert [one["act"] for one in told["acts"]] == ["state", "entry", "result"]
    assert call("joint", "hand-over", made["id"], 1, "given")[1]["error"]["code"] == "hand_over_unknown"
    assert call("joint", "show", made["id"], plain=True)[1].startswith(
        f"{made['number']}  Joint patrol  running  River"
    )
    assert [one["id"] for one in call("joint", "list", "--state", "running")[1]["operations"]] == [made["id"]]


def test_reviews_needs_and_corridors(call: Call, tmp_path: Path) -> None:
    codes = [make_crossing("BCP001").code, make_crossing("BCP002").code]
    drawn = caller(Role.ANALYST).post("/corridors", {"name": "North", "stops": codes}).json()
    assert call("corridors", plain=True)[1] == f"{drawn['id']}  North  BCP001, BCP002\n"
    assert [one["code"] for one in call("along", drawn["id"])[1]["stops"]] == codes
    assert call("needs", "BCP001", "--output", tmp_path / "needs.csv")[0] == Exit.DONE
    assert len((tmp_path / "needs.csv").read_text(encoding="utf-8-sig").splitlines()) == 23
    assert call("reviews", plain=True) == (Exit.DONE, "There are none.\n")


def test_who_asks_is_said_and_the_token_does_not_go_in_the_clear(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ELCHI_TOKEN", caller(Role.FIRST_LINE).token)
    assert call("joint", "list")[1]["error"]["params"] == {"right": "operation.see"}
    (tmp_path / "token").write_text("elchi_wrong\n", encoding="ascii")
    assert call("units", "--token-file", tmp_path / "token")[1]["error"]["code"] == "token_invalid"
    assert call("units", "--node", "http://korday.example")[0] == Exit.INVALID_INPUT
    assert call("units", "--node", "http://127.0.0.1:9")[0] == Exit.UNREACHABLE
    monkeypatch.delenv("ELCHI_TOKEN")
    assert call("units")[0] == Exit.INVALID_INPUT
