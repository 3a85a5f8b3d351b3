"""Shifts, checks, findings, questions to partners and from them, judgements, manifests, alerts and retention."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.node.checks.rules import CONTACT, DIRECTIONS, OUTCOMES, PURPOSES
from elchi.node.checks.states import WAITING
from elchi.node.here import here


def _one_of(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Shift(models.Model):
    """What an officer says once, and all his checks carry: for which purpose, where, in which direction."""

    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="shifts")
    office = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="+")
    crossing: Any = models.ForeignKey(
        "directory.Crossing", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    direction = models.CharField(max_length=8, choices=_one_of(DIRECTIONS), default="entry")
    purpose = models.CharField(max_length=20, choices=_one_of(PURPOSES), default="border_check")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An officer is on one shift at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["officer"], condition=Q(ended_at__isnull=True), name="one_open_shift")
        ]


class Check(models.Model):
    """One officer's question, at one place, about one subject or several that belong together."""

    at = models.DateTimeField(default=timezone.now)
    officer: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    office: Any = models.ForeignKey("directory.Office", null=True, on_delete=models.PROTECT, related_name="+")
    crossing: Any = models.ForeignKey("directory.Crossing", null=True, on_delete=models.PROTECT, related_name="+")
    shift: Any = models.ForeignKey(Shift, null=True, on_delete=models.SET_NULL, related_name="checks")
    manifest: Any = models.ForeignKey("Manifest", null=True, on_delete=models.SET_NULL, related_name="checks")
    line = models.PositiveIntegerField(null=True, blank=True)
    """Of the manifest, from 1."""
    direction = models.CharField(max_length=8, choices=_one_of(DIRECTIONS), default="none")
    purpose = models.CharField(max_length=20)
    task = models.CharField(max_length=64, blank=True)
    """What ordered it: `shift:12`, `case:3`; a check without one is told to the next audit."""
    via = models.CharField(max_length=10)
    kind = models.CharField(max_length=16)
    """Of the first subject: `person`, `vehicle` .."""
    subjects: Any = models.JSONField(null=True, blank=True)
    """Wire form (`elchi.subjects`), list; None where retention does not allow it."""
    shown = models.CharField(max_length=40, blank=True)
    """What the list of recent checks shows: the last letters of the strongest mark, `••• 2218`; never more."""
    marks = models.JSONField(default=list)
    """Keyed hashes (`elchi.node.audit.marks`), strongest first: find a traveller again, and screen him again."""
    verdict = models.CharField(max_length=6, choices=_one_of(("clear", "review", "stop")))
    """What the officer was told: findings of discreet entries take no part."""
    took_ms = models.FloatField()
    lists = models.JSONField(default=dict)
    """Name to version of every list searched."""
    keep_until = models.DateTimeField(null=True, blank=True, db_index=True)
    """When retention removes it; None as long as an open case needs it."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["officer", "-id"]),
            models.Index(fields=["at", "office", "crossing", "verdict", "via"], name="check_figures"),
        ]

    @property
    def number(self) -> str:
        """As officers call it: `KZ-KOR-1-261121-0142`."""
        return f"{here().code}-{timezone.localtime(self.at):%y%m%d}-{self.pk:04d}"


class FoundEntry(models.Model):
    """A finding of a check, as it was then: what the list says now may differ."""

    owner = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="findings")
    """Its check (Django keeps the name `check` for itself)."""
    watchlist = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    entry = models.CharField(max_length=255)
    caption = models.CharField(max_length=500)
    schema = models.CharField(max_length=64)
    score = models.FloatField()
    band = models.CharField(max_length=6)
    reasons = models.JSONField(default=list)
    """As `elchi.screening.Reason.as_dict`, strongest first."""
    action = models.CharField(max_length=10)
    handling = models.CharField(max_length=2, default="H0")
    is_discreet = models.BooleanField(default=False)
    """Never shown to the first line; its owner is told."""
    state = models.CharField(max_length=12, default="open")
    """`states.FINDING`: open, judged, remembered (an earlier negative judgement stands for it)."""
    due_at = models.DateTimeField(null=True, blank=True)
    came_later = models.BooleanField(default=False)
    """Found when a later version of a list was screened against the check."""
    remembered: Any = models.ForeignKey("RememberedNegative", null=True, on_delete=models.SET_NULL, related_name="+")
    partner = models.CharField(max_length=32, blank=True)
    """Of a hit the code of the partner who has it, which then is the list, and his reference the entry."""
    subject = models.JSONField(null=True, blank=True)
    """Of a hit whom it is about (`elchi.subjects`): as presented, or as asked where the check keeps nobody."""

    class Meta:
        """Strongest first; an entry is found once a check."""

        ordering: ClassVar = ["-score", "watchlist", "entry"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "watchlist", "entry"], name="entry_found_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]

    @property
    def presented(self) -> list[dict[str, Any]]:
        """Whom it may be about, wire form; empty where nothing is kept but marks."""
        return [self.subject] if self.subject else self.owner.subjects or []


class Asked(models.Model):
    """A question about one subject of a check to one partner, and his answer."""

    owner = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="asked")
    place = models.PositiveSmallIntegerField(default=0)
    """Of the subject among those of the check, from 0."""
    partner = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    agreement = models.CharField(max_length=90)
    message_id = models.CharField(max_length=36, blank=True, db_index=True)
    """Of the question; empty where it could not be sent."""
    state = models.CharField(max_length=10, default="queued")
    """`states.ASKED`."""
    asked_at = models.DateTimeField()
    deadline = models.DateTimeField()
    """Until when the answer is waited for; one that comes later counts all the same."""
    answered_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=64, blank=True)
    """Why it was refused, or not sent."""
    clause = models.CharField(max_length=80, blank=True)
    """Of the agreement, that refuses it."""
    reference = models.CharField(max_length=64, blank=True)
    """Of a hit: what the partner's desk knows it by."""
    contact = models.JSONField(default=dict)
    """Of a hit: whom to call (`rules.CONTACT`)."""
    finding: Any = models.ForeignKey(FoundEntry, null=True, on_delete=models.SET_NULL, related_name="answers")
    """Of a hit: what the second line judges."""

    class Meta:
        """A subject is asked about once a partner."""

        ordering: ClassVar = ["partner__code", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "partner", "place"], name="asked_once")]

    @property
    def desk(self) -> tuple[str, ...]:
        """Whom to call, line by line."""
        return tuple(self.contact[name] for name in CONTACT if name in self.contact)

    @property
    def is_over(self) -> bool:
        """Whether the time for its answer has passed without one."""
        return self.state in WAITING and timezone.now() > self.deadline

    @property
    def standing(self) -> str:
        """Its state as officers read it: `expired` also where nobody has said so yet."""
        return "expired" if self.is_over else str(self.state)

    @property
    def alarms(self) -> bool:
        """Whether it is a hit of which nobody has judged yet."""
        return self.state == "hit" and (self.finding is None or self.finding.state == "open")


