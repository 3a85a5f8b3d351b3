"""Reviews of offices, and what crossings have and should have. Rows are added; the newest holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class OfficeReview(models.Model):
    """How far each practice of an office was alive in a quarter."""

    office: Any = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="reviews")
    quarter = models.CharField(max_length=7)
    """`2026-Q4`."""
    answers = models.JSONField()
    """`maturity.to_wire`."""
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["office", "quarter", "-id"], name="review_of_quarter")]


class CrossingTemplate(models.Model):
    """What a crossing should have: a policy of the node. While there is none, the suggestion that travels holds."""

    needs = models.JSONField()
    """`capability.need_to_wire`."""
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    from_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class CrossingStock(models.Model):
    """What a crossing has, as somebody counted it."""

    crossing: Any = models.ForeignKey("directory.Crossing", on_delete=models.PROTECT, related_name="stocks")
    have = models.JSONField()
    """Item of the template to how many; what is not named was not counted."""
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["crossing", "-id"], name="stock_newest")]
