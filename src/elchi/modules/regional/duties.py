"""What the worker does for the regional module."""

from __future__ import annotations

from elchi.modules.regional import services
from elchi.node.plug import Duty


def duties() -> tuple[Duty, ...]:
    """Give them."""
    return (
        Duty("reports of members", 5, services.take_reports),
        Duty("regional retention", 3600, services.apply_regional_retention),
    )
