"""The bulletin: what members reported in a period, counted. It names nobody, because nothing it counts does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from elchi.modules.regional.reading import ReadReport

MOST: Final = 20
"""Rows of a table; the largest."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    key: str
    count: int
    led: int = 0
    """How many of them information led to."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was found of one substance, or of goods without one."""

    goods: str
    substance: str
    finds: int
    kilograms: Decimal
    unweighed: int
    """Finds without a weight: the sum is short by them."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The figures of a period."""

    begins: dt.date
    ends: dt.date
    """The last day."""
    total: Row
    members: Sequence[Row]
    kinds: Sequence[Row]
    borders: Sequence[Row]
    states: Sequence[Row]
    """By state on the route: an event counts for each."""
    months: Sequence[tuple[dt.date, int]]
    weighed: Sequence[Weighed]


def make_bulletin(reports: Iterable[tuple[str, ReadReport]], *, begins: dt.date, ends: dt.date) -> Bulletin:
    """Count reports.

    Args:
        reports: the state that reports and what; those outside the period are left out.
        begins: first day.
        ends: last day.
    """
    found = [(country, one) for country, one in reports if begins <= one.event_day <= ends]
    months = Counter(one.event_day.replace(day=1) for _, one in found)
    return Bulletin(
        begins=begins,
        ends=ends,
        total=Row("", len(found), sum(one.is_led for _, one in found)),
        members=_rows((country, one) for country, one in found),
        kinds=_rows((one.event_kind, one) for _, one in found),
        borders=_rows((one.border, one) for _, one in found),
        states=_rows((state, one) for _, one in found for state in one.states),
        months=sorted(months.items()),
        weighed=_weighed(one for _, one in found),
    )


def _rows(keyed: Iterable[tuple[str, ReadReport]]) -> tuple[Row, ...]:
    counts: Counter[str] = Counter()
    led: Counter[str] = Counter()
    for key, one in keyed:
        if key:
            counts[key] += 1
            led[key] += one.is_led
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    return tuple(Row(key, counts[key], led[key]) for key in ordered[:MOST])


def _weighed(reports: Iterable[ReadReport]) -> tuple[Weighed, ...]:
    sums: dict[tuple[str, str], list[Decimal | None]] = {}
    for report in reports:
        for one in report.goods:
            sums.setdefault((one.goods, one.substance), []).append(one.kilograms)
    rows = [
        Weighed(
            goods, substance, len(weights), sum((one for one in weights if one is not None), Decimal(0)),
            sum(one is None for one in weights),
        )
        for (goods, substance), weights in sums.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.kilograms, -row.finds, row.goods, row.substance))[:MOST])
