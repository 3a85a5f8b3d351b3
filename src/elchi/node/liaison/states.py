"""The states of alerts; those of conversations are `elchi.exchange.conversation.STATES`, as both sides hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

ALERT: Final[Mapping[str, tuple[str, ...]]] = {
    "standing": ("withdrawn", "expired"),
    "withdrawn": (),
    "expired": (),
}


def check_move(state: str, wanted: str) -> None:
    """Do nothing if an alert may go from one state to another.

    Raises:
        Conflict: `state_refuses`.
    """
    if wanted not in ALERT[state]:
        raise Conflict("state_refuses", state=state, to=wanted)
