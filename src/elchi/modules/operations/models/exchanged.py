"""Reports of incidents: sent to partners, and received from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from elchi.modules.operations.models.incidents import Incident, one_of

SENT: tuple[str, ...] = ("queued", "delivered", "rejected", "expired", "withdrawn")


class ReportSent(models.Model):
    """That a version of an incident was told to a partner, under which agreement, and what became of the message."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="reports")
    partner = models.CharField(max_length=40)
    message_id = models.CharField(max_length=36, unique=True)
    thread = models.CharField(max_length=36)
    """One for all that is told of an incident to a partner."""
    version = models.PositiveIntegerField()
    agreement = models.CharField(max_length=100)
    clause = models.CharField(max_length=80)
    fields = models.JSONField(default=list)
    """Names of the fields that went."""
    kept = models.JSONField(default=list)
    """Names of the fields that stayed."""
    is_nominal = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=one_of(SENT), default="queued")
    code = models.CharField(max_length=64, blank=True)
    """Why it was rejected."""
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["incident", "partner", "-id"], name="report_sent_newest")]


class ReportReceived(models.Model):
    """What a partner reports of an incident: the newest that he said of it. Not an incident of this node."""

    partner = models.CharField(max_length=40)
    thread = models.CharField(max_length=36)
    message_id = models.CharField(max_length=36)
    agreement = models.CharField(max_length=100)
    event_kind = models.CharField(max_length=40, blank=True)
    event_date = models.CharField(max_length=10, blank=True)
    """A day, or a month."""
    border = models.CharField(max_length=5, blank=True)
    crossing = models.CharField(max_length=40, blank=True)
    told: Any = models.JSONField(default=dict)
    """Every field that came."""
    nominal: Any = models.JSONField(null=True, blank=True)
    """Who and by which vehicles, where the agreement lets it be told; for who may see incidents whole."""
    versions = models.PositiveIntegerField(default=1)
    """How often he said something of it."""
    sent_at: Any = models.DateTimeField()
    first_at: Any = models.DateTimeField()
    """When the first word of it came."""
    retention_until = models.DateField(null=True, blank=True)

    class Meta:
        """Newest first; an incident of a partner is there once."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "thread"], name="reported_once")]
        indexes: ClassVar = [models.Index(fields=["first_at", "partner", "event_kind"], name="reported_counted")]
