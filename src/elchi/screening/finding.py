"""What screening answers: a verdict, and findings with the reasons for and against each.

Reasons are codes with parameters (docs/evidence.md lists them); words come from elchi.locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from elchi.errors import InvalidInput

ANY: Final = "*"
"""Stands for every list, or every purpose, in a ThresholdTable."""


class Band(StrEnum):
    """What an officer does with it."""

    CLEAR = "CLEAR"
    """Nothing to look at."""
    REVIEW = "REVIEW"
    """A person compares the two before the traveller goes on."""
    STOP = "STOP"
    """The traveller waits."""

    @property
    def rank(self) -> int:
        """Order of severity, from 0."""
        return tuple(Band).index(self)


class Weighs(StrEnum):
    """Which way a reason moves the score."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence, as a code and its parameters."""

    code: str
    params: Mapping[str, str | float | int | bool] = field(hash=False)
    weighs: Weighs = Weighs.NEUTRAL

    def as_dict(self) -> dict[str, str | float | int | bool]:
        """Give the JSON form: `code`, `weighs` and the parameters side by side."""
        return {"code": self.code, "weighs": str(self.weighs), **self.params}


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry that may be the subject, and why."""

    entry: str
    """The list's own id of it."""
    list: str
    version: int
    score: float
    """0 to 1, in steps of 0.0001."""
    band: Band
    reasons: tuple[Reason, ...]
    caption: str
    """The listed name or mark that met."""


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer about one subject: its findings, best first."""

    verdict: Band
    """The highest band of the findings; CLEAR when there is none."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score a finding is looked at, and from which it stops the traveller.

    Raises:
        InvalidInput: `thresholds_invalid` unless 0 < review <= stop <= 1.
    """

    review: float = 0.60
    stop: float = 0.85

    def __post_init__(self) -> None:
        if not 0 < self.review <= self.stop <= 1:
            raise InvalidInput("thresholds_invalid", field="thresholds", rule="review_up_to_stop")

    def band(self, score: float) -> Band:
        """Give the band of a score."""
        if score >= self.stop:
            return Band.STOP
        return Band.REVIEW if score >= self.review else Band.CLEAR


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """Thresholds by (list, purpose), either of which may be `ANY`.

    The most specific row wins, the list before the purpose.
    """

    rows: Mapping[tuple[str, str], Thresholds] = field(default_factory=dict, hash=False)

    def at(self, watchlist: str, purpose: str) -> Thresholds:
        """Give the thresholds of a list for a purpose; the defaults where no row fits."""
        for row in ((watchlist, purpose), (watchlist, ANY), (ANY, purpose), (ANY, ANY)):
            if row in self.rows:
                return self.rows[row]
        return Thresholds()
