"""Reports of members, their inboxes, warnings, operations, the analysis space, and the two registers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

INBOX = ("report", "warning", "operation")
SENT = ("queued", "delivered", "rejected", "expired", "not_covered", "no_node")
PHASES = ("planned", "running", "closed")


def _one_of(values: tuple[str, ...]) -> Q:
    return Q(state__in=values)


class Report(models.Model):
    """What a member reports of an event, without names: the newest that he said of it."""

    partner: Any = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2, blank=True, db_index=True)
    """Of the member."""
    thread = models.CharField(max_length=36)
    message_id = models.CharField(max_length=36)
    agreement = models.CharField(max_length=90)
    for_members = models.BooleanField(default=False)
    """Whether the agreement lets it go on to its parties: then the states on its route see it."""
    event_kind = models.CharField(max_length=40, blank=True)
    event_day: Any = models.DateField(db_index=True)
    """The day, or the first of the month where no day is known."""
    border = models.CharField(max_length=5, blank=True)
    states = models.JSONField(default=list)
    """On its route and at its border, codes in order, each once."""
    goods: Any = models.JSONField(default=list)
    """`{"goods": .., "substance": .., "kilograms": text}`."""
    is_led = models.BooleanField(default=False)
    told: Any = models.JSONField(default=dict)
    """Every field that came."""
    sent_at: Any = models.DateTimeField()
    retention_until = models.DateField(null=True, blank=True)

    class Meta:
        """Newest first; an event of a member is there once."""

        ordering: ClassVar = ["-event_day", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(name="regional_report_once", fields=["partner", "thread"])]


class Taken(models.Model):
    """How far the messages of the exchange were read for reports."""

    incoming = models.BigIntegerField(default=0)
    """Key of the last one."""


class Corridor(models.Model):
    """A route through states, in the order in which goods take it."""

    name = models.CharField(max_length=80, unique=True)
    states: Any = models.JSONField()
    """Codes, two or more."""
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """By name."""

        ordering: ClassVar = ["name"]


class EarlyWarning(models.Model):
    """An early warning to the members along a corridor, ours or one that came."""

    number = models.CharField(max_length=48)
    partner: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """Who warns; None for ours."""
    message_id = models.CharField(max_length=36, blank=True)
    threat = models.CharField(max_length=40)
    states: Any = models.JSONField()
    """The corridor."""
    text = models.TextField()
    valid_until = models.DateTimeField(db_index=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(name="regional_warning_once", fields=["partner", "number"])]


class Told(models.Model):
    """That a warning or a word of an operation was told to the node of a state, and what became of it."""

    warning = models.ForeignKey(EarlyWarning, null=True, blank=True, on_delete=models.CASCADE, related_name="told")
    entry = models.ForeignKey("Entry", null=True, blank=True, on_delete=models.CASCADE, related_name="told")
    country = models.CharField(max_length=2)
    partner = models.CharField(max_length=32, blank=True)
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    agreement = models.CharField(max_length=90, blank=True)
    state = models.CharField(max_length=12, default="queued")
    code = models.CharField(max_length=64, blank=True)
    """Why it did not go or was refused."""

    class Meta:
        """Of one thing."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="regional_told_state", condition=_one_of(SENT)),
            models.CheckConstraint(
                name="regional_told_of_one",
                condition=Q(warning__isnull=True, entry__isnull=False) | Q(warning__isnull=False, entry__isnull=True),
            ),
        ]


class Operation(models.Model):
    """A joint operation that a centre coordinates."""

    number = models.CharField(max_length=48)
    partner: Any = models.ForeignKey("federation.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    """Who coordinates; None for ours."""
    title = models.CharField(max_length=200)
    states: Any = models.JSONField()
    """That take part."""
    begins = models.DateField()
    ends = models.DateField()
    state = models.CharField(max_length=8, default="planned")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first; it ends after it begins."""

        ordering: ClassVar = ["-begins", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="regional_operation_once", fields=["partner", "number"]),
            models.CheckConstraint(name="regional_operation_days", condition=Q(ends__gte=models.F("begins"))),
            models.CheckConstraint(name="regional_operation_state", condition=_one_of(PHASES)),
        ]


