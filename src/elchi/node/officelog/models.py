"""Entries of the log of an office."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LogEntry(models.Model):
    """One entry. Rows are added, never changed; retention empties the words of old ones."""

    office = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    """In the log of its office, from 1 without a gap."""
    kind = models.CharField(max_length=12)
    """Of `rules.KINDS` or `rules.OF_SHIFTS`."""
    text = models.TextField(blank=True)
    folded = models.TextField(blank=True)
    """The words in lower case, to be searched: SQLite folds ASCII only."""
    references = models.JSONField(default=list)
    """`kind:number`; of a hand-over `kind:key` of what was open."""
    salt = models.CharField(max_length=64, blank=True)
    said = models.CharField(max_length=64)
    """`entry.said_of`."""
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    agency = models.CharField(max_length=64)
    """Code of the author's."""
    by = models.CharField(max_length=150)
    """Sign-in name."""
    officer = models.CharField(max_length=200)
    """As he was called then."""
    released = models.CharField(max_length=2_000)
    """Codes of the agencies that may read it, between commas: `,kz-border,kz-customs,`."""
    re = models.PositiveIntegerField(null=True, blank=True)
    """Number of the entry that it corrects, or of the hand-over that it acknowledges."""
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        """Newest first; an entry is corrected or acknowledged once."""

        ordering: ClassVar = ["office", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "number"], name="log_number_once"),
            models.UniqueConstraint(fields=["office", "re"], condition=Q(re__isnull=False), name="log_answered_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "at"]),
            models.Index(fields=["office", "kind"]),
            models.Index(fields=["at"]),
        ]

    @property
    def agencies(self) -> tuple[str, ...]:
        """Codes of the agencies that may read it."""
        return tuple(self.released.strip(",").split(","))
