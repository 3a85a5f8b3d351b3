"""One question, answered online where somebody answers, else from the copy; and what a first line is told of it.

A first line never learns the record: it is told whether the traveller goes on, waits for the second line, or whether
nobody could say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from elchi.errors import ElchiError
from elchi.modules.interpol.question import Outcome, Question, Side, SideAnswer, Source

_AGAIN: Final = frozenset(
    ("interpol_unreachable", "interpol_answer_invalid", "interpol_refused", "interpol_kind_unanswered")
)
"""Errors after which the next side is asked. Others are faults of the question itself."""


class Guidance(StrEnum):
    """What a first line is told."""

    NOTHING_REPORTED = "nothing_reported"
    REFER = "refer"
    """To the second line. A hit is no arrest."""
    ASK_AGAIN = "ask_again"
    """Nothing reported, but in a copy that is stale: it may not know what was reported since."""
    NOBODY_ANSWERED = "nobody_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A side that gave no answer."""

    source: Source
    code: str
    """Of the error."""
    reason: str
    """Its `reason` or `rule`; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the gateway learned: an answer or none, and which sides did not answer."""

    answer: SideAnswer | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def guidance(self) -> Guidance:
        """What a first line is told."""
        if self.answer is None:
            return Guidance.NOBODY_ANSWERED
        if self.answer.outcome != Outcome.NO_HIT:
            return Guidance.REFER
        return Guidance.ASK_AGAIN if self.answer.stale else Guidance.NOTHING_REPORTED


def ask_in_turn(question: Question, *, online: Side | None, offline: Side | None) -> Told:
    """Ask online, and where that gives no answer the copy.

    Args:
        question: what is asked.
        online: None where the bureau has no connection.
        offline: None where it has no copy.

    Raises:
        InvalidInput: the question itself cannot be asked: `document_key_invalid`, `mark_invalid`.
    """
    refusals: list[Refusal] = []
    for source, side in ((Source.ONLINE, online), (Source.OFFLINE, offline)):
        if side is None:
            continue
        try:
            return Told(answer=side.ask(question), refusals=tuple(refusals))
        except ElchiError as error:
            if error.code not in _AGAIN:
                raise
            reason = str(error.params.get("reason") or error.params.get("rule") or "")
            refusals.append(Refusal(source=source, code=error.code, reason=reason))
    return Told(answer=None, refusals=tuple(refusals))
