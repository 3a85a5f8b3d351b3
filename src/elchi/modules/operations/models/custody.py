"""Exhibits, the steps of their chain, and photos."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.operations import custody
from elchi.modules.operations.models.incidents import Incident, number_of, one_of
from elchi.modules.operations.seizure import KINDS


class Exhibit(models.Model):
    """Something in custody: what its last step says, beside what it is."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="exhibits")
    mark = models.PositiveIntegerField()
    """Its number within the incident, from 1."""
    kind = models.CharField(max_length=16, choices=one_of(KINDS))
    what = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=19, decimal_places=6)
    measure = models.CharField(max_length=10)
    seal = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=one_of(custody.STATES), default="held")
    holder = models.CharField(max_length=150, blank=True)
    """Sign-in name."""
    to = models.CharField(max_length=150, blank=True)
    outside = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order of the incident; a mark is there once, and it is with somebody until it is ended."""

        ordering: ClassVar = ["incident", "mark"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "mark"], name="exhibit_marked_once"),
            models.CheckConstraint(
                name="exhibit_is_with_somebody",
                condition=(Q(state="held", to="", outside="") & ~Q(holder=""))
                | (Q(state="given", outside="") & ~Q(holder="") & ~Q(to=""))
                | (Q(state="out", holder="", to="") & ~Q(outside=""))
                | Q(state="ended", holder="", to=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "to"], name="exhibit_waiting")]

    @property
    def number(self) -> str:
        """As it is written on the label: `UZ-OYB-1-I-0007/2`."""
        return f"{number_of(self.incident_id)}/{self.mark}"


class ExhibitStep(models.Model):
    """A step of the chain. Steps are added, never changed."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    move = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=one_of(custody.STATES))
    at: Any = models.DateTimeField()
    by = models.CharField(max_length=150)
    agency = models.CharField(max_length=64)
    holder = models.CharField(max_length=150, blank=True)
    to = models.CharField(max_length=150, blank=True)
    outside = models.CharField(max_length=200, blank=True)
    seal = models.CharField(max_length=40)
    is_whole = models.BooleanField(default=True)
    quantity = models.CharField(max_length=40, blank=True)
    """What was weighed or counted with it, and its unit."""
    place = models.CharField(max_length=200, blank=True)
    end = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    """Of what the exhibit was then, `custody.digest_of`."""
    hash = models.CharField(max_length=64)
    """Over this step and the hash before it."""

    class Meta:
        """In order, each number once."""

        ordering: ClassVar = ["exhibit", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exhibit", "number"], name="exhibit_step_numbered_once")
        ]


class ExhibitPhoto(models.Model):
    """A photo, kept as it came and as a picture without what a camera writes beside the pixels."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="photos")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    shown = models.CharField(max_length=64)
    """Digest of the picture encoded again, which alone is shown."""
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(max_length=150)

    class Meta:
        """In the order in which they were taken; the same one is there once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["exhibit", "digest"], name="exhibit_photo_once")]
