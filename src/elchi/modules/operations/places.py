"""Where things lie on the ground that travels with Elchi: borders between states, and how near one is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from elchi.modules.operations.geography import Lines, Point, Spot, distance_to_lines
from elchi.node.directory.reference import shapes_of

NEAR_BORDER_KM: Final = 30.0
"""So near a border what happens counts for it."""


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


def cell_of(spot: Spot) -> str:
    """Give where a place that is no crossing is counted: a tenth of a degree."""
    return f"{spot.latitude:.1f},{spot.longitude:.1f}"


def point_of_cell(key: str) -> Point | None:
    """Give longitude and latitude of such a place; None for the code of a crossing."""
    latitude, comma, longitude = key.partition(",")
    return (float(longitude), float(latitude)) if comma else None
