"""`elchi init`: a node is made whole or not at all, and stays what it was made as."""

from __future__ import annotations

import hashlib
import os
import ssl
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.running_node import INIT, Node, make_node, new_database

Made = tuple[Node, Mapping[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_node(tmp_path_factory.mktemp("made") / "node", "--exchange", "127.0.0.1:8443")


@pytest.fixture
def demo(tmp_path: Path) -> Node:
    return make_node(tmp_path / "demo", "--demo")[0]


def test_everything_of_it_is_for_its_own_account_only(made: Made) -> None:
    home = made[0].home
    private = [home, *home.glob("*"), *home.glob("keys/*")]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in private} == dict.fromkeys(
        (path.name for path in private), 0
    )
    kinds = Counter(path.stem.partition("-")[0] + path.suffix for path in home.glob("keys/*"))
    partners = {"sign.pem": 2, "encrypt.pem": 1, "tls.crt": 3, "tls.key": 3}  # with the next ones, and the console's
    assert kinds == {"secret": 1, "signing.pem": 1} | partners
    assert list(home.parent.iterdir()) == [home]


def test_it_tells_the_password_once_and_keeps_it_nowhere(made: Made) -> None:
    node, told = made
    assert len(told["password"]) == 23
    kept = [path for path in node.home.rglob("*") if path.is_file() and told["password"].encode() in path.read_bytes()]
    assert kept == []


def test_the_certificate_is_that_told(made: Made) -> None:
    node, told = made
    der = ssl.PEM_cert_to_DER_cert((node.home / "keys/tls.crt").read_text(encoding="ascii"))
    assert hashlib.sha256(der).digest().hex(":").upper() == told["certificate"]


def test_its_first_line_of_the_audit_says_what_it_is(made: Made) -> None:
    done = made[0].call("audit", "verify")
    assert (done.status, done.json["faults"]) == (0, [])
    assert done.json["lines"] >= 3


def test_a_node_is_never_made_over_another(made: Made) -> None:
    done = made[0].call("init", *INIT)
    assert (done.status, done.error["code"]) == (5, "node_exists")


def test_nothing_is_made_in_a_folder_that_is_used(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "notes.txt").write_text("x", encoding="utf-8")
    done = Node(tmp_path / "node").call("init", *INIT)
    assert (done.status, done.error["code"]) == (5, "folder_not_empty")


def test_nothing_half_made_remains(tmp_path: Path) -> None:
    node = Node(tmp_path / "node", new_database())
    done = node.call("init", *INIT, "--agency", "no-such-agency")
    assert (done.status, done.error["code"]) == (4, "agency_unknown")
    assert list(tmp_path.iterdir()) == []
    assert node.call("init", *INIT).status == 0  # the database is as empty as it was


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--code", "korday 1", "node_code"),
        ("--country", "KAZ", "country_code"),
        ("--languages", "ru,de", "one_of"),
        ("--time-zone", "Asia/Korday", "time_zone"),
        ("--name", "a\nb", "text_line"),
        ("--listen", "8181", "address_and_port"),
        ("--exchange", "8443", "address_and_port"),
        ("--hosts", "*", "hosts_by_name"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, option: str, value: str, rule: str) -> None:
    done = Node(tmp_path / "node").call("init", *INIT, option, value)
    assert (done.status, done.error["params"]["rule"]) == (2, rule)
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_what_is_missing_is_told(tmp_path: Path) -> None:
    done = Node(tmp_path / "node").call("init", "--code", "KZ-KOR-1")
    assert (done.status, done.error["code"]) == (2, "command_line")
    assert "--name" in done.error["message"]


def test_checks_do_not_go_past_a_node(made: Made) -> None:
    for command in (["check", "person", "--name", "Rik Oosterhuis"], ["screen", "shift.csv", "--output", "hits.jsonl"]):
        done = made[0].call(*command)
        assert (done.status, done.error["code"]) == (5, "folder_is_node")


def test_django_finds_nothing_wrong_with_a_deployment(made: Made) -> None:
    command = [sys.executable, "-W", "error", "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
    env = {**made[0].environ, "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_settings_are_told_with_who_said_them(made: Made) -> None:
    node = made[0]
    done = node.call(
        "config", "check", ELCHI_LOG_LEVEL="WARNING", ELCHI_METRICS_TOKEN="a-token-of-32-characters-or-so-x"
    )
    said = {one["name"]: (one["value"], one["source"]) for one in done.json["settings"]}
    assert (done.status, done.json["faults"]) == (0, [])
    assert said["ELCHI_LISTEN"] == (f"127.0.0.1:{node.port}", "node.toml")
    assert said["ELCHI_EXCHANGE_LISTEN"] == ("127.0.0.1:8443", "node.toml")
    assert said["ELCHI_LOG_LEVEL"] == ("WARNING", "environment")
    assert said["ELCHI_WORKERS"] == ("1", "unsaid")
    assert said["ELCHI_METRICS_TOKEN"] == ("•••", "environment")


def test_a_setting_that_is_none_is_told_and_stops_the_node(made: Made) -> None:
    done = made[0].call("config", "check", ELCHI_LISTN="0.0.0.0:80")
    assert (done.status, done.json["faults"]) == (2, [{"fault": "unknown_setting", "place": "ELCHI_LISTN"}])
    done = made[0].call("run", ELCHI_LISTN="0.0.0.0:80")
    assert (done.status, done.error["code"]) == (2, "setting_unknown")


def test_the_password_of_the_database_is_not_told(made: Made) -> None:
    done = made[0].call("config", "check", ELCHI_DATABASE="postgresql://elchi:s3cret@db.example/elchi")
    assert "s3cret" not in done.out
    assert "postgresql://elchi:•••@db.example/elchi" in done.out


def test_a_folder_that_others_can_read_is_told(made: Made) -> None:
    home = made[0].home
    home.chmod(0o755)
    try:
        done = made[0].call("config", "check")
    finally:
        home.chmod(0o700)
    assert done.status == 2
    assert {"fault": "open_to_others", "place": os.fsdecode(home)} in done.json["faults"]


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_demo_node_does_not_become_a_real_one(demo: Node) -> None:
    _edit(demo.home / "node.toml", "demo = true", "demo = false")
    for command in ("run", "status"):
        done = demo.call(command)
        assert (done.status, done.error["code"]) == (5, "demo_stays_demo")
    # Who takes the mark from the secret as well meets the first line of the audit, which its chain holds.
    _edit(demo.home / "keys" / "secret", "demo-", "")
    done = demo.call("run")
    assert (done.status, done.error["code"]) == (5, "demo_stays_demo")


def test_a_real_node_does_not_become_a_demo_node(tmp_path: Path) -> None:
    node, _ = make_node(tmp_path / "node")
    _edit(node.home / "node.toml", 'code = "KZ-KOR-1"', 'code = "KZ-KOR-1"\ndemo = true')
    done = node.call("run")
    assert (done.status, done.error["code"]) == (5, "demo_stays_demo")


def test_a_demo_node_listens_on_this_machine_only(demo: Node) -> None:
    for address in ("0.0.0.0:8181", "192.0.2.1:8181", "[::]:8181"):
        done = demo.call("run", ELCHI_LISTEN=address)
        assert (done.status, done.error["params"]["rule"]) == (2, "demo_loopback_only")
