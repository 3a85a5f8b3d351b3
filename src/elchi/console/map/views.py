"""The map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.map import drawing
from elchi.console.map.drawing import Frame, Name, Point
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import Words
from elchi.node.checks import figures
from elchi.node.directory import queries
from elchi.node.directory.queries import KINDS
from elchi.node.officers.rules import Right
from elchi.node.plug import Layer, modules
from elchi.node.plug import Mark as Brought

DAY: Final = dt.timedelta(days=1)
LAYERS: Final = ("crossings", "offices")
ROWS: Final = 10
"""Of a page of the table: modules add tables of their own, and a page stays below 60 kB."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A crossing or an office of the map and its table."""

    kind: str
    """`crossing` or `office`."""
    row: Any
    name: str
    address: str
    status: str
    """Of a crossing."""
    place: Point | None
    """Longitude and latitude; None for one without."""
    checks: int | None
    """In the last 24 hours; None for who may not see it, and for offices."""
    is_own: bool = False
    at: Point | None = None
    """In the drawing; None outside it."""

    @property
    def size(self) -> float:
        """Half the side of its square: larger, the more was checked."""
        return 6.0 if not self.checks else 6.0 + 2.5 * len(str(self.checks))

    @property
    def lozenge(self) -> str:
        """Its square on a corner, as a path of SVG."""
        (x, y), half = self.at or (0.0, 0.0), round(1.414 * self.size, 1)
        return f"M{x:g} {y - half:g}l{half:g} {half:g}-{half:g} {half:g}-{half:g}-{half:g}z"


@dataclass(frozen=True, slots=True)
class Extra:
    """What a module draws, in the frame of this drawing."""

    layer: Layer
    drawn: Sequence[tuple[Brought, Point]]
    borders: Sequence[tuple[str, str, str]]
    """Of each line its look, its path and the two states."""


@dataclass(frozen=True, slots=True)
class State:
    """The name of a state on the ground."""

    name: str
    at: Point
    is_core: bool

    @property
    def box(self) -> drawing.Box:
        """What it covers."""
        (x, y), half = self.at, 6.5 * len(self.name)
        return x - half, y - 16, x + half, y + 5


@page(Right.DIRECTORY_SEE)
def situation(request: AtDoor) -> HttpResponseBase:
    """Show crossings and offices on the map and in a table."""
    chosen = asked_of(request, "border", "kind", "status")
    layer, near = asked_of(request, "layer", "near").values()
    marks = [] if layer == "offices" else _crossings(request, chosen)
    if layer != "crossings":
        marks += _offices(request, chosen["border"])
    frame = _frame(marks, chosen["border"], near)
    placed = [_placed(mark, frame) for mark in marks]
    drawn = [mark for mark in placed if mark.at]
    states = _states(frame, request.words)
    extras = [_extra(module.part("layer"), request, frame) for module in modules() if module.layer]
    context = {
        "frame": frame,
        "ground": drawing.ground(frame, chosen["border"]),
        "states": states,
        "crossings": [mark for mark in drawn if mark.kind == "crossing"],
        "offices": [mark for mark in drawn if mark.kind == "office"],
        "names": _names(drawn, states, frame),
        "marks": placed,
        "extras": extras,
        "shown": page_of(request, placed, ROWS),
        "without_place": sum(mark.place is None for mark in marks),
        "borders": queries.borders(),
        "kinds": KINDS.CROSSING,
        "statuses": KINDS.STATUS,
        "layers": LAYERS,
        "chosen": {**chosen, "layer": layer},
        "is_whole": frame == drawing.whole(),
        "shows_checks": request.acting.may(Right.CHECK_SEE),
        "now": timezone.now(),
    }
    return show(request, "map/map.html", context)


def _crossings(request: AtDoor, chosen: dict[str, str]) -> list[Mark]:
    counts: dict[int, int] | None = None
    if request.acting.may(Right.CHECK_SEE):
        counts = figures.checks_at_crossings(timezone.now() - DAY)
    return [
        Mark(
            "crossing", one.crossing, crossing_name(request.words, one.crossing),
            reverse("directory_crossing", args=[one.crossing.code]), one.status, _place(one.crossing),
            None if counts is None else counts.get(one.crossing.pk, 0),
        )
        for one in queries.crossings_as_of(timezone.localdate(), **chosen)
    ]  # fmt: skip


def _offices(request: AtDoor, border: str) -> list[Mark]:
    """Give the offices; one without a position of its own lies at its first crossing."""
    officer = request.acting.officer
    countries = border.split("-") if border else []
    return [
        Mark(
            "office", one, name_of(request.words, one), reverse("directory_office", args=[one.code]), "",
            _place(one) or next(filter(None, map(_place, one.crossings.all())), None), None,
            is_own=bool(officer and officer.office_id == one.pk),
        )
        for one in queries.offices()
        if not countries or one.country_id in countries
    ]  # fmt: skip


def _place(row: Any) -> Point | None:
    return None if row.latitude is None else (row.longitude, row.latitude)


def _frame(marks: Sequence[Mark], border: str, near: str) -> Frame:
    meant = [mark.place for mark in marks if mark.row.code == near and mark.place]
    if meant:
        (x, y) = meant[0]
        return drawing.around([(x - 1, y - 0.6), (x + 1, y + 0.6)], 0)
    return (drawing.around_border(border) if border else None) or drawing.whole()


def _placed(mark: Mark, frame: Frame) -> Mark:
    at = frame.point(*mark.place) if mark.place and frame.holds(*mark.place) else None
    return replace(mark, at=at)


def _extra(layer_of: Callable[..., Layer], request: AtDoor, frame: Frame) -> Extra:
    layer = layer_of(request.acting, request.words, request.GET)
    lines = ((look, drawing.border_path(frame, border), border) for border, look in layer.borders.items())
    drawn = [(one, frame.point(*one.place)) for one in layer.marks if frame.holds(*one.place)]
    return Extra(layer, drawn, [line for line in lines if line[1]])


def _states(frame: Frame, words: Words) -> list[State]:
    rows = {one.code: one for one in queries.countries() if one.code in drawing.NAMED}
    return [
        State(name_of(words, rows[code]), at, code in drawing.CORE)
        for code, at in drawing.places_of_states(frame)
        if code in rows
    ]


def _names(marks: Sequence[Mark], states: Iterable[State], frame: Frame) -> list[Name]:
    """Name where the officer works first, then busy crossings, then the others; on the whole map each in one word.

    Offices carry the name of their crossing; only the officer's own is named where it has none.
    """
    own = {mark.at for mark in marks if mark.is_own}
    named = {mark.at for mark in marks if mark.kind == "crossing"}
    order = sorted(marks, key=lambda mark: (mark.at not in own, -(mark.checks or 0)))
    whole = frame == drawing.whole()
    shown = [
        (mark.at, 1.42 * mark.size, mark.name.split(" – ")[0].split(" (")[0] if whole else mark.name)
        for mark in order
        if mark.at and (mark.kind == "crossing" or (mark.is_own and mark.at not in named))
    ]
    return drawing.names_beside(shown, frame, [state.box for state in states])
