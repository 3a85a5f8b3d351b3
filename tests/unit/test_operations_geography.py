"""Distances, areas, and the picture of what led to an incident."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.modules.operations.chain import MOST, picture_of
from elchi.modules.operations.geography import (
    Area,
    Spot,
    area_from_wire,
    area_holds,
    area_to_wire,
    check_area,
    distance_km,
    distance_to_lines,
    inside_polygon,
    minutes_to,
)
from elchi.modules.operations.leads import Trace

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
OYBEK = (69.2953, 40.5889)
SQUARE = ((69.0, 40.0), (70.0, 40.0), (70.0, 41.0), (69.0, 41.0))
points = st.tuples(st.floats(46, 88), st.floats(34, 56))


def test_known_distances() -> None:
    assert distance_km((0, 0), (1, 0)) == pytest.approx(111.195, abs=0.001)
    assert distance_km((69.2401, 41.2995), (74.5698, 42.8746)) == pytest.approx(475, abs=3)  # Tashkent, Bishkek
    assert minutes_to((0, 0), (1, 0), 60) == 112


@given(points, points, points)
def test_distance_is_a_metric(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a))
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6


@given(st.floats(69.01, 69.99), st.floats(40.01, 40.99), st.floats(0.1, 5))
def test_inside_and_outside_of_a_square(x: float, y: float, off: float) -> None:
    assert inside_polygon((x, y), SQUARE)
    assert not inside_polygon((x, y + off + 1), SQUARE)
    assert not inside_polygon((x - off - 1, y), SQUARE)


def test_the_distance_to_a_line_is_that_to_its_nearest_piece() -> None:
    line = ((69.0, 40.0), (69.0, 41.0), (70.0, 41.0))
    assert distance_to_lines((69.1, 40.5), (line,)) == pytest.approx(distance_km((69.1, 40.5), (69.0, 40.5)), rel=0.002)
    assert distance_to_lines((69.0, 39.0), (line,)) == pytest.approx(distance_km((69.0, 39.0), (69.0, 40.0)), rel=0.002)
    assert distance_to_lines((69.0, 39.0), ()) == math.inf


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        (Area(kind="circle", km=10, middle=OYBEK), Spot(40.6, 69.3), Spot(41.6, 69.3)),
        (Area(kind="polygon", points=SQUARE), Spot(40.5, 69.5), Spot(41.5, 69.5)),
        (Area(kind="section", border="TJ-UZ", km=5), Spot(40.5, 69.02), Spot(40.5, 69.2)),
    ],
)
def test_an_area_holds_places_and_forgives_their_error(area: Area, inside: Spot, outside: Spot) -> None:
    check_area(area)
    lines = {"TJ-UZ": (((69.0, 40.0), (69.0, 41.0)),)}
    assert area_holds(area, inside, lines)
    assert not area_holds(area, outside, lines)
    assert area_holds(area, Spot(outside.latitude, outside.longitude, 150.0), lines)
    assert area_from_wire(area_to_wire(area)) == area


@pytest.mark.parametrize(
    ("area", "rule"),
    [
        (Area(kind="square"), "one_of"),
        (Area(kind="circle", km=0, middle=OYBEK), "kilometres"),
        (Area(kind="circle", km=5), "position_whole"),
        (Area(kind="polygon", points=SQUARE[:2]), "corners"),
        (Area(kind="polygon", points=(*SQUARE, (69.0, 95.0))), "position_on_earth"),
    ],
)
def test_what_is_no_area(area: Area, rule: str) -> None:
    with pytest.raises(InvalidInput) as given_error:
        check_area(area)
    assert given_error.value.params["rule"] == rule


def trace(ref: str, hours: int, *before: str) -> Trace:
    return Trace(ref=ref, at=NOW - dt.timedelta(hours=hours), code="check", before=before)


def test_the_picture_runs_from_the_first_message_to_the_seizure() -> None:
    known = [trace("message:1", 9), trace("request:2", 7, "message:1"), trace("finding:3", 3, "check:4"),
             trace("check:4", 4, "request:2")]  # fmt: skip
    picture = picture_of(["finding:3"], {one.ref: one for one in known})
    assert [box.trace.ref if box.trace else "" for box in picture.boxes] == [
        "message:1", "request:2", "check:4", "finding:3", "",
    ]  # fmt: skip
    assert picture.first == known[0]
    assert len(picture.lines) == 4
    assert [box.x for box in picture.boxes] == sorted(box.x for box in picture.boxes)


def test_a_circle_is_cut_and_too_much_is_left_out_and_said() -> None:
    circle = {one.ref: one for one in (trace("a:1", 2, "a:2"), trace("a:2", 1, "a:1"))}
    assert len(picture_of(["a:1"], circle).boxes) == 3
    many = {one.ref: one for one in (trace(f"a:{at}", at) for at in range(40))}
    picture = picture_of(list(many), many)
    assert (len(picture.boxes), picture.left_out) == (MOST + 1, 40 - MOST)
    assert picture_of([], {}).first is None
