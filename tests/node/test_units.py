"""Units are sent where their mandate and area let them; who may not is told the article, and who may instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import acting, make_agency, make_crossing, make_office, make_officer, signed_in

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import services, units
from elchi.modules.operations.geography import Area, Spot
from elchi.modules.operations.mandate import MandateLine
from elchi.modules.operations.models import UnitProfile, UnitTask
from elchi.modules.operations.services import Order, UnitCard
from elchi.modules.operations.units import Where
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role

AT = Where(crossing="BCP001")
ORDER = Order(where=AT, acts=("search",), purpose="A van with a false plate")


def chief() -> Acting:
    return acting(Role.SUPERVISOR)


def line(agency: str, act: str, *, may: bool = True, **given: Any) -> MandateLine:
    values = {"article": "art. 12", "law": "Invented border act", **given}
    return MandateLine(agency=agency, act=act, may=may, **values)


def unit(code: str, *agencies: str, **given: Any) -> UnitProfile:
    """Make a unit with a member of each agency."""
    office = make_office(code, kind="interagency_mobile_team", latitude=43.3, longitude=74.7, coordinate_error_km=1.0)
    made = services.set_unit(by=chief(), code=code, card=UnitCard(**given))
    for agency in agencies:
        office.agencies.add(make_agency(agency, kind=agency.rpartition("-")[2]))
        services.add_member(by=chief(), code=code, agency=agency, part="member")
    return made


@pytest.fixture
def teams() -> None:
    make_crossing()
    for one in ("kz-customs", "kz-police"):
        make_agency(one, kind=one[3:])
    lines = [line("kz-customs", "search", where="crossing"), line("kz-police", "arrest"),
             line("kz-border", "arrest", may=False, article="art. 9")]  # fmt: skip
    services.set_mandate(by=chief(), lines=lines, reason="First mandate")
    unit("border-team", "kz-border", crew_rule=("border", "customs"))
    unit("customs-team", "kz-customs", kmh=80.0)
    unit("joint-team", "kz-customs", "kz-police", at=Spot(43.02, 74.69))


def test_a_unit_is_sent_by_the_article_that_lets_it(teams: None) -> None:
    task = services.give_task(by=chief(), code="customs-team", order=ORDER)
    assert task.basis == [{"act": "search", "article": "art. 12", "law": "Invented border act"}]
    assert (task.state, task.minutes, task.crew_missing) == ("given", 24, [])


@pytest.mark.parametrize(
    ("code", "acts", "told"),
    [
        ("border-team", ("search",), ("not_given", "art. 12")),
        ("border-team", ("arrest",), ("forbidden", "art. 9")),
        ("joint-team", ("search", "pursue"), ("not_given", "")),
    ],
)
def test_outside_its_mandate_it_is_refused_with_the_article(
    teams: None, code: str, acts: tuple[str, ...], told: tuple[str, str]
) -> None:
    with pytest.raises(NotAllowed, match="task_outside_mandate") as given:
        services.give_task(by=chief(), code=code, order=replace(ORDER, acts=acts))
    assert (given.value.params["reason"], given.value.params["article"]) == told
    assert not UnitTask.objects.exists()


def test_inland_customs_may_not_search_and_nobody_may(teams: None) -> None:
    inland = replace(ORDER, where=Where(spot=Spot(44.5, 73.0)))
    with pytest.raises(NotAllowed, match="task_outside_mandate") as given:
        services.give_task(by=chief(), code="customs-team", order=inland)
    assert given.value.params["reason"] == "elsewhere"
    assert units.offers_for(inland.where, ("search",)) == ()


def test_the_nearest_that_may_is_offered_with_its_time(teams: None) -> None:
    assert [(one.code, one.minutes) for one in units.offers_for(AT, ("search",))] == [
        ("joint-team", 1), ("customs-team", 24),
    ]  # fmt: skip
    assert [one.code for one in units.offers_for(AT, ("search", "arrest"))] == ["joint-team"]


def test_outside_its_area_or_busy_it_is_refused(teams: None) -> None:
    far = Area(kind="section", border="KZ-UZ", km=20)
    services.set_unit(by=chief(), code="customs-team", card=UnitCard(area=far))
    with pytest.raises(NotAllowed, match="task_outside_area"):
        services.give_task(by=chief(), code="customs-team", order=ORDER)
    services.set_unit(by=chief(), code="customs-team", card=UnitCard(availability="resting"))
    with pytest.raises(NotAllowed, match="unit_not_available"):
        services.give_task(by=chief(), code="customs-team", order=ORDER)


def test_a_crew_that_is_not_whole_is_flagged_and_goes(teams: None) -> None:
    services.set_unit(by=chief(), code="customs-team", card=UnitCard(crew_rule=("customs", "border", "police")))
    task = services.give_task(by=chief(), code="customs-team", order=ORDER)
    assert task.crew_missing == ["border", "police"]


def test_abroad_only_pursuit_that_the_mandate_gives() -> None:
    make_crossing()
    lines = [line("kz-border", "stop"), line("kz-border", "pursue", where="border", km=30)]
    services.set_mandate(by=chief(), lines=lines, reason="x")
    unit("border-team", "kz-border")
    beyond = Where(spot=Spot(42.9, 74.6))  # Bishkek
    with pytest.raises(NotAllowed) as given:
        services.give_task(by=chief(), code="border-team", order=replace(ORDER, where=beyond, acts=("stop",)))
    assert given.value.params["reason"] == "abroad"
    services.give_task(by=chief(), code="border-team", order=replace(ORDER, where=beyond, acts=("pursue",)))


def test_a_task_runs_its_states_and_the_unit_is_busy_meanwhile(teams: None) -> None:
    officer = acting(Role.FIRST_LINE)
    task = services.give_task(by=chief(), code="customs-team", order=ORDER)
    seen = []
    for move in ("accept", "arrive", "finish"):
        services.move_task(by=officer, task_id=task.pk, move=move)
        seen.append((units.task_of(task.pk).state, units.unit_of("customs-team").availability))
    assert seen == [("accepted", "busy"), ("on_site", "busy"), ("done", "available")]
    with pytest.raises(Conflict, match="task_move_refused"):
        services.move_task(by=officer, task_id=task.pk, move="accept")
    other = services.give_task(by=chief(), code="customs-team", order=ORDER)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.move_task(by=officer, task_id=other.pk, move="cancel")
    with pytest.raises(NotFound, match="incident_unknown"):
        services.move_task(by=officer, task_id=other.pk, move="accept", incident=999)


def test_without_a_mandate_nobody_may_be_sent() -> None:
    make_crossing()
    unit("border-team", "kz-border")
    with pytest.raises(NotAllowed, match="task_outside_mandate"):
        services.give_task(by=chief(), code="border-team", order=ORDER)


def test_members_leave_and_assets_break(teams: None) -> None:
    member = units.unit_of("joint-team").members.all()[0]
    services.end_member(by=chief(), member_id=member.pk)
    assert len(units.unit_of("joint-team").members.all()) == 1
    with pytest.raises(NotFound, match="member_unknown"):
        services.end_member(by=chief(), member_id=member.pk)
    asset = services.add_asset(by=chief(), code="joint-team", kind="vehicle", name="Van 3")
    assert services.change_asset(by=chief(), asset_id=asset.pk, is_broken=True).broken_since is not None
    assert services.change_asset(by=chief(), asset_id=asset.pk, is_broken=False).broken_since is None
    with pytest.raises(InvalidInput):
        services.add_asset(by=chief(), code="joint-team", kind="boat", name="Boat")


def test_the_page_says_why_not_and_who_instead(client: Client, teams: None) -> None:
    signed_in(client, make_officer(Role.SUPERVISOR))
    asked = {"unit": "border-team", "crossing": "BCP001", "acts": ["search"], "purpose": "A van"}
    page = client.post("/units/tasks/give/", asked)
    text = page.content.decode()
    assert (page.status_code, "art. 12" in text, "Office joint-team" in text) == (422, True, True)
    done = client.post("/units/tasks/give/", {**asked, "unit": "customs-team"})
    task = UnitTask.objects.get()
    assert done.headers["Location"] == f"/units/tasks/{task.pk}/"
    assert client.post(f"/units/tasks/{task.pk}/move/", {"move": "accept"}).status_code == 302
    assert client.get(f"/units/tasks/{task.pk}/").status_code == 200


def test_a_mandate_is_written_as_lines(client: Client, teams: None) -> None:
    signed_in(client, make_officer(Role.SUPERVISOR))
    seen = client.get("/units/mandate/change/").content.decode()
    assert "kz-customs;search;yes;crossing;0.0;art. 12;Invented border act" in seen
    wrong = client.post("/units/mandate/change/", {"lines": "kz-customs;search;maybe", "reason": "x"})
    assert wrong.status_code == 422
    text = "kz-police;arrest;yes;border;30;art. 5;Invented police act\n"
    assert client.post("/units/mandate/change/", {"lines": text, "reason": "New act"}).status_code == 302
    (told,) = units.lines_in_force()
    assert (told.agency, told.km, told.article) == ("kz-police", 30.0, "art. 5")


def test_a_unit_is_changed_at_the_console(client: Client, teams: None) -> None:
    signed_in(client, make_officer(Role.SUPERVISOR))
    card = {"availability": "resting", "kmh": "50", "area_border": "KG-KZ", "area_km": "30", "crew_rule": ["customs"]}
    assert client.post("/units/unit/joint-team/change/", card).status_code == 302
    assert units.unit_of("joint-team").area == {"kind": "section", "border": "KG-KZ", "km": 30.0}
    parts = "/units/unit/joint-team/parts/"
    assert client.post(parts, {"do": "asset", "asset": "dog", "asset_name": "Aktos"}).status_code == 302
    asset = units.unit_of("joint-team").assets.all()[0]
    assert client.post(parts, {"do": "broken", "id": asset.pk}).status_code == 302
    assert client.post(parts, {"do": "dance"}).status_code == 422
    assert "Aktos" in client.get("/units/unit/joint-team/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(client: Client, rows: int) -> None:
    for number in range(rows):
        unit(f"team-{number}", "kz-border")
    signed_in(client, make_officer(Role.PROGRAMME))
    client.get("/units/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/units/")
    assert len(asked) == 8
