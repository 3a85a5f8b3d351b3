"""The states of findings, questions to partners and manifests: from which one, by which verb, to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

States = Mapping[str, Mapping[str, str]]

FINDING: Final[States] = {
    "open": {"judge": "judged"},
    "judged": {"overrule": "judged"},
    "remembered": {"forget": "open"},
}
"""A finding that an earlier negative judgement stands for begins as remembered."""
ASKED: Final[States] = {
    "queued": {"deliver": "delivered", "hit": "hit", "no_hit": "no_hit", "refuse": "refused", "expire": "expired"},
    "delivered": {"hit": "hit", "no_hit": "no_hit", "refuse": "refused", "expire": "expired"},
    "expired": {"hit": "hit", "no_hit": "no_hit", "refuse": "refused"},
    "hit": {},
    "no_hit": {},
    "refused": {},
    "not_sent": {},
}
"""An answer may come before the receipt that says that the question was delivered, and after its time."""
WAITING: Final = ("queued", "delivered")
"""For a partner."""
MANIFEST: Final[States] = {
    "queued": {"start": "running", "cancel": "cancelled"},
    "running": {"start": "running", "finish": "done", "fail": "failed", "cancel": "cancelled"},
    "done": {},
    "failed": {},
    "cancelled": {},
}
"""A manifest whose worker was lost is started again."""


def next_state(states: States, state: str, verb: str) -> str:
    """Give the state to which a verb leads.

    Raises:
        Conflict: `state_refuses`.
    """
    try:
        return states[state][verb]
    except KeyError:
        raise Conflict("state_refuses", state=state, to=verb) from None
