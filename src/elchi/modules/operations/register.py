"""The register of liaison offices: how many there were on a day, where, and what of it is known by name.

Two kinds of facts stand beside each other and are never mixed: numbers that somebody published for a day, with the
split by border where one was given, and offices that are known by name, with the day from which they work where a
source says it. Where the two do not meet the register says by how many.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

STATUSES: Final = ("planned", "under_way", "working", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFact:
    """What an office was from a day on."""

    office: str
    """Code in the directory."""
    border: str
    """`KG-KZ`: codes in the order of the alphabet."""
    status: str
    from_date: dt.date | None
    """None where no source gives the day: it then counts on every day, and is marked so."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCount:
    """How many offices somebody counted on a day."""

    as_of: dt.date
    border: str
    """Empty for all borders together."""
    status: str
    count: int
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """A border, or all of them: the published number and the offices known by name."""

    border: str
    published: int | None
    """None where nobody published a number for it."""
    named: tuple[str, ...]
    undated: int
    """How many of them have no day from which they work."""

    @property
    def difference(self) -> int | None:
        """Published less named: positive for offices nobody named, negative for more names than the number has."""
        return None if self.published is None else self.published - len(self.named)


@dataclass(frozen=True, slots=True)
class Register:
    """The register on a day."""

    day: dt.date
    counted_on: dt.date | None
    """The day of the published numbers: the last one not after it."""
    total: int | None
    lines: tuple[Line, ...]
    """By border; the split of the total, where one was published."""
    others: tuple[PublishedCount, ...]
    """Published numbers of offices that do not work yet: planned, under way."""
    sources: tuple[str, ...]

    @property
    def split(self) -> int:
        """The sum of the published numbers by border."""
        return sum(line.published or 0 for line in self.lines)

    @property
    def reconciles(self) -> bool:
        """Whether the published split adds up to the published total, and every office of it is known by name."""
        whole = self.total is None or not self.split or self.split == self.total
        return whole and all(line.difference in (0, None) for line in self.lines)


def register_on(day: dt.date, facts: Iterable[OfficeFact], counts: Sequence[PublishedCount]) -> Register:
    """Give the register on a day.

    Args:
        day: which.
        facts: of offices known by name, in any order; of one office the last fact not after the day holds.
        counts: published numbers.
    """
    days = [one.as_of for one in counts if one.as_of <= day]
    counted_on = max(days, default=None)
    told = [one for one in counts if one.as_of == counted_on]
    working = [one for one in told if one.status == "working"]
    known = [fact for fact in _held(facts, day) if fact.status == "working"]
    published = {one.border: one.count for one in working if one.border}
    borders = sorted({*published, *(fact.border for fact in known)})
    return Register(
        day=day,
        counted_on=counted_on,
        total=next((one.count for one in working if not one.border), None),
        lines=tuple(_line(border, published.get(border), known) for border in borders),
        others=tuple(one for one in told if one.status != "working"),
        sources=tuple(dict.fromkeys(one.source for one in told)),
    )


def held_on(day: dt.date, facts: Iterable[OfficeFact]) -> Counter[str]:
    """Count the offices known by name on a day by what they were."""
    return Counter(fact.status for fact in _held(facts, day))


@cache
def shipped_facts() -> tuple[OfficeFact, ...]:
    """Give the facts of named offices that travel with Elchi."""
    return tuple(
        OfficeFact(
            office=row["office"],
            border=row["border"],
            status=row["status"],
            from_date=dt.date.fromisoformat(row["from_date"]) if row["from_date"] else None,
            source=row["source"],
        )
        for row in _rows("office_facts")
    )


@cache
def shipped_counts() -> tuple[PublishedCount, ...]:
    """Give the published numbers that travel with Elchi."""
    return tuple(
        PublishedCount(
            as_of=dt.date.fromisoformat(row["as_of"]),
            border=row["border"],
            status=row["status"],
            count=int(row["count"]),
            note=row["note"],
            source=row["source"],
        )
        for row in _rows("office_counts")
    )


def _held(facts: Iterable[OfficeFact], day: dt.date) -> list[OfficeFact]:
    last: dict[str, OfficeFact] = {}
    for fact in facts:
        if fact.from_date is not None and fact.from_date > day:
            continue
        before = last.get(fact.office)
        if before is None or (fact.from_date or dt.date.min) >= (before.from_date or dt.date.min):
            last[fact.office] = fact
    return sorted(last.values(), key=lambda fact: fact.office)


def _line(border: str, published: int | None, known: Iterable[OfficeFact]) -> Line:
    here = [fact for fact in known if fact.border == border]
    return Line(border, published, tuple(fact.office for fact in here), sum(fact.from_date is None for fact in here))


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
