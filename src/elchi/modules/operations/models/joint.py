"""Joint operations: what the acts of both sides made of them, hand-overs, and the acts themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from elchi.modules.operations import joint
from elchi.modules.operations.models.incidents import Incident, one_of
from elchi.node.here import here

ACT_STATES: tuple[str, ...] = ("kept", "queued", "delivered", "rejected", "expired", "received")


class JointOperation(models.Model):
    """An operation, alone or with a partner."""

    key = models.CharField(max_length=36, unique=True)
    """The thread of its messages: both sides know it by this."""
    kind = models.CharField(max_length=20, choices=one_of(joint.KINDS))
    title = models.CharField(max_length=200)
    aim = models.TextField()
    legal_basis = models.CharField(max_length=300, blank=True)
    from_at: Any = models.DateTimeField()
    until: Any = models.DateTimeField()
    phases = models.JSONField(default=list)
    leader = models.CharField(max_length=40)
    """Code of the node that leads it."""
    partner = models.CharField(max_length=40, blank=True)
    """Code of the other node; empty for one of this node alone."""
    units = models.JSONField(default=dict)
    """Code of a node to the names of its units."""
    state = models.CharField(max_length=10, choices=one_of(joint.STATES), default="planned")
    state_at: Any = models.DateTimeField(default=timezone.now)
    """When the word was said that led to it."""
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.CharField(max_length=150)

    class Meta:
        """Newest first; it ends after it begins."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="operation_ends_later", condition=Q(until__gt=F("from_at")))
        ]

    @property
    def number(self) -> str:
        """As officers of this node call it: `UZ-OYB-1-O-0007`."""
        return f"{here().code}-O-{self.pk:04d}"

    @property
    def is_ours(self) -> bool:
        """Whether this node leads it."""
        return self.leader == here().code


class HandOverPoint(models.Model):
    """A hand-over of a controlled delivery, and the clocks of both sides."""

    operation = models.ForeignKey(JointOperation, on_delete=models.CASCADE, related_name="points")
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=200)
    giver = models.CharField(max_length=40)
    taker = models.CharField(max_length=40)
    due_at: Any = models.DateTimeField()
    tolerance = models.PositiveIntegerField()
    """Minutes."""
    given_at: Any = models.DateTimeField(null=True, blank=True)
    taken_at: Any = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In order, each number once."""

        ordering: ClassVar = ["operation", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operation", "number"], name="hand_over_numbered_once")
        ]


class OperationAct(models.Model):
    """A line of the shared log: what a side said, and whether it left or came."""

    operation = models.ForeignKey(JointOperation, on_delete=models.CASCADE, related_name="acts")
    act_id = models.CharField(max_length=36)
    node = models.CharField(max_length=40)
    by = models.CharField(max_length=150, blank=True)
    """Sign-in name; of the other side nobody."""
    act = models.CharField(max_length=10, choices=one_of(joint.ACTS))
    content = models.JSONField()
    said_at: Any = models.DateTimeField()
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=one_of(ACT_STATES), default="kept")
    why = models.CharField(max_length=120, blank=True)
    """Why it stayed or was rejected: a code, or the clause."""
    retention_until = models.DateField(null=True, blank=True)
    """Of what came: afterwards what it says goes."""
    incident: Any = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="acts")

    class Meta:
        """In the order that both sides see; an act is there once."""

        ordering: ClassVar = ["operation", "said_at", "act_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["operation", "act_id"], name="act_once")]
