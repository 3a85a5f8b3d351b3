"""The review of an office each quarter: how far each practice of a liaison office is alive, with the evidence.

0 not there, 1 begun, 2 written down, 3 done, 4 done and checked. A score above 0 needs evidence that somebody can look
at: an office after handover lives as long as its practices do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput

PRACTICES: Final = (
    "agencies_present", "procedure_signed", "shared_log", "handover", "paired_meetings", "requests_in_time",
    "joint_actions", "led_by_information", "exhibits_signed", "data_protection", "training", "equipment_works",
    "link_tested", "results_reported",
)  # fmt: skip
"""What a liaison office does when it is alive."""
SCORES: Final = range(5)
LONGEST_EVIDENCE: Final = 300
_QUARTER: Final = re.compile(r"20\d\d-Q[1-4]")


@dataclass(frozen=True, slots=True)
class Answer:
    """How far one practice is alive."""

    score: int
    evidence: str
    """Where it can be seen: a number, an address, a date."""


def quarter_of(day: dt.date) -> str:
    """Give the quarter of a day: `2026-Q4`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_before(quarter: str) -> str:
    """Give the quarter before one."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"


def is_quarter(text: str) -> bool:
    """Tell whether a text names a quarter."""
    return _QUARTER.fullmatch(text) is not None


def check_review(quarter: str, answers: Mapping[str, Answer]) -> None:
    """Do nothing if answers are a whole review.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if not is_quarter(quarter):
        raise InvalidInput("operations_invalid", field="quarter", rule="quarter")
    for practice in PRACTICES:
        answer = answers.get(practice)
        if answer is None or answer.score not in SCORES:
            raise InvalidInput("operations_invalid", field=practice, rule="score")
        if answer.score and not answer.evidence.strip():
            raise InvalidInput("operations_invalid", field=practice, rule="evidence_needed")
        if len(answer.evidence) > LONGEST_EVIDENCE:
            raise InvalidInput("operations_invalid", field=practice, rule="too_long", limit=LONGEST_EVIDENCE)
    if unknown := set(answers) - set(PRACTICES):
        raise InvalidInput("operations_invalid", field=min(unknown), rule="one_of")


def mean_of(answers: Mapping[str, Answer]) -> float:
    """Give the mean score of a review."""
    return sum(answers[practice].score for practice in PRACTICES) / len(PRACTICES)


def weakest(answers: Mapping[str, Answer], most: int = 3) -> Sequence[str]:
    """Give the practices that are least alive, in the order of the list."""
    order = sorted(PRACTICES, key=lambda practice: (answers[practice].score, PRACTICES.index(practice)))
    return [practice for practice in order if answers[practice].score < SCORES[-1]][:most]


def to_wire(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Give answers as JSON."""
    return {practice: {"score": one.score, "evidence": one.evidence} for practice, one in answers.items()}


def from_wire(wire: Mapping[str, Any]) -> dict[str, Answer]:
    """Give the answers that JSON says; of a practice that is no more nothing is kept."""
    return {name: Answer(one["score"], one["evidence"]) for name, one in wire.items() if name in PRACTICES}
