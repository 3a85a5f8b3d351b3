"""Charts as geometry: columns, stacked bars and a trend, drawn by the templates in `console/charts`.

Every chart is words and shapes before it is colour: values stand beside the bars, parts of a bar differ in texture, and
a table with the same numbers stands below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 560
_LEFT: Final = 46
_TOP: Final = 22
_PLOT: Final = 150
_MOST_LABELS: Final = 12
_ROW: Final = 34
_NAME: Final = 160
_LETTER: Final = 9


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row of columns, or of a trend."""

    label: str
    value: float
    is_marked: bool = False
    """A mark stands above it: a STOP in that hour."""
    is_muted: bool = False
    """Drawn grey: beyond a limit."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a chart."""

    x: float
    y: float
    width: float
    height: float
    look: str
    """Class of its colour and name of its texture."""
    text: str = ""
    """Written into it; empty where it is too narrow."""

    @property
    def middle(self) -> float:
        """Where its text stands."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across a chart, or a label under it."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Columns, or a trend, over an axis."""

    boxes: tuple[Box, ...]
    line: str
    """Path of a trend."""
    area: str
    ticks: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    """Where a mark stands; its label is the height."""
    limits: tuple[Tick, ...]
    """Upright lines with words: median, nine in ten."""

    @property
    def base(self) -> int:
        """Where the axis lies."""
        return _TOP + _PLOT


@dataclass(frozen=True, slots=True)
class StackRow:
    """A bar of parts."""

    name: str
    y: float
    parts: tuple[Box, ...]
    end: float
    total: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Bars of parts, one below the other."""

    rows: tuple[StackRow, ...]
    height: float


def columns(values: Sequence[Value], limits: Sequence[tuple[float, str]] = ()) -> Plot:
    """Draw values as columns; with limits their labels stand at the edges, as on a scale.

    Args:
        values: from the start to the end.
        limits: places between columns, counted in columns, and what they mean.
    """
    top, step = _scale(values)
    boxes = tuple(
        Box(round(_LEFT + at * step + step * 0.12, 1), round(_y(one.value, top), 1), round(step * 0.76, 1),
            round(_TOP + _PLOT - _y(one.value, top), 1), "mute" if one.is_muted else "own")
        for at, one in enumerate(values)
    )  # fmt: skip
    lines = tuple(Tick(round(_LEFT + min(at, len(values)) * step, 1), label) for at, label in limits)
    return Plot(
        boxes, "", "", _ticks(top), _labels(values, step, 0 if limits else 0.5), _marks(values, step, top), lines
    )


def trend(values: Sequence[Value]) -> Plot:
    """Draw values as a line over a filled ground; for more values than columns would show."""
    top, step = _scale(values)
    points = [f"{_LEFT + (at + 0.5) * step:.1f} {_y(one.value, top):.1f}" for at, one in enumerate(values)]
    line = "M" + "L".join(points) if points else ""
    base = _TOP + _PLOT
    end = _LEFT + (len(values) - 0.5) * step
    area = f"{line}L{end:.1f} {base}L{_LEFT + 0.5 * step:.1f} {base}z" if points else ""
    return Plot((), line, area, _ticks(top), _labels(values, step), _marks(values, step, top), ())


def stack(rows: Sequence[tuple[str, Sequence[tuple[str, float]]]], say: Callable[[float], str]) -> Stack:
    """Draw each row as a bar of parts, all to one scale.

    Args:
        rows: a name, and its parts: their look, and how much.
        say: writes a number as the reader's language does.
    """
    most = max((sum(value for _, value in parts) for _, parts in rows), default=0) or 1
    room = WIDTH - _NAME - 84
    drawn = []
    for at, (name, parts) in enumerate(rows):
        x, boxes = float(_NAME), []
        for look, value in parts:
            width = room * value / most
            if value:
                told = say(value)
                text = told if width > _LETTER * (len(told) + 1) else ""
                boxes.append(Box(round(x, 1), at * _ROW + 6, round(max(width - 1.5, 1.5), 1), 24, look, text))
                x += max(width, 3)
        total = say(sum(value for _, value in parts))
        drawn.append(StackRow(_shortened(name), at * _ROW, tuple(boxes), round(x + 6, 1), total))
    return Stack(tuple(drawn), len(rows) * _ROW + 4)


def _scale(values: Sequence[Value]) -> tuple[float, float]:
    """Give the value at the top of the axis, and the width of a place."""
    width = WIDTH - _LEFT - 6
    top = max((one.value for one in values), default=0) or 1
    return top, width / max(1, len(values))


def _y(value: float, top: float) -> float:
    return _TOP + _PLOT * (1 - value / top)


def _ticks(top: float) -> tuple[Tick, ...]:
    """Give three or four round values up to the top."""
    rough = top / 3.5
    power = 10 ** math.floor(math.log10(rough)) if rough > 0 else 1
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    step = max(step, 1)
    return tuple(Tick(round(_y(at * step, top), 1), f"{at * step:g}") for at in range(int(top / step) + 1))


def _labels(values: Sequence[Value], step: float, part: float = 0.5) -> tuple[Tick, ...]:
    named = [at for at, one in enumerate(values) if one.label]
    every = max(1, math.ceil(len(named) / _MOST_LABELS))
    return tuple(Tick(round(_LEFT + (at + part) * step, 1), values[at].label) for at in named[::every])


def _marks(values: Sequence[Value], step: float, top: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(round(_LEFT + (at + 0.5) * step, 1), f"{_y(one.value, top) - 4:.1f}")
        for at, one in enumerate(values)
        if one.is_marked
    )


def _shortened(name: str) -> str:
    most = (_NAME - 14) // _LETTER
    return name if len(name) <= most else f"{name[: most - 1]}…"
