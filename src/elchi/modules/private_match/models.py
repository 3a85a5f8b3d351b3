"""What was asked privately, of whom and by whom; sets of tags; budgets; contacts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.exchange.private_match import MAX_KEYS


class MatchBudget(models.Model):
    """How much a partner may ask, where it is not the usual."""

    partner: Any = models.OneToOneField("federation.Partner", on_delete=models.CASCADE, related_name="match_budget")
    per_day = models.PositiveIntegerField(default=MAX_KEYS)
    """Keys."""
    per_hour = models.PositiveIntegerField(default=20)
    """Asks."""
    throttled_at = models.DateTimeField(null=True, blank=True)
    throttled_because = models.CharField(max_length=40, blank=True)
    """Code; of `Budget.suspicion`."""
    counted_from = models.DateTimeField(null=True, blank=True)
    """When an officer lifted it last: what was asked before is not held against him any more."""

    class Meta:
        """A throttled one says why."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="throttled_for_a_reason", condition=Q(throttled_at__isnull=True) | ~Q(throttled_because="")
            ),
        ]


class Asked(models.Model):
    """What this node asked a partner."""

    officer: Any = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=64, blank=True)
    """Code: its officers see the keys."""
    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    task = models.CharField(max_length=200)
    """Why: number of a case, in words."""
    agreement = models.CharField(max_length=100)
    message_id = models.CharField(max_length=36, unique=True)
    keys: Any = models.JSONField()
    """As `Mark.to_json`."""
    counts: Any = models.JSONField()
    """How many forms each key was asked in."""
    blinds = models.BinaryField()
    """Secret, until the answer is read; then empty."""
    evaluated = models.BinaryField(default=b"")
    """What came back, until it is read."""
    set_id = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=12, default="queued", db_index=True)
    """`states.ASKED`."""
    code = models.CharField(max_length=64, blank=True)
    clause = models.CharField(max_length=80, blank=True)
    found: Any = models.JSONField(default=list)
    """Of each key that both know, `{"key": place, "tag": hex}`."""
    desk: Any = models.JSONField(default=dict)
    """Whom to call there."""
    asked_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(db_index=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class Heard(models.Model):
    """What a partner asked of this node: how much, and never what."""

    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=36)
    thread = models.CharField(max_length=36)
    agreement = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40)
    keys = models.PositiveIntegerField()
    elements = models.BinaryField()
    """Blinded, until they are answered; then empty."""
    have = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=12, default="waiting", db_index=True)
    code = models.CharField(max_length=64, blank=True)
    heard_at = models.DateTimeField(default=timezone.now, db_index=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(db_index=True)

    class Meta:
        """Newest first; a message is heard once."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="match_heard_once", fields=["partner", "message_id"]),
            models.CheckConstraint(name="match_heard_state", condition=Q(state__in=("waiting", "answered", "refused"))),
        ]


class HeldSet(models.Model):
    """The tags of our lists for one partner; they lie in a file of this name."""

    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.CASCADE, related_name="+")
    set_id = models.CharField(max_length=32, unique=True)
    epoch = models.PositiveIntegerField()
    """Which of the keys that change by the month made it."""
    made_of = models.CharField(max_length=64)
    """Hash of the lists and versions that it has."""
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class ReceivedSet(models.Model):
    """The tags of a partner's list."""

    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.CASCADE, related_name="+")
    set_id = models.CharField(max_length=32)
    pages = models.PositiveIntegerField(default=0)
    """How many there are; 0 until an answer says so."""
    size = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One row a set."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="match_set_once", fields=["partner", "set_id"]),
        ]


class ReceivedPage(models.Model):
    """A page of it."""

    owner = models.ForeignKey(ReceivedSet, on_delete=models.CASCADE, related_name="received")
    page = models.PositiveIntegerField()
    tags = models.BinaryField()

    class Meta:
        """In order."""

        ordering: ClassVar = ["page"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="match_page_once", fields=["owner", "page"]),
        ]


class Contact(models.Model):
    """Two nodes know the same, and talk about it: the record of neither has gone anywhere."""

    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(Asked, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    """None where the partner opened it."""
    key = models.PositiveIntegerField(null=True, blank=True)
    """Place among the keys of `asked`."""
    watchlist = models.CharField(max_length=64, blank=True)
    """Of our entry that he means; empty where we opened it."""
    entry = models.CharField(max_length=255, blank=True)
    owner_agency = models.CharField(max_length=64, blank=True)
    desk: Any = models.JSONField(default=dict)
    """Whom to call there."""
    purpose = models.CharField(max_length=40)
    agreement = models.CharField(max_length=100)
    message_id = models.CharField(max_length=36)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.CharField(max_length=150)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=500, blank=True)
    """What came of it."""
    keep_until = models.DateField(db_index=True)

    class Meta:
        """Newest first; from one side; opened once a key."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="match_contact_once", fields=["asked", "key"]),
            models.CheckConstraint(
                name="match_contact_side",
                condition=Q(asked__isnull=False, key__isnull=False, entry="")
                | (Q(asked__isnull=True, key__isnull=True) & ~Q(entry="")),
            ),
        ]
