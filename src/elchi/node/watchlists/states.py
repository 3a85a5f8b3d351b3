"""The states of versions and of own entries: from which one, by which verb, to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

States = Mapping[str, Mapping[str, str]]

VERSION: Final[States] = {
    "queued": {"read": "reading", "cancel": "cancelled"},
    "reading": {"stage": "waiting", "enforce": "in_force", "fail": "failed", "return": "queued"},
    "waiting": {"approve": "approving", "reject": "rejected"},
    "approving": {"enforce": "in_force", "return": "waiting"},
    "in_force": {"replace": "replaced"},
    "replaced": {},
    "rejected": {},
    "cancelled": {},
    "failed": {},
}
"""`reading` and `approving` last as long as the list's lock is held; what is found in them without it was cut off."""
ENTRY: Final[States] = {
    "in_force": {"amend": "in_force", "withdraw": "withdrawn", "expire": "expired"},
    "expired": {"amend": "in_force"},
    "withdrawn": {},
}


def next_state(states: States, state: str, verb: str) -> str:
    """Give the state to which a verb leads.

    Raises:
        Conflict: `state_refuses`.
    """
    try:
        return states[state][verb]
    except KeyError:
        raise Conflict("state_refuses", state=state, to=verb) from None
