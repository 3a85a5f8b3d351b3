"""The states of a unit's task: from which one, by which verb, to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

TASK: Final[Mapping[str, Mapping[str, str]]] = {
    "given": {"accept": "accepted", "cancel": "cancelled", "decline": "declined"},
    "accepted": {"arrive": "on_site", "cancel": "cancelled"},
    "on_site": {"finish": "done", "cancel": "cancelled"},
    "done": {},
    "declined": {},
    "cancelled": {},
}
BY_COMMANDER: Final = frozenset(("cancel",))
"""What only who gives tasks does."""


def next_state(state: str, verb: str) -> str:
    """Give the state to which a verb leads.

    Raises:
        Conflict: `task_move_refused`.
    """
    try:
        return TASK[state][verb]
    except KeyError:
        raise Conflict("task_move_refused", state=state, to=verb) from None
