"""What the worker does for private matches."""

from __future__ import annotations

from elchi.modules.private_match import services
from elchi.node.plug import Duty


def duties() -> tuple[Duty, ...]:
    """Give them."""
    return (
        Duty("private matches answered", 0, services.answer_waiting),
        Duty("private matches read", 0, services.finish_answered),
        Duty("private matches kept", 3600, services.apply_match_retention),
    )
