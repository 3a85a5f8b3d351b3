"""The directory: public facts taken over once, duty contacts at any hour, offices and crossings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.factories import acting, make_agency, make_country, make_crossing

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.directory import services
from elchi.node.directory.cards import AgencyCard, ContactCard, CrossingCard, OfficeCard, StatusCard
from elchi.node.directory.models import Agency, Country, Crossing, DutyContact, Office
from elchi.node.directory.queries import borders, crossings_as_of, history_of, office_tree, on_duty
from elchi.node.directory.reference import rows_of, shapes_of, sources_named
from elchi.node.directory.search import find_by_name
from elchi.node.directory.services import load_reference_data
from elchi.node.officers.rules import Role


def test_public_facts_are_taken_over_once_and_changes_stay() -> None:
    first = load_reference_data()
    assert first == {name: len(rows_of(name)) for name in ("countries", "agencies", "crossings", "offices")}
    assert first["crossings"] == 71
    Crossing.objects.filter(code="BCP001").update(name_b="Ak-Zhol", status="restricted")
    assert load_reference_data() == dict.fromkeys(first, 0)
    assert Crossing.objects.values_list("name_b", "status").get(code="BCP001") == ("Ak-Zhol", "restricted")
    assert list(AuditLine.objects.values_list("verb", "detail")) == [("directory.load_reference", {"added": first})]


def test_what_is_taken_over_is_whole() -> None:
    load_reference_data()
    crossing = Crossing.objects.get(code="BCP032")
    assert crossing.names == {"ru": ["Кызыл-Бел", "Гулистон"]}
    assert [(one.status, one.from_date, one.to_date) for one in crossing.history.all()] == [
        ("open", dt.date(2025, 3, 13), None),
        ("closed", dt.date(2021, 5, 1), dt.date(2025, 3, 12)),
    ]
    teams = Office.objects.get(kind="interagency_mobile_team")
    assert (teams.parent.code, sorted(teams.agencies.values_list("code", flat=True))) == (
        "uz-oct",
        ["uz-customs", "uz-police", "uz-security"],
    )
    assert Country.objects.get(code="KG").names["ru"] == "Кыргызстан"
    assert Agency.objects.get(code="uz-border").names["ru"] == "Пограничные войска Службы государственной безопасности"


def test_every_fact_has_a_source_that_is_explained() -> None:
    rows = [row for name in ("agencies", "crossings", "offices") for row in rows_of(name)]
    assert [row["code"] for row in rows if not row["sources"]] == []
    keys = {row["key"] for row in rows_of("sources")}
    used = {key for row in rows for key in row["sources"].split("; ")}
    assert used - keys == set()
    assert sources_named("OWN; a letter of 3 May") == (
        "general knowledge; not checked against a source",
        "a letter of 3 May",
    )


def test_ground_of_the_map_is_there() -> None:
    assert {"KZ", "KG", "TJ", "TM", "UZ"} <= {code for code, _ in shapes_of("outlines")}
    borders = {code for code, _ in shapes_of("land_borders")}
    assert len(borders) == 15
    assert all(
        -180 <= x <= 180 and -90 <= y <= 90
        for _, (lines,) in shapes_of("land_borders")
        for line in lines
        for x, y in line
    )


UTC = dt.UTC


def _desk(agency: Agency, desk: str, **given: Any) -> DutyContact:
    values = {"time_zone": "Asia/Tashkent", "phone": "+998000000001", **given}
    return DutyContact.objects.create(agency=agency, desk=desk, **values)


def _desks(code: str, at: dt.datetime, matter: str = "") -> list[str]:
    return [desk.desk for desk in on_duty(code, at, matter)]


def test_who_answers_at_border_troops_at_three_in_the_night() -> None:
    load_reference_data()
    troops = Agency.objects.get(code="uz-border")
    _desk(troops, "Second fallback", rank=3)
    _desk(troops, "Day room", rank=1, from_time=dt.time(8), to_time=dt.time(20))
    _desk(troops, "Night room", rank=1, from_time=dt.time(20), to_time=dt.time(8))
    _desk(troops, "First fallback", rank=2)
    at = dt.datetime(2026, 11, 22, 3, tzinfo=ZoneInfo("Asia/Tashkent"))
    assert _desks("uz-border", at, "hit") == ["Night room", "First fallback", "Second fallback"]
    assert _desks("uz-border", at.replace(hour=8)) == ["Day room", "First fallback", "Second fallback"]
    assert _desks("uz-border", at.replace(hour=7, minute=59, second=59)) == [
        "Night room",
        "First fallback",
        "Second fallback",
    ]
    with pytest.raises(NotFound) as told:
        on_duty("uz-navy", at)
    assert told.value.code == "agency_unknown"


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    _desk(make_agency(), "Weekdays", days="12345", from_time=dt.time(20), to_time=dt.time(6), time_zone="UTC")
    monday = dt.datetime(2026, 11, 23, tzinfo=UTC)
    answered = [
        f"{at:%a %H}"
        for at in (monday + dt.timedelta(hours=hour) for hour in range(24 * 7))
        if at.hour in (5, 6, 19, 20) and _desks("kz-border", at)
    ]
    assert answered == [
        "Mon 20", "Tue 05", "Tue 20", "Wed 05", "Wed 20", "Thu 05", "Thu 20", "Fri 05", "Fri 20", "Sat 05",
    ]  # fmt: skip


def test_hours_that_end_as_they_begin_are_a_whole_day_and_no_hours_are_all_of_its_days() -> None:
    agency = make_agency()
    _desk(agency, "Sunday from noon", days="7", from_time=dt.time(12), to_time=dt.time(12), time_zone="UTC")
    _desk(agency, "Sunday", days="7", time_zone="UTC")
    sunday = dt.datetime(2026, 11, 22, tzinfo=UTC)
    assert [_desks("kz-border", sunday + dt.timedelta(hours=hour)) for hour in (-1, 0, 11, 12, 23, 24, 35, 36)] == [
        [], ["Sunday"], ["Sunday"], ["Sunday", "Sunday from noon"], ["Sunday", "Sunday from noon"],
        ["Sunday from noon"], ["Sunday from noon"], [],
    ]  # fmt: skip


def test_each_desk_is_asked_in_its_own_zone() -> None:
    agency = make_agency()
    for zone in ("Asia/Tashkent", "Europe/Moscow", "Asia/Shanghai"):
        _desk(agency, zone, from_time=dt.time(9), to_time=dt.time(10), time_zone=zone)
    at = dt.datetime(2026, 11, 23, tzinfo=UTC)
    assert {hour: _desks("kz-border", at.replace(hour=hour)) for hour in (1, 3, 4, 6)} == {
        1: ["Asia/Shanghai"],
        3: [],
        4: ["Asia/Tashkent"],
        6: ["Europe/Moscow"],
    }


def test_clocks_that_go_back_and_forth() -> None:
    _desk(make_agency(), "Riga", from_time=dt.time(3, 15), to_time=dt.time(3, 45), time_zone="Europe/Riga")
    autumn = dt.datetime(2026, 10, 25, tzinfo=UTC)  # 04:00 summer time becomes 03:00: the hour comes twice
    assert [minute for minute in range(0, 240, 10) if _desks("kz-border", autumn + dt.timedelta(minutes=minute))] == [
        20,
        30,
        40,
        80,
        90,
        100,
    ]
    spring = dt.datetime(2026, 3, 29, tzinfo=UTC)  # 03:00 becomes 04:00: the hour does not come
    assert [minute for minute in range(0, 240, 10) if _desks("kz-border", spring + dt.timedelta(minutes=minute))] == []


def test_a_desk_for_the_matter_comes_before_one_for_everything() -> None:
    agency = make_agency()
    _desk(agency, "Operations room")
    _desk(agency, "Hits", subject_matter="hit")
    _desk(agency, "Requests", subject_matter="request")
    at = dt.datetime(2026, 11, 23, tzinfo=UTC)
    assert _desks("kz-border", at, "hit") == ["Hits", "Operations room"]
    assert _desks("kz-border", at) == ["Hits", "Requests", "Operations room"]


def test_the_tree_keeps_the_parents_of_what_a_filter_keeps() -> None:
    load_reference_data()
    agency = Agency.objects.get(code="kg-border")
    for code, kind, parent in (("osh", "post", "kg-oms-osh"), ("osh-2", "outpost", "osh")):
        services.add_office(
            by=acting(Role.ADMINISTRATOR),
            code=code,
            card=OfficeCard(kind=kind, name=code, country="KG", lead=agency.code, parent=parent),
        )
    tree = [(one.office.code, one.depth, one.is_wanted) for one in office_tree(kind="outpost", country="KG")]
    assert tree == [("kg-oms-osh", 0, False), ("osh", 1, False), ("osh-2", 2, True)]
    teams = [(one.office.code, one.depth, one.is_wanted) for one in office_tree(kind="interagency_mobile_team")]
    assert teams == [("uz-oct", 0, False), ("uz-imt", 1, True)]
    units = [one.office.kind for one in office_tree(kind="port_control_unit")]
    assert units == ["port_control_unit"]


def test_crossings_are_as_they_were_on_a_day() -> None:
    load_reference_data()

    def status(day: dt.date) -> str:
        return next(one.status for one in crossings_as_of(day, border="KG-TJ") if one.crossing.code == "BCP032")

    assert [status(dt.date(*day)) for day in ((2020, 1, 1), (2021, 5, 1), (2025, 3, 12), (2025, 3, 13))] == [
        "unknown", "closed", "closed", "open",
    ]  # fmt: skip
    closed = crossings_as_of(dt.date(2024, 1, 1), status="closed")
    assert [one.crossing.code for one in closed] == ["BCP028", "BCP029", "BCP032"]
    assert len(crossings_as_of(dt.date(2024, 1, 1), border="KG-TJ")) == 5
    assert len(crossings_as_of(dt.date(2024, 1, 1), kind="sea")) == 3
    assert "KG-TJ" in borders()


def test_a_new_status_ends_the_one_before() -> None:
    make_crossing("BCP900", status="unknown")
    by = acting(Role.ADMINISTRATOR)
    services.set_crossing_status(by=by, code="BCP900", card=StatusCard(status="open", from_date=dt.date(2025, 1, 1)))
    services.set_crossing_status(by=by, code="BCP900", card=StatusCard(status="closed", from_date=dt.date(2025, 6, 1)))
    crossing = Crossing.objects.get(code="BCP900")
    assert crossing.status == "closed"
    assert [(one.status, one.from_date, one.to_date) for one in crossing.history.all()] == [
        ("closed", dt.date(2025, 6, 1), None),
        ("open", dt.date(2025, 1, 1), dt.date(2025, 5, 31)),
    ]
    planned = StatusCard(status="open", from_date=dt.date(2999, 1, 1))
    assert services.set_crossing_status(by=by, code="BCP900", card=planned).status == "closed"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Хоргос", ["BCP019", "BCP020"]),
        ("khorgos", ["BCP019", "BCP020"]),
        ("bcp001", ["BCP001"]),
        ("Кордай", ["BCP001", "kz-blo-kordai"]),
        ("korday", ["BCP001", "kz-blo-kordai"]),
        ("Davlat xavfsizlik", ["uz-border", "uz-security"]),
        ("Өзбекстан шекара", []),
        ("Узбекистан погран", ["uz-border"]),
        ("Чек ара", ["kg-border"]),
        ("ЦАРИКЦ", ["caricc"]),
        ("", []),
        ("...", []),
    ],
)
def test_names_are_found_in_any_script(asked: str, found: list[str]) -> None:
    load_reference_data()
    told = find_by_name(asked)
    assert sorted(one.code for part in (told.agencies, told.offices, told.crossings) for one in part) == found


def test_changes_are_in_the_audit_with_before_and_after() -> None:
    by = acting(Role.ADMINISTRATOR)
    make_country("UZ")
    services.add_agency(by=by, code="uz-vet", card=AgencyCard(kind="veterinary", name="Veterinary", country="UZ"))
    card = AgencyCard(kind="veterinary", name="Veterinary Committee", country="UZ", names={"ru": "Комитет"})
    services.change_agency(by=by, code="uz-vet", card=card)
    desk = ContactCard(agency="uz-vet", desk="Duty vet", time_zone="Asia/Tashkent", phone="+998 00 000 00 00")
    contact = services.add_contact(by=by, card=desk)
    services.change_contact(by=by, contact_id=contact.pk, card=replace(desk, from_time=dt.time(8), to_time=dt.time(17)))
    services.remove_contact(by=by, contact_id=contact.pk)
    lines = [(line.verb, line.detail.get("changed")) for line in history_of("agency:uz-vet")]
    assert lines == [
        ("directory.remove_contact", None),
        ("directory.change_contact", {"from_time": [None, "08:00:00"], "to_time": [None, "17:00:00"]}),
        ("directory.add_contact", None),
        (
            "directory.change_agency",
            {"name": ["Veterinary", "Veterinary Committee"], "names": [{}, {"ru": "Комитет"}]},
        ),
        ("directory.add_agency", None),
    ]
    assert not DutyContact.objects.exists()


GOOD = ContactCard(agency="kz-border", desk="Duty officer", time_zone="Asia/Almaty", phone="+7 000 000 00 00")


@pytest.mark.parametrize(
    ("wrong", "field", "rule"),
    [
        ({"phone": ""}, "phone", "reachable"),
        ({"phone": "call Aibek"}, "phone", "phone"),
        ({"phone": "", "email": "nobody"}, "email", "email"),
        ({"days": "71"}, "days", "weekdays"),
        ({"days": ""}, "days", "weekdays"),
        ({"time_zone": "Asia/Nowhere"}, "time_zone", "known_zone"),
        ({"from_time": dt.time(8)}, "to_time", "both_hours"),
        ({"rank": 0}, "rank", "limit"),
        ({"desk": " "}, "desk", "missing"),
        ({"desk": "x" * 121}, "desk", "too_long"),
        ({"subject_matter": "gossip"}, "subject_matter", "one_of"),
    ],
)
def test_a_desk_that_nobody_could_reach_is_refused(wrong: dict[str, Any], field: str, rule: str) -> None:
    by = acting(Role.ADMINISTRATOR)
    services.add_contact(by=by, card=GOOD)
    with pytest.raises(InvalidInput) as told:
        services.add_contact(by=by, card=replace(GOOD, **wrong))
    assert told.value.params == {"field": field, "rule": rule}
    assert DutyContact.objects.count() == 1


def test_wrong_cards_are_refused() -> None:
    by = acting(Role.ADMINISTRATOR)
    make_country("KG")
    office = OfficeCard(kind="post", name="Post", country="KG", lead="kz-border")
    services.add_office(by=by, code="a", card=office)
    services.add_office(by=by, code="b", card=replace(office, parent="a"))
    crossing = CrossingCard(kind="road", name_a="A", country_a="KG", name_b="B", country_b="KZ")
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: services.change_office(by=by, code="a", card=replace(office, parent="b")), "own_child"),
        (lambda: services.change_office(by=by, code="a", card=replace(office, parent="a")), "own_child"),
        (lambda: services.add_office(by=by, code="c", card=replace(office, kind="shed")), "one_of"),
        (lambda: services.add_office(by=by, code="c", card=replace(office, agencies=("kz-x",))), "one_of"),
        (lambda: services.add_office(by=by, code="c", card=replace(office, latitude=42.0)), "position_whole"),
        (lambda: services.add_office(by=by, code="C d", card=office), "code_letters"),
        (lambda: services.add_crossing(by=by, code="bcp", card=crossing), "crossing_code"),
        (lambda: services.add_crossing(by=by, code="X1", card=replace(crossing, country_b="KG")), "two_countries"),
        (lambda: services.add_crossing(by=by, code="X1", card=replace(crossing, country_b="ZZ")), "one_of"),
        (
            lambda: services.add_crossing(
                by=by,
                code="X1",
                card=replace(crossing, latitude=91.0, longitude=0.0, coordinate_error_km=1.0),
            ),
            "position_on_earth",
        ),
    ]
    rules = []
    for call, _ in refused:
        with pytest.raises(InvalidInput) as told:
            call()
        rules.append(told.value.params["rule"])
    assert rules == [rule for _, rule in refused]
    assert Office.objects.get(code="a").parent is None
    with pytest.raises(Conflict):
        services.add_office(by=by, code="a", card=office)


def test_only_an_administrator_changes_the_directory() -> None:
    by = acting(*(role for role in Role if role is not Role.ADMINISTRATOR))
    with pytest.raises(NotAllowed):
        services.add_contact(by=by, card=GOOD)
    assert DutyContact.objects.count() == 0
