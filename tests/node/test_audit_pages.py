"""The audit's pages: found, exported, verified; for auditors only, and each search is a line itself."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from tests.factories import acting, make_officer, signed_in

from elchi.node.audit.marks import marks_of
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import KEY_FILE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.here import here, keys_passphrase
from elchi.node.officers.rules import Role
from elchi.seal.keys import SigningKey
from elchi.subjects import Document

PASSPORT = Document(document_number="AC0000117")


@pytest.fixture
def auditor(client: Client) -> Client:
    SigningKey.create(here().keys / KEY_FILE, keys_passphrase())
    return signed_in(client, make_officer(Role.AUDITOR, language="en"))


@pytest.fixture
def looked_up() -> str:
    """An officer who looked one passport up without a task, and once with one."""
    by = acting(Role.FIRST_LINE, name="b.sultanov")
    with transaction.atomic():
        for task in ("", "shift:1", ""):
            record(Verb.SUBMIT_CHECK, by=by, on="check:1", subject=marks_of(PASSPORT)[0], task=task)
    return by.name


def test_a_mark_finds_its_look_ups_and_stands_in_no_address(auditor: Client, looked_up: str) -> None:
    answer = auditor.post("/audit/subject/", {"mark": "AC 0000117"})
    assert (answer.status_code, "0000117" in answer["Location"]) == (302, False)
    page = auditor.get(answer["Location"]).content.decode()
    assert page.count(looked_up) == 3
    assert "0000117" not in page


def test_a_name_is_no_mark(auditor: Client) -> None:
    page = auditor.post("/audit/subject/", {"mark": "Айгуль"}, follow=True).content.decode()
    assert "this is not a mark" in page


def test_look_ups_without_a_task_are_listed_by_officer(auditor: Client, looked_up: str) -> None:
    page = auditor.get("/audit/untasked/").content.decode()
    row = page[page.index(f">{looked_up}<") :]
    assert row[: row.index("</tr>")].endswith('<td class="n">2</td>')


@pytest.mark.parametrize("address", ["/audit/", "/audit/untasked/", "/audit/days/", "/audit/export/", "/audit/1/"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_who_is_looked_at_does_not_see_it(client: Client, role: Role, address: str) -> None:
    assert signed_in(client, make_officer(role)).get(address).status_code == 403


def test_a_search_and_an_export_are_lines_themselves(auditor: Client, looked_up: str) -> None:
    auditor.get(f"/audit/?actor={looked_up}")
    sheet = b"".join(auditor.get(f"/audit/export/?actor={looked_up}")).decode("utf-8-sig")
    assert [row.split(",")[2] for row in sheet.splitlines()] == ["actor", *[looked_up] * 3]
    told = AuditLine.objects.filter(verb__in=(Verb.SEARCH_AUDIT, Verb.EXPORT_AUDIT)).order_by("sequence")
    assert [(line.verb, line.detail) for line in told] == [
        ("audit.search_audit", {"rows": 3, "wanted": {"actor": looked_up}}),
        ("audit.export_audit", {"rows": 3, "wanted": {"actor": looked_up}}),
    ]


def test_verification_says_what_was_changed(auditor: Client, looked_up: str) -> None:
    assert "The audit is as it was written" in auditor.post("/audit/verify/").content.decode()
    AuditLine.objects.filter(sequence=2).update(task="case:1")
    page = auditor.post("/audit/verify/").content.decode()
    assert ("line changed: 2" in page, "as it was written" in page) == (True, False)
