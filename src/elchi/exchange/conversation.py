"""The one order of a conversation, and what has become of it: both sides come to the same, whatever came when.

Each thing said carries a number, one more than the highest that its sender had seen (L. Lamport, "Time, Clocks, and the
Ordering of Events in a Distributed System", CACM 21(7), 1978): what answers something stands after it. What was said at
once on both sides has one number, and stands in the order of the parties' codes. Clocks of machines decide nothing.
See docs/protocol/12-desk.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from elchi.errors import InvalidInput

LONGEST: Final = 10_000
"""Things said in one conversation, and the highest number in it: a partner cannot count it out of reach."""


class Act(StrEnum):
    """What somebody does by what he says."""

    ASK = "ask"
    """The first one opens the conversation; a later one asks for more."""
    ACKNOWLEDGE = "acknowledge"
    PART = "part"
    """Some of the answer; more will come."""
    ANSWER = "answer"
    REFUSE = "refuse"
    SAY = "say"
    """A word beside: it answers nothing and asks nothing."""
    DECIDE = "decide"
    """What both have agreed to do, and who does it."""
    READ = "read"
    """An agency has read all up to a number; not shown as something said."""
    WITHDRAW = "withdraw"


ASKER: Final = frozenset((Act.ASK, Act.SAY, Act.DECIDE, Act.READ, Act.WITHDRAW))
"""What the side may do that asked."""
ASKED: Final = frozenset((Act.ACKNOWLEDGE, Act.PART, Act.ANSWER, Act.REFUSE, Act.SAY, Act.DECIDE, Act.READ))
"""What the side may do that was asked."""

_ANSWERS: Final[Mapping[Act, str]] = MappingProxyType(
    {Act.PART: "partly_answered", Act.ANSWER: "answered", Act.REFUSE: "refused"}
)
STATES: Final[Mapping[str, Mapping[Act, str]]] = MappingProxyType(
    {
        "draft": {Act.ASK: "sent"},
        "sent": {Act.ACKNOWLEDGE: "acknowledged", Act.WITHDRAW: "withdrawn", **_ANSWERS},
        "acknowledged": {Act.WITHDRAW: "withdrawn", **_ANSWERS},
        "partly_answered": {Act.WITHDRAW: "withdrawn", **_ANSWERS},
        "answered": {Act.ASK: "partly_answered"},
        "refused": {Act.ASK: "sent"},
        "expired": {**_ANSWERS},
        "withdrawn": {},
    }
)
"""From which state, by which act, to which. An act that stands in no row changes nothing: the other side may have done
it before it knew. An answer that comes too late still is one."""
OPEN: Final = frozenset(("sent", "acknowledged", "partly_answered"))
"""States in which an answer is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing said."""

    number: int
    """From 1."""
    party: str
    """Code of the node that said it."""
    id: str
    """Of the message; unique to its party."""
    act: Act
    of_asker: bool
    """Whether it comes from the side that asked."""
    at: dt.datetime
    """By the clock of who said it; only whether it came too late is measured by it."""


def next_number(highest: int) -> int:
    """Give the number of what is said next.

    Args:
        highest: the highest number seen so far; 0 for none.

    Raises:
        InvalidInput: `conversation_full`.
    """
    if highest >= LONGEST:
        raise InvalidInput("conversation_full", limit=LONGEST)
    return highest + 1


def in_order(said: Iterable[Said]) -> tuple[Said, ...]:
    """Give what was said, each once, in the order that all see."""
    each = {(one.party, one.id): one for one in said}
    return tuple(sorted(each.values(), key=place_of))


def place_of(one: Said) -> tuple[int, str, str]:
    """Give by what things said are sorted."""
    return (one.number, one.party, one.id)


def may_do(act: Act, *, of_asker: bool) -> bool:
    """Tell whether an act is one of the side that asked, or of the other."""
    return act in (ASKER if of_asker else ASKED)


def state_of(said: Iterable[Said], *, ends_at: dt.datetime | None, at: dt.datetime) -> str:
    """Give the state of a conversation: of `STATES`.

    Args:
        said: in any order, anything of it any number of times.
        ends_at: until when an answer is waited for; None for ever.
        at: now; before `ends_at` the state does not depend on it.
    """
    state = "draft"
    for one in in_order(said):
        if not may_do(one.act, of_asker=one.of_asker):
            continue
        if ends_at is not None and one.at >= ends_at and state in OPEN:
            state = "expired"
        state = STATES[state].get(one.act, state)
    return "expired" if ends_at is not None and at >= ends_at and state in OPEN else state
