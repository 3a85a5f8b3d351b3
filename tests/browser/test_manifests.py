"""A list of travellers is handed in, its progress seen, its result opened and taken out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from tests.browser.desk import Door, wait_for
from tests.factories import make_officer
from tests.lists_made import put_list

from elchi.locale import Words
from elchi.node.audit.actor import NODE
from elchi.node.checks.models import Manifest
from elchi.node.checks.services import manifests, screen_manifests
from elchi.node.officers.rules import Role

HEADER = "id,name,birth_date,document_number\n"
LINES = "p1,Жолдубаева Аида,1991-05-11,ZZ1000011\np2,Khurshed SHARIPZODA,1980-04-09,AB1234567\np3,,1990-13-45,\n"
BANDS = ("STOP", 1), ("REVIEW", 0), ("CLEAR", 1)
WANTED = {"w-1": {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"], "passportNumber": ["AB1234567"]}}


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("ru", True), ("kk", True), ("en", False)])
def test_a_manifest_from_file_to_result(
    door: Door, monkeypatch: pytest.MonkeyPatch, language: str, *, scripts: bool
) -> None:
    words = Words(language)
    put_list("wanted", WANTED, action="stop", title="Wanted")
    officer = make_officer(Role.SECOND_LINE, language=language)
    desk = door.open(officer, java_script_enabled=scripts).go("/manifests/")
    desk.follow("main a[href='/manifests/new/']")
    file = {"name": "bus 117.csv", "mimeType": "text/csv", "buffer": (HEADER + LINES).encode()}
    desk.page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
    desk.send(direction="entry", purpose="border_check")
    assert desk.text("h1") == "bus 117.csv"
    assert desk.page.locator("section form[action$='/cancel/']").count() == 1
    monkeypatch.setattr(manifests, "CHUNK", 1)
    assert screen_manifests(by=NODE) == 1
    if not scripts:
        desk.go(desk.at())  # with them the page looks by itself
    wait_for(lambda: desk.page.locator("section form[action$='/cancel/']").count() == 0)
    counts = [(words.text("manifests.lines"), 3), *((words.band(band), count) for band, count in BANDS)]
    counts.append((words.text("manifests.unchecked"), 1))
    assert desk.text(".tiles") == " ".join(f"{name} {count}" for name, count in counts)
    assert "Wanted" in desk.text("table")
    with desk.page.expect_download() as saved:
        desk.page.click("form[action$='/export/'] button")
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["verdict"] for row in rows] == [words.band("CLEAR"), words.band("STOP"), ""]
    desk.follow("table a[href^='/check/']")
    assert desk.text("h1.word") == words.band("STOP")
    assert Manifest.objects.get().state == "done"


def test_a_manifest_is_stopped(door: Door) -> None:
    put_list("wanted", WANTED)
    desk = door.open(make_officer(Role.SECOND_LINE, language="en")).go("/manifests/new/")
    file = {"name": "train.csv", "mimeType": "text/csv", "buffer": (HEADER + LINES).encode()}
    desk.page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
    desk.send(direction="entry")
    desk.follow("form[action$='/cancel/'] button")
    assert (Manifest.objects.get().state, screen_manifests(by=NODE)) == ("cancelled", 0)
