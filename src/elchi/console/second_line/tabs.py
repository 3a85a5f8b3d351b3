"""The tabs of the second line, each with how many wait."""

from __future__ import annotations

from elchi.console.kit import AtDoor
from elchi.node.checks.findings import count_open, count_unread
from elchi.node.officers.rules import Right


def waiting_in_tabs(request: AtDoor) -> dict[str, int | bool]:
    """Give what `tabs.html` shows: counts, and which tabs the officer may open."""
    by = request.acting
    return {
        "sees_findings": by.may(Right.FINDING_SEE),
        "sees_alerts": by.may(Right.ALERT_SEE),
        "findings": count_open(by),
        "alerts": count_unread(by),
    }
