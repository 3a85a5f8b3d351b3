"""Findings and judgements through the API."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api_calls import Caller, caller
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Judgement
from elchi.node.officers.rules import Role

KARIM = {"kind": "person", "name": "Karim Testov", "documents": [{"kind": "document", "document_number": "N1234567"}]}


@pytest.fixture
def second() -> Caller:
    put_list(
        "wanted",
        {"w-1": {"name": ["Karim Testov"], "passportNumber": ["N1234567"], "topics": ["crime.terror"]}},
        action="stop",
    )
    return caller(Role.SECOND_LINE)


def _check(who: Caller, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = who.post("/checks", {"subjects": [KARIM], "purpose": "border_check", **more}).json()
    return told


def test_what_waits_is_judged(second: Caller) -> None:
    finding = _check(second)["findings"][0]["id"]
    (waiting,) = second.get("/findings").json()["items"]
    assert (waiting["id"], waiting["state"], waiting["list"]) == (finding, "open", "wanted")
    faced = second.get(f"/findings/{finding}").json()
    assert (faced["properties"]["name"], faced["subjects"][0]["name"], faced["judgements"]) == (
        ["Karim Testov"], "Karim Testov", [],
    )  # fmt: skip
    assert {"field": "name", "asked": ["Karim Testov"], "listed": ["Karim Testov"], "likeness": "same"} in (
        faced["compared"]
    )
    assert AuditLine.objects.filter(verb="checks.read_check").count() == 1
    answer = second.post(f"/findings/{finding}/judgements", {"outcome": "negative", "reason": "Other face"})
    made = answer.json()
    assert (answer.status_code, made["outcome"], made["by"]) == (201, "negative", second.officer.sign_in_name)
    assert second.get("/findings").json() == {"items": [], "next": None}
    assert second.get(f"/findings/{finding}").json()["judgements"] == [made]
    assert _check(second)["notes"] == ["remembered"]


def test_a_finding_is_judged_once(second: Caller) -> None:
    finding = _check(second)["findings"][0]["id"]
    decision = {"outcome": "negative", "reason": "Other face"}
    key = {"Idempotency-Key": "j-1"}
    answers = [second.post(f"/findings/{finding}/judgements", decision, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    late = second.post(f"/findings/{finding}/judgements", decision)
    assert (late.status_code, late.json()["code"], Judgement.objects.count()) == (409, "finding_judged", 1)


def test_positive_opens_a_case_that_the_api_shows(second: Caller) -> None:
    finding = _check(second)["findings"][0]["id"]
    made = second.post(f"/findings/{finding}/judgements", {"outcome": "positive", "reason": "Same face"}).json()
    (case,) = second.get("/cases").json()["items"]
    assert (case["number"], case["threats"], case["state"]) == (made["case"], ["terrorism"], "open")


def test_only_a_supervisor_overrules(second: Caller) -> None:
    finding = _check(second)["findings"][0]["id"]
    made = second.post(f"/findings/{finding}/judgements", {"outcome": "negative", "reason": "Other face"}).json()
    again = {"outcome": "unsure", "reason": "Look again"}
    refused = second.post(f"/judgements/{made['id']}/overrule", again)
    assert (refused.status_code, refused.json()["params"]) == (403, {"right": "judgement.overrule"})
    supervisor = caller(Role.SUPERVISOR)
    answer = supervisor.post(f"/judgements/{made['id']}/overrule", again)
    assert (answer.status_code, answer.json()["overrules"]) == (201, made["id"])


def test_the_first_line_has_no_queue(second: Caller) -> None:
    first = caller(Role.FIRST_LINE)
    finding = _check(first)["findings"][0]["id"]
    for path in ("/findings", f"/findings/{finding}"):
        assert first.get(path).status_code == 403


def test_the_queue_asks_the_database_as_often_for_three_as_for_one(
    second: Caller, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        _check(second)
        with django_assert_num_queries(2):
            second.get("/findings")
