"""The client against a node that answers over a socket, and against one that does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.api_calls import caller
from tests.lists_made import put_list

from elchi.client import Client, Unreachable
from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.checks.models import Check
from elchi.node.officers.rules import Role
from elchi.subjects import Document, PartialDate, Person

KARIM = Person(
    name="Karim Testov", birth_date=PartialDate(1961, 4, 9), documents=(Document(document_number="N1234567"),)
)


@pytest.fixture
def node(live_server: Any) -> Iterator[Client]:
    put_list("wanted", {"w-1": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]}}, action="stop")
    with Client(live_server.url, caller(Role.SECOND_LINE).token) as client:
        yield client


def test_a_shift_of_a_program(node: Client) -> None:
    assert node.me()["node"] == "KZ-KOR-1"
    told = node.check([KARIM], purpose="border_check", task="case:1")
    assert (told.verdict, [one["entry"] for one in told.findings]) == ("STOP", ["w-1"])
    assert node.check_made(told.id).told == told.told
    (waiting,) = node.findings()
    made = node.judge(waiting["id"], "negative", "Other face")
    assert made["outcome"] == "negative"
    assert node.check([KARIM], purpose="border_check").verdict == "CLEAR"
    case = node.open_case("Two passports", threats=["document_fraud"], subjects=[KARIM], purpose="border_check")
    node.add_note(case["id"], "Photos differ")
    assert [event["kind"] for event in node.case(case["id"])["timeline"]] == ["note", "opened"]
    assert [one["id"] for one in node.cases(state="open")] == [case["id"]]
    assert [one["name"] for one in node.lists()] == ["wanted"]
    assert node.on_duty("kz-border") == []


def test_pages_are_read_to_the_end(node: Client) -> None:
    made = [node.check([KARIM], purpose="visa").id for _ in range(5)]
    assert [one["id"] for one in node.pages("/checks", limit=2)] == made[::-1]
    assert [one["id"] for one in node.checks()] == made[::-1]


def test_a_check_with_a_key_is_made_once(node: Client) -> None:
    first, again = (node.check([KARIM], purpose="visa", key="shift-1") for _ in range(2))
    assert first == again
    assert Check.objects.count() == 1


def test_refusals_are_errors_of_their_family(node: Client) -> None:
    with pytest.raises(Conflict) as no_shift:
        node.check([KARIM])
    assert no_shift.value.code == "no_shift"
    with pytest.raises(InvalidInput) as unknown:
        node.check([KARIM], purpose="curiosity")
    assert unknown.value.params["field"] == "purpose"
    with pytest.raises(NotFound):
        node.check_made(999)
    with pytest.raises(NotAllowed) as refused:
        next(node.pages("/audit"))
    assert refused.value.params == {"right": "audit.see"}


class Faulty(httpx.BaseTransport):
    """A node that fails as it is told to, and writes down what it was asked."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self._answers = iter(answers)
        self.keys: list[str | None] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("Idempotency-Key"))
        answer = next(self._answers)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


MADE = {"id": 1, "number": "N-1", "verdict": "CLEAR", "findings": [], "lists": [], "notes": []}


def _client(faulty: Faulty, waits: list[float]) -> Client:
    return Client("https://node.example", "elchi_x", transport=faulty, wait=waits.append)


def test_what_may_be_sent_again_is_sent_again_with_the_same_key() -> None:
    busy = httpx.Response(429, headers={"Retry-After": "7"}, text=json.dumps({"code": "too_many_requests"}))
    waits: list[float] = []
    faulty = Faulty(httpx.ReadError("cut"), busy, httpx.Response(503), httpx.Response(201, json=MADE))
    assert _client(faulty, waits).check([KARIM], purpose="visa").id == 1
    assert waits == [0.5, 7.0, 2.0]
    assert len(set(faulty.keys)) == 1
    assert None not in faulty.keys


@pytest.mark.parametrize("answer", [httpx.ConnectError("no"), httpx.Response(502, text="<html>")])
def test_a_node_that_stays_away_is_unreachable(answer: Any) -> None:
    waits: list[float] = []
    faulty = Faulty(*[answer] * 4)
    with pytest.raises(Unreachable) as away:
        _client(faulty, waits).me()
    assert (away.value.permanent, waits) == (False, [0.5, 1.0, 2.0])


@pytest.mark.parametrize("answer", [httpx.Response(200, text="hello"), httpx.Response(200, json=[1])])
def test_what_is_no_node_is_told(answer: httpx.Response) -> None:
    with pytest.raises(Unreachable):
        _client(Faulty(answer), []).me()


def test_a_mistake_of_the_node_is_not_asked_for_twice() -> None:
    faulty = Faulty(httpx.Response(500, json={"code": "node_failed", "params": {}}))
    with pytest.raises(Unreachable) as failed:
        _client(faulty, []).me()
    assert (failed.value.code, len(faulty.keys)) == ("node_failed", 1)
