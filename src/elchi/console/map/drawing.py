"""From degrees to the drawing: a frame, the ground cut to it, marks, and names that do not cover each other.

Equal steps of longitude and latitude, narrowed by the cosine of the middle latitude: over a region of this size that is
true enough to find a post, and the errors of the positions are larger. Points are put on a grid of half a unit before
equal ones are dropped, so that two states which share a line still share it when it is made simpler.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from elchi.node.directory.reference import shapes_of

WIDTH: Final = 1000
"""Of the drawing, units."""
REGION: Final = (46.0, 34.6, 88.0, 55.9)
"""West, south, east, north of the whole map, degrees."""
CORE: Final = frozenset(("KZ", "KG", "TJ", "TM", "UZ"))
"""States whose shape is drawn with a line; neighbours carry none of their own."""
NAMED: Final = {
    "KZ": (67.2, 48.4), "UZ": (62.6, 42.4), "TM": (59.2, 39.3), "KG": (74.6, 41.55), "TJ": (70.9, 38.65),
    "RU": (58.5, 54.6), "CN": (84.5, 41.6), "AF": (66.0, 35.7), "IR": (56.5, 36.0),
}  # fmt: skip
"""Where the names of states stand."""
_SMALLEST: Final = 1.2
"""Degrees across below which nothing is enlarged: the outlines are true to about a kilometre."""
_TALLEST: Final = 0.9
_LETTER: Final = 10.4
_STEP: Final = 2
"""Units between two points of a line that are both drawn."""
_GRID: Final = (18, 11)
"""Points, across and up, among which the place of a state's name is looked for."""
_LINE: Final = 18.0
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the earth and the drawing of it."""

    west: float
    south: float
    east: float
    north: float

    @property
    def height(self) -> float:
        """Of the drawing, units."""
        return round(WIDTH * (self.north - self.south) / ((self.east - self.west) * self._narrowing), 1)

    @property
    def _narrowing(self) -> float:
        return math.cos(math.radians((self.north + self.south) / 2))

    def point(self, longitude: float, latitude: float) -> Point:
        """Give where a place lies in the drawing."""
        x = (longitude - self.west) / (self.east - self.west) * WIDTH
        y = (self.north - latitude) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Tell whether a place is in it."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground as paths of SVG."""

    away: str
    land: str
    border: str
    """The chosen border; empty without one."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside a mark."""

    text: str
    x: float
    y: float
    anchor: str


def whole() -> Frame:
    """Give the frame of the whole region."""
    return Frame(*REGION)


def around(points: Iterable[Point], margin: float = 0.12) -> Frame:
    """Give a frame that holds points of longitude and latitude, with a margin, wider than tall."""
    rows = list(points)
    west, east = min(x for x, _ in rows), max(x for x, _ in rows)
    south, north = min(y for _, y in rows), max(y for _, y in rows)
    narrowing = math.cos(math.radians((south + north) / 2))
    width = max((east - west) * (1 + 2 * margin), _SMALLEST)
    height = max((north - south) * (1 + 2 * margin), 0.55 * width * narrowing)
    width = max(width, height / narrowing / _TALLEST)
    x, y = (west + east) / 2, (south + north) / 2
    return Frame(round(x - width / 2, 3), round(y - height / 2, 3), round(x + width / 2, 3), round(y + height / 2, 3))


def around_border(border: str) -> Frame | None:
    """Give the frame of a border between two states; None where its line is not shipped."""
    points = [
        point for code, (lines,) in shapes_of("land_borders") if code == border for line in lines for point in line
    ]
    return around(((x, y) for x, y in points), 0.05) if points else None


@lru_cache(maxsize=64)
def ground(frame: Frame, border: str = "") -> Ground:
    """Give the ground of a frame."""
    away: list[str] = []
    land: list[str] = []
    for code, polygons in shapes_of("outlines"):
        for polygon in polygons:
            (land if code in CORE else away).extend(_ring(frame, ring) for ring in polygon)
    return Ground("".join(away), "".join(land), border_path(frame, border))


@lru_cache(maxsize=256)
def border_path(frame: Frame, border: str) -> str:
    """Give a border between two states as a path of SVG; empty where its line is not shipped."""
    lines = [line for code, (rows,) in shapes_of("land_borders") if code == border for line in rows]
    return "".join(_path(_steps(frame, line), closed=False) for line in lines)


