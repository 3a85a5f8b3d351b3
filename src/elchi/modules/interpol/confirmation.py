"""A hit is not an arrest: the country that owns the record confirms it first, against the clock.

    hit -> asked -> confirmed | refuted | no_answer -> acted -> closed

Each step has its time, and the times are what is reported: how long travellers wait, and for whom.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from elchi.errors import Conflict, NotAllowed

ANSWERS: Final = ("confirmed", "refuted")
STEPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "hit": frozenset(("asked",)),
        "asked": frozenset((*ANSWERS, "no_answer")),
        "no_answer": frozenset((*ANSWERS, "acted")),
        "confirmed": frozenset(("acted",)),
        "refuted": frozenset(("acted",)),
        "acted": frozenset(("closed",)),
        "closed": frozenset(),
    }
)
"""From a step to which. An answer that comes late still counts."""
ACTS: Final = ("document_seized", "refused_entry", "handed_over", "detained", "questioned", "let_go", "nothing")
UNCONFIRMED: Final = frozenset(("questioned", "let_go", "refused_entry", "nothing"))
"""What may be done when the owner has not confirmed: none of it rests on the record."""
URGENT: Final = dt.timedelta(hours=1)
"""How long the owner has while a traveller waits, unless the bureau's policy says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A hit on its way."""

    owner: str
    """Country of the record, ISO 3166-1 alpha-3."""
    step: str
    due_at: dt.datetime
    """When no answer is an answer too."""
    times: Mapping[str, dt.datetime] = field(default_factory=dict)
    """When each step was first taken."""
    act: str = ""

    def is_late(self, now: dt.datetime) -> bool:
        """Tell whether the owner has not answered in time."""
        return self.step in ("hit", "asked") and now >= self.due_at


def open_confirmation(owner: str, *, at: dt.datetime, within: dt.timedelta = URGENT) -> Confirmation:
    """Begin with a hit."""
    return Confirmation(owner=owner, step="hit", due_at=at + within, times={"hit": at})


def ask_owner(one: Confirmation, *, at: dt.datetime) -> Confirmation:
    """Note that the owner was asked."""
    return _take(one, "asked", at)


def record_answer(one: Confirmation, answer: str, *, country: str, at: dt.datetime) -> Confirmation:
    """Note what the owner says.

    Args:
        one: that was asked.
        answer: `confirmed` or `refuted`.
        country: whose bureau says so, ISO 3166-1 alpha-3.
        at: when.

    Raises:
        NotAllowed: `confirmation_other_country`: only the owner knows.
        Conflict: `confirmation_step`.
    """
    if country != one.owner:
        raise NotAllowed("confirmation_other_country", owner=one.owner, country=country)
    if answer not in ANSWERS:
        raise Conflict("confirmation_step", step=one.step, to=answer)
    return _take(one, answer, at)


def give_up(one: Confirmation, *, at: dt.datetime) -> Confirmation:
    """Note that nobody has answered in time.

    Raises:
        Conflict: `confirmation_early`: the time is not over. `confirmation_step`.
    """
    if at < one.due_at:
        raise Conflict("confirmation_early", due_at=one.due_at.isoformat())
    return _take(one, "no_answer", at)


def record_act(one: Confirmation, act: str, *, at: dt.datetime) -> Confirmation:
    """Note what was done.

    Raises:
        Conflict: `confirmation_step`; `confirmation_needed`: this rests on a record that its owner has not confirmed.
    """
    if act not in ACTS:
        raise Conflict("confirmation_step", step=one.step, to=act)
    if one.step != "confirmed" and act not in UNCONFIRMED:
        raise Conflict("confirmation_needed", act=act, step=one.step)
    taken = _take(one, "acted", at)
    return Confirmation(owner=one.owner, step=taken.step, due_at=one.due_at, times=taken.times, act=act)


def close(one: Confirmation, *, at: dt.datetime) -> Confirmation:
    """Close it: what came of it stands in its case."""
    return _take(one, "closed", at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long owners took, for the report."""

    owner: str
    asked: int
    answered: int
    in_time: int
    median_seconds: float | None
    """Of those that answered."""


def waits_of(confirmations: Iterable[Confirmation]) -> list[Waits]:
    """Count by owner, who keeps others waiting longest first; who never answered before all."""
    by_owner: dict[str, list[Confirmation]] = {}
    for one in confirmations:
        if "asked" in one.times:
            by_owner.setdefault(one.owner, []).append(one)
    waits = [_waits(owner, asked) for owner, asked in sorted(by_owner.items())]
    return sorted(waits, key=lambda one: -(float("inf") if one.median_seconds is None else one.median_seconds))


def _waits(owner: str, asked: Sequence[Confirmation]) -> Waits:
    answered = [(one, at) for one in asked if (at := _answered_at(one)) is not None]
    took = [(at - one.times["asked"]).total_seconds() for one, at in answered]
    return Waits(
        owner=owner,
        asked=len(asked),
        answered=len(answered),
        in_time=sum(at <= one.due_at for one, at in answered),
        median_seconds=statistics.median(took) if took else None,
    )


def _answered_at(one: Confirmation) -> dt.datetime | None:
    return next((one.times[answer] for answer in ANSWERS if answer in one.times), None)


def _take(one: Confirmation, step: str, at: dt.datetime) -> Confirmation:
    if step not in STEPS[one.step]:
        raise Conflict("confirmation_step", step=one.step, to=step)
    times = MappingProxyType({**one.times, step: at})
    return Confirmation(owner=one.owner, step=step, due_at=one.due_at, times=times, act=one.act)
