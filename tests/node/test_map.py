"""The map: what is drawn stands in the table, marks are links, and the ground is cut to the frame."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import make_officer, signed_in

from elchi.console.map import drawing
from elchi.node.checks.models import Check
from elchi.node.directory.models import Crossing, Office
from elchi.node.directory.services import load_reference_data
from elchi.node.officers.rules import Role


def _page(client: Client, role: Role, address: str = "/map/") -> str:
    signed_in(client, make_officer(role, office=Office.objects.get(code="kz-blo-kordai")))
    return client.get(address).content.decode()


def test_every_place_with_a_position_is_drawn_and_all_stand_in_the_table(client: Client) -> None:
    load_reference_data()
    page = _page(client, Role.FIRST_LINE)
    drawing_, table = page.split("</svg></figure>")
    table += "".join(client.get(f"/map/?page={number}").content.decode() for number in range(2, 11))
    marks = set(re.findall(r'<a href="(/directory/(?:crossings|offices)/[^/]+/)"><title>', drawing_))
    rows = set(re.findall(r'<tr><td><a href="(/directory/(?:crossings|offices)/[^/]+/)"', table))
    crossings = {f"/directory/crossings/{one.code}/" for one in Crossing.objects.exclude(latitude=None)}
    offices = {f"/directory/offices/{one.code}/" for one in Office.objects.exclude(crossings__latitude=None)}
    assert marks == crossings | offices
    assert len(crossings) == 65
    assert len(rows) == 71 + Office.objects.count()
    assert "They state no opinion on any border." in page
    assert "<script" not in drawing_.partition("<figure")[2]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?border=KG-TJ&layer=crossings", {"BCP032", "BCP033", "BCP034", "BCP035", "BCP036"}),
        ("?layer=crossings&kind=sea", {"BCP069", "BCP070", "BCP071"}),
        ("?layer=crossings&status=closed", {"BCP029", "BCP028"}),
    ],
)
def test_filters_keep_what_they_say(client: Client, query: str, codes: set[str]) -> None:
    load_reference_data()
    page = _page(client, Role.FIRST_LINE, f"/map/{query}")
    assert set(re.findall(r'<tr><td><a href="/directory/crossings/([^/]+)/"', page)) == codes


def test_checks_of_the_last_day_are_shown_to_those_who_may_see_checks(client: Client) -> None:
    load_reference_data()
    kordai = Crossing.objects.get(code="BCP001")
    for hours in (1, 2, 3, 30):
        at = timezone.now() - dt.timedelta(hours=hours)
        Check.objects.create(at=at, crossing=kordai, purpose="border_check", via="console", kind="person",
                             verdict="clear", took_ms=1)  # fmt: skip
    shown = {}
    for role in (Role.FIRST_LINE, Role.PROGRAMME):
        shown[role] = re.findall(r"BCP001 [^<]*?, (\d+) checks?</title>", _page(client, role))
    assert shown == {Role.FIRST_LINE: ["3"], Role.PROGRAMME: []}


def test_one_place_is_enlarged(client: Client) -> None:
    load_reference_data()
    page = _page(client, Role.FIRST_LINE, "/map/?near=BCP039")
    drawn = re.findall(r'<a href="/directory/crossings/([^/]+)/"><title>', page.split("</svg></figure>")[0])
    assert "BCP039" in drawn
    assert len(drawn) < 20
    assert _page(client, Role.FIRST_LINE, "/map/?near=nowhere&border=ZZ-YY").count("<svg") > 0


def test_two_states_that_share_a_line_share_it_when_drawn() -> None:
    ground = drawing.ground(drawing.whole())
    assert len(ground.away) + len(ground.land) < 35_000
    steps = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", ground.land)]
    assert [step for step in steps if 2 * step[0] % 1 or 2 * step[1] % 1] == []


def test_the_frame_holds_what_it_is_put_around() -> None:
    frame = drawing.around_border("KG-TJ")
    assert frame is not None
    assert frame.holds(70.7, 40.1)
    assert frame.holds(73.3, 39.4)
    x, y = frame.point(frame.west, frame.north)
    assert (x, y) == (0, 0)
    assert frame.point(frame.east, frame.south) == (1000, frame.height)
    assert drawing.around_border("ZZ-YY") is None
    assert drawing.ground(frame, "KG-TJ").border.startswith("M")


def test_names_do_not_cover_each_other() -> None:
    frame = drawing.whole()
    marks = [((100.0 + 3 * at, 100.0), 6.0, "Long name of a place") for at in range(6)]
    names = drawing.names_beside(marks, frame)
    assert 1 <= len(names) < 6
    boxes = [(one.y, one.anchor) for one in names]
    assert len(boxes) == len(set(boxes))
