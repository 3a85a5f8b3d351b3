"""What is carried for others, how well links work, and files that go in pieces."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from elchi.node.federation.models.partners import Partner


class Held(models.Model):
    """A sealed item that this node carries for others and cannot read: the mailbox of a relay."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="held")
    """For whom."""
    giver = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="given")
    lane = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    """`envelope` or `receipt`."""
    size = models.PositiveIntegerField()
    """Bytes of the content, which count against the quota of the giver."""
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    content = models.BinaryField()
    """Last: SQLite reads a row from its beginning."""

    class Meta:
        """An item is held once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "sha256"], name="held_once")]
        indexes: ClassVar = [
            models.Index(fields=["partner", "rank", "id"]),
            models.Index(fields=["giver", "size"]),
            models.Index(fields=["expires_at"]),
        ]


class Link(models.Model):
    """How well a carrier to a partner works."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="links")
    carrier = models.CharField(max_length=20)
    worked_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    code = models.CharField(max_length=64, blank=True)
    """Of the last failure."""
    milliseconds = models.PositiveIntegerField(default=0)
    """That the last round trip took."""

    class Meta:
        """One a carrier."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "carrier"], name="one_link")]


class Blob(models.Model):
    """A file too large for an envelope: sealed bytes by their hash, sent and fetched in pieces."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="blobs")
    sha256 = models.CharField(max_length=64)
    """Of the sealed bytes."""
    size = models.PositiveBigIntegerField()
    is_ours = models.BooleanField()
    """Whether we offer it, or fetch it."""
    file = models.CharField(max_length=100)
    """Folder below `Here.files`."""
    have = models.PositiveBigIntegerField(default=0)
    """Bytes that are here."""
    message_id = models.CharField(max_length=36)
    """That announces it and holds its key."""
    expires_at = models.DateTimeField()

    class Meta:
        """One a partner and hash."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "sha256", "is_ours"], name="one_blob"),
        ]
