"""How long incidents are kept, and which of them must be kept longer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.operations.models.incidents import Incident


class IncidentRetention(models.Model):
    """How long what of an incident is kept. The newest row is in force; while there is none, incidents stay."""

    nominal_days = models.PositiveIntegerField()
    """Afterwards who was in it and what somebody typed goes; what is counted stays."""
    incident_days = models.PositiveIntegerField()
    """Afterwards all of it goes."""
    waiting_days = models.PositiveIntegerField()
    """Of waiting times at crossings."""
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    from_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class IncidentHold(models.Model):
    """That an incident is kept whatever the policy says, such as for a court, until somebody releases it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    released_at: Any = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """Newest first; one at a time."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(released_at__isnull=True), name="incident_held_once"
            )
        ]
