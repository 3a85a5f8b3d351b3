"""Where things lie on the ground that travels with Elchi: borders between states, and how near one is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from elchi.modules.operations.geography import Lines, Point, Spot, distance_to_lines, inside_polygon
from elchi.modules.operations.mandate import Ground
from elchi.node.directory.reference import shapes_of

NEAR_BORDER_KM: Final = 30.0
"""So near a border what happens counts for it."""
OUTLINE_KM: Final = 2.0
"""How true the shapes of states are."""


@cache
def border_lines() -> Mapping[str, Lines]:
    """Give the lines of each land border between two states, by `KG-KZ`."""
    return {code: lines for code, (lines,) in shapes_of("land_borders")}


def nearest_border(point: Point, country: str = "") -> tuple[str, float]:
    """Give the nearest border and how far it is, kilometres; empty and infinite where none is shipped.

    Args:
        point: from where.
        country: only borders of this state.
    """
    found = (
        (distance_to_lines(point, lines), border)
        for border, lines in border_lines().items()
        if not country or country in border.split("-")
    )
    km, border = min(found, default=(float("inf"), ""))
    return border, km


def border_beside(spot: Spot, country: str) -> str:
    """Give the border of a state that a place counts for; empty for one inland."""
    border, km = nearest_border(spot.point, country)
    return border if km <= NEAR_BORDER_KM + spot.error_km else ""


def is_inside(point: Point, country: str) -> bool:
    """Tell whether a place lies in a state; true for one whose shape is not shipped."""
    shapes = [polygons for code, polygons in shapes_of("outlines") if code == country]
    return not shapes or any(inside_polygon(point, polygon[0]) for polygons in shapes for polygon in polygons)


def ground_of(spot: Spot, country: str, *, is_crossing: bool) -> Ground:
    """Give where something is to be done, as the mandate asks it."""
    _, km = nearest_border(spot.point, country)
    abroad = 0.0 if is_crossing or is_inside(spot.point, country) else km
    beyond = abroad if abroad > OUTLINE_KM + spot.error_km else 0.0
    return Ground(is_crossing=is_crossing, border_km=km, abroad_km=beyond, error_km=spot.error_km)


def cell_of(spot: Spot) -> str:
    """Give where a place that is no crossing is counted: a tenth of a degree."""
    return f"{spot.latitude:.1f},{spot.longitude:.1f}"


def point_of_cell(key: str) -> Point | None:
    """Give longitude and latitude of such a place; None for the code of a crossing."""
    latitude, comma, longitude = key.partition(",")
    return (float(longitude), float(latitude)) if comma else None
