"""Corridors: crossings in the order of a route; and how long people wait at a crossing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

WAITED_MOST = 10_080
"""Minutes: a week."""


class Corridor(models.Model):
    """A route as this node draws it."""

    name = models.CharField(max_length=120, unique=True)
    stops = models.JSONField()
    """Codes of crossings, in order."""
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """By name."""

        ordering: ClassVar = ["name"]


class Waiting(models.Model):
    """How long somebody who is let through now has waited at a crossing."""

    crossing: Any = models.ForeignKey("directory.Crossing", on_delete=models.CASCADE, related_name="waitings")
    minutes = models.PositiveIntegerField()
    lane = models.CharField(max_length=10)
    """Of `corridors.LANES`."""
    direction = models.CharField(max_length=8)
    """`entry`, `exit`."""
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)

    class Meta:
        """Newest first; nobody waits for more than a week."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.CheckConstraint(name="waiting_in_range", condition=Q(minutes__lte=WAITED_MOST))]
        indexes: ClassVar = [models.Index(fields=["crossing", "at"], name="waiting_counted")]
