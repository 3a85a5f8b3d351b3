"""Incidents, what was found, who was in them, and what led to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elchi.modules.operations import incident as rules
from elchi.modules.operations.seizure import KINDS
from elchi.node.here import here


def one_of(values: Any) -> list[tuple[str, str]]:
    """Give the choices of a field."""
    return [(value, value) for value in values]


class Import(models.Model):
    """A spreadsheet of past seizures: received, then taken row by row or not."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256: a file is taken once."""
    content = models.BinaryField(null=True)
    """The file, until its rows are taken."""
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    ways = models.JSONField(default=dict)
    """How it is read: `columns`, `unit`, `legal_basis`, `decimal`."""
    taken = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    """Line, field, rule and value of each row that was not taken."""
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first; what is not taken yet has its file."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="import_has_file_until_taken",
                condition=Q(taken_at__isnull=True, content__isnull=False)
                | Q(taken_at__isnull=False, content__isnull=True),
            )
        ]


class Incident(models.Model):
    """What happened, as the node counts it. One that was withdrawn stays, and counts no more."""

    kind = models.CharField(max_length=24, choices=one_of(rules.KINDS))
    at = models.DateTimeField()
    precision = models.CharField(max_length=6, choices=one_of(rules.PRECISIONS), default="minute")
    unit: Any = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="incidents")
    agency: Any = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    """Whose officer recorded it; of an import the one that leads the unit."""
    agencies: Any = models.ManyToManyField("directory.Agency", related_name="incidents")
    """All that took part, the one above among them."""
    crossing: Any = models.ForeignKey(
        "directory.Crossing", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    latitude = models.FloatField(null=True, blank=True)
    """Of a place that is no crossing."""
    longitude = models.FloatField(null=True, blank=True)
    error_km = models.FloatField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    place_key = models.CharField(max_length=24)
    """Where it is counted: code of the crossing, or `40.6,69.3`, a tenth of a degree."""
    border = models.CharField(max_length=5, blank=True)
    """`TJ-UZ`: of the crossing, or the nearest one."""
    legal_basis = models.CharField(max_length=300, blank=True)
    threats = models.JSONField(default=list)
    impact = models.CharField(max_length=8, choices=one_of(rules.IMPACTS), default="low")
    transport = models.CharField(max_length=20, blank=True)
    concealment = models.CharField(max_length=24, blank=True)
    concealment_text = models.CharField(max_length=300, blank=True)
    detection = models.CharField(max_length=20, blank=True)
    departure = models.CharField(max_length=2, blank=True)
    departure_place = models.CharField(max_length=200, blank=True)
    transit = models.JSONField(default=list)
    destination = models.CharField(max_length=2, blank=True)
    destination_place = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    led_by = models.PositiveSmallIntegerField(default=0)
    """How many leads an officer confirmed: more than none, and information led to it."""
    led_at = models.DateTimeField(null=True, blank=True)
    """When the first was confirmed."""
    case: Any = models.ForeignKey("cases.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.CharField(max_length=150)
    """The name by which he signs in."""
    imported: Any = models.ForeignKey(Import, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    reference = models.CharField(max_length=60, blank=True)
    """Number that another register gave it."""
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    stripped_at: Any = models.DateTimeField(null=True, blank=True)
    """When what named somebody went, because its retention was over."""

    class Meta:
        """Newest first; it has one place. What is counted by has an index of its own, read in the order of the groups:
        no row is read, and nothing is sorted.
        """

        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="incident_has_one_place",
                condition=Q(crossing__isnull=False, latitude__isnull=True, longitude__isnull=True)
                | Q(crossing__isnull=True, latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.UniqueConstraint(
                fields=["unit", "reference"], condition=~Q(reference=""), name="incident_reference_once"
            ),
            models.CheckConstraint(
                name="incident_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="incident_newest"),
            models.Index(fields=["at", "kind", "place_key", "impact", "withdrawn_at"], name="incident_map"),
            *(
                models.Index(fields=[*columns, "withdrawn_at", "led_by", "at"], name=f"incident_by_{columns[0]}")
                for columns in (["kind"], ["unit"], ["border"], ["departure", "destination"])
            ),
            models.Index(fields=["unit", "-at"], name="incident_unit"),
            models.Index(fields=["place_key", "kind", "withdrawn_at", "at"], name="incident_place"),
        ]

    @property
    def number(self) -> str:
        """As officers call it: `UZ-OYB-1-I-0007`."""
        return number_of(self.pk)

    @property
    def is_led(self) -> bool:
        """Whether information led to it."""
        return self.led_by > 0


def number_of(incident_id: int) -> str:
    """Give the number of an incident."""
    return f"{here().code}-I-{incident_id:04d}"


class IncidentVersion(models.Model):
    """What an incident was before it was amended, and why it was."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    before = models.JSONField()
    """Card and what was found, as JSON."""
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "version"], name="incident_amended_once_a_version")
        ]


class SeizedItem(models.Model):
    """Goods that were seized together."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=16, choices=one_of(KINDS))
    substance = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, blank=True)
    quantity = models.DecimalField(max_digits=19, decimal_places=6)
    measure = models.CharField(max_length=10)
    """Its unit of measure."""
    purity = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    packages = models.PositiveIntegerField(default=0)
    packaging = models.CharField(max_length=10, blank=True)
    details = models.JSONField(default=dict)
    kilograms = models.DecimalField(max_digits=22, decimal_places=9, null=True, blank=True)
    """Kilogram equivalent by the factor that held when it was recorded."""
    factor = models.DecimalField(max_digits=15, decimal_places=9, null=True, blank=True)
    factor_source = models.CharField(max_length=200, blank=True)

    class Meta:
        """In the order in which they were told; something is there, and a factor says where it is from."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="item_quantity_above_zero", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="item_factor_with_source",
                condition=Q(kilograms__isnull=True, factor__isnull=True)
                | Q(kilograms__isnull=False, factor__isnull=False) & ~Q(factor_source=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "substance", "incident"], name="item_of_kind")]


class Involvement(models.Model):
    """A person who was in it: what may travel, and who it was."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="involved")
    role = models.CharField(max_length=12, choices=one_of(rules.ROLES), default="other")
    sex = models.CharField(max_length=1, blank=True)
    nationality = models.CharField(max_length=2, blank=True)
    age_band = models.CharField(max_length=5, blank=True)
    end = models.CharField(max_length=12, choices=one_of(rules.ENDS), default="unknown")
    subject: Any = models.JSONField(null=True, blank=True)
    """Who it was, in wire form; stays at home."""

    class Meta:
        """In the order in which they were told."""

        ordering: ClassVar = ["id"]


class UsedVehicle(models.Model):
    """A vehicle or container that was in it, in wire form; its marks stay at home."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="vehicles")
    subject: Any = models.JSONField()

    class Meta:
        """In the order in which they were told."""

        ordering: ClassVar = ["id"]


class Counted(models.Model):
    """People who were smuggled, trafficked, rescued or helped: a number and no name."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="counts")
    kind = models.CharField(max_length=12, choices=one_of(rules.COUNTED))
    count = models.PositiveIntegerField()
    sex = models.CharField(max_length=1, blank=True)
    age_band = models.CharField(max_length=5, blank=True)
    nationality = models.CharField(max_length=2, blank=True)

    class Meta:
        """In the order in which they were told; at least one."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.CheckConstraint(name="people_are_counted", condition=Q(count__gte=1))]


class ProtectedPerson(models.Model):
    """Who was smuggled, trafficked, rescued or helped: the protected file. Nothing else points at it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="protected")
    subject: Any = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order in which they were told."""

        ordering: ClassVar = ["id"]


class IncidentMark(models.Model):
    """Keyed hash of a mark of a person or vehicle (`audit.marks`): by it a number finds its incidents."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="marks")
    hash = models.CharField(max_length=32)

    class Meta:
        """Found by hash; once an incident."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["hash", "incident"], name="incident_marked_once")]


class Lead(models.Model):
    """What an officer decided on something that may have led to an incident; what nobody decided on has no row."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="leads")
    ref = models.CharField(max_length=64)
    """`check:12`."""
    is_confirmed = models.BooleanField()
    reasons = models.JSONField(default=list)
    """Why it was proposed: codes with parameters; empty for one that an officer named himself."""
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One decision each, the last."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "ref"], name="lead_decided_once")]


LIVE = Q(withdrawn_at__isnull=True)
"""Of an incident: it counts."""
