"""Mandates, crews, deliveries, leads, reviews, needs, sections: the tables decide, and say why."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal

import pytest

from elchi.errors import InvalidInput
from elchi.modules.operations import capability, maturity, sections
from elchi.modules.operations.delivery import Point, clock_of, next_point, where_it_is
from elchi.modules.operations.leads import Scene, Trace, leads_of
from elchi.modules.operations.mandate import (
    Ground,
    MandateLine,
    check_lines,
    decide,
    line_from_wire,
    line_to_wire,
)
from elchi.modules.operations.maturity import Answer
from elchi.modules.operations.tasking import Candidate, crew_missing, offers

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def line(agency: str, act: str, *, may: bool = True, **given: object) -> MandateLine:
    values = {"article": f"art. {len(agency) + len(act)}", "law": "Invented law", **given}
    return MandateLine(agency=agency, act=act, may=may, **values)  # type: ignore[arg-type]


POLICY = (
    line("customs", "search", where="crossing"),
    line("customs", "seize"),
    line("border", "stop", where="border", km=30),
    line("border", "pursue", where="border", km=30, article="art. 41"),
    line("border", "arrest", may=False, article="art. 9"),
    line("police", "arrest"),
)
AT_POST = Ground(is_crossing=True, border_km=0.4)
INLAND = Ground(is_crossing=False, border_km=80.0)


@pytest.mark.parametrize(
    ("agencies", "act", "ground", "told"),
    [
        ({"customs"}, "search", AT_POST, (True, "given")),
        ({"customs"}, "search", INLAND, (False, "elsewhere")),
        ({"customs"}, "seize", INLAND, (True, "given")),
        ({"border"}, "stop", replace(INLAND, border_km=29.9), (True, "given")),
        ({"border"}, "stop", replace(INLAND, border_km=31.0), (False, "elsewhere")),
        ({"border"}, "stop", replace(INLAND, border_km=31.0, error_km=2.0), (True, "given")),
        ({"border"}, "stop", replace(INLAND, border_km=math.inf), (False, "elsewhere")),
        ({"border"}, "arrest", AT_POST, (False, "forbidden")),
        ({"border", "police"}, "arrest", AT_POST, (True, "given")),
        ({"vet"}, "arrest", AT_POST, (False, "not_given")),
        ({"border"}, "pursue", replace(AT_POST, abroad_km=12.0), (True, "given")),
        ({"border"}, "pursue", replace(AT_POST, abroad_km=42.0), (False, "abroad")),
        ({"border"}, "stop", replace(AT_POST, abroad_km=1.0), (False, "abroad")),
    ],
)
def test_who_may_do_what_where(agencies: set[str], act: str, ground: Ground, told: tuple[bool, str]) -> None:
    decision = decide(POLICY, agencies, act, ground)
    assert (decision.may, decision.reason) == told


def test_a_refusal_names_the_article() -> None:
    assert decide(POLICY, {"border"}, "arrest", AT_POST).line == POLICY[4]
    assert decide(POLICY, {"customs"}, "search", INLAND).line == POLICY[0]
    assert decide(POLICY, {"vet"}, "arrest", AT_POST).line == POLICY[5]
    assert decide(POLICY, {"vet"}, "swim", AT_POST).line is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (line("guards", "stop"), ("agency", "in_directory")),
        (line("border", "sing"), ("act", "one_of")),
        (line("border", "stop", where="there"), ("where", "one_of")),
        (line("border", "stop", where="border"), ("km", "kilometres")),
        (line("border", "stop", article=" "), ("article", "missing")),
        (line("border", "stop", law="x" * 201), ("law", "too_long")),
    ],
)
def test_a_policy_says_which_line_is_wrong(wrong: MandateLine, told: tuple[str, str]) -> None:
    check_lines(POLICY, {"customs", "border", "police"})
    with pytest.raises(InvalidInput) as given:
        check_lines([POLICY[0], wrong], {"customs", "border", "police"})
    params = given.value.params
    assert (params["line"], params["field"], params["rule"]) == (2, *told)
    with pytest.raises(InvalidInput):
        check_lines([], {"border"})


def test_a_line_survives_as_json() -> None:
    assert [line_from_wire(line_to_wire(one)) for one in POLICY] == list(POLICY)


def candidate(code: str, at: tuple[float, float] | None, **given: object) -> Candidate:
    values = {"kmh": 60.0, "availability": "available", "holds": True, "decisions": (), "crew_missing": (), **given}
    return Candidate(code=code, at=at, **values)  # type: ignore[arg-type]


def test_the_nearest_that_may_go_is_offered_first() -> None:
    refused = decide(POLICY, {"border"}, "arrest", AT_POST)
    place = (69.3, 40.6)
    units = [
        candidate("far", (70.3, 40.6)),
        candidate("near", (69.4, 40.6), crew_missing=("police",)),
        candidate("here-busy", place, availability="busy"),
        candidate("here-outside", place, holds=False),
        candidate("here-forbidden", place, decisions=(refused,)),
        candidate("nowhere", None),
    ]
    assert [(one.code, one.minutes, one.crew_missing) for one in offers(units, place)] == [
        ("near", 9, ("police",)),
        ("far", 85, ()),
    ]


def test_a_crew_that_lacks_an_agency_is_told() -> None:
    assert crew_missing(("border", "customs", "police"), {"border", "police"}) == ("customs",)
    assert crew_missing((), {"border"}) == ()


def test_the_clock_of_a_hand_over() -> None:
    point = Point(due_at=NOW + HOUR, tolerance=dt.timedelta(minutes=10))
    told = {
        minutes: clock_of(point, NOW + dt.timedelta(minutes=minutes)).state for minutes in (0, 44, 45, 60, 61, 70, 71)
    }
    assert told == {0: "waiting", 44: "waiting", 45: "soon", 60: "soon", 61: "late", 70: "late", 71: "lost"}
    given = replace(point, given_at=NOW)
    assert clock_of(given, NOW).state == "given"
    assert clock_of(replace(given, taken_at=NOW + HOUR), NOW + 9 * HOUR).state == "done"
    assert clock_of(replace(given, taken_at=NOW + 2 * HOUR), NOW + 9 * HOUR).state == "done_late"


def test_who_has_the_goods() -> None:
    open_point = Point(due_at=NOW, tolerance=HOUR)
    done = replace(open_point, taken_at=NOW)
    assert (where_it_is(()), next_point(())) == (0, None)
    assert (where_it_is((done, open_point)), next_point((done, open_point))) == (1, 1)
    assert next_point((done, done)) is None


SCENE = Scene(at=NOW, marks=frozenset(("aa", "bb")), crossing="BCP039", point=(69.2953, 40.5889))


def trace(ref: str, hours: float, **given: object) -> Trace:
    return Trace(ref=ref, at=NOW - hours * HOUR, code="x", **given)  # type: ignore[arg-type]


def test_shared_marks_lead_time_and_place_help_those_that_told_somebody() -> None:
    traces = [
        trace("check:1", 2, marks=frozenset(("aa",))),
        trace("check:2", 1, crossing="BCP039"),
        trace("finding:3", 3, crossing="BCP039"),
        trace("message:4", 5, marks=frozenset(("aa", "bb"))),
        trace("message:5", 20, point=(69.3, 40.7)),
        trace("message:6", 30, crossing="BCP039"),
        trace("message:7", -1, marks=frozenset(("aa",))),
        trace("message:8", 24 * 31, marks=frozenset(("aa",))),
        trace("message:9", 2, point=(64.0, 40.0)),
    ]
    found = leads_of(SCENE, traces)
    assert [one.trace.ref for one in found] == ["message:4", "check:1", "finding:3", "message:5"]
    assert [code for code, _ in found[0].reasons] == ["mark_shared"]
    assert found[0].reasons[0][1] == {"count": 2}
    assert found[3].reasons[0][0] == "near"


def answers(**given: Answer) -> dict[str, Answer]:
    return {practice: Answer(0, "") for practice in maturity.PRACTICES} | given


def test_a_review_needs_evidence_for_every_score() -> None:
    told = answers(shared_log=Answer(4, "log of 12 May"), handover=Answer(2, "procedure 7"))
    maturity.check_review("2026-Q3", told)
    assert maturity.mean_of(told) == pytest.approx(6 / len(maturity.PRACTICES))
    assert maturity.weakest(told, 2) == ["agencies_present", "procedure_signed"]
    assert maturity.from_wire(maturity.to_wire(told)) == told
    for quarter, wrong, rule in (
        ("2026-Q5", told, "quarter"),
        ("2026-Q3", answers(handover=Answer(1, " ")), "evidence_needed"),
        ("2026-Q3", answers(handover=Answer(5, "x")), "score"),
        ("2026-Q3", {}, "score"),
        ("2026-Q3", answers(dancing=Answer(0, "")), "one_of"),
    ):
        with pytest.raises(InvalidInput) as given:
            maturity.check_review(quarter, wrong)
        assert given.value.params["rule"] == rule


def test_what_is_missing_is_a_list_with_its_cost() -> None:
    template = [
        replace(need, price=Decimal("850.50"), currency="USD") if need.item == "uv_lamps" else need
        for need in capability.shipped_template()
    ]
    capability.check_template(template)
    have = {need.item: need.needed for need in template} | {"uv_lamps": 1, "generator": 0}
    profile = capability.profile_of(template, have)
    assert [(gap.need.item, gap.missing, gap.cost) for gap in profile.missing] == [
        ("uv_lamps", 3, Decimal("2551.50")),
        ("generator", 1, None),
    ]
    assert (profile.costs, profile.unpriced) == ({"USD": Decimal("2551.50")}, 1)
    assert profile.met == pytest.approx(1 - 2 / len(template))
    assert [capability.need_from_wire(capability.need_to_wire(need)) for need in template] == template


def test_critical_is_for_a_time() -> None:
    sections.check_level("high", NOW, None)
    sections.check_level("critical", NOW, NOW + dt.timedelta(days=3))
    for until, rule in ((None, "critical_is_temporary"), (NOW + dt.timedelta(days=31), "critical_is_temporary"),
                        (NOW - HOUR, "ends_later")):  # fmt: skip
        with pytest.raises(InvalidInput) as given:
            sections.check_level("critical", NOW, until)
        assert given.value.params["rule"] == rule
    assert set(sections.REACTIONS) == set(sections.LEVELS)
