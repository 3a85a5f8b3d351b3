"""The pages of cases: what each shows to whom, what a refused form keeps, how files go out."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from tests.factories import make_agency, make_officer, signed_in

from elchi.console import uploads
from elchi.node.audit.models import AuditLine
from elchi.node.cases import services
from elchi.node.cases.models import Case, CaseFile
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role
from elchi.subjects import Document, Person

PERSON = Person(name="Шарип Худайбердиев", documents=(Document(document_number="N04155218", issuer="KAZ"),))
TABS = ("", "subjects/", "files/", "tasks/", "people/", "links/", "print/")


@pytest.fixture
def officer() -> Officer:
    return make_officer(Role.SECOND_LINE, language="en")


@pytest.fixture
def by(officer: Officer) -> Acting:
    return acting_of(officer, via="console")


@pytest.fixture
def door(client: Client, officer: Officer) -> Client:
    return signed_in(client, officer)


@pytest.fixture
def case(by: Acting) -> Case:
    return open_case(by)


def open_case(by: Acting, title: str = "Passport replaced", **given: Any) -> Case:
    values: dict[str, Any] = {"threats": ["wanted_person"], "purpose": "border_check", "subjects": [PERSON], **given}
    return services.open_case(by=by, title=title, **values)


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(made, "PNG")
    return made.getvalue()


def everything(by: Acting, case: Case) -> None:
    """Put one of each into a case."""
    services.add_note(by=by, case_id=case.pk, text="Fingerprints taken <b>now</b>")
    services.add_task(by=by, case_id=case.pk, text="Ask the owner", due_at=timezone.now() - dt.timedelta(minutes=12))
    services.add_file(by=by, case_id=case.pk, name="face.png", chunks=[picture()])
    services.link_cases(by=by, case_id=case.pk, other_id=open_case(by, "Second").pk, reason="Same car")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_tab_opens_and_every_word_is_said(
    door: Client, by: Acting, case: Case, officer: Officer, language: str
) -> None:
    everything(by, case)
    Officer.objects.filter(pk=officer.pk).update(language=language)
    for path in ("/cases/", "/cases/new/", *(f"/cases/{case.pk}/{tab}" for tab in (*TABS, "change/", "move/"))):
        answer = door.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        unsaid = [key for key in ("cases.", "event.", "threat.", "case_state.", "field.", "None") if f">{key}" in text]
        assert (path, unsaid, "<b>now</b>" in text) == (path, [], False)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FIRST_LINE, 403), (Role.SECOND_LINE, 404), (Role.ANALYST, 404), (Role.SUPERVISOR, 200),
        (Role.LIST_KEEPER, 403), (Role.PROGRAMME, 403), (Role.AUDITOR, 200), (Role.ADMINISTRATOR, 403),
    ],
)  # fmt: skip
def test_who_opens_a_restricted_case(client: Client, by: Acting, case: Case, role: Role, status: int) -> None:
    everything(by, case)
    file = CaseFile.objects.get()
    other = signed_in(client, make_officer(role))
    paths = [f"/cases/{case.pk}/{tab}" for tab in TABS]
    paths += [f"/cases/files/{file.pk}/{tab}" for tab in ("", "save/", "picture/")]
    answers = {path: other.get(path) for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, status)
    for answer in answers.values():
        answer.close()


def test_an_auditor_is_offered_no_change_and_makes_none(client: Client, by: Acting, case: Case) -> None:
    everything(by, case)
    auditor = signed_in(client, make_officer(Role.AUDITOR))
    before = case.events.count()
    for tab in TABS:
        shown = auditor.get(f"/cases/{case.pk}/{tab}").content.decode().partition("<main")[2].partition("</main>")[0]
        assert ('method="post"' in shown, case.title in shown) == (False, True), tab
    assert auditor.post(f"/cases/{case.pk}/", {"text": "x"}).status_code == 403
    assert auditor.post(f"/cases/{case.pk}/export/", {"form": "pdf"}).status_code == 403
    assert case.events.count() == before


def test_the_list_asks_as_often_for_three_cases_as_for_one(door: Client, by: Acting) -> None:
    counts = []
    for wanted in (1, 3):
        while Case.objects.count() < wanted:
            open_case(by)
        door.get("/cases/")
        with CaptureQueriesContext(connection) as asked:
            assert door.get("/cases/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_list_is_narrowed_and_sorted(door: Client, by: Acting, case: Case) -> None:
    late = open_case(by, "Truck", threats=["drugs"])
    head = services.Head(title="Truck", threats=["drugs"], classification="open", handling="H0",
                         due_at=timezone.now() - dt.timedelta(days=3))  # fmt: skip
    services.change_case(by=by, case_id=late.pk, version=1, head=head)

    def shown(query: str) -> list[str]:
        return [row.title for row in door.get(f"/cases/?{query}").context["shown"]]

    assert shown("") == ["Truck", "Passport replaced"]
    assert shown("sort=title") == ["Passport replaced", "Truck"]
    assert shown("sort=due") == ["Truck", "Passport replaced"]
    assert shown("late=on") == shown("threat=drugs") == shown("q=truck") == ["Truck"]
    assert shown("q=N04155218") == shown("mine=on") == ["Truck", "Passport replaced"]
    assert shown("state=closed") == []
    assert shown("state=nonsense&threat=nonsense&sort=nonsense&page=9") == ["Truck", "Passport replaced"]
    assert "late 3 days" in door.get("/cases/?late=on").content.decode()


def test_a_case_opened_by_hand(door: Client, by: Acting) -> None:
    refused = door.post("/cases/new/", {"title": "Three passports", "purpose": "investigation"})
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"threats", "classification"})
    assert 'value="Three passports"' in refused.content.decode()
    given = {"title": "Three passports", "threats": ["document_fraud", "other"], "purpose": "investigation",
             "classification": "confidential"}  # fmt: skip
    answer = door.post("/cases/new/", given)
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.pk}/")
    assert (case.title, case.threats, case.classification) == (
        "Three passports", ["document_fraud", "other"], "confidential",
    )  # fmt: skip


def test_a_note_is_written_and_a_refused_one_keeps_its_text(door: Client, by: Acting, case: Case) -> None:
    make_agency("kg-border", "KG", name="Border Service of Kyrgyzstan")
    answer = door.post(f"/cases/{case.pk}/", {"text": "Left Bishkek", "told_by": "kg-border"}, follow=True)
    page = answer.content.decode()
    assert '<li class="peer">' in page
    assert "Left Bishkek" in page
    services.move_case(by=by, case_id=case.pk, to="closed", reason="resolved")
    refused = door.post(f"/cases/{case.pk}/", {"text": "Too late"})
    assert refused.status_code == 422
    assert "the case is closed" in refused.content.decode()
    assert case.events.filter(kind="note").count() == 1


def test_who_saves_over_another_is_told_and_keeps_what_he_wrote(door: Client, by: Acting, case: Case) -> None:
    given = {"title": "Mine", "threats": ["drugs"], "classification": "open", "handling": "H2", "due_at": "",
             "version": "1"}  # fmt: skip
    services.change_case(
        by=by,
        case_id=case.pk,
        version=1,
        head=services.Head(title="Theirs", threats=["other"], classification="open", handling="H1", due_at=None),
    )
    refused = door.post(f"/cases/{case.pk}/change/", given)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="Mine"' in page
    assert "<bdi>Theirs</bdi>" in page
    assert '<input type="hidden" name="version" value="2" id="id_version">' in page
    assert door.post(f"/cases/{case.pk}/change/", {**given, "version": "2"}).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.threats, case.handling, case.version) == ("Mine", ["drugs"], "H2", 3)


def test_a_case_is_closed_and_opened_again(door: Client, by: Acting, case: Case) -> None:
    refused = door.post(f"/cases/{case.pk}/move/", {"to": "closed"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    given = {"to": "closed", "reason": "handed_over", "note": "To customs"}
    assert door.post(f"/cases/{case.pk}/move/", given).status_code == 302
    assert [one[0] for one in door.get(f"/cases/{case.pk}/move/").context["form"].fields["to"].choices] == ["reopened"]
    page = door.get(f"/cases/{case.pk}/").content.decode()
    assert "handed over to another service. To customs" in page
    assert 'name="text"' not in page
    assert door.post(f"/cases/{case.pk}/move/", {"to": "reopened"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "reopened"


def test_subjects_of_each_kind_are_added(door: Client, case: Case) -> None:
    address = f"/cases/{case.pk}/subjects/"
    said = {
        "person": {"name": "Aizhan", "birth_date": "1990-05", "document_number": "N1", "issuer": "KAZ",
                   "phone": "+77010000000"},
        "vehicle": {"plate": "010ABC02", "name": "left out"},
        "document": {"document_number": "N2", "issuer": "KGZ"},
        "organisation": {"name": "Trading", "country": "KAZ"},
        "consignment": {"document_number": "W-1", "container_number": "MSKU6011672"},
    }  # fmt: skip
    for kind, fields in said.items():
        assert door.post(address, {"kind": kind, "role": "related", **fields}).status_code == 302, kind
    assert [row.subject for row in case.subjects.all()][1:] == [
        {"kind": "person", "name": "Aizhan", "birth_date": "1990-05", "phones": ["+77010000000"],
         "documents": [{"kind": "document", "document_number": "N1", "issuer": "KAZ"}]},
        {"kind": "vehicle", "plate": "010ABC02"},
        {"kind": "document", "document_number": "N2", "issuer": "KGZ"},
        {"kind": "organisation", "name": "Trading", "country": "KAZ"},
        {"kind": "consignment", "document_number": "W-1", "container_numbers": ["MSKU6011672"]},
    ]  # fmt: skip
    for wrong in (
        {"kind": "person"},
        {"kind": "person", "name": "A", "birth_date": "1990-15-40"},
        {"kind": "document"},
    ):
        refused = door.post(address, {"role": "subject", **wrong})
        assert (refused.status_code, bool(refused.context["form"].errors)) == (422, True), wrong


def test_a_file_goes_in_and_comes_out_as_it_was_and_is_never_run(door: Client, case: Case) -> None:
    address = f"/cases/{case.pk}/files/"
    page = b"<html><script>alert(1)</script></html>"
    answer = door.post(address, {"file": SimpleUploadedFile("a.html", page, "text/html"), "note": "Web page"})
    assert answer.status_code == 302
    row = CaseFile.objects.get()
    given = door.get(f"/cases/files/{row.pk}/save/")
    assert b"".join(given.streaming_content) == page  # type: ignore[attr-defined]
    wanted = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="a.html.txt"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Content-Length": str(len(page)),
    }
    assert {name: given[name] for name in wanted} == wanted
    assert door.get(f"/cases/files/{row.pk}/picture/").status_code == 404
    refused = door.post(address, {"file": SimpleUploadedFile("photo.jpg", b"MZ\x90\x00\x03", "image/jpeg")})
    assert refused.status_code == 422
    assert "files of this kind are not taken" in refused.content.decode()


def test_a_picture_is_shown_as_encoded_again_and_never_the_original(door: Client, by: Acting, case: Case) -> None:
    row = services.add_file(by=by, case_id=case.pk, name="face.png", chunks=[picture()])
    page = door.get(f"/cases/files/{row.pk}/").content.decode()
    assert f'src="/cases/files/{row.pk}/picture/"' in page
    shown = door.get(f"/cases/files/{row.pk}/picture/")
    content = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(content).hexdigest() == row.preview
    assert (shown["Content-Type"], shown["Content-Security-Policy"], shown["X-Content-Type-Options"]) == (
        "image/jpeg", "default-src 'none'; sandbox", "nosniff",
    )  # fmt: skip
    refused = door.post(f"/cases/files/{row.pk}/remove/", {"reason": ""})
    assert refused.status_code == 422
    assert door.post(f"/cases/files/{row.pk}/remove/", {"reason": "Another case"}).status_code == 302
    assert door.get(f"/cases/files/{row.pk}/").status_code == 404
    assert "removed" in door.get(f"/cases/{case.pk}/files/").content.decode()


def test_files_of_nobody_and_files_too_large_are_not_even_written(
    door: Client, case: Case, node_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.FILE_UPLOAD_TEMP_DIR = str(node_home / "files")
    address = f"/cases/{case.pk}/files/"
    monkeypatch.setattr(uploads, "MAX_BODY", 10_000)
    assert door.post(address, {"file": SimpleUploadedFile("a.txt", b"x" * 9_000)}).status_code == 302
    kept = sorted((node_home / "files").rglob("*"))
    cut = door.post(address, {"file": SimpleUploadedFile("b.txt", b"y" * 10_000)})
    assert cut.status_code == 422
    assert "too large to be sent" in cut.content.decode()
    nobody = Client(enforce_csrf_checks=True)
    nobody.cookies["elchi_csrf"] = "a" * 32  # with it the form is read before anybody asks who sent it
    answer = nobody.post(address, {"file": SimpleUploadedFile("c.txt", b"text")})
    assert (answer.status_code, answer.wsgi_request.is_cut) == (403, True)  # type: ignore[attr-defined]
    assert sorted((node_home / "files").rglob("*")) == kept


def test_tasks_people_and_links_by_plain_forms(door: Client, by: Acting, case: Case) -> None:
    other = make_officer(Role.SECOND_LINE)
    second = open_case(by, "Second")
    base = f"/cases/{case.pk}"
    assert door.post(f"{base}/people/", {"officer": other.sign_in_name, "part": "member"}).status_code == 302
    given = {"text": "Ask", "officer": other.sign_in_name, "due_at": "2026-11-21T17:30"}
    assert door.post(f"{base}/tasks/", given).status_code == 302
    task = case.tasks.get()
    assert (task.officer, timezone.localtime(task.due_at).isoformat()) == (other, "2026-11-21T17:30:00+05:00")
    assert door.post(f"/cases/tasks/{task.pk}/", {"to": "done"}).status_code == 302
    assert door.post(f"/cases/tasks/{task.pk}/", {"to": "done"}).status_code == 409
    assert door.post(f"{base}/people/release/", {"officer": other.sign_in_name}).status_code == 302
    assert door.post(f"{base}/links/", {"number": second.number, "reason": "Same car"}).status_code == 302
    for number in ("999", "nonsense", second.number):
        refused = door.post(f"{base}/links/", {"number": number, "reason": "Again"})
        assert (refused.status_code, bool(refused.context["form"].errors)) == (422, True)
    assert door.post(f"{base}/links/{second.pk}/remove/").status_code == 302
    assert [event.kind for event in case.events.all()] == [
        "unlinked", "linked", "officer_released", "task_changed", "task_added", "officer_assigned", "opened",
    ]  # fmt: skip


def test_a_bundle_holds_the_case_its_files_and_their_hashes(door: Client, by: Acting, case: Case) -> None:
    everything(by, case)
    bundles = []
    for _ in range(2):
        answer = door.post(f"/cases/{case.pk}/export/", {"form": "bundle"})
        assert answer["Content-Disposition"] == f'attachment; filename="{case.number}.zip"'
        bundles.append(zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))))  # type: ignore[attr-defined]
    bundle = bundles[0]
    assert bundle.testzip() is None
    row = CaseFile.objects.get()
    assert bundle.namelist() == ["case.json", f"files/{row.pk}-face.png", "manifest.json"]
    manifest = json.loads(bundle.read("manifest.json"))
    assert [(part["path"], part["sha256"], part["size"]) for part in manifest["parts"]] == [
        (name, hashlib.sha256(bundle.read(name)).hexdigest(), len(bundle.read(name))) for name in bundle.namelist()[:-1]
    ]
    assert bundle.read(f"files/{row.pk}-face.png") == picture()
    told = json.loads(bundle.read("case.json"))
    assert told["subjects"][0]["subject"] == case.subjects.get().subject
    assert [event["kind"] for event in told["timeline"]] == ["linked", "file_added", "task_added", "note", "opened"]
    again = json.loads(bundles[1].read("case.json"))
    assert again["timeline"].pop(0)["kind"] == "exported"
    assert again == told
    lines = AuditLine.objects.filter(verb="cases.export_case").order_by("sequence")
    assert [line.detail["manifest"] for line in lines] == [
        hashlib.sha256(one.read("manifest.json")).hexdigest() for one in bundles
    ]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed")
def test_the_paper_says_the_case_in_every_script(door: Client, by: Acting, case: Case, tmp_path: Path) -> None:
    everything(by, case)
    services.add_note(by=by, case_id=case.pk, text="Өтеғали Қасымұлы; محمد رضا")
    answer = door.post(f"/cases/{case.pk}/export/", {"form": "pdf"})
    path = tmp_path / "case.pdf"
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    shown = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True).stdout.decode()
    file = CaseFile.objects.get()
    for text in (case.number, case.title, "Шарип Худайбердиев", "N04155218", "Ask the owner", "face.png",
                 file.digest[:20], "Өтеғали Қасымұлы", "Same car", "Fingerprints taken <b>now</b>"):  # fmt: skip
        assert text in shown, text
    assert "cases." not in shown


def test_the_case_of_another_agency_shows_nothing_in_links_lists_and_exports(
    client: Client, by: Acting, case: Case
) -> None:
    hidden = open_case(by, "Secret title")
    services.link_cases(by=by, case_id=case.pk, other_id=hidden.pk, reason="Same car")
    member = make_officer(Role.SECOND_LINE)
    services.assign_officer(by=by, case_id=case.pk, officer=member.sign_in_name)
    door = signed_in(client, member)
    pages = [door.get(path).content.decode() for path in ("/cases/", *(f"/cases/{case.pk}/{tab}" for tab in TABS))]
    assert hidden.number in pages[6]
    assert ["Secret title" in page for page in pages] == [False] * 8
    assert door.get("/cases/?q=Secret").context["shown"].paginator.count == 0
