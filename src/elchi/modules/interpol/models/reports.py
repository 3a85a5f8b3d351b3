"""Documents that this state reports as stolen or lost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.interpol.models.points import one_of
from elchi.modules.interpol.offline.document_key import Reported
from elchi.node.here import here


class ReportedDocument(models.Model):
    """A report of one document (`reporting.DocumentReport`), in its one form of issuer, type and number."""

    issuer = models.CharField(max_length=8)
    document_type = models.CharField(max_length=1)
    document_number = models.CharField(max_length=64)
    reported = models.CharField(max_length=12, choices=one_of(Reported))
    state = models.CharField(max_length=9, choices=one_of(("proposed", "in_force", "withdrawn", "rejected")))
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why it was withdrawn or rejected."""
    published = models.CharField(max_length=9, blank=True)
    """The state in which the copy that was given out last has it; empty for none."""
    copy_version = models.PositiveBigIntegerField(null=True)
    """Of that copy."""

    class Meta:
        """Newest first; a document has one report that counts or waits; two people put it in force."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "document_type", "document_number"],
                condition=Q(state__in=("proposed", "in_force")),
                name="one_report_a_document",
            ),
            models.CheckConstraint(
                name="report_four_eyes", condition=~Q(state="in_force") | ~Q(decided_by=models.F("proposed_by"))
            ),
        ]

    @property
    def number(self) -> str:
        """As officers call it: `KG-NCB-1-D-0007`."""
        return f"{here().code}-D-{self.pk:04d}"
