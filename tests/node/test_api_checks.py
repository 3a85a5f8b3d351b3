"""Checks through the API: what is told, to whom, and that nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api_calls import Caller, caller
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Check
from elchi.node.officers.models import KeptAnswer
from elchi.node.officers.rules import Role

ASKED = {
    "subjects": [{"kind": "person", "name": "Karim Testov", "birth_date": "1961-04-09"}],
    "purpose": "border_check",
    "task": "case:3",
}


@pytest.fixture
def _lists() -> None:
    put_list("wanted", {"w-1": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]}}, action="stop")
    put_list("quiet", {"q-1": {"name": ["Rustam Primerov"], "birthDate": ["1970-02-03"]}}, action="discreet")


@pytest.fixture
def first(_lists: None) -> Caller:
    return caller(Role.FIRST_LINE)


def test_a_check_is_answered_kept_and_written_down(first: Caller) -> None:
    answer = first.post("/checks", ASKED)
    told = answer.json()
    assert (answer.status_code, told["verdict"], told["task"], told["notes"]) == (201, "STOP", "case:3", [])
    (finding,) = told["findings"]
    assert {name: finding[name] for name in ("list", "entry", "caption", "schema", "band", "action", "state")} == {
        "list": "wanted", "entry": "w-1", "caption": "Karim Testov", "schema": "Person", "band": "STOP",
        "action": "stop", "state": "open",
    }  # fmt: skip
    assert [(one["name"], one["is_stale"]) for one in told["lists"]] == [("wanted", False)]
    check = Check.objects.get()
    assert (check.pk, check.via, check.verdict, check.officer) == (told["id"], "api", "stop", first.officer)
    line = AuditLine.objects.get(verb="checks.submit_check")
    assert (line.on, line.via, line.actor) == (f"check:{check.pk}", "api", first.officer.sign_in_name)
    assert "Testov" not in str(line.detail)


def test_a_discreet_finding_never_leaves_by_a_token_of_the_first_line(first: Caller) -> None:
    asked = ASKED | {"subjects": [{"kind": "person", "name": "Rustam Primerov", "birth_date": "1970-02-03"}]}
    answer = first.post("/checks", asked)
    assert (answer.json()["verdict"], answer.json()["findings"]) == ("CLEAR", [])
    again = first.get(f"/checks/{answer.json()['id']}")
    listed = first.get("/checks")
    for told in (answer, again, listed):
        assert b"q-1" not in told.content
        assert b"quiet" not in told.content
        assert b"discreet" not in told.content.replace(b"is_discreet", b"")
        assert b"Primerov" not in told.content
    second = caller(Role.SECOND_LINE)
    (seen,) = second.get(f"/checks/{answer.json()['id']}").json()["findings"]
    assert (seen["entry"], seen["is_discreet"]) == ("q-1", True)


def test_a_scope_that_is_not_given_is_refused(first: Caller) -> None:
    reader = caller(officer=first.officer, scopes=("check.see",))
    answer = reader.post("/checks", ASKED)
    assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")
    assert Check.objects.count() == 0


def test_an_officer_of_the_first_line_lists_his_own(first: Caller) -> None:
    other = caller(Role.FIRST_LINE)
    made = [one.post("/checks", ASKED).json()["id"] for one in (first, other, first)]
    assert [line["id"] for line in first.get("/checks").json()["items"]] == [made[2], made[0]]
    assert [line["id"] for line in caller(Role.SECOND_LINE).get("/checks").json()["items"]] == made[::-1]
    answer = first.get(f"/checks/{made[1]}")
    assert (answer.status_code, answer.json()["code"]) == (404, "check_unknown")


def test_pages_go_on_where_the_last_one_ended(first: Caller) -> None:
    made = [first.post("/checks", ASKED).json()["id"] for _ in range(3)]
    page = first.get("/checks?limit=2").json()
    later = first.post("/checks", ASKED).json()["id"]
    rest = first.get(f"/checks?limit=2&cursor={page['next']}").json()
    assert ([one["id"] for one in page["items"]], [one["id"] for one in rest["items"]]) == (made[:0:-1], made[:1])
    assert rest["next"] is None
    assert later not in made


def test_the_list_of_checks_asks_the_database_as_often_for_three_as_for_one(
    first: Caller, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        first.post("/checks", ASKED)
        with django_assert_num_queries(3):
            first.get("/checks")


def test_a_request_with_a_key_is_done_once(first: Caller) -> None:
    one = first.post("/checks", ASKED, headers={"Idempotency-Key": "k-1"})
    again = first.post("/checks", ASKED, headers={"Idempotency-Key": "k-1"})
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (201, one.content, "true")
    assert (Check.objects.count(), AuditLine.objects.filter(verb="checks.submit_check").count()) == (1, 1)


def test_a_key_stands_for_one_request_of_one_token(first: Caller) -> None:
    first.post("/checks", ASKED, headers={"Idempotency-Key": "k-1"})
    other = first.post("/checks", ASKED | {"task": ""}, headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert caller(Role.FIRST_LINE).post("/checks", ASKED, headers={"Idempotency-Key": "k-1"}).status_code == 201
    assert Check.objects.count() == 2


def test_what_was_refused_keeps_no_key(first: Caller) -> None:
    refused = first.post("/checks", ASKED | {"purpose": "curiosity"}, headers={"Idempotency-Key": "k-1"})
    assert (refused.status_code, refused.json()["code"], KeptAnswer.objects.count()) == (422, "purpose_unknown", 0)
    assert first.post("/checks", ASKED, headers={"Idempotency-Key": "k-1"}).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 129])
def test_a_key_has_a_form(first: Caller, key: str) -> None:
    answer = first.post("/checks", ASKED, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_invalid")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": None}, "no_shift"),
        ({"subjects": []}, "subjects_count"),
        ({"subjects": [{"kind": "person"}]}, "subject_empty"),
        ({"subjects": [{"kind": "ghost"}]}, "subject_kind"),
        ({"subjects": [{"kind": "person", "name": "!!"}]}, "subject_unusable"),
        ({"subjects": "Karim"}, "request_invalid"),
        ({"crossing": "BCP999"}, "crossing_unknown"),
    ],
)
def test_what_cannot_be_checked_is_refused_and_not_kept(first: Caller, change: dict[str, Any], code: str) -> None:
    answer = first.post("/checks", ASKED | change)
    assert answer.json()["code"] == code
    assert Check.objects.count() == 0


def test_the_subject_at_fault_is_named(first: Caller) -> None:
    answer = first.post("/checks", ASKED | {"subjects": [*ASKED["subjects"], {"kind": "person"}]})
    assert answer.json()["params"] == {"field": "person", "rule": "needs_name_or_number", "line": 2}
