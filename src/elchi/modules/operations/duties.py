"""What the worker does for the operations of an office."""

from __future__ import annotations

from elchi.modules.operations import services
from elchi.node.audit.actor import NODE
from elchi.node.plug import Duty


def duties() -> tuple[Duty, ...]:
    """Give them."""
    return (Duty("keep_incidents", 86_400, lambda: services.keep_incidents(by=NODE)),)
