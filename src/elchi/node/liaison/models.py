"""Conversations of the desk, and what is said in them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Conversation(models.Model):
    """A request and all that is said about it, between agencies of this office or with one partner."""

    thread = models.CharField(max_length=36)
    """As the messages name it."""
    number = models.CharField(max_length=48, blank=True)
    """As both sides call it: `KZ-KOR-1-R-0042`; empty until its first message has come."""
    partner: Any = models.ForeignKey(
        "federation.Partner", null=True, on_delete=models.PROTECT, related_name="conversations"
    )
    """None inside this office."""
    is_ours = models.BooleanField()
    """Whether it was opened at this node."""
    agency: Any = models.ForeignKey("directory.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    """Of this node, that asks; None where the partner does."""
    kind = models.CharField(max_length=20, blank=True)
    """Of `rules.KINDS`."""
    urgency = models.CharField(max_length=8, blank=True)
    """Of `rules.URGENCIES`."""
    title = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    agreement = models.CharField(max_length=90, blank=True)
    """`id:version` under which it was opened; empty inside the office."""
    clause = models.CharField(max_length=80, blank=True)
    """That allows such requests."""
    handling = models.CharField(max_length=2, default="H1")
    tlp = models.CharField(max_length=12, default="AMBER")
    conditions = models.CharField(max_length=500, blank=True)
    evaluation = models.CharField(max_length=12, blank=True)
    """Scheme, source and information, as `4x4 B 2`; empty for none."""
    state = models.CharField(max_length=16, default="draft", db_index=True)
    """`elchi.exchange.conversation.STATES`; `arriving` until its first message has come."""
    highest = models.PositiveIntegerField(default=0)
    """The highest number of what was said so far."""
    newest = models.PositiveIntegerField(default=0)
    """The highest number of what is shown: that an agency has read something is not."""
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """From when on it is expired if nobody has answered."""
    last_at = models.DateTimeField(default=timezone.now)
    """When something was said last."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    fallback = models.JSONField(default=dict)
    """Whom to call now that the time is nearly over: desk, telephone, languages."""
    keep_until = models.DateField(null=True, blank=True)
    """It is removed after this day."""

    class Meta:
        """What somebody waits for comes first."""

        ordering: ClassVar = ["-last_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "partner"], name="one_conversation"),
            models.UniqueConstraint(
                fields=["number", "partner"], name="one_conversation_number", condition=~Q(number=""),

            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["last_at"]), models.Index(fields=["keep_until"])]


class Party(models.Model):
    """An agency of this node that a conversation is released to, and how far it has read."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="parties")
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField(default=timezone.now)
    released_by = models.CharField(max_length=150)
    read_number = models.PositiveIntegerField(default=0)
    """All up to this number."""
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each agency once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "agency"], name="one_released")]


class Utterance(models.Model):
    """One thing said. Rows are added, never changed."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="said")
    number = models.PositiveIntegerField()
    """Its place, by `elchi.exchange.conversation`."""
    party = models.CharField(max_length=32)
    """Code of the node that said it."""
    message = models.CharField(max_length=36)
    """Id of the message; inside the office one of its own."""
    act = models.CharField(max_length=12)
    """`elchi.exchange.conversation.Act`."""
    of_asker = models.BooleanField()
    agency = models.CharField(max_length=64, blank=True)
    """Code."""
    officer = models.CharField(max_length=200, blank=True)
    """As it was told."""
    by = models.CharField(max_length=150, blank=True)
    """As the audit names who said it; empty for what came from a partner."""
    text = models.TextField(blank=True)
    language = models.CharField(max_length=3, blank=True)
    template = models.CharField(max_length=24, blank=True)
    """Of `rules.TEMPLATES`: each reader has it in his own language."""
    subject: Any = models.JSONField(null=True, blank=True)
    """Wire form (`elchi.subjects`)."""
    clause = models.CharField(max_length=80, blank=True)
    """Of a refusal."""
    agencies = models.JSONField(default=list)
    """Codes of the agencies of its receiver to whom it is released; empty for all that the conversation is."""
    read_to = models.PositiveIntegerField(default=0)
    """Of an act `read`: up to which number."""
    at = models.DateTimeField()
    """By the clock of who said it."""
    came_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order that both sides see."""

        ordering: ClassVar = ["conversation", "number", "party", "message"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "party", "message"], name="said_once"),
        ]


class SharedFile(models.Model):
    """A file that goes with what was said; small enough to travel in the message."""

    said = models.ForeignKey(Utterance, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        """In the order in which they were added."""

        ordering: ClassVar = ["id"]


class OfficeAlert(models.Model):
    """What offices are asked to stop or refer until a time, raised here or by a partner."""

    thread = models.CharField(max_length=36)
    """As its messages name it."""
    number = models.CharField(max_length=48)
    """As all call it: `KZ-KOR-1-A-0007`."""
    partner: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """Who raised it; None for this node."""
    message = models.CharField(max_length=36, blank=True)
    """Of the partner, that raised it."""
    agency = models.CharField(max_length=64, blank=True)
    """Code of the agency that raised it."""
    officer = models.CharField(max_length=200, blank=True)
    agencies = models.JSONField(default=list)
    """Codes of the agencies of this node that see it; empty for all."""
    action = models.CharField(max_length=10)
    """Of `rules.ALERT_ACTIONS`."""
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=3, blank=True)
    subject: Any = models.JSONField(null=True)
    """Wire form (`elchi.subjects`); None when it was taken back or retention has removed it."""
    route = models.JSONField(default=list)
    """States along the corridor, in order of travel, ISO 3166-1 alpha-2; empty where offices were named."""
    purpose = models.CharField(max_length=40)
    agreement = models.CharField(max_length=90, blank=True)
    handling = models.CharField(max_length=2, default="H1")
    tlp = models.CharField(max_length=12, default="AMBER")
    state = models.CharField(max_length=10, default="standing", db_index=True)
    """`states.ALERT`: standing, withdrawn, expired."""
    raised_at = models.DateTimeField()
    came_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    entry = models.CharField(max_length=64, blank=True)
    """Key of the own entry by which checks meet it; empty where nothing of it can be looked up."""
    keep_until = models.DateField(null=True, blank=True)

    class Meta:
        """Newest first; a partner numbers his once."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["number", "partner"], name="one_alert_number")]
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"])]


class AlertReader(models.Model):
    """An agency of this node, or an office of a partner, and what it has done about an alert."""

    alert = models.ForeignKey(OfficeAlert, on_delete=models.CASCADE, related_name="readers")
    partner: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """Whose office it is; None for an agency of this node."""
    agency = models.CharField(max_length=64, blank=True)
    """Code; of a partner the one that acknowledged."""
    message = models.CharField(max_length=36, blank=True)
    """To the partner."""
    code = models.CharField(max_length=64, blank=True)
    """Why the partner was not told."""
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    officer = models.CharField(max_length=200, blank=True)
    """Who acknowledged, as it was told."""

    class Meta:
        """Each once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "partner"], name="one_office", condition=Q(partner__isnull=False)
            ),
            models.UniqueConstraint(fields=["alert", "agency"], name="one_agency", condition=Q(partner__isnull=True)),
        ]  # fmt: skip
