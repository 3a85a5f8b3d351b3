"""The door of yente: what clients of its API send, and what they get."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from tests.api_calls import caller
from tests.factories import make_agency
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Check
from elchi.node.officers.rules import Role

KARIM = {"schema": "Person", "properties": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"], "country": "kg"}}


class Match:
    """A client of yente, with another base address."""

    def __init__(self, *roles: Role) -> None:
        self._caller = caller(*(roles or (Role.SECOND_LINE,)))
        self.client = Client(headers={"Authorization": f"ApiKey {self._caller.token}"})

    def match(self, queries: Any, dataset: str = "default", params: str = "", **given: Any) -> Any:
        body = json.dumps({"queries": queries, "weights": {"name_literal": 0.8}, "config": {"nm_x": 1}})
        address = f"/match-api/match/{dataset}{params}"
        return self.client.post(address, body, content_type="application/json", **given)

    def get(self, path: str, **given: Any) -> Any:
        return self.client.get(f"/match-api{path}", **given)

    def found(self, *names: str, **given: Any) -> list[str]:
        queries = {"q": {"schema": "Person", "properties": {"name": list(names)}}}
        return [one["id"] for one in self.match(queries, **given).json()["responses"]["q"]["results"]]


@pytest.fixture
def _lists() -> None:
    facts = {"birthDate": ["1961-04-09"], "nationality": ["kg"], "topics": ["sanction"]}
    put_list("un_sc", {"w-1": {"name": ["Karim Testov"], **facts}}, title="United Nations")
    put_list(
        "kz_wanted", {"w-1": {"name": ["Rustam Primerov"]}, "k/2": {"name": ["Karim Testov"]}},
        title="Wanted", origin="national", four_eyes=True,
    )  # fmt: skip


@pytest.fixture
def yente(_lists: None) -> Match:
    return Match()


def test_an_entity_goes_in_and_scored_ones_come_out(yente: Match) -> None:
    answer = yente.match({"vv": KARIM | {"id": "mine-1"}})
    told = answer.json()
    assert (answer.status_code, answer["x-batch-size"], sorted(told)) == (200, "1", ["limit", "matcher", "responses"])
    matches = told["responses"]["vv"]
    assert (told["limit"], matches["status"], matches["total"]) == (5, 200, {"value": 2, "relation": "eq"})
    assert matches["query"] == {
        "id": "mine-1",
        "schema": "Person",
        "properties": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"], "country": ["kg"]},
    }
    first = matches["results"][0]
    explanations, features = first.pop("explanations"), first.pop("features")
    assert first.pop("score") > 0.9
    assert len(first.pop("last_seen")) == len("2026-11-21T12:00:00")
    assert first == {
        "id": "un_sc:w-1",
        "caption": "Karim Testov",
        "schema": "Person",
        "properties": {
            "birthDate": ["1961-04-09"], "name": ["Karim Testov"], "nationality": ["kg"], "topics": ["sanction"],
        },
        "datasets": ["un_sc"],
        "referents": ["w-1"],
        "target": True,
        "first_seen": None,
        "last_change": None,
        "match": True,
    }  # fmt: skip
    assert explanations["birth_date_same"] == {
        "score": 1.0, "detail": "birth date is the same: 9 Apr 1961", "query": "1961-04-09", "candidate": "1961-04-09",
        "weight": None,
    }  # fmt: skip
    assert sorted(explanations["name_same"]["query"].split()) == ["karim", "testov"]
    assert features == {code: one["score"] for code, one in explanations.items()}


def test_every_match_is_a_check_of_its_own(yente: Match) -> None:
    names = {"a": KARIM, "b": KARIM, "c": {"schema": "Person", "properties": {"name": "Nobody Heard-Of"}}}
    told = yente.match(names, headers={"Elchi-Purpose": "visa", "Elchi-Task": "case:7"}).json()
    assert [len(told["responses"][name]["results"]) for name in names] == [2, 2, 0]
    assert [(one.purpose, one.task, one.via, one.verdict) for one in Check.objects.order_by("pk")] == [
        ("visa", "case:7", "api", "stop"), ("visa", "case:7", "api", "stop"), ("visa", "case:7", "api", "clear"),
    ]  # fmt: skip
    assert AuditLine.objects.filter(verb="checks.submit_check", purpose="visa", task="case:7").count() == 3


def test_without_a_purpose_it_is_sanctions(yente: Match) -> None:
    yente.match({"q": KARIM})
    assert Check.objects.get().purpose == "sanctions"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ("", ["un_sc:w-1", "kz_wanted:k/2"]),
        ("?limit=1", ["un_sc:w-1"]),
        ("?limit=0", []),
        ("?threshold=0.85&cutoff=0.85", ["un_sc:w-1"]),
        ("?algorithm=logic-v2&fuzzy=false", ["un_sc:w-1", "kz_wanted:k/2"]),
        ("?include_dataset=kz_wanted", ["kz_wanted:k/2"]),
        ("?include_dataset=kz_wanted&include_dataset=un_sc", ["un_sc:w-1", "kz_wanted:k/2"]),
        ("?exclude_dataset=kz_wanted", ["un_sc:w-1"]),
        ("?exclude_schema=Person", []),
        ("?exclude_entity_ids=un_sc:w-1", ["kz_wanted:k/2"]),
        ("?exclude_entity_ids=w-1&exclude_entity_ids=k/2", []),
        ("?topics=sanction", ["un_sc:w-1", "kz_wanted:k/2"]),
        ("?topics=role.pep", ["kz_wanted:k/2"]),
        ("?changed_since=2099-01-01", ["un_sc:w-1", "kz_wanted:k/2"]),
    ],
)
def test_the_parameters_of_yente(yente: Match, params: str, found: Sequence[str]) -> None:
    told = yente.match({"q": KARIM}, params=params).json()["responses"]["q"]["results"]
    assert [one["id"] for one in told] == list(found)


def test_a_threshold_says_what_is_a_match(yente: Match) -> None:
    told = yente.match({"q": KARIM}, params="?threshold=0.85&cutoff=0.1").json()["responses"]["q"]["results"]
    assert [one["match"] for one in told] == [True, False]


@pytest.mark.parametrize(
    ("dataset", "found"),
    [("default", ["un_sc:w-1", "kz_wanted:k/2"]), ("sanctions", ["un_sc:w-1"]), ("kz_wanted", ["kz_wanted:k/2"])],
)
def test_a_dataset_is_a_list_or_a_collection(yente: Match, dataset: str, found: list[str]) -> None:
    told = yente.match({"q": KARIM}, dataset=dataset).json()["responses"]["q"]["results"]
    assert [one["id"] for one in told] == found


@pytest.mark.parametrize(
    ("queries", "params", "status", "code"),
    [
        ({}, "", 400, "subjects_count"),
        ({str(n): KARIM for n in range(101)}, "", 400, "subjects_count"),
        ({"q": KARIM | {"schema": "xxx"}, "ok": KARIM}, "", 400, "schema_unmatchable"),
        ({"q": {"properties": {"name": "Banana"}}}, "", 422, "request_invalid"),
        ({"q": {"schema": "Person", "properties": {}}}, "", 400, "subject_empty"),
        ({"q": {"schema": "Vessel", "properties": {"name": "Caspian Test"}}}, "", 400, "subject_empty"),
        ({"q": KARIM}, "?algorithm=neural-net", 400, "algorithm_unknown"),
        ({"q": KARIM}, "?limit=501", 422, "request_invalid"),
        ({"q": KARIM}, "?changed_since=yesterday", 422, "request_invalid"),
        ({"q": KARIM}, "?include_dataset=none", 409, "no_lists"),
    ],
)
def test_refusals_say_it_as_yente_does(yente: Match, queries: Any, params: str, status: int, code: str) -> None:
    answer = yente.match(queries, params=params)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"] == problem["title"]
    assert Check.objects.count() == 0


def test_a_list_that_is_not_there_is_told(yente: Match) -> None:
    answer = yente.match({"q": KARIM}, dataset="banana")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no list “banana” is loaded here (dataset)")


def test_what_a_discreet_entry_says_never_comes_out(yente: Match) -> None:
    put_list("quiet", {"q-1": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]}}, action="discreet")
    answers = [
        yente.match({"q": KARIM}),
        yente.get("/search/default?q=Karim Testov"),
        yente.get("/entities/quiet:q-1"),
        yente.get("/entities/q-1"),
    ]
    assert [one.status_code for one in answers] == [200, 200, 404, 404]
    for one in answers[:2]:
        assert b"q-1" not in one.content
        assert b"un_sc:w-1" in one.content
    assert Check.objects.get().findings.filter(is_discreet=True).count() == 1


def test_a_list_of_another_agency_is_not_there(yente: Match) -> None:
    make_agency("kz-customs", kind="customs")
    row = {"c-1": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]}}
    put_list("customs_only", row, agencies=["kz-customs"])
    put_list("visa_only", row, purposes=["visa"])
    assert [one["name"] for one in yente.get("/catalog").json()["datasets"]] == ["kz_wanted", "un_sc", "default"]
    assert yente.match({"q": KARIM}, dataset="customs_only").status_code == 404
    assert yente.get("/entities/customs_only:c-1").status_code == 404
    assert b"c-1" not in yente.match({"q": KARIM}).content
    for_visas = yente.match({"q": KARIM}, dataset="visa_only", headers={"Elchi-Purpose": "visa"})
    assert [one["id"] for one in for_visas.json()["responses"]["q"]["results"]] == ["visa_only:c-1"]


@pytest.mark.usefixtures("_lists")
def test_a_program_of_the_first_line_matches_and_reads_no_list() -> None:
    first = Match(Role.FIRST_LINE)
    assert first.found("Karim Testov") == ["kz_wanted:k/2", "un_sc:w-1"]
    for path in ("/search/default?q=Karim", "/entities/un_sc:w-1", "/entities/w-1"):
        answer = first.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")


@pytest.mark.usefixtures("_lists")
def test_without_a_token_there_is_only_health() -> None:
    client = Client()
    paths = ("healthz", "readyz", "algorithms", "catalog", "search/default?q=x", "entities/w-1")
    assert [client.get(f"/match-api/{path}").status_code for path in paths] == [200, 200, 200, 401, 401, 401]
    assert client.get("/match-api/healthz").json() == {"status": "ok"}


def test_it_is_not_ready_without_lists() -> None:
    answer = Client().get("/match-api/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_a_search_looks_and_keeps_nothing(yente: Match) -> None:
    told = yente.get("/search/default?q=Karim Testov").json()
    assert [one["id"] for one in told["results"]] == ["kz_wanted:k/2", "un_sc:w-1"]
    assert {name: told[name] for name in ("total", "limit", "offset")} == {
        "total": {"value": 2, "relation": "eq"}, "limit": 10, "offset": 0,
    }  # fmt: skip
    assert told["facets"] == {
        "countries": {"label": "Countries", "values": [{"name": "kg", "label": "kg", "count": 1}]},
        "topics": {"label": "Topics", "values": [{"name": "sanction", "label": "sanction", "count": 1}]},
        "datasets": {
            "label": "Data sources",
            "values": [
                {"name": "kz_wanted", "label": "kz_wanted", "count": 1},
                {"name": "un_sc", "label": "un_sc", "count": 1},
            ],
        },
    }
    assert Check.objects.count() == 0
    assert AuditLine.objects.filter(verb="checks.search_lists").count() == 1


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ("&limit=1", ["kz_wanted:k/2"]),
        ("&limit=1&offset=1", ["un_sc:w-1"]),
        ("&schema=Company", []),
        ("&schema=LegalEntity&simple=true", ["kz_wanted:k/2", "un_sc:w-1"]),
        ("&countries=kg", ["un_sc:w-1"]),
        ("&countries=kg&countries=kz&filter_op=AND", []),
        ("&datasets=kz_wanted", ["kz_wanted:k/2"]),
        ("&filter=birthDate:1961-04-09", ["un_sc:w-1"]),
        ("&filter=properties.birthDate:1961-04-09&filter_op=OR", ["un_sc:w-1"]),
        ("&exclude_schema=Person", []),
    ],
)
def test_the_parameters_of_a_search(yente: Match, params: str, found: list[str]) -> None:
    told = yente.get(f"/search/default?q=Karim Testov{params}").json()
    assert [one["id"] for one in told["results"]] == found


def test_a_search_for_a_number_finds_it() -> None:
    put_list("papers", {"p-1": {"name": ["Karim Testov"], "passportNumber": ["N1234567"]}})
    assert [one["id"] for one in Match().get("/search/default?q=N 1234567").json()["results"]] == ["papers:p-1"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=!!", "?q=x&filter=birthDate"])
def test_a_search_for_nothing_is_refused(yente: Match, query: str) -> None:
    assert yente.get(f"/search/default{query}").status_code == 400


def test_an_entity_is_read_and_that_is_written_down(yente: Match) -> None:
    told = yente.get("/entities/kz_wanted:k/2?nested=false").json()
    assert (told["id"], told["caption"], told["datasets"]) == ("kz_wanted:k/2", "Karim Testov", ["kz_wanted"])
    assert AuditLine.objects.get(verb="watchlists.read_entry").on == "entry:kz_wanted:k/2"
    assert yente.get("/entities/kz_wanted:k%2F2/adjacent").json() == {"entity": told, "adjacent": {}}


def test_a_bare_id_leads_to_the_one_list_that_has_it(yente: Match) -> None:
    answer = yente.get("/entities/k/2")
    assert (answer.status_code, answer["Location"]) == (308, "/match-api/entities/kz_wanted:k/2")
    both = yente.get("/entities/w-1")
    assert (both.status_code, both.json()["code"]) == (404, "entry_unknown")


def test_the_catalogue_tells_lists_and_their_age(yente: Match) -> None:
    told = yente.get("/catalog").json()
    assert (told["current"], told["outdated"], told["index_stale"]) == (["kz_wanted", "un_sc"], [], False)
    first, _, default = told["datasets"]
    assert {name: first[name] for name in ("name", "title", "version", "load", "entity_count", "index_current")} == {
        "name": "kz_wanted", "title": "Wanted", "version": "1", "load": True, "entity_count": 2, "index_current": True,
    }  # fmt: skip
    assert (default["name"], default["load"], default["children"]) == ("default", False, ["kz_wanted", "un_sc"])
    assert yente.get("/manifest").json() == told


def test_there_is_one_way_of_matching(yente: Match) -> None:
    told = yente.get("/algorithms").json()
    assert ([one["name"] for one in told["algorithms"]], told["default"], told["best"]) == (["elchi"], "elchi", "elchi")
