"""A node is copied whole while it works, and comes back whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from tests.running_node import Node, free_port, make_node, new_database

from elchi.config import read_config
from elchi.seal.passphrase import open_locked

WRITE = """
import django, sys, time
django.setup()
from elchi.node.directory.services import add_contact
from elchi.node.directory.cards import ContactCard
from elchi.cli.node import who_is_here
for number in range(int(sys.argv[1])):
    card = ContactCard(agency="kz-border", desk=f"Desk {number}", time_zone="Asia/Almaty", phone="+7 700 000 00 00")
    add_contact(by=who_is_here(), card=card)
    print(number, flush=True)
"""
"""Works at a node: each step is a row and a line of the audit."""


def write(node: Node, count: int, **given: Any) -> subprocess.Popen[bytes]:
    env = {**node.environ, "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    return subprocess.Popen([sys.executable, "-c", WRITE, str(count)], env=env, stdout=subprocess.PIPE, **given)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return make_node(tmp_path_factory.mktemp("kept") / "node")[0]


@pytest.fixture(scope="module")
def saved(node: Node) -> Path:
    """A backup that was made while the node was written to."""
    (node.home / "files" / "note.txt").write_text("Invented", encoding="utf-8")
    (node.home / "thresholds.toml").write_text("", encoding="utf-8")
    target = node.home.with_name("node.backup")
    with write(node, 100_000) as writing:
        assert writing.stdout is not None
        writing.stdout.readline()
        done = node.call("backup", target)
        assert writing.poll() is None, "it was to be written meanwhile"
        writing.send_signal(signal.SIGKILL)
    assert done.status == 0, done.err
    assert (done.json["file"], done.json["code"]) == (str(target), "KZ-KOR-1")
    return target


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Node]:
    yield Node(tmp_path / "node", new_database(), free_port())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_nothing_of_it_can_be_read_without_the_passphrase(node: Node, saved: Path) -> None:
    content = saved.read_bytes()
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [word for word in (b"KZ-KOR-1", b"SQLite", b"PGDMP", b"PRIVATE KEY", b"Invented") if word in content] == []
    assert [path.name for path in node.home.iterdir() if path.name.startswith(".")] == []


def test_it_comes_back_with_files_keys_and_an_audit_that_holds(node: Node, saved: Path, elsewhere: Node) -> None:
    done = elsewhere.call("restore", saved)
    assert done.status == 0, done.err
    for name in ("node.toml", "thresholds.toml", "files/note.txt", "keys/secret", "keys/signing.pem", "keys/tls.key"):
        assert (elsewhere.home / name).read_bytes() == (node.home / name).read_bytes()
        assert stat.S_IMODE((elsewhere.home / name).stat().st_mode) == 0o600
    verified = elsewhere.call("audit", "verify")
    assert (verified.status, verified.json["faults"]) == (0, [])
    assert verified.json["lines"] == done.json["lines"] + 1  # that it was restored
    assert elsewhere.call("status").json["missing_migrations"] == 0


def test_it_runs_where_it_came_back(saved: Path, elsewhere: Node) -> None:
    assert elsewhere.call("restore", saved).status == 0
    elsewhere.environ["ELCHI_LISTEN"] = f"127.0.0.1:{elsewhere.port}"
    with elsewhere.running() as running, running.client() as client:
        assert client.get("readyz").status_code == 200


def test_another_passphrase_changes_nothing(saved: Path, elsewhere: Node) -> None:
    done = elsewhere.call("restore", saved, ELCHI_PASSPHRASE="four other words here")
    assert (done.status, done.error["code"]) == (5, "locked_file_refused")
    assert not elsewhere.home.exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_a_changed_byte_changes_nothing(saved: Path, elsewhere: Node, tmp_path: Path, share: float) -> None:
    content = bytearray(saved.read_bytes())
    content[31 + int((len(content) - 32) * share)] ^= 0x40
    (tmp_path / "damaged").write_bytes(content)
    done = elsewhere.call("restore", tmp_path / "damaged")
    assert (done.status, done.error["code"]) == (5, "locked_file_refused")
    assert not elsewhere.home.exists()


def test_a_file_that_was_cut_off_changes_nothing(saved: Path, elsewhere: Node, tmp_path: Path) -> None:
    content = saved.read_bytes()
    piece = 31 + (1 << 16) + 16  # between two pieces, where each by itself is whole
    for length in (len(content) - 1, piece, 31):
        (tmp_path / "cut").write_bytes(content[:length])
        done = elsewhere.call("restore", tmp_path / "cut")
        assert (done.status, done.error["code"]) == (5, "locked_file_refused")
    (tmp_path / "cut").write_bytes(content[:20])
    assert elsewhere.call("restore", tmp_path / "cut").error["code"] == "locked_file_invalid"
    assert not elsewhere.home.exists()


def test_it_goes_into_an_empty_folder_only(node: Node, saved: Path) -> None:
    done = node.call("restore", saved)
    assert (done.status, done.error["code"]) == (5, "node_exists")


def test_no_file_is_written_over(node: Node, saved: Path) -> None:
    done = node.call("backup", saved)
    assert (done.status, done.error["code"]) == (5, "file_exists")


def test_an_audit_that_was_changed_is_not_restored(tmp_path: Path, elsewhere: Node) -> None:
    node, _ = make_node(tmp_path / "changed")
    change = "import django; django.setup(); from elchi.node.audit.models import AuditLine as A; "
    change += "A.objects.filter(sequence=2).update(actor='nobody')"
    env = {**node.environ, "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    subprocess.run([sys.executable, "-c", change], env=env, check=True)
    assert node.call("backup", tmp_path / "copy").status == 0
    done = elsewhere.call("restore", tmp_path / "copy")
    assert (done.status, done.error["code"]) == (5, "audit_broken")
    assert not elsewhere.home.exists()


def test_the_passphrase_comes_from_a_file_and_is_no_short_one(node: Node, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("another five words for it\nnot this line\n", encoding="utf-8")
    done = node.call("backup", tmp_path / "copy", "--passphrase-file", tmp_path / "passphrase", ELCHI_PASSPHRASE="")
    assert done.status == 0
    with (tmp_path / "copy").open("rb") as file:
        assert open_locked(file, "another five words for it").read(9) == b"head.json"
    done = node.call("backup", tmp_path / "second", ELCHI_PASSPHRASE="short")
    assert (done.status, done.error["code"]) == (2, "passphrase_weak")
    done = node.call("backup", tmp_path / "second", ELCHI_PASSPHRASE="")
    assert (done.status, done.error["code"]) == (2, "command_line")
    assert not (tmp_path / "second").exists()


def test_an_upgrade_makes_a_backup_and_says_so_in_the_audit(node: Node, tmp_path: Path) -> None:
    before = node.call("audit", "verify").json["lines"]
    done = node.call("upgrade", "--backup", tmp_path / "before")
    assert (done.status, done.json["migrations"], done.json["lists"]) == (0, 0, 0)
    assert (tmp_path / "before").exists()
    verified = node.call("audit", "verify")
    assert (verified.status, verified.json["lines"]) == (0, before + 2)
    done = node.call("upgrade")
    assert (done.status, done.error["code"]) == (2, "command_line")


def test_an_upgrade_locks_a_key_of_before(node: Node) -> None:
    path = node.home / "keys" / "signing.pem"
    locked = path.read_bytes()
    passphrase = read_config({"ELCHI_HOME": str(node.home)}).keys_passphrase
    key = load_pem_private_key(locked, passphrase.encode())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert node.call("audit", "verify").status == 0
    assert node.call("upgrade", "--without-backup").status == 0
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert node.call("audit", "verify").status == 0


def test_pages_are_collected_anew_by_an_upgrade(node: Node) -> None:
    shutil.rmtree(node.home / "static")
    assert node.call("upgrade", "--without-backup").status == 0
    assert (node.home / "static" / "staticfiles.json").exists()


def test_a_backup_can_be_made_while_it_runs(node: Node, tmp_path: Path) -> None:
    with node.running() as running, running.client() as client:
        told: list[int] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                told.append(client.get("accounts/login/").status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        saved = node.call("backup", tmp_path / "copy")
        done.set()
        asking.join()
    assert (saved.status, set(told)) == (0, {200})
    assert os.listdir(tmp_path) == ["copy"]  # noqa: PTH208  names are what is compared
