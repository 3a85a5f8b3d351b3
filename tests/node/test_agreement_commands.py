"""`elchi agreement`: what officers agreed, told and given out at the machine."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.agreements_made import agreement_json, cut, go, questions, stay
from tests.factories import make_country
from tests.partner_node import PartnerNode

from elchi.cli import agreement as room
from elchi.cli.main import run
from elchi.exchange.agreement import read_agreement
from elchi.node.federation.models import AgreementVersion

KG = "KG-AKJ-1"
SUBJECTS = {"person": {"family_name": go(), "birth_date": cut("year"), "national_id": stay()}}


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(room, "open_node", lambda: None)  # the tests have opened it
    partner = PartnerNode(KG, tmp_path, timezone.now().replace(microsecond=0)).row
    make_country("KG")
    told = agreement_json(id="KZ-KG-2026", grants=questions(SUBJECTS))
    for version, state in ((1, "superseded"), (2, "in_force")):
        AgreementVersion.objects.create(
            partner=partner, agreement="KZ-KG-2026", version=version, state=state, is_ours=True,
            content={**told, "version": version}, valid_from=dt.date(2026, 3, version),
        )  # fmt: skip
    return told


def said(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    assert run(["agreement", *command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_all_versions_are_told(content: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "list")["agreements"]
    assert sorted((one["version"], one["partner"], one["state"], one["valid_from"]) for one in told) == [
        (1, KG, "superseded", "2026-03-01"), (2, KG, "in_force", "2026-03-02"),
    ]  # fmt: skip


def test_without_one_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: None) -> None:
    monkeypatch.setattr(room, "open_node", lambda: None)
    assert run(["agreement", "list", "--language", "en"]) == 0
    assert capsys.readouterr().out == "There is no agreement.\n"


def test_one_is_told_field_by_field(content: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "show", "KZ-KG-2026:2", "--partner", KG)
    assert (told["version"], told["text"]) == (2, {**content, "version": 2})
    assert run(["agreement", "show", "KZ-KG-2026:2", "--language", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.strip() for line in lines if line.startswith("    person: ")) == [
        "person: birth_date  masked, the year only [7(3)]", "person: family_name  may go [7(1)]",
        "person: national_id  blocked [8]",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["KZ-KG-2026:3", "KZ-KG-2026", "other:1", ":", "KZ-KG-2026:٢", "KZ-KG-2026:9999999"])
def test_one_that_is_not_there(content: dict[str, Any], capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["agreement", "show", name, "--json"]) != 0
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "agreement_unknown"


def test_it_is_given_out_into_a_new_file(
    content: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "KZ-KG-2026-1.json"
    told = said(capsys, "export", "KZ-KG-2026:1", "--out", str(file))
    assert told == {"file": str(file), "size": file.stat().st_size, "is_signed": False}
    assert read_agreement(file.read_bytes()).to_json() == content
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert run(["agreement", "export", "KZ-KG-2026:2", "--out", str(file), "--json"]) != 0
    assert (json.loads(capsys.readouterr().err)["error"]["code"], file.read_bytes()) == ("file_exists", before)
