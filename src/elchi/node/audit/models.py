"""Lines of the audit, and the signed root of each day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class AuditLine(models.Model):
    """One thing done. Lines are numbered without a gap, and each carries the hash of the one before."""

    sequence: Any = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    agency = models.CharField(max_length=64, blank=True)
    office = models.CharField(max_length=64, blank=True)
    via = models.CharField(max_length=10)
    verb = models.CharField(max_length=64)
    on = models.CharField(max_length=200)
    """What it was done on: `check:12`, `case:3`, `list:un_sc`, `entry:own-kz:7`, `officer:a.omarov`."""
    subject = models.CharField(max_length=64, blank=True)
    """Keyed hash of the subject's strongest mark (`marks.marks_of`): finds every look-up of one person."""
    purpose = models.CharField(max_length=64, blank=True)
    agreement = models.CharField(max_length=64, blank=True)
    task = models.CharField(max_length=64, blank=True)
    """What ordered it: a case, a request, a shift at a crossing. A look-up without one is told to the next audit."""
    detail = models.JSONField(default=dict)
    """JSON values that say more. Never a name of a person, a number of a document or a secret."""
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Read by officer, by what it was done on, by subject and by time."""

        indexes: ClassVar = [
            models.Index(fields=["at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["on"]),
            models.Index(fields=["subject"]),
            models.Index(fields=["verb", "at"]),
        ]


class DayRoot(models.Model):
    """The Merkle root (RFC 6962) of the lines of one day (UTC), signed by the node."""

    date: Any = models.DateField(primary_key=True)
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    key = models.CharField(max_length=64)
    """Fingerprint of the signing key."""
    signed_at = models.DateTimeField()
