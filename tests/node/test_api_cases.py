"""Cases and the directory through the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.api_calls import Caller, caller
from tests.factories import make_agency, make_crossing, make_office

from elchi.node.cases.models import Case
from elchi.node.directory.models import DutyContact
from elchi.node.officers.rules import Role

NEW = {
    "title": "Two passports",
    "threats": ["document_fraud"],
    "purpose": "border_check",
    "subjects": [{"kind": "person", "name": "Karim Testov"}],
    "origin": "check:1",
}


def _open(who: Caller) -> dict[str, Any]:
    answer = who.post("/cases", NEW)
    assert answer.status_code == 201
    told: dict[str, Any] = answer.json()
    return told


def test_a_case_is_opened_written_into_and_moved() -> None:
    second = caller(Role.SECOND_LINE)
    case = _open(second)
    assert (case["title"], case["state"], case["agency"], case["subjects"]) == (
        "Two passports", "open", "kz-border", [{"role": "subject", "subject": NEW["subjects"][0]}],
    )  # fmt: skip
    note = second.post(f"/cases/{case['id']}/notes", {"text": "Photos differ"})
    assert (note.status_code, note.json()["text"]) == (201, "Photos differ")
    moved = second.post(f"/cases/{case['id']}/moves", {"to": "in_work"}).json()
    assert (moved["state"], moved["version"]) == ("in_work", 2)
    assert [event["kind"] for event in moved["timeline"]] == ["moved", "note", "opened"]
    assert second.get(f"/cases/{case['id']}").json() == moved
    refused = second.post(f"/cases/{case['id']}/moves", {"to": "open"})
    assert (refused.status_code, refused.json()["code"]) == (409, "case_move_unknown")


def test_a_case_is_opened_once_a_key() -> None:
    second = caller(Role.SECOND_LINE)
    answers = [second.post("/cases", NEW, headers={"Idempotency-Key": "c-1"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert Case.objects.count() == 1


def test_a_head_is_changed_by_who_has_read_it() -> None:
    second = caller(Role.SECOND_LINE)
    case = _open(second)
    head = {"title": "Three passports", "threats": ["document_fraud"], "handling": "H2"}
    unsaid = second.put(f"/cases/{case['id']}", head)
    assert (unsaid.status_code, unsaid.json()["code"]) == (428, "version_unsaid")
    etag = second.get(f"/cases/{case['id']}")["ETag"]
    changed = second.put(f"/cases/{case['id']}", head, headers={"If-Match": etag})
    assert (changed.json()["title"], changed["ETag"]) == ("Three passports", '"2"')
    late = second.put(f"/cases/{case['id']}", head | {"title": "Four"}, headers={"If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "case_changed")


def test_cases_are_seen_by_whom_the_table_lets() -> None:
    second = caller(Role.SECOND_LINE)
    case = _open(second)
    make_agency("kz-customs", kind="customs")
    other = caller(Role.SECOND_LINE)
    assert other.get("/cases").json()["items"] == []
    assert other.get(f"/cases/{case['id']}").json()["code"] == "case_unknown"
    for role in (Role.FIRST_LINE, Role.ADMINISTRATOR):
        assert caller(role).get("/cases").status_code == 403
    (seen,) = caller(Role.AUDITOR).get("/cases?state=not_closed&threat=document_fraud&sought=passports").json()["items"]
    assert seen["id"] == case["id"]


def test_the_list_of_cases_asks_the_database_as_often_for_three_as_for_one(django_assert_num_queries: Any) -> None:
    second = caller(Role.SECOND_LINE)
    for _ in range(3):
        _open(second)
        with django_assert_num_queries(2):
            second.get("/cases")


def test_the_directory_is_read_by_every_officer() -> None:
    first = caller(Role.FIRST_LINE)
    make_crossing()
    make_office("korday-2")
    assert [one["code"] for one in first.get("/directory/countries").json()["items"]] == ["KG", "KZ"]
    assert [one["code"] for one in first.get("/directory/agencies?country=KZ").json()["items"]] == ["kz-border"]
    assert first.get("/directory/agencies/kz-border").json()["kind"] == "border"
    assert [one["code"] for one in first.get("/directory/offices").json()["items"]] == ["kordai", "korday-2"]
    assert first.get("/directory/offices/kordai").json()["agencies"] == ["kz-border"]
    (crossing,) = first.get("/directory/crossings").json()["items"]
    assert (crossing["code"], crossing["country_a"], crossing["country_b"]) == ("BCP001", "KZ", "KG")
    assert first.get("/directory/crossings/BCP001").json() == crossing
    assert first.get("/directory/crossings/BCP999").json()["code"] == "crossing_unknown"


def test_who_answers_at_three_in_the_morning() -> None:
    agency = make_agency()
    for rank, desk, hours in ((1, "Day desk", (dt.time(8), dt.time(18))), (2, "Night desk", (None, None))):
        DutyContact.objects.create(
            agency=agency, desk=desk, rank=rank, from_time=hours[0], to_time=hours[1], time_zone="Asia/Almaty",
            phone="+77010000000",
        )  # fmt: skip
    first = caller(Role.FIRST_LINE)
    address = "/directory/agencies/kz-border/on_duty?at=2026-11-21T{}:00:00%2B05:00"
    night, day = (first.get(address.format(hour)).json()["contacts"] for hour in ("03", "12"))
    assert ([one["desk"] for one in night], [one["desk"] for one in day]) == (
        ["Night desk"], ["Day desk", "Night desk"],
    )  # fmt: skip
