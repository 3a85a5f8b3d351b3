"""What a check may be for, and who is told what of it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from elchi.errors import InvalidInput
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

PURPOSES: Final = ("border_check", "customs_check", "sanctions", "investigation", "visa", "training")
DIRECTIONS: Final = ("entry", "exit", "transit", "none")
OUTCOMES: Final = ("positive", "negative", "unsure")
"""Of a judgement: the same, not the same, not to be told."""
DUE_AFTER: Final = {"stop": dt.timedelta(minutes=15), "review": dt.timedelta(minutes=30)}
"""Until when the second line has judged a finding: somebody is standing there."""
ASKED_AT_ONCE: Final = ("border_check", "customs_check")
"""Purposes for which partners are asked with the check, where an agreement covers it: somebody is standing there. For
the others an officer asks them by a verb of its own; for training nobody is asked."""
ANSWER_WITHIN: Final = {"border_check": dt.timedelta(minutes=30), "customs_check": dt.timedelta(minutes=30)}
"""Until when an answer is waited for; of other purposes a day."""
ANSWER_WITHIN_ELSE: Final = dt.timedelta(days=1)
QUESTION_LIFETIME: Final = dt.timedelta(days=3)
"""So long a question waits for a link: an answer that late still tells the second line."""
CONTACT: Final = ("agency", "desk", "phone", "email", "languages")
"""What the contact of a hit says, in this order: a desk and never a person."""
LONGEST_SHIFT: Final = dt.timedelta(hours=16)
"""A shift that nobody ended is over after this time."""
QUESTIONS_AN_HOUR: Final = 20_000
"""Of one partner, that are answered: what his crossings may need after two days without a line, and what somebody who
reads our lists by asking for everybody does not get."""
MAX_SUBJECTS: Final = 50
"""Subjects of one check, parts of a consignment counted one by one."""


def knows_discreet(by: Acting) -> bool:
    """Tell whether someone may know that there are discreet entries; of the first line nobody does."""
    return by.may(Right.ALERT_SEE)


def check_purpose(purpose: str) -> str:
    """Give a purpose that is one.

    Raises:
        InvalidInput: `purpose_unknown`.
    """
    if purpose not in PURPOSES:
        raise InvalidInput("purpose_unknown", field="purpose", rule="one_of", allowed=list(PURPOSES))
    return purpose


def check_direction(direction: str) -> str:
    """Give a direction that is one.

    Raises:
        InvalidInput: `direction_unknown`.
    """
    if direction not in DIRECTIONS:
        raise InvalidInput("direction_unknown", field="direction", rule="one_of", allowed=list(DIRECTIONS))
    return direction
