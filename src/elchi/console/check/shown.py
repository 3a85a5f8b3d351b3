"""An answer as a page shows it: sentences instead of codes, what to do next, what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.locale import Words
from elchi.node.checks.findings import Facing, facing
from elchi.node.checks.services import Answer
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

COMPARED: Final = 3
"""Findings that are laid out side by side; the second line has the others."""
_SAME: Final = ("same", "sound", "equivalent")
_SEVERITY: Final = ("stop", "refer", "locate", "inform", "discreet")
_STEPS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("stop", "stop"): ("check.step_keep_document", "check.step_call", "check.step_hold"),
    ("stop", "refer"): ("check.step_keep_document", "check.step_lead", "check.step_hold"),
    ("stop", "locate"): ("check.step_note", "check.step_call", "check.step_wait"),
    ("stop", "inform"): ("check.step_note", "check.step_call", "check.step_wait"),
    ("review", "stop"): ("check.step_keep_document", "check.step_compare", "check.step_call"),
    ("review", "refer"): ("check.step_compare", "check.step_lead", "check.step_wait"),
    ("review", "locate"): ("check.step_compare", "check.step_note", "check.step_wait"),
    ("review", "inform"): ("check.step_compare", "check.step_note", "check.step_wait"),
}
"""What an officer does next, by band and action: at most three."""
_QUIET_STEPS: Final = ("check.step_no_sign", "check.step_note", "check.step_owner_told")
"""With a discreet entry, for those who may know of it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reason, and the lozenge before it."""

    likeness: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One finding of an answer."""

    facing: Facing
    title: Any
    """The list's age, which has its name; None where it is not here any more."""
    sentences: tuple[Sentence, ...]
    rows: Sequence[Any]
    """Side by side; empty for who may not see entries."""
    judgement: Any
    """The one that holds; None as long as nobody judged."""

    @property
    def row(self) -> Any:
        """The finding itself."""
        return self.facing.finding


def shown_findings(by: Acting, answer: Answer, words: Words) -> tuple[ShownFinding, ...]:
    """Put the findings of an answer into words: those that count first, then the remembered ones."""
    ages = {age.name: age for age in answer.lists}
    rows = sorted(answer.findings, key=lambda row: row.state == "remembered")
    shown = []
    for place, row in enumerate(rows):
        face = facing(row)
        compared = place < COMPARED and by.may(Right.ENTRY_SEE)
        judgement = next(iter(row.judgements.all()), None)
        sentences = tuple(sentences_of(row.reasons, words))
        shown.append(ShownFinding(face, ages.get(row.watchlist), sentences, face.rows if compared else (), judgement))
    return tuple(shown)


def sentences_of(reasons: Iterable[Mapping[str, Any]], words: Words) -> list[Sentence]:
    """Say reasons as sentences, strongest first, differences last and never left out."""
    told = [Sentence(_likeness(reason), _sentence(words.reason(reason["code"], reason))) for reason in reasons]
    return sorted(told, key=lambda one: one.likeness == "differs")


def steps_for(answer: Answer) -> tuple[str, ...]:
    """Give the keys of what to do next; nothing where nothing is to be done."""
    counted = [row for row in answer.findings if row.state != "remembered"]
    open_ones = [row for row in counted if not row.is_discreet]
    if not open_ones:
        return _STEPS["review", "refer"] if answer.hits else _QUIET_STEPS if counted else ()
    band = str(answer.verdict).lower()
    actions = {row.action for row in open_ones if row.band == band} or {"refer"}
    action = min(actions, key=lambda one: _SEVERITY.index(one) if one in _SEVERITY else 1)
    return _STEPS.get((band, action), _STEPS["review", "refer"])


def _likeness(reason: Mapping[str, Any]) -> str:
    if reason["code"] == "weak_alias":
        return "close"
    if reason["weighs"] != "for":
        return "differs"
    return "same" if str(reason["code"]).rpartition("_")[2] in _SAME else "close"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
