"""Countries, agencies, offices, crossings and duty contacts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


def _names() -> Any:
    return models.JSONField(default=dict)


class Kind:
    """What agencies, offices and crossings are; words in the locale as `agency_kind.border` and so on."""

    AGENCY = (
        "border", "customs", "police", "drug_control", "security", "migration", "veterinary", "phytosanitary",
        "interpol_bureau", "regional_centre", "donor", "programme", "justice", "foreign_affairs",
    )  # fmt: skip
    OFFICE = (
        "border_liaison_office", "port_control_unit", "interagency_mobile_team", "post", "outpost", "headquarters",
    )  # fmt: skip
    CROSSING = ("road", "rail", "road_rail", "river", "bridge", "ferry", "air", "sea", "pedestrian", "dry_port")
    STATUS = ("open", "restricted", "closed", "planned", "unknown")
    MATTER = ("hit", "alert", "request")


def _one_of(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Country(models.Model):
    """A state."""

    code: Any = models.CharField(primary_key=True, max_length=2)
    """ISO 3166-1 alpha-2."""
    names = _names()
    """Short names by language: `{"en": "Kazakhstan", "ru": "Казахстан", "kk": "Қазақстан"}`."""


class Agency(models.Model):
    """A service of a state, or an international body."""

    code = models.SlugField(max_length=64, unique=True)
    """Such as `kz-border`, `caricc`."""
    country: Any = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="agencies")
    kind = models.CharField(max_length=20, choices=_one_of(Kind.AGENCY))
    name = models.CharField(max_length=200)
    """In English."""
    names = _names()
    """In other languages, its own among them."""
    mandate = models.TextField(blank=True)
    """What it is for, and by which law."""
    sources = models.CharField(max_length=300, blank=True)
    """Keys of `reference/sources.csv`, or a text: who says that it is called so."""
    is_active = models.BooleanField(default=True)

    class Meta:
        """By country and name."""

        ordering: ClassVar = ["country", "name"]


class Office(models.Model):
    """Where officers work: of one agency, or of several together."""

    code = models.SlugField(max_length=64, unique=True)
    kind = models.CharField(max_length=32, choices=_one_of(Kind.OFFICE))
    name = models.CharField(max_length=200)
    names = _names()
    country: Any = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="offices")
    parent: Any = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    agencies = models.ManyToManyField(Agency, related_name="offices")
    """Those present; the first responsible one is `lead`."""
    lead: Any = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """None where no source says who leads it."""
    crossings: Any = models.ManyToManyField("Crossing", blank=True, related_name="offices")
    """Where it works."""
    area = models.CharField(max_length=300, blank=True)
    """In words: districts, sections of the border."""
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    coordinate_error_km = models.FloatField(null=True, blank=True)
    sources = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        """By country and name."""

        ordering: ClassVar = ["country", "name"]


class Crossing(models.Model):
    """A border crossing point: one place with a name on each side."""

    code = models.CharField(max_length=16, unique=True)
    """Such as `BCP001`."""
    name_a = models.CharField(max_length=120)
    country_a = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    name_b = models.CharField(max_length=120, blank=True)
    country_b: Any = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    names = _names()
    """In other languages: `{"ru": ["Кордай", "Ак-Жол"]}`."""
    kind = models.CharField(max_length=20, choices=_one_of(Kind.CROSSING))
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    coordinate_error_km = models.FloatField(null=True, blank=True)
    coordinate_basis = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=20, choices=_one_of(Kind.STATUS), default="unknown")
    note = models.TextField(blank=True)
    sources = models.CharField(max_length=300, blank=True)

    class Meta:
        """By code; coordinates come in pairs, and say how far off they may be."""

        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crossing_coordinates_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180), coordinate_error_km__gte=0),
            )
        ]


class CrossingStatus(models.Model):
    """What a crossing was, from when to when, and who says so."""

    crossing = models.ForeignKey(Crossing, on_delete=models.CASCADE, related_name="history")
    status = models.CharField(max_length=20, choices=_one_of(Kind.STATUS))
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        """Newest first; ends after it begins."""

        ordering: ClassVar = ["-from_date"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crossing_status_ends_later",
                condition=Q(to_date__isnull=True) | Q(to_date__gte=models.F("from_date")),
            )
        ]


class DutyContact(models.Model):
    """Whom to reach at an agency, when: a desk and not a person, with those who answer if it does not."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="contacts")
    office: Any = models.ForeignKey(Office, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    desk = models.CharField(max_length=120)
    """The role: `Duty officer, operations room`."""
    subject_matter = models.CharField(max_length=20, blank=True)
    """What it answers for: `hit`, `alert`, `request`; empty for everything."""
    rank = models.PositiveSmallIntegerField(default=1)
    """1 answers first, 2 and 3 are the fallbacks."""
    days = models.CharField(max_length=7, default="1234567")
    """ISO weekdays on which it answers."""
    from_time = models.TimeField(null=True, blank=True)
    """Local time of `time_zone`; both empty means round the clock; an end before the start runs over midnight."""
    to_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    languages = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        """In order of call; it can be reached."""

        ordering: ClassVar = ["agency", "rank", "desk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="contact_reachable", condition=~Q(phone="", email="")),
            models.CheckConstraint(
                name="contact_hours_whole",
                condition=Q(from_time__isnull=True, to_time__isnull=True)
                | Q(from_time__isnull=False, to_time__isnull=False),
            ),
        ]
