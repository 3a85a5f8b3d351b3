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


class SharedFile(models.Model):
    """A file that goes to a partner, or comes from him, in pieces (`elchi.exchange.file`). It lies on the disk."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="shared_files")
    is_ours = models.BooleanField()
    file_id = models.CharField(max_length=36)
    """UUID that the sender gave it; the thread of its messages."""
    use = models.CharField(max_length=40)
    """`federation.uses`."""
    about = models.CharField(max_length=64, blank=True)
    """To what it belongs, in the words of the use."""
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=121)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, db_index=True)
    """`states.SENT_FILE` and `states.GOT_FILE`."""
    code = models.CharField(max_length=64, blank=True)
    """Why it came to nothing."""
    purpose = models.CharField(max_length=81, blank=True)
    handling = models.JSONField(default=dict)
    """Ours: what it needs at least; theirs: what it came with: `code`, `tlp`, `conditions`."""
    onward = models.CharField(max_length=16, default="none")
    agreement = models.CharField(max_length=90, blank=True)
    """Under which the first piece went."""
    next_piece = models.PositiveIntegerField(default=0)
    """Ours: the first that was not sealed yet."""
    done = models.BinaryField(default=b"")
    """A bit for each piece that is delivered, or here."""
    on = models.CharField(max_length=64, blank=True)
    """Ours: what it is about here, as in the audit."""
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    retention_until = models.DateField(null=True, blank=True)
    """Theirs: it is removed after this day."""

    class Meta:
        """Once each; newest last, so that what was handed in first goes first."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "file_id", "is_ours"], name="shared_file_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "is_ours", "state"])]
