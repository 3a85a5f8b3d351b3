"""Hits on their way to an outcome: ours, and those that other bureaus ask us to confirm."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.interpol.confirmation import ACTS, ANSWERS, STEPS
from elchi.modules.interpol.models.points import one_of
from elchi.modules.interpol.models.queries import Query
from elchi.node.here import here


class HitConfirmation(models.Model):
    """A record that INTERPOL's side named, until its owner has spoken and somebody has acted."""

    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="hits")
    record = models.CharField(max_length=100, blank=True)
    """Its name there; empty from the offline copy."""
    owner = models.CharField(max_length=8)
    """ISO 3166-1 alpha-3, or the ICAO code of an organisation."""
    reported = models.CharField(max_length=16)
    subject = models.JSONField(null=True)
    """What was asked about (`wire.asked_to_wire`); None when retention has removed it."""
    step = models.CharField(max_length=10, choices=one_of(STEPS), default="hit")
    due_at = models.DateTimeField()
    times = models.JSONField(default=dict)
    """When each step was taken."""
    act = models.CharField(max_length=16, blank=True, choices=one_of(ACTS))
    note = models.CharField(max_length=300, blank=True)
    """What came of it."""
    partner: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """The owner's bureau, where it was asked through the exchange."""
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    asked_by = models.CharField(max_length=150, blank=True)
    acted_by = models.CharField(max_length=150, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first; what was done has a name."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="hit_acted", condition=~Q(step__in=("acted", "closed")) | ~Q(act="")),
        ]
        indexes: ClassVar = [models.Index(fields=["step", "due_at"], name="hit_due")]

    @property
    def number(self) -> str:
        """As officers call it, and what other nodes are told instead of the record: `KG-NCB-1-C-0007`."""
        return f"{here().code}-C-{self.pk:04d}"


class ConfirmationRequest(models.Model):
    """Another bureau asks whether a record of our state holds for what it has before it."""

    partner = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=36)
    thread = models.CharField(max_length=36)
    agreement = models.CharField(max_length=90)
    purpose = models.CharField(max_length=40)
    reference = models.CharField(max_length=64)
    record = models.CharField(max_length=100, blank=True)
    reported = models.CharField(max_length=16)
    subject = models.JSONField(null=True)
    came_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True, choices=one_of(ANSWERS))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    class Meta:
        """Newest first; one a message."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="one_confirmation_request"),
            models.CheckConstraint(
                name="request_answered_whole",
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]
