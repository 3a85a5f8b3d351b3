"""A controlled delivery: goods pass from hand to hand under watch, at each point by a time, within some minutes.

United Nations Convention of 1988, article 11, and of 2000, article 20: allowed where both states agree to it case by
case. The clock of each point runs for both sides; the goods are lost when a point is late by more than its tolerance
and nobody has taken them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SOON: Final = dt.timedelta(minutes=15)
"""From when a point is due soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One hand-over."""

    due_at: dt.datetime
    tolerance: dt.timedelta
    given_at: dt.datetime | None = None
    """When the giving side let go of it."""
    taken_at: dt.datetime | None = None
    """When the taking side had it in view."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a hand-over stands."""

    state: str
    """`waiting`, `soon`, `late`, `given` (let go, not yet taken), `done`, `done_late`, `lost`."""
    left: dt.timedelta
    """Until it is due; negative when that has passed. Of one that is done: by how much it was early."""


def clock_of(point: Point, now: dt.datetime) -> Clock:
    """Say how a hand-over stands."""
    if point.taken_at is not None:
        left = point.due_at - point.taken_at
        return Clock("done" if left >= -point.tolerance else "done_late", left)
    left = point.due_at - now
    if left < -point.tolerance:
        return Clock("lost", left)
    if point.given_at is not None:
        return Clock("given", left)
    if left < dt.timedelta():
        return Clock("late", left)
    return Clock("soon" if left <= SOON else "waiting", left)


def where_it_is(points: Sequence[Point]) -> int:
    """Give who has the goods: 0 for the first giver, n for the taker of the n-th point."""
    return max((number for number, point in enumerate(points, 1) if point.taken_at is not None), default=0)


def next_point(points: Sequence[Point]) -> int | None:
    """Give the number of the point that comes next, from 0; None when all are done."""
    at = where_it_is(points)
    return at if at < len(points) else None
