"""Pages and API of the door to INTERPOL: what each shows, to whom, and what never shows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import make_office, make_officer, signed_in
from tests.interpol_bureau import LISTED, agree, allow, ask_online, connected, make_point, put_copy, said
from tests.node.test_interpol_exchange import STOLEN, taken
from tests.partner_node import PartnerNode

from elchi.documents.mrz import MrzFields
from elchi.documents.mrz_layout import MrzFormat
from elchi.documents.mrz_write import write_mrz
from elchi.modules.interpol.models import (
    AccessPoint,
    AccessPolicy,
    ConfirmationRequest,
    HitConfirmation,
    Query,
    ReportedDocument,
)
from elchi.node.officers.rules import Role

ID = "5c9f6f0e-5d55-4a0e-9c5b-6f1d8e3a0b11"
FIELDS: dict[str, Any] = {"purpose": "border_check"}


@pytest.fixture
def bureau(tmp_path: Path) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now(), age=dt.timedelta(hours=3))


def desk(role: Role, **given: Any) -> Client:
    return signed_in(Client(), make_officer(role, office=make_office("kordai"), language="en", **given))


def zone(number: str, *, issuer: str = "KGZ") -> tuple[str, ...]:
    return write_mrz(MrzFields(
        format=MrzFormat.TD3, document_type="P", issuer=issuer, document_number=number, family_name="PROBA",
        given_names="MARAT", nationality=issuer, birth_date="1990-01-02", sex="M", expiry_date="2031-01-01",
    ))  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_zone_is_scanned_line_by_line_and_the_hit_refers(bureau: None) -> None:
    first = desk(Role.FIRST_LINE)
    lines = zone(LISTED)
    begun = first.post("/interpol_ask/", {"document_number": lines[0], **FIELDS})
    assert f'name="before" value="{lines[0].replace("<", "&lt;")}"' in text(begun)
    done = first.post("/interpol_ask/", {"before": lines[0], "document_number": lines[1], **FIELDS}, follow=True)
    page = text(done)
    assert "REFER" in page
    assert "Copy of version 1, 3 hours old" in page
    assert LISTED not in page
    assert "••• 4567" in page
    assert "/interpol_hits/" not in page
    assert (Query.objects.get().guidance, HitConfirmation.objects.count()) == ("refer", 1)


def test_a_zone_with_a_wrong_digit_is_not_asked(bureau: None) -> None:
    lines = list(zone(LISTED))
    lines[1] = lines[1].replace("AC1234567", "AC1234561")
    answer = desk(Role.FIRST_LINE).post("/interpol_ask/", {"document_number": " ".join(lines), **FIELDS})
    assert (answer.status_code, "check digit" in text(answer), Query.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("person", {"family_name": "ABDYKADYROV", "given_names": "Temirlan", "birth_date": "1979-02-14"}),
        ("vehicle", {"vin": "1M8GDM9AXKP042788"}),
        ("firearm", {"serial_number": "AK-117 004"}),
        ("document", {"document_number": LISTED, "issuer": "KGZ"}),
    ],
)
def test_each_kind_has_a_form(kind: str, fields: dict[str, str], bureau: None) -> None:
    first = desk(Role.FIRST_LINE)
    with connected():
        begun = first.post(f"/interpol_ask/{kind}/", {**fields, **FIELDS}, follow=True)
        ask_online()
    page = text(first.get(begun.redirect_chain[0][0]))
    assert ("REFER" in page, "INTERPOL&#x27;s side, online" in page) == (True, True)


def test_until_the_online_side_has_answered_nobody_is_told_to_go(bureau: None) -> None:
    first = desk(Role.FIRST_LINE)
    with connected():
        begun = first.post("/interpol_ask/", {"document_number": "AC0000009", "issuer": "KGZ", **FIELDS}, follow=True)
        page = text(begun)
        assert ("ASKING</h1>" in page, 'http-equiv="refresh"' in page, "3 hours old" in page) == (True, True, True)
        assert Query.objects.get().guidance == ""
        ask_online()
    done = text(first.get(begun.redirect_chain[0][0]))
    assert ("NOTHING REPORTED</h1>" in done, 'http-equiv="refresh"' in done) == (True, False)


def test_what_is_missing_or_refused_is_said_on_the_form(bureau: None) -> None:
    first = desk(Role.FIRST_LINE)
    for address, fields, field in (
        ("/interpol_ask/", {}, "document_number"),
        ("/interpol_ask/", {"document_number": LISTED, "issuer": "QQQ"}, "issuer"),
        ("/interpol_ask/firearm/", {}, "serial_number"),
    ):
        answer = first.post(address, {**fields, **FIELDS})
        told = f'<a href="#id_{field}">' in text(answer)
        assert (field, answer.status_code, told) == (field, 422, True)
    assert first.get("/interpol_ask/nothing/").status_code == 404
    AccessPoint.objects.update(state="suspended")
    answer = first.post("/interpol_ask/", {"document_number": LISTED, "issuer": "KGZ", **FIELDS})
    assert "may not ask this" in text(answer)


def test_another_office_does_not_see_a_query_and_a_second_line_does(bureau: None) -> None:
    first = desk(Role.FIRST_LINE)
    first.post("/interpol_ask/", {"document_number": LISTED, "issuer": "KGZ", **FIELDS})
    address = f"/interpol_ask/queries/{Query.objects.get().pk}/"
    stranger = signed_in(Client(), make_officer(Role.FIRST_LINE, office=make_office("other")))
    assert (first.get(address).status_code, stranger.get(address).status_code) == (200, 404)
    assert "/interpol_hits/" in text(desk(Role.SECOND_LINE).get(address))


def test_a_hit_goes_through_its_steps_on_its_page(bureau: None) -> None:
    desk(Role.FIRST_LINE).post("/interpol_ask/", {"document_number": LISTED, "issuer": "KGZ", **FIELDS})
    second = desk(Role.SECOND_LINE)
    row = HitConfirmation.objects.get()
    address = f"/interpol_hits/{row.pk}/"
    assert LISTED in text(second.get(address))
    assert row.number in text(second.get("/interpol_hits/"))
    second.post(f"{address}move/", {"do": "ask"})
    refused = second.post(f"{address}move/", {"do": "confirmed", "country": "TJ"})
    assert (refused.status_code, "cannot confirm" in text(refused)) == (403, True)
    second.post(f"{address}move/", {"do": "confirmed", "country": "kg"})
    second.post(f"{address}move/", {"do": "act", "act": "document_seized"})
    assert second.post(f"{address}move/", {"do": "close", "note": " "}).status_code == 422
    second.post(f"{address}move/", {"do": "close", "note": "Handed to the police"})
    page = text(second.get(address))
    assert [word in page for word in ("document seized", "Handed to the police", "closed")] == [True] * 3
    assert text(second.get("/interpol_hits/")).count("KGZ") == 1  # only in the report of waits
    assert row.number in text(second.get("/interpol_hits/?all=1"))


def test_a_point_is_registered_and_moved_on_the_board(bureau: None) -> None:
    supervisor = desk(Role.SUPERVISOR)
    make_office("taraz", latitude=42.9, longitude=71.4, coordinate_error_km=1.0)
    card = {"code": "KZ-TARAZ", "kind": "police", "office": "taraz"}
    done = supervisor.post("/interpol/points/register/", card, follow=True)
    assert "Registered: KZ-TARAZ" in text(done)
    again = supervisor.post("/interpol/points/register/", card)
    assert (again.status_code, "access point already" in text(again)) == (422, True)
    supervisor.post("/interpol/points/KZ-TARAZ/move/", {"move": "approve"})
    untested = supervisor.post("/interpol/points/KZ-TARAZ/move/", {"move": "pass_test"})
    assert (untested.status_code, AccessPoint.objects.get(code="KZ-TARAZ").state) == (409, "approved")
    board = text(supervisor.get("/interpol/"))
    assert ("0 of 2" in board, "Office taraz" in board) == (True, True)
    assert "Office taraz" in text(desk(Role.ANALYST).get("/map/"))


def test_the_board_asks_as_often_for_three_points_as_for_one(bureau: None) -> None:
    supervisor = desk(Role.SUPERVISOR)
    supervisor.get("/interpol/")
    counts = []
    for more in ((), ("a", "b")):
        for office in more:
            make_point(f"KZ-{office.upper()}", office=office)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            supervisor.get("/interpol/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_rules_are_written_as_lines_and_a_wrong_line_is_named(bureau: None) -> None:
    supervisor = desk(Role.SUPERVISOR)
    lines = "police; document; border_check investigation; Invented act, art. 7; 50\n\ncrossing;person;visa;Act;5"
    supervisor.post("/interpol/rules/change/", {"lines": lines, "reason": "New act"})
    told = [(one["point_kind"], one["purposes"], one["a_day"]) for one in AccessPolicy.objects.first().lines]  # type: ignore[union-attr]
    assert told == [("police", ["border_check", "investigation"], 50), ("crossing", ["visa"], 5)]
    page = text(supervisor.get("/interpol/rules/"))
    assert "Invented act, art. 7" in page
    for bad in ("police;document;visa;Act", "police;document;visa;Act;many", "church;document;visa;Act;5",
                "police;document;prayer;Act;5", "police;document;visa;;5"):  # fmt: skip
        answer = supervisor.post(
            "/interpol/rules/change/", {"lines": f"crossing;person;visa;Act;5\n{bad}", "reason": "x"}
        )
        assert (answer.status_code, "line 2" in text(answer)) == (422, True)
    assert AccessPolicy.objects.count() == 2


def test_reports_take_two_officers_on_the_page(bureau: None) -> None:
    one, other = desk(Role.SECOND_LINE), desk(Role.SUPERVISOR)
    card = {"document_number": "N12345678", "document_type": "P", "reported": "lost"}
    assert "a second officer decides" in text(one.post("/interpol/reports/propose/", card, follow=True))
    row = ReportedDocument.objects.get()
    address = f"/interpol/reports/{row.pk}/decide/"
    assert one.post(address, {"do": "approve"}).status_code == 403
    other.post(address, {"do": "approve"})
    assert "1 report waits" in text(other.get("/interpol/reports/"))
    assert "Version 2" in text(other.post("/interpol/reports/publish/", follow=True))
    one.post(address, {"do": "withdraw", "reason": "Found"})
    row.refresh_from_db()
    assert (row.state, row.published, row.copy_version) == ("withdrawn", "in_force", 2)


def test_another_bureau_is_answered_on_its_page(bureau: None, tmp_path: Path) -> None:
    node = agree(PartnerNode("KG-NCB-1", tmp_path, timezone.now().replace(microsecond=0)))
    body = {"subject": STOLEN, "record": "D-9", "reported": "stolen", "reference": "KG-NCB-1-C-0009"}
    taken(node, said(node, "interpol.confirm", body))
    second = desk(Role.SECOND_LINE)
    assert "KG-NCB-1-C-0009" in text(second.get("/interpol_hits/"))
    address = f"/interpol_hits/requests/{ConfirmationRequest.objects.get().pk}/"
    assert LISTED in text(second.get(address))
    second.post(f"{address}answer/", {"answer": "confirmed"})
    assert second.post(f"{address}answer/", {"answer": "refuted"}).status_code == 409


def test_a_program_asks_says_it_is_there_and_reads_the_board(bureau: None) -> None:
    who = caller(officer=make_officer(Role.SUPERVISOR, office=make_office("kordai")))
    new = {"question": ID, "subject": STOLEN, "purpose": "border_check"}
    told = who.post("/interpol/queries", new)
    assert told.status_code == 201
    body = told.json()
    assert (body["guidance"], body["state"], body["stale"], body["question"]) == ("refer", "answered", False, ID)
    [answer] = body["answers"]
    assert (answer["source"], answer["copy_version"], round(answer["age_hours"])) == ("offline", 1, 3)
    assert LISTED not in told.content.decode()
    assert who.post("/interpol/queries", new).json()["id"] == body["id"]
    assert who.get(f"/interpol/queries/{body['id']}").json()["number"] == body["number"]
    taken_id = who.post("/interpol/queries", {**new, "purpose": "customs_check"})
    assert (taken_id.status_code, taken_id.json()["code"]) == (409, "question_taken")
    refused = who.post("/interpol/queries", {**new, "question": ID.replace("5", "6"), "purpose": "visa"})
    assert (refused.status_code, refused.json()["code"]) == (403, "access_refused")
    bad = who.post("/interpol/queries", {**new, "question": ID.replace("5", "7"), "subject": {"kind": "ship"}})
    assert (bad.status_code, bad.json()["code"]) == (422, "subject_kind")
    assert who.post("/interpol/alive", {}).json()["code"] == "KZ-KOR"
    board = who.get("/interpol/board").json()
    assert (board["total"], board["connected"], board["points"][0]["asked"]) == (1, 0, 2)
    [hit] = who.get("/interpol/hits").json()["items"]
    assert (hit["owner"], hit["reported"], hit["step"], hit["point"]) == ("KGZ", "stolen", "hit", "KZ-KOR")
    assert caller(Role.FIRST_LINE).get("/interpol/hits").status_code == 403


def test_a_program_is_told_that_the_answer_is_to_come(bureau: None) -> None:
    who = caller(officer=make_officer(Role.FIRST_LINE, office=make_office("kordai")))
    with connected():
        told = who.post("/interpol/queries?wait=0", {"question": ID, "subject": STOLEN})
        body = told.json()
        assert (told.status_code, body["state"], body["guidance"]) == (202, "asking", "refer")
        assert [one["source"] for one in body["answers"]] == ["offline"]
        ask_online()
    after = who.get(f"/interpol/queries/{body['id']}").json()
    assert (after["state"], [one["source"] for one in after["answers"]]) == ("answered", ["offline", "online"])
    assert who.post("/interpol/queries?wait=11", {"question": ID, "subject": STOLEN}).status_code == 422


def test_a_stale_copy_shows_as_stale_on_page_and_api(tmp_path: Path) -> None:
    make_point()
    allow()
    put_copy(tmp_path, timezone.now(), age=dt.timedelta(hours=60))
    first = desk(Role.FIRST_LINE)
    page = text(first.post("/interpol_ask/", {"document_number": "AC0000009", "issuer": "KGZ", **FIELDS}, follow=True))
    assert ("ASK AGAIN" in page, "badge stale" in page, "60 hours old" in page) == (True, True, True)
    who = caller(officer=make_officer(Role.FIRST_LINE, office=make_office("kordai")))
    clean = {**STOLEN, "document_number": "AC0000009"}
    told = who.post("/interpol/queries", {"question": ID, "subject": clean}).json()
    assert (told["guidance"], told["stale"], told["answers"][0]["stale"]) == ("ask_again", True, True)
    assert 'class="badge stale"' in text(desk(Role.SUPERVISOR).get("/interpol/"))


def test_fifty_of_fifty(bureau: None) -> None:
    now = timezone.now()
    AccessPoint.objects.update(state="serving", first_success_at=now)
    for at in range(49):
        make_point(f"KZ-T{at}", office=f"town-{at}")
    assert "1 of 50" in text(desk(Role.SUPERVISOR).get("/interpol/"))
    AccessPoint.objects.update(state="serving", first_success_at=now)
    page = text(desk(Role.PROGRAMME).get("/interpol/"))
    assert ("50 of 50" in page, "Each has made a successful query" in page) == (True, True)
