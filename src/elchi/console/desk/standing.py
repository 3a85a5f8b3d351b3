"""The alerts that stand, as every page of whom they are for shows them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from elchi.node.liaison import alert_queries as queries
from elchi.node.officers.acting import Acting


def standing(acting: Acting | None) -> dict[str, Any]:
    """Give what every page shows of the alerts that stand for an officer; nothing for who sees none."""
    if acting is None or not queries.may_see_alerts(acting):
        return {}
    rows = queries.standing_for(acting, timezone.now())
    return {"standing": rows, "standing_stamp": queries.stamp_of_alerts(rows), "standing_asked": True}
