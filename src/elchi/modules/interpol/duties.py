"""What the worker does for the door to INTERPOL."""

from __future__ import annotations

from elchi.modules.interpol.rules import EVERY
from elchi.modules.interpol.services import ask_left, expire_queries, give_up_owners, remove_old, watch_points
from elchi.node.audit.actor import NODE
from elchi.node.plug import Duty


def duties() -> tuple[Duty, ...]:
    """Give them."""
    return (
        Duty("ask_left", 0, lambda: ask_left(by=NODE)),
        Duty("watch_points", EVERY.total_seconds(), lambda: watch_points(by=NODE)),
        Duty("give_up_owners", 60, lambda: give_up_owners(by=NODE)),
        Duty("expire_queries", 60, lambda: expire_queries(by=NODE)),
        Duty("remove_queries", 86_400, lambda: remove_old(by=NODE)),
    )
