"""A manifest: each line a check of its own, once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.node.checks.keeping import keep_check
from elchi.node.checks.manifests import Told, manifests_for
from elchi.node.checks.models import Check, Manifest
from elchi.node.checks.services import cancel_manifest, manifests, screen_manifests, submit_manifest
from elchi.node.officers.acting import Acting
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role

TOLD = Told(purpose="border_check", direction="entry")
HEADER = "id,name,birth_date,document_number\n"
CLEAR = "p{0},Жолдубаева Аида,1991-05-{1:02},ZZ10000{0:02}\n"
WANTED = "p7,Khurshed SHARIPZODA,1980-04-09,AB1234567\n"


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "birthDate": ["1980-04-09"],
                                "passportNumber": ["AB1234567"]}}, action="stop")  # fmt: skip


def take(text: str, *, by: Acting | None = None, name: str = "train.csv") -> Manifest:
    return submit_manifest(by=by or acting(Role.SECOND_LINE), name=name, file=[text.encode()], terms=TOLD)


def told(manifest: Manifest) -> str:
    """Give the code of what went wrong."""
    return str((manifest.error or {}).get("code"))


def lines(count: int) -> str:
    return "".join(CLEAR.format(number, number % 28 + 1) for number in range(10, 10 + count))


def test_every_line_becomes_a_check_and_a_line_of_the_audit() -> None:
    manifest = take(HEADER + lines(2) + WANTED + "p9,,1990-13-45,\n")
    assert screen_manifests(by=NODE) == 1
    manifest.refresh_from_db()
    assert (manifest.state, manifest.lines, manifest.verdicts) == ("done", 4, {"clear": 2, "stop": 1})
    assert [(fault["line"], fault["code"]) for fault in manifest.faults] == [(5, "date_invalid")]
    checks = list(Check.objects.order_by("line"))
    assert [(check.line, check.verdict) for check in checks] == [(2, "clear"), (3, "clear"), (4, "stop")]
    assert [check.subjects is None for check in checks] == [True, True, False]
    told = AuditLine.objects.filter(verb=Verb.SUBMIT_CHECK).values_list("actor", "task", "via")
    assert set(told) == {(manifest.officer.sign_in_name, f"manifest:{manifest.pk}", "node")}
    assert [line.subject for line in AuditLine.objects.filter(verb=Verb.SUBMIT_CHECK)] == [
        check.marks[0] for check in Check.objects.order_by("pk")
    ]


def test_a_run_that_was_cut_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "CHUNK", 3)
    take(HEADER + lines(8))
    whole = keep_check
    seen: list[int] = []

    def killed(*args: Any, **given: Any) -> Check:
        seen.append(1)
        if len(seen) == 5:
            raise KeyboardInterrupt
        return whole(*args, **given)

    monkeypatch.setattr(manifests, "keep_check", killed)
    with pytest.raises(KeyboardInterrupt):
        screen_manifests(by=NODE)
    assert Check.objects.count() == 3  # the second chunk went with its transaction
    assert screen_manifests(by=NODE) == 0  # the lock of the lost worker still holds
    Manifest.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert screen_manifests(by=NODE) == 1
    assert list(Check.objects.order_by("pk").values_list("line", flat=True)) == list(range(2, 10))


def test_what_was_checked_before_a_broken_end_stays() -> None:
    packed = gzip.compress((HEADER + lines(2)).encode())[:-6]
    by = acting(Role.SECOND_LINE)
    manifest = submit_manifest(by=by, name="train.csv", file=[packed], terms=TOLD)
    screen_manifests(by=NODE)
    manifest.refresh_from_db()
    assert (manifest.state, told(manifest)) == ("failed", "list_broken")
    assert Check.objects.count() == manifest.lines


def test_a_cancelled_manifest_is_left_alone() -> None:
    by = acting(Role.SECOND_LINE)
    manifest = take(HEADER + lines(2), by=by)
    cancel_manifest(by=by, manifest_id=manifest.pk)
    assert (screen_manifests(by=NODE), Check.objects.count()) == (0, 0)
    with pytest.raises(Conflict, match="state_refuses"):
        cancel_manifest(by=by, manifest_id=manifest.pk)


def test_without_a_list_nothing_is_clear(node_home: Path) -> None:
    manifest = take(HEADER + lines(1))
    manifest.purpose = "visa"
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"]}}, purposes=["border_check"])
    Manifest.objects.update(purpose="visa")
    screen_manifests(by=NODE)
    manifest.refresh_from_db()
    assert (manifest.state, manifest.verdicts, told(manifest)) == ("failed", {}, "no_lists")


def test_what_is_no_manifest_is_refused_and_leaves_no_file(node_home: Path) -> None:
    by = acting(Role.SECOND_LINE)
    with pytest.raises(InvalidInput, match="manifest_format"):
        take(HEADER, by=by, name="photo.png")
    with pytest.raises(InvalidInput, match="file_empty"):
        take("", by=by)

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 10_000_000

    with pytest.raises(InvalidInput, match="file_too_large"):
        submit_manifest(by=by, name="a.csv", file=endless(), terms=TOLD)
    with pytest.raises(NotFound, match="crossing_unknown"):
        submit_manifest(by=by, name="a.csv", file=[b"x"], terms=Told(purpose="border_check", crossing="NOWHERE"))
    with pytest.raises(NotAllowed, match="right_missing"):
        take(HEADER, by=acting(Role.FIRST_LINE))
    assert [path for path in (node_home / "files").rglob("*") if path.is_file()] == []


def test_other_agencies_do_not_see_it() -> None:
    take(HEADER + lines(1))
    other = acting(Role.SECOND_LINE, agency=make_agency("kz-customs", kind="customs"))
    assert list(manifests_for(other)) == []


@pytest.mark.parametrize("action", ["discreet", "stop"])
def test_page_and_file_tell_of_a_discreet_entry_to_its_owner_only(client: Client, action: str) -> None:
    owner = make_agency("kz-security", kind="security")
    put_list("watch", {"d-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}}, action=action,
             owner=owner)  # fmt: skip
    officer = make_officer(Role.SECOND_LINE)
    manifest = take(HEADER + WANTED, by=acting_of(officer, via="console"))
    screen_manifests(by=NODE)
    signed_in(client, officer)
    page = client.get(f"/manifests/{manifest.pk}/").content.decode()
    sheet = b"".join(client.post(f"/manifests/{manifest.pk}/export/")).decode("utf-8-sig")
    assert Check.objects.get().findings.count() == 2
    assert ("watch</td>" in page, ",watch,d-1," in sheet) == ((action == "stop"),) * 2
    assert ",wanted,w-1," in sheet


def test_the_pages_take_a_file_show_it_and_give_it_back(client: Client) -> None:
    officer = make_officer(Role.SECOND_LINE, language="en")
    signed_in(client, officer)
    file = SimpleUploadedFile("bus.csv", (HEADER + lines(1) + WANTED + "p9,=1+1,bad,\n").encode())
    form = {"file": file, "format": "", "purpose": "border_check", "crossing": "", "direction": "entry"}
    answer = client.post("/manifests/new/", form)
    manifest = Manifest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/manifests/{manifest.pk}/")
    assert 'http-equiv="refresh"' in client.get(f"/manifests/{manifest.pk}/").content.decode()
    screen_manifests(by=NODE)
    page = client.get(f"/manifests/{manifest.pk}/").content.decode()
    assert 'http-equiv="refresh"' not in page
    assert ("SHARIPZODA, Khurshed" in page, "date is no day" in page or "date" in page) == (True, True)
    sheet = b"".join(client.post(f"/manifests/{manifest.pk}/export/")).decode("utf-8-sig")
    rows = [row.split(",")[:3] for row in sheet.splitlines()]
    assert rows[1:] == [["2", "p10", "NOTHING KNOWN"], ["3", "p7", "STOP"], ["4", "p9", ""]]
    assert AuditLine.objects.filter(verb=Verb.EXPORT_MANIFEST).count() == 1


def test_a_refused_file_says_why_beside_the_field(client: Client) -> None:
    signed_in(client, make_officer(Role.SECOND_LINE, language="en"))
    form = {"file": SimpleUploadedFile("a.png", b"x"), "purpose": "border_check", "direction": "entry"}
    answer = client.post("/manifests/new/", form)
    page = answer.content.decode()
    assert (answer.status_code, page.count("parquet, paxlst")) == (422, 2)
