"""Units, tasks, results, reviews, corridors, joint operations through the API: rules and numbers of the pages."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone
from tests.api_calls import Caller, caller
from tests.factories import make_agency, make_crossing, make_office
from tests.node.test_incidents import recorded

from elchi.modules.operations.maturity import PRACTICES
from elchi.modules.operations.models import Incident, UnitTask
from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.rules import Role

LINE = {"agency": "kz-customs", "act": "search", "may": True, "where": "crossing", "article": "art. 12", "law": "Act"}
TASK = {"crossing": "BCP001", "acts": ["search"], "purpose": "A van with a false plate"}
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def chief() -> Caller:
    return caller(Role.SUPERVISOR)


def given(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def team(chief: Caller, code: str, agency: str, **said: Any) -> Any:
    office = make_office(code, kind="interagency_mobile_team", latitude=43.3, longitude=74.7, coordinate_error_km=1.0)
    office.agencies.add(make_agency(agency, kind=agency[3:]))
    given(chief.post(f"/units/{code}", said))
    return given(chief.post(f"/units/{code}/members", {"agency": agency}), 201)


def teams(chief: Caller) -> None:
    make_crossing()
    team(chief, "customs-team", "kz-customs", at={"latitude": 43.02, "longitude": 74.69})
    team(chief, "border-team", "kz-border", crew_rule=["border", "customs"])
    given(chief.post("/mandate", {"lines": [LINE], "reason": "First"}), 201)


def test_a_unit_is_sent_or_refused_with_the_article_and_who_may(chief: Caller) -> None:
    teams(chief)
    answer = chief.post("/tasks", {"unit": "border-team", **TASK})
    assert refused(answer) == (403, "task_outside_mandate")
    told = answer.json()["params"]
    assert (told["reason"], told["article"], told["law"]) == ("not_given", "art. 12", "Act")
    (offer,) = given(chief.get("/tasks/offers?crossing=BCP001&acts=search"))["items"]
    assert told["offers"] == [{"code": offer.pop("unit"), **offer}]
    assert [(one["code"], one["minutes"]) for one in told["offers"]] == [("customs-team", 1)]
    assert not UnitTask.objects.exists()
    task = given(chief.post("/tasks", {"unit": "customs-team", **TASK}), 201)
    assert (task["state"], task["basis"]) == ("given", [{"act": "search", "article": "art. 12", "law": "Act"}])
    officer = caller(Role.FIRST_LINE)
    assert given(officer.post(f"/tasks/{task['id']}/moves", {"move": "accept"}))["state"] == "accepted"
    assert given(chief.get("/units?availability=busy"))["items"][0]["code"] == "customs-team"
    assert refused(officer.post("/tasks", {"unit": "customs-team", **TASK})) == (403, "right_missing")
    assert refused(chief.post("/tasks", {"unit": "customs-team", **TASK})) == (403, "unit_not_available")
    assert [one["id"] for one in given(chief.get("/tasks?state=accepted"))["items"]] == [task["id"]]
    assert given(chief.get(f"/tasks/{task['id']}"))["number"] == task["number"]


def test_a_unit_is_said_whole_and_what_it_has_breaks(chief: Caller) -> None:
    teams(chief)
    row = given(chief.post("/units/border-team/assets", {"kind": "dog", "name": "Aqtos"}), 201)
    (asset,), (member,) = row["assets"], row["members"]
    assert row["crew_missing"] == ["customs"]
    told = given(chief.post(f"/units/assets/{asset['id']}/state", {"is_broken": True}))
    assert told["assets"][0]["broken_since"] == timezone.localdate().isoformat()
    assert given(chief.post(f"/units/members/{member['id']}/end", {}))["members"] == []
    assert given(chief.get("/mandate"))["lines"] == [{**LINE, "km": 0.0}]
    pages = [given(chief.get("/units?limit=1"))]
    pages.append(given(chief.get(f"/units?limit=1&cursor={pages[0]['next']}")))
    assert [one["items"][0]["code"] for one in pages] == ["customs-team", "border-team"]
    for answer in (chief.post("/units/nowhere", {}), chief.get("/units/nowhere")):
        assert answer.status_code == 404
    assert refused(caller(Role.ANALYST).post("/units/border-team", {})) == (403, "right_missing")


def test_each_number_of_the_results_opens_the_incidents_it_counts(chief: Caller) -> None:
    for departure in ("TJ", "TJ", "AF"):
        row = recorded()
        Incident.objects.filter(pk=row.pk).update(departure=departure, destination="KZ", led_by=departure == "AF")
    told = given(chief.get("/results?from_at=2020-01-01T00:00:00Z"))
    assert (told["total"]["count"], told["total"]["led"]) == (3, 1)
    assert [(one["key"], one["count"]) for one in told["routes"]] == [("TJ-KZ", 2), ("AF-KZ", 1)]
    assert [(one["substance"], one["incidents"], one["kilograms"]) for one in told["seized"]] == [
        ("cannabis_resin", 3, "5.943")
    ]
    rows = [told["total"], *(row for name in ("kinds", "units", "borders", "agencies", "routes", "months")
                             for row in told[name])]  # fmt: skip
    for row in rows:
        events = given(chief.get(row["events"].removeprefix("/api/v1")))["items"]
        assert len(events) == row["count"], row
    goods = told["seized"][0]
    assert len(given(chief.get(goods["events"].removeprefix("/api/v1")))["items"]) == goods["incidents"]
    before = given(chief.get("/results?as_of=2020-01-01T00:00:00Z"))
    assert before["total"]["count"] == 0


def test_incidents_are_taken_as_a_table_and_that_is_written_down(chief: Caller) -> None:
    recorded()
    answer = chief.get("/incidents/tables/regional")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row["substance"] for row in rows] == ["Cannabis resin (hashish)"]
    assert "Testov" not in str(rows)
    assert AuditLine.objects.get(verb="operations.take_report").on == "report:regional"
    programme = caller(Role.PROGRAMME)
    assert refused(programme.get("/incidents/tables/national")) == (403, "right_missing")
    assert refused(chief.get("/incidents/tables/other")) == (422, "operations_invalid")


def test_offices_are_reviewed_and_what_a_crossing_lacks_is_told(chief: Caller) -> None:
    make_crossing()
    office = make_office().code
    answers = {name: {"score": 2, "evidence": "Book 4"} for name in PRACTICES} | {"training": {"score": 0}}
    made = given(chief.post(f"/reviews/{office}", {"quarter": "2026-Q3", "answers": answers}), 201)
    assert (made["weakest"][0], round(made["mean"], 2), made["mean_before"]) == ("training", 1.86, None)
    assert given(chief.get("/reviews?quarter=2026-Q3"))["items"] == [
        {"office": office, "quarter": "2026-Q3", "mean": made["mean"]}
    ]
    assert given(chief.get(f"/reviews/{office}?quarter=2026-Q1"))["mean"] is None
    empty = {**answers, "training": {"score": 3}}
    assert refused(chief.post(f"/reviews/{office}", {"quarter": "2026-Q3", "answers": empty})) == (
        422, "operations_invalid",
    )  # fmt: skip
    template = given(chief.get("/crossing-profiles/template"))["items"]
    lamps = next(one for one in template if one["item"] == "uv_lamps")
    lamps |= {"price": "120.50", "currency": "USD"}
    given(chief.post("/crossing-profiles/template", {"items": template, "reason": "Quoted"}), 201)
    told = given(chief.post("/crossing-profiles/BCP001", {"have": {"uv_lamps": 1, "computers": 9}}), 201)
    assert (told["costs"], told["note"]) == ({"USD": "361.50"}, "")
    (line,) = given(chief.get("/crossing-profiles"))["items"]
    assert (line["crossing"], line["costs"]) == ("BCP001", {"USD": "361.50"})
    needs = chief.get("/crossing-profiles/BCP001/needs")
    rows = {row["item"]: row for row in csv.DictReader(io.StringIO(needs.getvalue().decode("utf-8-sig")))}
    assert (rows["uv_lamps"]["missing"], rows["uv_lamps"]["cost"]) == ("3", "361.50")
    assert refused(caller(Role.FIRST_LINE).get("/reviews")) == (403, "right_missing")


def test_a_corridor_is_drawn_and_read_and_border_levels_are_set(chief: Caller) -> None:
    codes = [make_crossing("BCP001").code, make_crossing("BCP002").code]
    analyst = caller(Role.ANALYST)
    made = given(analyst.post("/corridors", {"name": "North", "stops": codes}), 201)
    recorded()
    given(chief.post("/waitings", {"crossing": "BCP001", "minutes": 40, "lane": "truck", "direction": "exit"}), 201)
    first, second = given(analyst.get(f"/corridors/{made['id']}"))["stops"]
    assert (first["seizures"], first["waited"], second["incidents"]) == (1, 40, 0)
    earlier = given(analyst.get(f"/corridors/{made['id']}?as_of=2020-01-01T00:00:00Z"))["stops"]
    assert [one["incidents"] for one in earlier] == [0, 0]
    assert (
        given(analyst.post(f"/corridors/{made['id']}", {"name": "South", "stops": codes[::-1]}))["stops"][0] == codes[1]
    )
    assert refused(analyst.post("/corridors", {"name": "South", "stops": codes})) == (409, "corridor_known")
    given(analyst.post(f"/corridors/{made['id']}/removal", {}))
    assert given(analyst.get("/corridors"))["items"] == []
    level = given(analyst.post("/sections", {"border": "KG-KZ", "level": "high", "reason": "Floods"}), 201)
    assert given(analyst.get("/sections"))["items"] == [level]
    assert "ask_help" in level["reactions"]
    told = given(analyst.get("/office-register?day=2021-11-23"))
    assert (told["total"], sum(one["published"] or 0 for one in told["lines"])) == (19, 19)


def test_a_joint_operation_of_one_node_from_plan_to_result(chief: Caller) -> None:
    now = timezone.now()
    point = {"place": "Kordai yard", "giver": here().code, "taker": here().code, "tolerance": 15,
             "due_at": (now + HOUR).isoformat()}  # fmt: skip
    plan = {"kind": "controlled_delivery", "title": "Grey van", "aim": "Follow it", "legal_basis": "Act, art. 20",
            "from_at": now.isoformat(), "until": (now + 3 * HOUR).isoformat(), "points": [point]}  # fmt: skip
    made = given(chief.post("/joint-operations", plan), 201)
    at = f"/joint-operations/{made['id']}"
    assert given(chief.post(f"{at}/plan", {**plan, "title": "White van"}))["title"] == "White van"
    assert given(chief.post(f"{at}/moves", {"move": "start"}))["state"] == "running"
    second = caller(Role.SECOND_LINE)
    given(second.post(f"{at}/entries", {"text": "It passes the bridge"}), 201)
    assert given(second.post(f"{at}/hand-overs", {"number": 1, "what": "given"}))["points"][0]["state"] == "given"
    assert given(second.post(f"{at}/hand-overs", {"number": 1, "what": "taken"}))["points"][0]["state"] == "done"
    told = given(second.post(f"{at}/results", {"incident": recorded().pk}), 201)
    assert [one["act"] for one in told["acts"]] == ["state", "entry", "hand_over", "hand_over", "result"]
    assert refused(second.post(f"{at}/moves", {"move": "end"})) == (403, "right_missing")
    assert refused(second.post(f"{at}/hand-overs", {"number": 1, "what": "taken"})) == (409, "hand_over_refused")
    assert [one["id"] for one in given(chief.get("/joint-operations?state=running"))["items"]] == [made["id"]]
    assert refused(caller(Role.FIRST_LINE).get(at)) == (403, "right_missing")
