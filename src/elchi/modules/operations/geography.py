"""Places on the ground: how far, inside which area, how long to get there. Great circles on a sphere, no roads.

A position carries how far off it may be. Whoever asks whether something lies inside gets the benefit of that error:
a post placed to 7 km is not refused because its mark lies 2 km beyond the line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from elchi.errors import InvalidInput

EARTH_KM: Final = 6371.0088
"""Mean radius (IUGG)."""
USUAL_KMH: Final = 60
"""Speed where a unit says none."""
AREAS: Final = ("section", "circle", "polygon")
MOST_POINTS: Final = 200
Point = tuple[float, float]
"""Longitude and latitude, degrees."""
Lines = Sequence[Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that is no crossing."""

    latitude: float
    longitude: float
    error_km: float = 0.0

    @property
    def point(self) -> Point:
        """Longitude and latitude."""
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where a unit works: along a section of the border, around a place, or inside a shape."""

    kind: str
    """Of `AREAS`."""
    border: str = ""
    """Of a section, `KG-KZ`."""
    km: float = 0.0
    """How far from the border or the middle."""
    middle: Point | None = None
    points: tuple[Point, ...] = ()
    """Corners of a polygon."""


def check_spot(spot: Spot) -> None:
    """Do nothing if a place is on the earth.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if not (abs(spot.latitude) <= 90 and abs(spot.longitude) <= 180):
        raise InvalidInput("operations_invalid", field="latitude", rule="position_on_earth")
    if not 0 <= spot.error_km <= 1000:
        raise InvalidInput("operations_invalid", field="error_km", rule="position_on_earth")


def check_area(area: Area) -> None:
    """Do nothing if an area is one.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if area.kind not in AREAS:
        raise InvalidInput("operations_invalid", field="area", rule="one_of", allowed=list(AREAS))
    if area.kind != "polygon" and not 0 < area.km <= 1000:
        raise InvalidInput("operations_invalid", field="km", rule="kilometres")
    if area.kind == "circle" and area.middle is None:
        raise InvalidInput("operations_invalid", field="latitude", rule="position_whole")
    if area.kind == "polygon" and not 3 <= len(area.points) <= MOST_POINTS:
        raise InvalidInput("operations_invalid", field="points", rule="corners", limit=MOST_POINTS)
    for longitude, latitude in (*area.points, *([area.middle] if area.middle else [])):
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise InvalidInput("operations_invalid", field="points", rule="position_on_earth")


def area_to_wire(area: Area) -> dict[str, Any]:
    """Give an area as JSON."""
    told: dict[str, Any] = {"kind": area.kind}
    if area.border:
        told["border"] = area.border
    if area.km:
        told["km"] = area.km
    if area.middle:
        told["middle"] = list(area.middle)
    if area.points:
        told["points"] = [list(point) for point in area.points]
    return told


def area_from_wire(wire: Mapping[str, Any]) -> Area:
    """Give the area that JSON says, as `area_to_wire` wrote it."""
    middle = wire.get("middle")
    return Area(
        kind=wire["kind"],
        border=wire.get("border", ""),
        km=wire.get("km", 0.0),
        middle=(middle[0], middle[1]) if middle else None,
        points=tuple((x, y) for x, y in wire.get("points", ())),
    )


def distance_km(one: Point, other: Point) -> float:
    """Give the great-circle distance (haversine)."""
    (x1, y1), (x2, y2) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def distance_to_lines(point: Point, lines: Lines) -> float:
    """Give the distance to the nearest of several lines, kilometres; infinite where there is none.

    Each piece of a line is taken as straight on a plane around the point: true to a thousandth for lines as far away as
    an area is wide.
    """
    return min((_to_piece(point, start, end) for line in lines for start, end in pairwise(line)), default=math.inf)


def inside_polygon(point: Point, corners: Sequence[Point]) -> bool:
    """Tell whether a shape holds a point: a ray from it crosses its sides an odd number of times."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in pairwise((*corners, corners[0])):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def area_holds(area: Area, spot: Spot, lines_of: Mapping[str, Lines]) -> bool:
    """Tell whether an area holds a place, as far as is known.

    Args:
        area: checked.
        spot: the place, with its error.
        lines_of: the lines of each border.
    """
    if area.kind == "section":
        return distance_to_lines(spot.point, lines_of.get(area.border, ())) <= area.km + spot.error_km
    if area.kind == "circle" and area.middle:
        return distance_km(spot.point, area.middle) <= area.km + spot.error_km
    sides = (*area.points, area.points[0])
    return inside_polygon(spot.point, area.points) or distance_to_lines(spot.point, (sides,)) <= spot.error_km


def minutes_to(start: Point, end: Point, kmh: float) -> int:
    """Give how long a unit needs at its speed along a straight line, whole minutes; roads are longer."""
    return math.ceil(60 * distance_km(start, end) / kmh)


def middle_of(points: Iterable[Point]) -> Point:
    """Give the middle of some points that lie near each other."""
    rows = list(points)
    return sum(x for x, _ in rows) / len(rows), sum(y for _, y in rows) / len(rows)


def _to_piece(point: Point, start: Point, end: Point) -> float:
    narrow = math.cos(math.radians(point[1]))
    degree = math.radians(1) * EARTH_KM
    (x1, y1), (x2, y2) = (((x - point[0]) * narrow * degree, (y - point[1]) * degree) for x, y in (start, end))
    along, up = x2 - x1, y2 - y1
    length = along * along + up * up
    part = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * along + y1 * up) / length))
    return math.hypot(x1 + part * along, y1 + part * up)
