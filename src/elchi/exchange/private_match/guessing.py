"""Whether somebody asks what he knows, or tries out numbers.

The answer of a private match costs the one who holds the list its secret, one key at a time: who may ask all numbers
learns the list. So asks have a budget, and what looks like trying out is refused by the node that would ask it, and
throttled by the node that is asked, which sees no keys: only how many, how often, and what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

RUN: Final = 5
"""Numbers one after the other from which it is a run; books of passports and plates of a fleet give shorter ones."""
THROTTLE: Final = 10
"""What is left of a budget, as its part, while a partner is throttled."""
FULL: Final = 0.9
"""Of a day's budget, from which the day counts as full."""
FULL_DAYS: Final = 3
FRUITLESS: Final = 5
"""Days' worth of keys in a month that lead to no contact."""
SHARE: Final = 0.2
"""Of all numbers asked; above it they are tried out."""
_STEP: Final = 2
"""Between neighbours of a run."""
_NUMBER: Final = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL | re.ASCII)


def looks_guessed(values: Iterable[str]) -> bool:
    """Tell whether keys in their compared form look as if somebody counted up.

    Numbers belong together when all but their last run of digits is the same, and that is as long.
    """
    by_rest: dict[tuple[str, str, int], set[int]] = {}
    total = 0
    for value in dict.fromkeys(values):
        total += 1
        if found := _last_number(value):
            rest, number = found
            by_rest.setdefault(rest, set()).add(number)
    in_runs = sum(_in_runs(sorted(numbers)) for numbers in by_rest.values())
    return in_runs >= RUN and in_runs > SHARE * total


def _last_number(value: str) -> tuple[tuple[str, str, int], int] | None:
    found = _NUMBER.fullmatch(value)
    if found is None:
        return None
    before, digits, after = found.groups()
    return (before, after, len(digits)), int(digits)


def _in_runs(numbers: Sequence[int]) -> int:
    """Count the numbers that stand in a run of `RUN` or more."""
    found, begin = 0, 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or not 1 <= numbers[at] - numbers[at - 1] <= _STEP:
            if at - begin >= RUN:
                found += at - begin
            begin = at
    return found


@dataclass(frozen=True, slots=True)
class Use:
    """What a partner asked of this node."""

    today: int
    """Keys since the day began (UTC)."""
    last_hour: int
    """Asks."""
    days_full: int
    """Of the last days without a gap, today's not counted, on which nine tenths of the budget went."""
    without_contact: int
    """Keys of the last 30 days, if no contact followed in that time; else 0."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a partner may ask."""

    per_day: int = 10_000
    """Keys."""
    per_hour: int = 20
    """Asks."""
    is_throttled: bool = False

    @property
    def today(self) -> int:
        """Keys a day as it stands now: a tenth while it is throttled."""
        return self.per_day // THROTTLE if self.is_throttled else self.per_day

    def refusal(self, use: Use, keys: int) -> str:
        """Give why an ask is refused, as a code: `match_rate` or `match_budget`; empty if it is answered."""
        if use.last_hour >= self.per_hour:
            return "match_rate"
        return "match_budget" if use.today + keys > self.today else ""

    def suspicion(self, use: Use) -> str:
        """Give why asks look like trying out, as a code; empty if they do not.

        `every_day_full`: the whole budget for three days on end; `nothing_follows`: five days' worth of keys in a
        month, and not one contact.
        """
        if use.days_full >= FULL_DAYS:
            return "every_day_full"
        return "nothing_follows" if use.without_contact >= FRUITLESS * self.per_day else ""
