"""The door of the API: who comes in, how often, and how every refusal looks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.api_calls import Caller, caller

from elchi.api.tokens import Rates
from elchi.errors import NotAllowed
from elchi.node.officers.models import ApiToken
from elchi.node.officers.rules import Role


def _code(answer: Any, status: int) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json; charset=utf-8")
    problem = answer.json()
    assert sorted(problem) == ["code", "params", "status", "title", "type"]
    assert (problem["status"], problem["type"]) == (status, f"urn:elchi:error:{problem['code']}")
    return str(problem["code"])


def test_a_token_is_its_officer_with_the_rights_of_both() -> None:
    first = caller(Role.SECOND_LINE, scopes=("check.submit", "case.see"))
    assert first.get("/me").json() == {
        "sign_in_name": first.officer.sign_in_name,
        "agency": "kz-border",
        "office": "kordai",
        "rights": ["case.see", "check.submit"],
        "node": "KZ-KOR-1",
        "is_demo": True,
    }


def test_a_right_taken_from_the_officer_is_taken_from_his_token() -> None:
    auditor = caller(Role.AUDITOR)
    assert auditor.get("/audit").status_code == 200
    auditor.officer.roles = ["first_line"]
    auditor.officer.save()
    assert _code(auditor.get("/audit"), 403) == "right_missing"


@pytest.mark.parametrize("spelling", ["Bearer {}", "bearer {}", "ApiKey {}", "Apikey {}"])
def test_both_spellings_of_the_header_are_taken(spelling: str) -> None:
    token = caller(Role.AUDITOR).token
    assert Client().get("/api/v1/me", headers={"Authorization": spelling.format(token)}).status_code == 200


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer elchi_0000000", "Basic QTpC", "Bearer \u0431"]
)
def test_without_a_token_that_counts_nothing_is_told(header: str | None) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": header} if header is not None else {})
    assert _code(answer, 401) == "token_invalid"
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("ended", [{"expires_at": timezone.now()}, {"revoked_at": timezone.now()}])
def test_a_token_that_ended_is_none(ended: dict[str, Any]) -> None:
    auditor = caller(Role.AUDITOR)
    ApiToken.objects.update(**ended)
    assert _code(auditor.get("/me"), 401) == "token_invalid"


def test_a_token_of_an_officer_who_left_is_none() -> None:
    auditor = caller(Role.AUDITOR)
    auditor.officer.is_active = False
    auditor.officer.save()
    assert _code(auditor.get("/me"), 401) == "token_invalid"


def test_a_session_of_the_console_opens_nothing_here(client: Client) -> None:
    client.force_login(caller(Role.AUDITOR).officer)
    assert _code(client.get("/api/v1/me"), 401) == "token_invalid"


def test_refusals_of_the_frame_are_problems_too() -> None:
    auditor = caller(Role.AUDITOR)
    assert _code(auditor.get("/nowhere"), 404) == "address_unknown"
    assert _code(auditor.client.get("/match-api/nowhere"), 404) == "address_unknown"
    assert _code(auditor.delete("/me"), 405) == "method_refused"
    assert _code(auditor.get("/audit?limit=0"), 422) == "request_invalid"
    assert _code(auditor.get("/audit?cursor=%21"), 422) == "cursor_invalid"
    assert _code(auditor.client.get("/api/v1/me", headers={"Host": "elsewhere.example"}), 400) == "request_unreadable"


def test_a_mistake_of_the_node_says_nothing_of_it(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("KZ-secret")

    monkeypatch.setattr("elchi.api.audit.lines_of", fail)
    auditor = caller(Role.AUDITOR)
    auditor.client.raise_request_exception = False
    answer = auditor.get("/audit")
    assert _code(answer, 500) == "node_failed"
    assert b"KZ-secret" not in answer.content


def test_what_is_too_large_is_not_read() -> None:
    auditor = caller(Role.AUDITOR)
    answer = auditor.post("/cases", {"title": "x" * (1 << 20)})
    assert _code(answer, 413) == "request_too_large"


def test_titles_are_in_the_language_asked_for() -> None:
    titles = [
        Client().get("/api/v1/me", headers={"Accept-Language": wanted}).json()["title"]
        for wanted in ("en", "ru-RU,ru;q=0.9", "de, kk;q=0.5", "")
    ]
    assert titles == [
        "the token is missing, unknown, expired or revoked",
        "токен не указан, неизвестен, просрочен или отозван",
        "токен не указан, неизвестен, просрочен или отозван",
        "the token is missing, unknown, expired or revoked",
    ]


def test_what_did_not_change_is_not_sent_again() -> None:
    auditor = caller(Role.AUDITOR)
    first = auditor.get("/me")
    again = auditor.get("/me", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = auditor.get("/me", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)
    assert _code(auditor.get("/me", headers={"If-Match": '"another"'}), 412) == "version_changed"


def test_nothing_of_it_is_kept_by_what_lies_between() -> None:
    assert caller(Role.AUDITOR).get("/me")["Cache-Control"] == "private, no-cache"


def test_a_token_has_so_many_requests_at_once_and_so_many_a_second() -> None:
    rates = Rates(a_second=2, at_once=3)
    for _ in range(3):
        rates.take("one", now=100.0)
    with pytest.raises(NotAllowed) as refused:
        rates.take("one", now=100.0)
    assert (refused.value.code, refused.value.params) == ("too_many_requests", {"seconds": 1})
    rates.take("another", now=100.0)
    rates.take("one", now=100.5)
    with pytest.raises(NotAllowed):
        rates.take("one", now=100.6)


def test_a_token_that_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elchi.api.tokens._rates", Rates(a_second=0.01, at_once=1))
    auditor = caller(Role.AUDITOR)
    assert auditor.get("/me").status_code == 200
    answer = auditor.get("/me")
    assert _code(answer, 429) == "too_many_requests"
    assert 99 <= int(answer["Retry-After"]) <= 100
    assert caller(Role.AUDITOR).get("/me").status_code == 200


def test_pages_do_not_shift_when_rows_come_meanwhile() -> None:
    auditor = caller(Role.AUDITOR)
    for _ in range(3):
        auditor.get("/audit")
    seen: list[int] = []
    page = auditor.get("/audit?limit=2").json()
    while True:
        seen += [line["sequence"] for line in page["items"]]
        if page["next"] is None:
            break
        page = auditor.get(f"/audit?limit=2&cursor={page['next']}").json()  # each search is a line more
    assert seen == list(range(max(seen), 0, -1))


def test_callers_are_told_apart() -> None:
    one, other = caller(Role.AUDITOR), caller(Role.AUDITOR)
    assert isinstance(one, Caller)
    assert one.get("/me").json()["sign_in_name"] != other.get("/me").json()["sign_in_name"]
