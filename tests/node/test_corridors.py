"""A corridor: what passes, waits, is seized and alarms at each crossing of a route, in its order."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_crossing, make_officer, signed_in
from tests.lists_made import put_list
from tests.node.test_incidents import recorded

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import corridors, services
from elchi.modules.operations.corridors import Stop
from elchi.modules.operations.models import Corridor, Waiting
from elchi.node.checks import services as checks
from elchi.node.officers.rules import Role
from elchi.subjects import Person

ROUTE = ("BCP002", "BCP001", "BCP003")


@pytest.fixture
def route() -> Corridor:
    for code in ROUTE:
        make_crossing(code)
    return services.draw_corridor(by=acting(Role.ANALYST), name="North", stops=ROUTE)


def test_each_crossing_has_its_own_numbers_in_the_order_of_the_route(route: Corridor) -> None:
    put_list("hidden", {"h-1": {"name": ["TESTOV Baikal"]}}, action="discreet")
    first, second = acting(Role.FIRST_LINE), acting(Role.SECOND_LINE)
    checks.start_shift(by=first, purpose="border_check", direction="entry", crossing_code="BCP001")
    checks.submit_check(by=first, subjects=(Person(name="Testov Baikal"),))
    checks.submit_check(by=first, subjects=(Person(name="Somebody Else"),))
    recorded()
    services.withdraw_incident(by=acting(Role.SUPERVISOR), incident_id=recorded().pk, reason="Twice")
    recorded(at=timezone.now() - dt.timedelta(days=40))
    for minutes in (20, 40, 300):
        services.tell_waiting(by=first, crossing="BCP001", minutes=minutes, lane="truck", direction="entry")
    now = timezone.now()
    told = corridors.stops_of(second, route.stops, now - dt.timedelta(days=30), now + dt.timedelta(minutes=1))
    empty: Any = {"checks": 0, "stopped": 0, "incidents": 0, "seizures": 0, "alerts": 0, "waited": None,
             "longest": None,
             "told": 0}  # fmt: skip
    assert told == [
        Stop(code="BCP002", **empty),
        Stop(code="BCP001", checks=2, stopped=0, incidents=1, seizures=1, alerts=1, waited=40, longest=300, told=3),
        Stop(code="BCP003", **empty),
    ]
    blind = corridors.stops_of(acting(Role.PROGRAMME), route.stops, now - dt.timedelta(days=30), now)
    assert [one.alerts for one in blind] == [None, None, None]


@pytest.mark.parametrize("stops", [("BCP001",), ("BCP001", "BCP001"), ("BCP001", "BCP999"), ROUTE * 7])
def test_what_is_no_route_is_refused(route: Corridor, stops: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as given:
        services.draw_corridor(by=acting(Role.ANALYST), name="Other", stops=stops)
    assert given.value.params["field"] == "stops"


def test_names_are_taken_once_and_corridors_are_drawn_again_and_removed(route: Corridor) -> None:
    by = acting(Role.SUPERVISOR)
    with pytest.raises(Conflict, match="corridor_known"):
        services.draw_corridor(by=by, name="North", stops=ROUTE)
    services.draw_corridor(by=by, name="North", stops=ROUTE[:2], corridor_id=route.pk)
    assert corridors.corridor_of(route.pk).stops == ["BCP002", "BCP001"]
    with pytest.raises(NotAllowed, match="right_missing"):
        services.remove_corridor(by=acting(Role.SECOND_LINE), corridor_id=route.pk)
    services.remove_corridor(by=by, corridor_id=route.pk)
    with pytest.raises(NotFound, match="corridor_unknown"):
        corridors.corridor_of(route.pk)


@pytest.mark.parametrize(
    ("given", "field"), [({"minutes": -1}, "minutes"), ({"minutes": 10_081}, "minutes"), ({"lane": "boat"}, "lane")]
)
def test_what_is_no_waiting_time_is_refused(route: Corridor, given: dict[str, object], field: str) -> None:
    values = {"crossing": "BCP001", "minutes": 5, "lane": "car", "direction": "entry", **given}
    with pytest.raises(InvalidInput) as error:
        services.tell_waiting(by=acting(Role.FIRST_LINE), **values)  # type: ignore[arg-type]
    assert error.value.params["field"] == field
    assert not Waiting.objects.exists()


def test_the_pages_draw_tell_and_show(client: Client, route: Corridor) -> None:
    recorded()
    signed_in(client, make_officer(Role.SUPERVISOR))
    made = client.post("/picture/corridors/draw/", {"corridor_name": "South", "stop_1": "BCP003", "stop_4": "BCP001"})
    row = Corridor.objects.get(name="South")
    assert (made.headers["Location"], row.stops) == (f"/picture/corridors/{row.pk}/", ["BCP003", "BCP001"])
    assert client.post("/picture/corridors/draw/", {"corridor_name": "South", "stop_1": "BCP003"}).status_code == 422
    told = {"crossing": "BCP001", "minutes": "35", "lane": "truck", "direction": "exit"}
    assert client.post("/picture/corridors/waiting/", told).status_code == 302
    page = client.get(f"/picture/corridors/{row.pk}/").content.decode()
    assert ("35 min" in page, "place=BCP001&amp;kind=seizure" in page, page.count("<circle")) == (True, True, 2)
    assert client.post(f"/picture/corridors/{row.pk}/remove/").status_code == 302


@pytest.mark.parametrize("length", [2, 3])
def test_a_longer_route_asks_the_database_no_more_often(client: Client, route: Corridor, length: int) -> None:
    services.draw_corridor(by=acting(Role.ANALYST), name="North", stops=ROUTE[:length], corridor_id=route.pk)
    signed_in(client, make_officer(Role.SECOND_LINE))
    address = f"/picture/corridors/{route.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert len(asked) == 16
