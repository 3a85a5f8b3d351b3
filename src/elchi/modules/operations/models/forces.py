"""Units as they can be sent: crew, assets, area, where they are; the mandate; and tasks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.operations import tasking
from elchi.modules.operations.models.incidents import Incident, one_of
from elchi.modules.operations.states import TASK
from elchi.node.here import here


class UnitProfile(models.Model):
    """What an office of the directory is as a unit: how fast, free or not, where, and for which area."""

    office: Any = models.OneToOneField("directory.Office", on_delete=models.PROTECT, related_name="unit_profile")
    kmh = models.FloatField(default=60)
    availability = models.CharField(max_length=10, choices=one_of(tasking.AVAILABILITIES), default="available")
    latitude = models.FloatField(null=True, blank=True)
    """Where it is now; empty for one at its office."""
    longitude = models.FloatField(null=True, blank=True)
    crew_rule = models.JSONField(default=list)
    """Kinds of agencies that a whole crew has."""
    area: Any = models.JSONField(null=True, blank=True)
    """`geography.area_to_wire`; None for everywhere in its state."""
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """It moves; its place is whole or not said."""

        constraints: ClassVar = [
            models.CheckConstraint(name="unit_moves", condition=Q(kmh__gt=0)),
            models.CheckConstraint(
                name="unit_place_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]


class UnitMember(models.Model):
    """Somebody of an agency in a unit: an officer who signs in here, or one who does not."""

    unit = models.ForeignKey(UnitProfile, on_delete=models.CASCADE, related_name="members")
    agency: Any = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    officer: Any = models.ForeignKey(
        "officers.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    part = models.CharField(max_length=12, choices=one_of(tasking.PARTS), default="member")
    from_at = models.DateTimeField(default=timezone.now)
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["id"]


class UnitAsset(models.Model):
    """A vehicle, a dog, a piece of equipment; works, or is broken since a day."""

    unit = models.ForeignKey(UnitProfile, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=10, choices=one_of(tasking.ASSETS))
    name = models.CharField(max_length=120)
    broken_since = models.DateField(null=True, blank=True)

    class Meta:
        """By kind and name."""

        ordering: ClassVar = ["kind", "name"]


class MandatePolicy(models.Model):
    """Which agency may do what, where. The newest row is in force; older ones say what held when."""

    lines = models.JSONField()
    """`mandate.line_to_wire`."""
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    from_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class UnitTask(models.Model):
    """What a unit is sent to do, and by which articles it may."""

    unit = models.ForeignKey(UnitProfile, on_delete=models.PROTECT, related_name="tasks")
    crossing: Any = models.ForeignKey(
        "directory.Crossing", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    acts = models.JSONField()
    basis = models.JSONField()
    """Of each act the article and the law."""
    purpose = models.CharField(max_length=300)
    crew_missing = models.JSONField(default=list)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    """As a straight line; None where nobody knows where the unit is."""
    due_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=one_of(TASK), default="given")
    note = models.CharField(max_length=300, blank=True)
    incident: Any = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    operation: Any = models.ForeignKey(
        "operations.JointOperation", null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    """Of which it is a part."""
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="task_open")]

    @property
    def number(self) -> str:
        """As officers call it: `UZ-OYB-1-T-0007`."""
        return f"{here().code}-T-{self.pk:04d}"
