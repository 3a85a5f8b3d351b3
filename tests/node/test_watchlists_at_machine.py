"""`elchi lists` in the folder of a node: four eyes and the audit hold at the machine too; checks are made elsewhere."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import acting

from elchi.cli.door import Door
from elchi.cli.main import run
from elchi.lists import Store
from elchi.node.audit.models import AuditLine
from elchi.node.here import NODE_FILE, is_node
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.services.rules_of_use import RulesOfUse

TABLE = "id,name\n1,Baikal Testov\n2,Shamal Proba\n"


@pytest.fixture(autouse=True)
def at_machine(node_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ELCHI_HOME names the folder of this test's node."""
    (node_home / NODE_FILE).write_text('code = "KZ-KOR-1"\n', encoding="utf-8")
    monkeypatch.setenv("ELCHI_HOME", str(node_home))
    monkeypatch.setenv("ELCHI_LANGUAGE", "en")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "wanted.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def told(capsys: Any, *args: str) -> tuple[int, Any]:
    """Exit code and JSON of a command."""
    code = run([*args, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out or captured.err)


def test_a_national_list_waits_for_an_officer(table: Path, capsys: Any, node_home: Path) -> None:
    code, answer = told(capsys, "lists", "load", str(table), "--list", "wanted", "--format", "csv")
    (loaded,) = answer["loaded"]
    assert (code, loaded["state"], loaded["version"], loaded["entries"]) == (0, "waiting", None, 2)
    assert Store(node_home / "lists").names() == ()
    version = services.approve_version(by=acting(Role.SUPERVISOR), version_id=Version.objects.get().pk)
    assert (version.state, version.loaded_by) == ("in_force", f"machine:{getpass.getuser()}")
    assert told(capsys, "lists")[1]["lists"][0]["name"] == "wanted"
    lines = AuditLine.objects.filter(verb="watchlists.load_list").values_list("actor", "via")
    assert list(lines) == [(f"machine:{getpass.getuser()}", "command")]


def test_it_is_said_that_it_waits(table: Path, capsys: Any) -> None:
    assert run(["lists", "load", str(table), "--list", "wanted", "--format", "csv"]) == 0
    assert capsys.readouterr().out == (
        "wanted: 2 entries read: 2 added, 0 changed, 0 removed, 0 as before. "
        "An officer approves the version in the console\n"
    )


def test_an_international_list_is_in_force_at_once_and_is_removed(table: Path, capsys: Any) -> None:
    keeper = acting(Role.LIST_KEEPER)
    services.add_list(by=keeper, name="un_sc", origin="international", rules=RulesOfUse(title="UN"))
    code, answer = told(capsys, "lists", "load", str(table), "--list", "un_sc", "--format", "csv")
    assert (code, answer["loaded"][0]["state"], answer["loaded"][0]["version"]) == (0, "in_force", 1)
    table.write_text("id,name\n1,Baikal Testov\n3,Qobyz Sinaq\n", encoding="utf-8")
    told(capsys, "lists", "load", str(table), "--list", "un_sc", "--format", "csv")
    assert told(capsys, "lists", "diff", "un_sc")[1]["added"] == ["3"]
    assert run(["lists", "export", "un_sc"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["1", "3"]
    assert told(capsys, "lists", "remove", "un_sc", "--yes")[0] == 0
    assert told(capsys, "lists")[1]["lists"] == []


def test_shipped_lists_load(capsys: Any) -> None:
    _, answer = told(capsys, "lists", "load", "--shipped", "--list", "un")
    assert [(one["name"], one["state"], one["entries"]) for one in answer["loaded"]] == [("un", "in_force", 877)]


def test_a_list_under_four_eyes_is_not_removed_at_the_machine(table: Path, capsys: Any) -> None:
    told(capsys, "lists", "load", str(table), "--list", "wanted", "--format", "csv")
    services.approve_version(by=acting(Role.SUPERVISOR), version_id=Version.objects.get().pk)
    code, answer = told(capsys, "lists", "remove", "wanted", "--yes")
    assert (code, answer["error"]["code"]) == (3, "right_missing")


@pytest.mark.parametrize("command", ["diff", "export"])
def test_own_entries_are_not_told_at_the_machine(capsys: Any, command: str) -> None:
    draft = OwnDraft(
        schema="Person", properties={"name": ("Baikal Testov",)}, action="discreet", legal_basis="Order",
        authority="Court", expires_date=timezone.localdate() + dt.timedelta(days=9),
    )  # fmt: skip
    services.create_entry(by=acting(Role.SECOND_LINE), draft=draft)
    code, answer = told(capsys, "lists", command, "own-kz-border")
    assert (code, answer["error"]["code"]) == (5, "own_list")
    assert told(capsys, "lists")[1]["lists"] == []


@pytest.mark.parametrize(
    "args",
    [
        ("check", "person", "--name", "Baikal Testov"),
        ("check", "vehicle", "--plate", "01KG777ABC"),
        ("screen", "shift.csv", "--output", "hits.jsonl"),
    ],
)
def test_nobody_is_checked_without_being_written_down(capsys: Any, args: tuple[str, ...]) -> None:
    code, answer = told(capsys, *args)
    assert (code, answer["error"]["code"]) == (5, "folder_is_node")


def test_the_command_line_knows_a_node_as_the_node_does(
    node_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (Door().is_node, is_node(node_home)) == (True, True)
    monkeypatch.setenv("ELCHI_HOME", str(tmp_path))
    assert (Door().is_node, is_node(tmp_path)) == (False, False)
