"""The slip: two languages, nothing discreet on it, and a line of the audit for each that was made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.errors import Conflict
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.node.checks.services import print_slip, submit_check
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role
from elchi.subjects import Document, PartialDate, Person

SHUHRAT = Person(name="شهرت خدایبردیف", birth_date=PartialDate(1984, 3, 14))


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["Худайбердиев Шухрат"], "alias": ["شهرت خدایبردیف"],
                                "birthDate": ["1984-03-14"]}},
             action="stop", title="Wanted", titles={"ru": "Розыск"})  # fmt: skip
    put_list("watch", {"d-1": {"name": ["Шухрат Худайбердиев"], "birthDate": ["1984-03-14"]}}, action="discreet",
             title="Secretlist", owner=make_agency())  # fmt: skip


@pytest.fixture
def second(client: Client) -> tuple[Client, int]:
    """An officer of the second line, who may know of the discreet finding, and his check."""
    officer = make_officer(Role.SECOND_LINE, language="en")
    answer = submit_check(by=acting_of(officer, via="console"), subjects=[SHUHRAT], purpose="border_check")
    assert {row.entry for row in answer.findings} == {"w-1", "d-1"}
    return signed_in(client, officer), answer.check.pk


def test_a_slip_says_everything_in_two_languages(second: tuple[Client, int]) -> None:
    client, check_id = second
    page = client.get(reverse("slip", args=[check_id]), {"second": "ru"}).content.decode()
    for said in ("Very likely on the list “Wanted”", "Весьма вероятно, значится в списке «Розыск»",
                 "Birth date is the same: 14 Mar 1984.", "Дата рождения совпадает: 14.03.1984.",
                 "Keep the document.", "Оставьте документ у себя."):  # fmt: skip
        assert page.count(said) == 1


def test_what_is_discreet_is_on_no_slip(second: tuple[Client, int]) -> None:
    client, check_id = second
    page = client.get(reverse("slip", args=[check_id])).content.decode()
    assert ("Secretlist" in page, "d-1" in page, "w-1" in page) == (False, False, True)


def test_a_check_with_nothing_but_a_discreet_finding_has_no_slip() -> None:
    put_list("wanted", {"w-1": {"name": ["Somebody Invented"]}})
    by = acting(Role.SECOND_LINE)
    answer = submit_check(by=by, subjects=[SHUHRAT], purpose="border_check")
    assert [row.entry for row in answer.findings] == ["d-1"]
    with pytest.raises(Conflict, match="slip_empty"):
        print_slip(by=by, check_id=answer.check.pk, languages=("en", "ru"), form="page")
    stranger = submit_check(by=by, subjects=[Document(document_number="ZZ7654321")], purpose="border_check")
    with pytest.raises(Conflict, match="slip_empty"):
        print_slip(by=by, check_id=stranger.check.pk, languages=("en", "ru"), form="page")


def test_each_slip_is_a_line_of_the_audit(second: tuple[Client, int]) -> None:
    client, check_id = second
    client.get(reverse("slip", args=[check_id]))
    client.get(reverse("slip_pdf", args=[check_id]), {"second": "ru"})
    lines = AuditLine.objects.filter(verb=Verb.PRINT_SLIP).order_by("sequence")
    assert [(line.on, line.detail) for line in lines] == [
        (f"check:{check_id}", {"languages": ["en", "ru"], "form": "page"}),
        (f"check:{check_id}", {"languages": ["en", "ru"], "form": "pdf"}),
    ]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler reads the paper back")
def test_the_paper_holds_every_script(second: tuple[Client, int], tmp_path: Path) -> None:
    client, check_id = second
    answer = client.get(reverse("slip_pdf", args=[check_id]), {"second": "ru"})
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    (tmp_path / "slip.pdf").write_bytes(answer.content)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "slip.pdf", "-"], capture_output=True, check=True)
    text = told.stdout.decode()
    for said in ("STOP · СТОП", "Finding slip · Карточка находки", "Худайбердиев Шухрат", "TLP:CLEAR"):
        assert said in text
    assert any("\u0600" <= letter <= "\u06ff" or "\ufb50" <= letter <= "\ufeff" for letter in text)