@lru_cache(maxsize=64)
def places_of_states(frame: Frame) -> tuple[tuple[str, Point], ...]:
    """Give where the names of states stand in the drawing: in the middle of what is seen of each."""
    if frame == whole():
        return tuple((code, frame.point(*place)) for code, place in NAMED.items())
    across, up = _GRID
    points = [
        (frame.west + (frame.east - frame.west) * (x + 0.5) / across,
         frame.south + (frame.north - frame.south) * (y + 0.5) / up)
        for x in range(across) for y in range(up)
    ]  # fmt: skip
    found = []
    for code, polygons in shapes_of("outlines"):
        seen = [point for point in points if code in NAMED and any(_holds(polygon, point) for polygon in polygons)]
        if len(seen) > 2:
            middle = (sum(x for x, _ in seen) / len(seen), sum(y for _, y in seen) / len(seen))
            found.append((code, frame.point(*min(seen, key=lambda point: math.dist(point, middle)))))
    return tuple(found)


def _holds(polygon: Sequence[Sequence[Point]], point: Point) -> bool:
    """Tell whether a polygon with holes holds a point: a ray from it crosses its lines an odd number of times."""
    x, y = point
    inside = False
    for ring in polygon:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def names_beside(marks: Sequence[tuple[Point, float, str]], frame: Frame, taken: Sequence[Box] = ()) -> list[Name]:
    """Put names beside marks, the first before the later ones; one that finds no room is left out.

    Args:
        marks: where, how far each reaches, and what is to be written.
        frame: of the drawing.
        taken: what may not be covered: left, top, right, bottom.
    """
    boxes = [*taken, *((x - reach, y - reach, x + reach, y + reach) for (x, y), reach, _ in marks)]
    names: list[Name] = []
    for (x, y), reach, text in marks:
        width = _LETTER * len(text)
        for name, left in (
            (Name(text, x + reach + 3, y + 6, "start"), x + reach + 3),
            (Name(text, x - reach - 3, y + 6, "end"), x - reach - 3 - width),
            (Name(text, x, y - reach - 5, "middle"), x - width / 2),
            (Name(text, x, y + reach + 17, "middle"), x - width / 2),
        ):
            box = (left, name.y - _LINE + 3, left + width, name.y + 4)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= frame.height
            if inside and not any(_overlap(box, other) for other in boxes):
                names.append(name)
                boxes.append(box)
                break
    return names


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _ring(frame: Frame, ring: Sequence[Point]) -> str:
    edge = Frame(frame.west - 0.3, frame.south - 0.3, frame.east + 0.3, frame.north + 0.3)
    return _path(_steps(frame, _cut(ring, edge)), closed=True)


def _steps(frame: Frame, points: Iterable[Point]) -> list[Point]:
    steps: list[Point] = []
    for longitude, latitude in points:
        x, y = frame.point(longitude, latitude)
        step = (round(2 * x) / 2, round(2 * y) / 2)
        if not steps or abs(step[0] - steps[-1][0]) + abs(step[1] - steps[-1][1]) >= _STEP:
            steps.append(step)
    return steps


def _path(steps: Sequence[Point], *, closed: bool) -> str:
    if len(steps) < (3 if closed else 2):
        return ""
    (x, y), rest = steps[0], steps[1:]
    deltas: list[float] = []
    for along, up in rest:
        deltas += [along - x, up - y]
        x, y = along, up
    written = " ".join(f"{delta:g}".replace("-0.", "-.") for delta in deltas).replace(" 0.", " .").replace(" -", "-")
    return f"M{steps[0][0]:g} {steps[0][1]:g}l{written}{'z' if closed else ''}"


def _cut(ring: Sequence[Point], edge: Frame) -> list[Point]:
    """Cut a ring to a frame, side by side (Sutherland and Hodgman)."""
    kept = [(point[0], point[1]) for point in ring]
    sides: tuple[tuple[Callable[[Point], bool], Callable[[Point, Point], Point]], ...] = (
        (lambda p: p[0] >= edge.west, lambda p, q: _at_longitude(p, q, edge.west)),
        (lambda p: p[0] <= edge.east, lambda p, q: _at_longitude(p, q, edge.east)),
        (lambda p: p[1] >= edge.south, lambda p, q: _at_latitude(p, q, edge.south)),
        (lambda p: p[1] <= edge.north, lambda p, q: _at_latitude(p, q, edge.north)),
    )
    for is_in, meet in sides:
        before, kept = kept, []
        for at, point in enumerate(before):
            last = before[at - 1]
            if is_in(point) != is_in(last):
                kept.append(meet(last, point))
            if is_in(point):
                kept.append(point)
    return kept


def _at_longitude(one: Point, other: Point, longitude: float) -> Point:
    part = (longitude - one[0]) / (other[0] - one[0])
    return longitude, one[1] + part * (other[1] - one[1])


def _at_latitude(one: Point, other: Point, latitude: float) -> Point:
    part = (latitude - one[1]) / (other[1] - one[1])
    return one[0] + part * (other[0] - one[0]), latitude
