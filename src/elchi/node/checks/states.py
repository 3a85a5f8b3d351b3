"""The states of findings and manifests: from which one, by which verb, to which."""

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
