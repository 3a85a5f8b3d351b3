"""The states of cases and tasks: from which one, by which move, to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

States = Mapping[str, Mapping[str, str]]

CASE: Final[States] = {
    "open": {"start": "in_work", "wait": "waiting", "close": "closed"},
    "in_work": {"wait": "waiting", "close": "closed"},
    "waiting": {"resume": "in_work", "close": "closed"},
    "closed": {"reopen": "reopened"},
    "reopened": {"start": "in_work", "wait": "waiting", "close": "closed"},
}
TASK: Final[States] = {
    "open": {"finish": "done", "drop": "dropped"},
    "done": {"reopen": "open"},
    "dropped": {"reopen": "open"},
}
REASONS: Final = ("resolved", "not_the_same", "handed_over", "no_further_action", "duplicate", "opened_by_mistake")
"""Why a case is closed."""


def check_move(states: States, old: str, new: str) -> None:
    """Do nothing if a table has a move between two states.

    Raises:
        Conflict: `case_move_unknown`.
    """
    if new not in states[old].values():
        raise Conflict("case_move_unknown", state=old, to=new)
