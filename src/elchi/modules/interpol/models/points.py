"""Access points, the rules by which they ask, and when each was reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.interpol.access_point import MOVES, POINT_KINDS


def one_of(values: Iterable[str]) -> list[tuple[str, str]]:
    """Give codes as the choices of a column."""
    return [(value, value) for value in values]


class AccessPoint(models.Model):
    """A town, crossing or department that asks through this bureau.

    It is an office of the directory, whose officers and programs ask at this node, or a node of its own.
    """

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=one_of(POINT_KINDS))
    office: Any = models.OneToOneField(
        "directory.Office", null=True, blank=True, on_delete=models.PROTECT, related_name="access_point"
    )
    partner: Any = models.OneToOneField(
        "federation.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="access_point"
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=one_of(MOVES), default="registered")
    registered_by = models.CharField(max_length=150)
    registered_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    """Of the state."""
    note = models.CharField(max_length=300, blank=True)
    """Why it was refused, suspended or retired."""
    first_success_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_query_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    """When it last asked, or said that it is there."""

    class Meta:
        """By code."""

        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="access_point_of_one",
                condition=Q(office__isnull=False, partner__isnull=True) | Q(office__isnull=True, partner__isnull=False),
            ),
            models.CheckConstraint(
                name="access_point_place_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]


class Watch(models.Model):
    """That a point was looked at, again and again with the same result: `access_point.Probe`."""

    point = models.ForeignKey(AccessPoint, on_delete=models.CASCADE, related_name="watches")
    at = models.DateTimeField()
    until = models.DateTimeField()
    was_up = models.BooleanField()

    class Meta:
        """In order of time."""

        ordering: ClassVar = ["point", "at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="watch_in_order", condition=Q(until__gte=models.F("at"))),
        ]
        indexes: ClassVar = [models.Index(fields=["point", "until"], name="watch_lately")]


class AccessPolicy(models.Model):
    """The national access rules. The newest row is in force; older ones say what held when."""

    lines = models.JSONField()
    """`wire.rule_to_wire`."""
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    from_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
