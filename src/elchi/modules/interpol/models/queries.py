"""What was asked, and what each side answered. No number, name or record stands here."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.interpol.gateway import Guidance
from elchi.modules.interpol.models.points import AccessPoint, one_of
from elchi.modules.interpol.question import KINDS, Outcome
from elchi.node.here import here

STATES: Final = ("answered", "asking", "waiting", "refused", "expired")
"""`asking`: the online side, here; `waiting`: for the bureau; `expired`: it did not answer in time, a later answer
still counts."""
SOURCES: Final = ("online", "offline", "own_copy")
"""Who answered: the bureau online, its copy, or the copy of this node, which is no bureau."""


class Query(models.Model):
    """One check of one thing at INTERPOL's side, by one officer."""

    question = models.CharField(max_length=36, unique=True)
    """UUID: asked again it is the same query."""
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    """Of the message that asked, where it came or went as one."""
    agreement = models.CharField(max_length=90, blank=True)
    """Under which it came or went."""
    point: Any = models.ForeignKey(AccessPoint, null=True, on_delete=models.PROTECT, related_name="queries")
    """Who asked this bureau."""
    bureau: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """Which bureau this node asked."""
    officer: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    """None where another node asked."""
    by = models.CharField(max_length=150)
    via = models.CharField(max_length=8)
    kind = models.CharField(max_length=10, choices=one_of(KINDS))
    purpose = models.CharField(max_length=40)
    mark = models.CharField(max_length=32, blank=True)
    """Keyed hash of what was asked about, by which the audit finds it."""
    shown = models.CharField(max_length=40, blank=True)
    """The last letters of it."""
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=one_of(STATES))
    code = models.CharField(max_length=64, blank=True)
    """Why it was refused, or not sent."""
    reason = models.CharField(max_length=40, blank=True)
    guidance = models.CharField(max_length=16, blank=True, choices=one_of(Guidance))
    """Of all answers together: what the first line is told."""
    outcome = models.CharField(max_length=6, blank=True, choices=one_of(Outcome))
    took_ms = models.FloatField(null=True)
    reference = models.CharField(max_length=64, blank=True)
    """By which the bureau knows its hit."""
    progress = models.CharField(max_length=10, blank=True)
    """What the bureau told of the confirmation: a step of `confirmation.STEPS`."""
    progress_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; asked here, or of another bureau."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="query_asked_of_one",
                condition=Q(point__isnull=False, bureau__isnull=True) | Q(point__isnull=True, bureau__isnull=False),
            ),
            models.CheckConstraint(name="query_answered_with_guidance", condition=~Q(state="answered", guidance="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["point", "asked_at"], name="query_of_point"),
            models.Index(fields=["asked_at"], name="query_by_time"),
        ]

    @property
    def number(self) -> str:
        """As officers call it: `KG-NCB-1-Q-0007`."""
        return f"{here().code}-Q-{self.pk:04d}"


class QueryAnswer(models.Model):
    """What one side answered, and how old what it says is."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="answers")
    source = models.CharField(max_length=8, blank=True, choices=one_of(SOURCES))
    """Empty where nobody answered."""
    guidance = models.CharField(max_length=16, choices=one_of(Guidance))
    at = models.DateTimeField(default=timezone.now)
    copy_version = models.PositiveBigIntegerField(null=True)
    copy_issued_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=False)
    refusals = models.JSONField(default=list)
    """Sides that gave no answer: `{"source", "code", "reason"}`."""

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["id"]


class OnlineTask(models.Model):
    """That the online side is to be asked. The row goes when it was, and with it what was asked about."""

    query = models.OneToOneField(Query, on_delete=models.CASCADE, related_name="online")
    subject = models.JSONField()
    """`wire.asked_to_wire`."""
    thread = models.CharField(max_length=36, blank=True)
    """Of the message that asked, where it came as one."""
    refusals = models.JSONField(default=list)
    """Why the copy gave no answer, as `QueryAnswer` has it."""
    since = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    """Who asks it has claimed it until then; afterwards it is taken for lost."""

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["since"]
        indexes: ClassVar = [models.Index(fields=["claimed_until", "since"], name="online_task_left")]
