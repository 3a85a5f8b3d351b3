"""Counting what comes: numbers of a lane begin at 1 and have no gap, so what is missing shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

MAX_GAPS: Final = 200
"""Ranges of missing numbers that are remembered; the oldest are let go."""
Gap = tuple[int, int]
"""First and last number that did not come."""


def note_numbers(seen: int, gaps: Sequence[Sequence[int]], came: Iterable[int]) -> tuple[int, list[Gap]]:
    """Take note of numbers that came, in any order.

    Args:
        seen: the highest number that had come.
        gaps: what was missing below it, in order.
        came: numbers.

    Returns:
        Both as they are now.
    """
    missing: list[Gap] = [(first, last) for first, last in gaps]
    for number in sorted(came):
        if number > seen:
            if number > seen + 1:
                missing.append((seen + 1, number - 1))
            seen = number
        else:
            missing = [gap for one in missing for gap in _without(one, number)]
    return seen, missing[-MAX_GAPS:]


def count_missing(gaps: Sequence[Sequence[int]]) -> int:
    """Count the numbers that did not come."""
    return sum(last - first + 1 for first, last in gaps)


def _without(gap: Gap, number: int) -> list[Gap]:
    first, last = gap
    if not first <= number <= last:
        return [gap]
    return [part for part in ((first, number - 1), (number + 1, last)) if part[0] <= part[1]]