class Entry(models.Model):
    """A line of its log. Rows are added, never changed."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="entries")
    place = models.PositiveIntegerField()
    """From 1."""
    state = models.CharField(max_length=8)
    """Of the operation from here on."""
    country = models.CharField(max_length=2, blank=True)
    """Of who says it; empty for the centre."""
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In order."""

        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="regional_entry_once", fields=["operation", "place"]),
            models.CheckConstraint(name="regional_entry_state", condition=_one_of(PHASES)),
        ]


class InboxItem(models.Model):
    """Something for the liaison officers of one state."""

    country = models.CharField(max_length=2, db_index=True)
    kind = models.CharField(max_length=10)
    """Of `INBOX`."""
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    warning = models.ForeignKey(EarlyWarning, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    operation = models.ForeignKey(Operation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """Newest first; about one thing."""

        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="regional_inbox_one",
                condition=Q(kind="report", report__isnull=False, warning__isnull=True, operation__isnull=True)
                | Q(kind="warning", report__isnull=True, warning__isnull=False, operation__isnull=True)
                | Q(kind="operation", report__isnull=True, warning__isnull=True, operation__isnull=False),
            ),
        ]


class Entity(models.Model):
    """Somebody or something that a member put into the analysis space. Its row goes when he takes it back."""

    country = models.CharField(max_length=2, db_index=True)
    """The owner."""
    kind = models.CharField(max_length=16)
    """Of subject."""
    partner: Any = models.ForeignKey(
        "federation.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Whose node sent it; None for one that a liaison officer put here."""
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    agreement = models.CharField(max_length=90, blank=True)
    reason = models.CharField(max_length=200)
    """Why it is here: number of the owner's case."""
    put_by = models.CharField(max_length=150)
    put_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateField(db_index=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class EntityField(models.Model):
    """One field of it, with where it is from and who may see it."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="fields")
    name = models.CharField(max_length=60)
    """As agreements name it: `documents.document_number`."""
    value = models.CharField(max_length=500)
    origin = models.CharField(max_length=200)
    """Who says so: the agency, the case."""
    handling = models.CharField(max_length=2, default="H1")
    tlp = models.CharField(max_length=12, default="AMBER")

    class Meta:
        """In the order in which they were put."""

        ordering: ClassVar = ["id"]


class EntityKey(models.Model):
    """A mark of a field in the form that is compared: by it entities are linked."""

    field = models.ForeignKey(EntityField, on_delete=models.CASCADE, related_name="keys")
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="keys")
    space = models.CharField(max_length=16)
    value = models.CharField(max_length=255)

    class Meta:
        """Looked up by what it is."""

        indexes: ClassVar = [models.Index(fields=["space", "value"])]


class Authority(models.Model):
    """Who in a state is competent for what, under which law."""

    country: Any = models.ForeignKey("directory.Country", on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=200)
    competence = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=300)
    contact = models.CharField(max_length=200)
    """A desk, never a person."""
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    changed_by = models.CharField(max_length=150)

    class Meta:
        """By state."""

        ordering: ClassVar = ["country", "competence", "agency"]


class Organisation(models.Model):
    """A partner organisation of the centre."""

    name = models.CharField(max_length=200, unique=True)
    name_ru = models.CharField(max_length=200)
    does = models.CharField(max_length=300)
    """What it works on with the centre."""
    instrument = models.CharField(max_length=200, blank=True)
    """The memorandum or agreement with it."""
    contact = models.CharField(max_length=200, blank=True)
    changed_by = models.CharField(max_length=150)

    class Meta:
        """By name."""

        ordering: ClassVar = ["name"]
