"""What the policy of retention lets go of incidents, and what keeps one whatever the policy says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from elchi.errors import InvalidInput
from elchi.modules.operations.models import Exhibit, Incident, IncidentHold, IncidentRetention, Waiting

TERMS: Final[Mapping[str, tuple[int, int]]] = {
    "nominal_days": (30, 7300), "incident_days": (365, 18_250), "waiting_days": (30, 1825)
}  # fmt: skip
"""The terms of a policy, and the least and most that each may be."""


def check_terms(terms: Mapping[str, int]) -> None:
    """Do nothing if terms can be a policy.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    for name, (least, most) in TERMS.items():
        if not least <= terms[name] <= most:
            raise InvalidInput("operations_invalid", field=name, rule="number_in_range", allowed=f"{least}-{most}")
    if terms["nominal_days"] > terms["incident_days"]:
        raise InvalidInput("operations_invalid", field="nominal_days", rule="within_incident_days")


def policy_in_force() -> IncidentRetention | None:
    """Give the policy; None while nobody decided on one, and incidents stay."""
    return IncidentRetention.objects.order_by("-id").first()


def hold_of(row: Incident) -> IncidentHold | None:
    """Give what keeps an incident whatever the policy says."""
    return row.holds.filter(released_at__isnull=True).first()


def free() -> QuerySet[Incident]:
    """Give the incidents that nothing keeps: no hold, no open case, nothing in custody."""
    held = IncidentHold.objects.filter(incident=OuterRef("pk"), released_at__isnull=True)
    kept = Exhibit.objects.filter(incident=OuterRef("pk")).exclude(state="ended")
    return Incident.objects.filter(~Exists(held), ~Exists(kept)).filter(Q(case=None) | Q(case__state="closed"))


def over(now: dt.datetime, policy: IncidentRetention) -> QuerySet[Incident]:
    """Give the incidents whose time is over."""
    return free().filter(at__lte=now - dt.timedelta(days=policy.incident_days))


def nominal_over(now: dt.datetime, policy: IncidentRetention) -> QuerySet[Incident]:
    """Give the incidents of which what names somebody goes."""
    since = now - dt.timedelta(days=policy.nominal_days)
    return free().filter(at__lte=since, stripped_at=None, at__gt=now - dt.timedelta(days=policy.incident_days))


def removals(now: dt.datetime, policy: IncidentRetention) -> dict[str, int]:
    """Count what a policy would remove at once."""
    waited = Waiting.objects.filter(at__lte=now - dt.timedelta(days=policy.waiting_days))
    return {
        "incidents": over(now, policy).count(), "nominal": nominal_over(now, policy).count(),
        "waiting": waited.count(),
    }  # fmt: skip
