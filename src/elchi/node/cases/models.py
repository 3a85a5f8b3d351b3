"""Cases and what belongs to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from elchi.node.here import here


class Case(models.Model):
    """The work that follows."""

    title = models.CharField(max_length=200)
    title_folded = models.CharField(max_length=400)
    """In lower case, to be searched: SQLite folds ASCII only."""
    state = models.CharField(max_length=16, default="open", db_index=True)
    """`states.CASE`."""
    classification = models.CharField(max_length=16, default="restricted")
    """Of `rules.CLASSES`."""
    handling = models.CharField(max_length=2, default="H1")
    """Of `rules.HANDLINGS`."""
    threats = models.JSONField(default=list)
    """Values of `rules.THREATS`, at least one."""
    purpose = models.CharField(max_length=20)
    origin = models.CharField(max_length=64, blank=True)
    """What led to it: `check:142`, `finding:7`."""
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=24, blank=True)
    """Of `states.REASONS`."""
    closing_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    """Counts changes: who saves over another's change is told so."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]

    @property
    def number(self) -> str:
        """As officers call it: `KZ-KOR-1-C-0042`."""
        return number_of(self.pk)


def number_of(case_id: int) -> str:
    """Give the number of a case."""
    return f"{here().code}-C-{case_id:04d}"


class CaseSubject(models.Model):
    """Whom or what it is about."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="subjects")
    subject = models.JSONField()
    """Wire form (`elchi.subjects`)."""
    role = models.CharField(max_length=24, default="subject")
    """Of `rules.SUBJECT_ROLES`."""
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order in which they were added."""

        ordering: ClassVar = ["id"]


class CaseMark(models.Model):
    """Keyed hash of a mark of a subject (`audit.marks`): by it a number finds its cases."""

    subject = models.ForeignKey(CaseSubject, on_delete=models.CASCADE, related_name="marks")
    hash = models.CharField(max_length=32, db_index=True)


class CaseEvent(models.Model):
    """A line of the timeline: what happened, or a note. Lines are added, never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    """As the audit writes who acts."""
    kind = models.CharField(max_length=24)
    """Of `rules.EVENTS`."""
    text = models.TextField(blank=True)
    """Of a note: as the officer wrote it."""
    params = models.JSONField(default=dict)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class CaseFile(models.Model):
    """A file, kept by its hash below `Here.files`; images are shown only as we encoded them again."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    preview = models.CharField(max_length=64, blank=True)
    """Digest of the image encoded again, where it is an image."""
    note = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(max_length=150)
    removed_at = models.DateTimeField(null=True, blank=True)
    """Then only this line is left of it."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class CaseTask(models.Model):
    """Something to be done by somebody until some time."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=500)
    officer: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="open")
    """`states.TASK`: open, done, dropped."""
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order in which they were added."""

        ordering: ClassVar = ["id"]


class CaseOfficer(models.Model):
    """Who works on it (`rules.SEEN`)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="people")
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, default="member")
    """`lead`, `member`."""
    from_at = models.DateTimeField(default=timezone.now)
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "officer"], condition=models.Q(to_at__isnull=True), name="case_officer_once"
            )
        ]


class CaseLink(models.Model):
    """Two cases that belong together, and why; one row for both directions."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_back")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Once a pair; not with itself."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "other"], name="case_linked_once"),
            models.CheckConstraint(name="case_not_with_itself", condition=~models.Q(case=models.F("other"))),
        ]