class Answered(models.Model):
    """A question of a partner that was answered; its check is kept as one of ours, and not longer than agreed."""

    owner = models.OneToOneField(Check, on_delete=models.CASCADE, related_name="answered")
    partner = models.ForeignKey("federation.Partner", on_delete=models.PROTECT, related_name="+")
    agreement = models.CharField(max_length=90)
    message_id = models.CharField(max_length=36)
    """Of the question."""
    outcome = models.CharField(max_length=10)
    reference = models.CharField(max_length=64, blank=True)
    """That he was given."""
    keep_until = models.DateField(db_index=True)
    """The last day, as the question says."""

    class Meta:
        """A question is answered once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "message_id"], name="answered_once")]


class Judgement(models.Model):
    """A person's decision whether a finding is the subject. A later one overrules; none is deleted."""

    finding = models.ForeignKey(FoundEntry, on_delete=models.CASCADE, related_name="judgements")
    outcome = models.CharField(max_length=8, choices=_one_of(OUTCOMES))
    reason = models.TextField()
    by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    overrules: Any = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="overruled_by"
    )
    case = models.CharField(max_length=64, blank=True)
    """Number of the case that it opened."""

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["at"])]


class RememberedNegative(models.Model):
    """That the holder of this document is not this entry: the pair does not alarm again until it expires."""

    mark = models.CharField(max_length=64)
    """Keyed hash of the document."""
    watchlist = models.CharField(max_length=64)
    entry = models.CharField(max_length=255)
    judgement: Any = models.OneToOneField(Judgement, null=True, on_delete=models.SET_NULL, related_name="remembered")
    """None when retention has removed the check: the pair is remembered as long as was said."""
    expires_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Found by mark."""

        indexes: ClassVar = [models.Index(fields=["mark", "watchlist", "entry"])]


class Manifest(models.Model):
    """A passenger or vehicle list that is screened in the background."""

    name = models.CharField(max_length=200)
    """Of the file as the officer called it."""
    file = models.CharField(max_length=100)
    """Folder below `Here.files`."""
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=10)
    region = models.CharField(max_length=2, blank=True)
    purpose = models.CharField(max_length=20)
    crossing: Any = models.ForeignKey("directory.Crossing", null=True, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8, choices=_one_of(DIRECTIONS), default="none")
    officer: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default="queued", db_index=True)
    """`states.MANIFEST`: queued, running, done, failed, cancelled."""
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    """The worker's lock; when it has passed, another takes over."""
    lines = models.PositiveIntegerField(default=0)
    lines_known = models.PositiveIntegerField(null=True, blank=True)
    """How many there will be, where the format tells."""
    verdicts = models.JSONField(default=dict)
    faults: Any = models.JSONField(default=list)
    """Lines that could not be checked, each with its error."""
    error = models.JSONField(null=True, blank=True)
    keep_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]


class Alert(models.Model):
    """Something an officer must see though he did not ask: a discreet finding, a finding that came later."""

    kind = models.CharField(max_length=20)
    """`discreet`, `came_later`, `hit`."""
    finding = models.ForeignKey(FoundEntry, on_delete=models.CASCADE, related_name="alerts")
    agency: Any = models.ForeignKey("directory.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    """Whose officers see it; None for all who may judge."""
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by: Any = models.ForeignKey("officers.Officer", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Newest first; one a finding and agency."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "finding", "agency"], name="alert_once")]


class Retention(models.Model):
    """How long what is kept. The newest row is in force; older ones stay, to be able to say what held when."""

    from_at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    clear_days = models.PositiveIntegerField(default=30)
    """Checks that were CLEAR: time, place and keyed hashes of marks."""
    clear_subject_hours = models.PositiveIntegerField(default=0)
    """For how long a CLEAR check keeps the subject itself; 0 for not at all."""
    finding_days = models.PositiveIntegerField(default=365)
    """Checks with findings and without a case, with the subject."""
    negative_days = models.PositiveIntegerField(default=365)
    """For how long a negative judgement is remembered."""
    manifest_days = models.PositiveIntegerField(default=30)
    closed_case_days = models.PositiveIntegerField(default=1825)
    sign_in_days = models.PositiveIntegerField(default=365)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
