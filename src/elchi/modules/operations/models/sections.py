"""Impact levels of border sections."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from elchi.modules.operations import sections
from elchi.modules.operations.models.incidents import one_of


class SectionLevel(models.Model):
    """What a section of the border is from a time on. The newest row of a border holds, until its end."""

    border = models.CharField(max_length=5)
    level = models.CharField(max_length=8, choices=one_of(sections.LEVELS))
    from_at = models.DateTimeField(default=timezone.now)
    until: Any = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)

    class Meta:
        """Newest first; it ends after it begins, and critical ends."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="section_ends_later", condition=Q(until__isnull=True) | Q(until__gt=F("from_at"))
            ),
            models.CheckConstraint(
                name="critical_is_temporary", condition=~Q(level="critical") | Q(until__isnull=False)
            ),
        ]
