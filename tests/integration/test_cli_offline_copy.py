"""`elchi interpol offline-copy`: from a table at the bureau to an answer at a border post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from elchi.modules.interpol.offline.build import COLUMNS
from elchi.seal.keys import SigningKey

Elchi = Callable[..., Any]
TABLE = f"{COLUMNS}\nKGZ\tP\tAC1234567\tstolen\nKGZ\tP\tAC-1234567\tlost\nUTO\tP\tL8988901C\tlost\n"


@pytest.fixture
def desk(tmp_path: Path, elchi: Elchi) -> Callable[..., Any]:
    """The command, with files by name in one folder, and the keys of a bureau in it."""
    key = SigningKey.create(tmp_path / "bureau.pem", "a passphrase made by a machine")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "bureau.pub").write_bytes(pem)
    (tmp_path / "passphrase").write_text("a passphrase made by a machine\n", encoding="ascii")
    (tmp_path / "all.tsv").write_text(TABLE, encoding="utf-8")

    def call(command: str, *args: str) -> Any:
        names = {path.name for path in tmp_path.iterdir()} | {"1.copy", "2.changes"}
        return elchi("interpol", "offline-copy", command, *(tmp_path / one if one in names else one for one in args))

    return call


BUILD = ("--issuer", "KG-NCB", "--key", "bureau.pem", "--passphrase-file", "passphrase")
TRUSTED = ("--public-key", "bureau.pub")
ASKED = ("--issuer", "KGZ", "--type", "P", "--number")


def test_a_copy_is_made_verified_taken_in_and_asked(desk: Elchi) -> None:
    made = desk("build", "all.tsv", "1.copy", *BUILD)
    assert (made.status, made.out.splitlines(), made.err) == (0, [
        "Version 1 of KG-NCB: 2 documents",
        "1 line was about a document that another line is about; the most serious report counts",
    ], "")  # fmt: skip
    assert desk("verify", "1.copy", *TRUSTED).out == "Version 1 of KG-NCB: 2 documents\n"
    assert desk("apply", "1.copy", *TRUSTED).out == "Version 1 of KG-NCB: 2 documents\n"
    hit = desk("look-up", *ASKED, "ac 1234567", *TRUSTED)
    assert (hit.status, hit.out.splitlines()) == (11, [
        "Reported: stolen. Refer to the second line: a report is not proof until the issuing state confirms it.",
        "Copy of version 1, 0 hours old",
    ])  # fmt: skip
    free = desk("look-up", *ASKED, "AC1234568", *TRUSTED)
    assert (free.status, free.out.splitlines()) == (0, [
        "Not reported in this copy.", "Copy of version 1, 0 hours old",
    ])  # fmt: skip


def test_changes_follow(desk: Elchi, tmp_path: Path) -> None:
    desk("build", "all.tsv", "1.copy", *BUILD)
    desk("apply", "1.copy", *TRUSTED)
    (tmp_path / "day.tsv").write_text(f"{COLUMNS}\nKGZ\tP\tAC1234567\twithdrawn\n", encoding="utf-8")
    made = desk("build", "day.tsv", "2.changes", *BUILD, "--follows", "1.copy", "--json")
    told = {name: made.json[name] for name in ("kind", "version", "issuer", "documents", "lines", "repeated")}
    assert told == {
        "kind": "changes", "version": 2, "issuer": "KG-NCB", "documents": 1, "lines": 1, "repeated": 0,
    }  # fmt: skip
    assert desk("apply", "2.changes", *TRUSTED).out == "Version 2 of KG-NCB: 1 change\n"
    answer = desk("look-up", *ASKED, "AC1234567", *TRUSTED, "--json")
    assert (answer.status, answer.json["reported"], answer.json["version"], answer.json["stale"]) == (0, None, 2, False)
    again = desk("apply", "2.changes", *TRUSTED, "--json")
    assert (again.status, again.error["code"]) == (5, "copy_not_newer")


def test_what_is_wrong_is_said(desk: Elchi, tmp_path: Path) -> None:
    missing = desk("look-up", *ASKED, "AC1", *TRUSTED, "--json")
    assert (missing.status, missing.error["code"]) == (4, "copy_missing")
    (tmp_path / "bad.tsv").write_text(f"{COLUMNS}\nZZZ\tP\tAC1\tstolen\n", encoding="utf-8")
    bad = desk("build", "bad.tsv", "1.copy", *BUILD)
    assert (bad.status, bad.err, (tmp_path / "1.copy").exists()) == (
        2,
        "elchi: The table of documents cannot be read: give a state by two or three letters (issuing state, line 2)\n",
        False,
    )
    desk("build", "all.tsv", "1.copy", *BUILD)
    (tmp_path / "1.copy").write_bytes((tmp_path / "1.copy").read_bytes()[:-8])
    for command in ("verify", "apply"):
        cut = desk(command, "1.copy", *TRUSTED, "--json")
        assert (cut.status, cut.error["code"], cut.error["params"]["rule"]) == (6, "copy_damaged", "copy_length")
    no_key = desk("verify", "1.copy", "--public-key", "all.tsv", "--json")
    assert (no_key.status, no_key.error["code"]) == (5, "key_damaged")


def test_a_node_is_not_asked_past_its_audit(desk: Elchi, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "node.toml").touch()
    asked = desk("look-up", *ASKED, "AC1", *TRUSTED, "--json")
    assert (asked.status, asked.error["code"]) == (5, "folder_is_node")


def test_a_stale_copy_says_so(desk: Elchi) -> None:
    desk("build", "all.tsv", "1.copy", *BUILD)
    desk("apply", "1.copy", *TRUSTED)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=49), tick=False):
        answer = desk("look-up", *ASKED, "AC1", *TRUSTED)
        told = desk("look-up", *ASKED, "AC1", *TRUSTED, "--language", "ru")
    assert answer.out.splitlines()[1:] == [
        "Copy of version 1, 49 hours old",
        "STALE: older than 48 hours, or the clock is wrong. Ask online before anything is decided.",
    ]
    assert told.out.splitlines()[1] == "Копия версии 1, возраст 49 часов"
