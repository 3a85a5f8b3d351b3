"""The picture: every number is the length of the list that it opens; levels, the map, the register."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, make_crossing, make_office, make_officer, signed_in

from elchi.errors import InvalidInput, NotAllowed
from elchi.modules.operations import figures, services
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Route
from elchi.modules.operations.models import Incident
from elchi.modules.operations.queries import Wanted, incidents_found
from elchi.modules.operations.seizure import Item
from elchi.node.audit.actor import NODE
from elchi.node.directory.services import load_reference_data
from elchi.node.officers.rules import Role

NOW = timezone.now()
HASHISH = Item(kind="drug", substance="cannabis_resin", quantity=Decimal(1981), unit="g")
PILLS = Item(kind="drug", substance="mdma", quantity=Decimal(40), unit="tablet")
SAVED = Found(counts=(Count(kind="rescued", count=1),))


def record(days: int = 1, found: Found | None = None, **given: object) -> Incident:
    make_crossing()
    values = {"kind": "seizure", "at": NOW - dt.timedelta(days=days), "unit": make_office().code, "crossing": "BCP001",
              "legal_basis": "Invented act", "route": Route(departure="KG", destination="KZ"), **given}  # fmt: skip
    card = IncidentCard(**values)  # type: ignore[arg-type]
    return services.record_incident(by=acting(Role.SECOND_LINE), card=card, found=found or Found(items=(HASHISH,)))


@pytest.fixture
def year() -> None:
    customs = make_agency("kz-customs", kind="customs")
    record(1, agencies=(customs.code,))
    record(40, Found(items=(HASHISH, PILLS)))
    record(41, SAVED, kind="rescue", crossing="", spot=Spot(48.0, 67.0), route=Route())
    Incident.objects.filter(pk=record(2).pk).update(led_by=1)
    services.withdraw_incident(by=acting(Role.SUPERVISOR), incident_id=record(3).pk, reason="Twice")


def test_what_is_counted(year: None) -> None:
    told = figures.figures_of(Wanted())
    assert (told.total.count, told.total.led, told.total.share) == (4, 1, 0.25)
    assert [(one.key, one.count) for one in told.kinds] == [("seizure", 3), ("rescue", 1)]
    assert [(one.key, one.count) for one in told.borders] == [("KG-KZ", 3)]
    assert [(one.key, one.count) for one in told.agencies] == [("kz-border", 4), ("kz-customs", 1)]
    assert [(one.key, one.count) for one in told.routes] == [("KG-KZ", 3)]
    assert [(one.substance, one.incidents, one.kilograms, one.unweighed) for one in told.seized] == [
        ("cannabis_resin", 3, Decimal("5.943"), 0), ("mdma", 1, None, 1),
    ]  # fmt: skip
    assert sum(count for _, count in told.months) == 4


def test_one_more_moves_exactly_the_right_totals(year: None) -> None:
    before = figures.figures_of(Wanted())
    record(1, Found(items=(PILLS,)), route=Route(departure="TJ"))
    after = figures.figures_of(Wanted())
    moved = {
        name: {one.key: one.count for one in getattr(after, name)}.items()
        - {one.key: one.count for one in getattr(before, name)}.items()
        for name in ("kinds", "units", "borders", "agencies", "routes")
    }
    assert moved == {
        "kinds": {("seizure", 4)}, "units": {("kordai", 5)}, "borders": {("KG-KZ", 4)}, "agencies": {("kz-border", 5)},
        "routes": {("TJ-?", 1)},
    }  # fmt: skip
    assert after.total.count == before.total.count + 1


def test_every_number_opens_a_list_of_that_length(client: Client, year: None) -> None:
    signed_in(client, make_officer(Role.PROGRAMME))
    page = client.get("/picture/?from=2020-01-01").content.decode()
    links = re.findall(r'<tr><td><a href="(/incidents/\?[^"]+)">[^<]*</a></td><td class="n">(\d+)</td>', page)
    links += re.findall(r'<a class="tile" href="(/incidents/\?[^"]+)"><span>[^<]*</span><b>(\d+)</b>', page)
    links += re.findall(r'<a class="chip" href="(/incidents/\?[^"]+)">[\d.]+: (\d+)</a>', page)
    assert len(links) >= 12
    for address, count in links:
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<a class="code" href="/incidents/\d+/">', listed)) == int(count), address


def test_as_of_a_day_it_is_what_was_known_then(year: None) -> None:
    Incident.objects.update(recorded_at=NOW - dt.timedelta(days=30))
    Incident.objects.exclude(withdrawn_at=None).update(withdrawn_at=NOW - dt.timedelta(days=10))
    told = {days: figures.count_of(Wanted(as_of=NOW - dt.timedelta(days=days))).count for days in (40, 20, 5)}
    assert told == {40: 0, 20: 5, 5: 4}


def test_the_level_of_a_section_holds_until_its_end() -> None:
    by = acting(Role.ANALYST)
    services.set_section_level(by=by, border="KG-KZ", level="high", until=None, reason="Two seizures a week")
    until = timezone.now() + dt.timedelta(days=3)
    services.set_section_level(by=by, border="TJ-UZ", level="critical", until=until, reason="Armed crossing")
    levels = {border: row.level for border, row in figures.levels_on(timezone.now()).items()}
    assert levels == {"KG-KZ": "high", "TJ-UZ": "critical"}
    assert set(figures.levels_on(until + dt.timedelta(hours=1))) == {"KG-KZ"}
    with pytest.raises(InvalidInput, match="operations_invalid"):
        services.set_section_level(by=by, border="TJ-UZ", level="critical", until=None, reason="x")
    with pytest.raises(InvalidInput, match="operations_invalid"):
        services.set_section_level(by=by, border="XX-YY", level="high", until=None, reason="x")
    with pytest.raises(NotAllowed):
        services.set_section_level(by=acting(Role.PROGRAMME), border="KG-KZ", level="low", until=None, reason="x")


def test_the_map_shows_incidents_and_raised_sections(client: Client, year: None) -> None:
    services.set_section_level(by=acting(Role.ANALYST), border="KG-KZ", level="high", until=None, reason="x")
    signed_in(client, make_officer(Role.PROGRAMME))
    page = client.get("/map/?period=year").content.decode()
    assert page.count('class="m-alert" d="M0-8L8 6H-8z"') == 1
    assert ('class="lv3"' in page, "?place=BCP001&amp;kind=seizure" in page) == (True, True)
    assert page.count('class="m-alert" d="M-3-8') == 1
    administrator = signed_in(Client(), make_officer(Role.ADMINISTRATOR)).get("/map/?period=year").content.decode()
    assert "m-alert" not in administrator


def test_the_results_of_the_node_have_a_tile(client: Client, year: None) -> None:
    signed_in(client, make_officer(Role.ANALYST))
    page = client.get("/results/?period=month").content.decode()
    assert (
        re.search(r'href="/incidents/\?from=[\d-]+"[^>]*><span>Incidents</span><b>2</b>', page) or "Incidents" in page
    )


def test_the_register_as_of_the_published_days(client: Client) -> None:
    load_reference_data(by=NODE)
    signed_in(client, make_officer(Role.PROGRAMME))
    page = client.get("/picture/register/?on=2021-11-23").content.decode()
    assert re.findall(r"<tr><td>([A-Z]{2}-[A-Z]{2})</td><td class=\"n\">(\d+)</td>", page) == [
        ("AF-TJ", "2"), ("AF-UZ", "1"), ("KG-KZ", "2"), ("KG-TJ", "4"), ("KG-UZ", "2"), ("KZ-UZ", "2"), ("TJ-UZ", "6"),
    ]  # fmt: skip
    assert ": 19, under way: 6" in page
    assert ": 12, planned: 4" in client.get("/picture/register/?on=2016-03-10").content.decode()


def test_a_level_is_set_at_the_console(client: Client) -> None:
    signed_in(client, make_officer(Role.ANALYST))
    told = {"border": "KG-KZ", "level": "critical", "reason": "x"}
    assert client.post("/picture/level/", told).status_code == 422
    assert client.post("/picture/level/", told | {"level": "medium"}).status_code == 302
    assert "appropriate measures" in client.get("/picture/?from=2020-01-01").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_picture_asks_the_database_as_often_for_three_rows_as_for_one(client: Client, rows: int) -> None:
    for day in range(rows):
        record(day + 1)
    signed_in(client, make_officer(Role.PROGRAMME))
    address = f"/picture/?from={NOW.date() - dt.timedelta(days=200)}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert len(asked) < 26
    assert incidents_found(replace(Wanted(), kind="seizure")).count() == rows
