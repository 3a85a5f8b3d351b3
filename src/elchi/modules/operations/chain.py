"""From an incident back to the first message, as one drawing: boxes in columns, the incident at the end.

A column is one step of "this came from that". Words are put in by the template; here is geometry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from elchi.modules.operations.leads import Trace

BOX: Final = (190, 58)
"""Width and height of a box, units."""
_GAP: Final = (46, 16)
_EDGE: Final = 8
MOST: Final = 24
"""Boxes drawn; the oldest beyond that are left out, and said to be."""


@dataclass(frozen=True, slots=True)
class Box:
    """A trace, or the incident where there is no trace."""

    trace: Trace | None
    x: int
    y: int

    @property
    def ends(self) -> tuple[int, int, int]:
        """Where lines come in, where they go out, and at which height."""
        return self.x, self.x + BOX[0], self.y + BOX[1] // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing."""

    boxes: tuple[Box, ...]
    """The oldest first, the incident last."""
    lines: tuple[str, ...]
    """Paths of SVG."""
    width: int
    height: int
    left_out: int

    @property
    def first(self) -> Trace | None:
        """The trace that everything began with."""
        return min((box.trace for box in self.boxes if box.trace), key=lambda one: (one.at, one.ref), default=None)


def picture_of(confirmed: Collection[str], traces: Mapping[str, Trace]) -> Picture:
    """Draw what led to an incident.

    Args:
        confirmed: refs of the leads that an officer confirmed.
        traces: those leads and all that they came from, by ref; what is not among them ends a chain.
    """
    steps = _steps(confirmed, traces)
    order = sorted(steps, key=lambda ref: (steps[ref], traces[ref].at, ref))
    kept, left_out = order[:MOST], max(0, len(order) - MOST)
    last = max((steps[ref] for ref in kept), default=0)
    columns: dict[int, list[str]] = {}
    for ref in sorted(kept, key=lambda ref: (traces[ref].at, ref)):
        columns.setdefault(last - steps[ref], []).append(ref)
    height = max((len(refs) for refs in columns.values()), default=1) * (BOX[1] + _GAP[1]) - _GAP[1]
    boxes = {
        ref: Box(traces[ref], _left(column), _EDGE + _top(row, len(refs), height))
        for column, refs in columns.items()
        for row, ref in enumerate(refs)
    }
    end = Box(None, _left(last), _EDGE + (height - BOX[1]) // 2)
    lines = [_line(boxes[ref], end) for ref in kept if ref in confirmed]
    lines += [_line(boxes[before], boxes[ref]) for ref in kept for before in traces[ref].before if before in boxes]
    ordered = sorted(boxes.values(), key=lambda box: (box.x, box.y))
    return Picture(
        (*ordered, end), tuple(dict.fromkeys(lines)), _left(last) + BOX[0] + _EDGE, height + 2 * _EDGE, left_out
    )


def _steps(confirmed: Collection[str], traces: Mapping[str, Trace]) -> dict[str, int]:
    """Give how many steps each trace lies before the incident, along the longest way; a circle is cut."""
    steps: dict[str, int] = {}
    waiting = [(ref, 1, frozenset((ref,))) for ref in confirmed if ref in traces]
    while waiting:
        ref, step, way = waiting.pop()
        if step <= steps.get(ref, 0) or step > MOST:
            continue
        steps[ref] = step
        waiting += [(one, step + 1, way | {one}) for one in traces[ref].before if one in traces and one not in way]
    return steps


def _left(column: int) -> int:
    return _EDGE + column * (BOX[0] + _GAP[0])


def _top(row: int, rows: int, height: int) -> int:
    used = rows * (BOX[1] + _GAP[1]) - _GAP[1]
    return (height - used) // 2 + row * (BOX[1] + _GAP[1])


def _line(start: Box, end: Box) -> str:
    (_, x1, y1), (x2, _, y2) = start.ends, end.ends
    bend = max(12, (x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 7} {y2}"
