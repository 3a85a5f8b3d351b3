"""Reads of incidents. What names somebody is read by its verb; here is what was recorded, for who may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from elchi.errors import NotFound
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved, Route
from elchi.modules.operations.models import Import, Incident, IncidentMark, SeizedItem
from elchi.modules.operations.reports import Told
from elchi.modules.operations.seizure import Item
from elchi.node.audit.marks import marks_of
from elchi.node.cases.models import number_of as case_number
from elchi.subjects import Document, Person, Vehicle, from_wire

_BATCH: Final = 500
_SOUGHT: Final = 100
"""Characters of what is searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which incidents; what is empty does not restrict."""

    sought: str = ""
    """A number, a reference, or a mark: plate, number of a document."""
    from_at: dt.datetime | None = None
    until: dt.datetime | None = None
    kind: str = ""
    goods: str = ""
    """Kind of goods, or code of a substance."""
    border: str = ""
    place: str = ""
    """`Incident.place_key`."""
    unit: str = ""
    agency: str = ""
    impact: str = ""
    route: str = ""
    """`TJ-KZ`: from where to where; `?` for not known."""
    led: str = ""
    """`yes` or `no`."""
    as_of: dt.datetime | None = None
    """As it was known then: what was recorded later, or had been withdrawn, does not count."""
    withdrawn: bool = False
    """With those that count no more."""


def incidents_found(wanted: Wanted) -> QuerySet[Incident]:
    """Give incidents, newest first."""
    return Incident.objects.filter(conditions(wanted)).order_by("-at", "-id")


def conditions(wanted: Wanted) -> Q:
    """Give what is wanted as a condition on incidents."""
    told = Q()
    if not wanted.withdrawn:
        told &= _known_at(wanted.as_of)
    if wanted.from_at:
        told &= Q(at__gte=wanted.from_at)
    if wanted.until:
        told &= Q(at__lt=wanted.until)
    for field, value in (
        ("kind", wanted.kind), ("border", wanted.border), ("place_key", wanted.place), ("unit__code", wanted.unit),
        ("impact", wanted.impact),
    ):  # fmt: skip
        if value:
            told &= Q(**{field: value})
    if wanted.agency:
        told &= Q(pk__in=Incident.agencies.through.objects.filter(agency__code=wanted.agency).values("incident"))
    if wanted.route:
        departure, _, destination = wanted.route.partition("-")
        told &= Q(departure=departure.strip("?"), destination=destination.strip("?"))
    if wanted.led:
        told &= Q(led_by__gt=0) if wanted.led == "yes" else Q(led_by=0)
    if wanted.goods:
        items = SeizedItem.objects.filter(Q(kind=wanted.goods) | Q(substance=wanted.goods))
        told &= Q(pk__in=items.values("incident"))
    return told & _meaning(wanted.sought.strip()[:_SOUGHT]) if wanted.sought.strip() else told


def _known_at(as_of: dt.datetime | None) -> Q:
    if as_of is None:
        return Q(withdrawn_at__isnull=True)
    return Q(recorded_at__lte=as_of) & (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=as_of))


def _meaning(sought: str) -> Q:
    subjects = (Document(document_number=sought), Vehicle(plate=sought), Vehicle(vin=sought),
                Vehicle(container_number=sought), Person(phones=(sought,)))  # fmt: skip
    hashes = {mark for subject in subjects for mark in marks_of(subject)}
    fits = Q(pk__in=IncidentMark.objects.filter(hash__in=hashes).values("incident")) | Q(reference=sought)
    last = sought.rpartition("-")[2]
    if last.isascii() and last.isdecimal() and len(last) < 18:
        fits |= Q(pk=int(last))
    return fits


def whole(found: QuerySet[Incident]) -> QuerySet[Incident]:
    """Give incidents with all that a card or a report reads of them."""
    return found.select_related(
        "unit", "unit__country", "agency", "crossing", "crossing__country_a", "crossing__country_b", "case"
    ).prefetch_related(
        Prefetch("items", SeizedItem.objects.order_by("id")), "involved", "vehicles", "counts", "agencies"
    )


def incident_of(incident_id: int) -> Incident:
    """Give an incident, whole.

    Raises:
        NotFound: `incident_unknown`.
    """
    found = whole(Incident.objects.filter(pk=incident_id)).first()
    if found is None:
        raise NotFound("incident_unknown", incident=incident_id)
    return found


def card_of(row: Incident) -> IncidentCard:
    """Give an incident as its card."""
    spot = None if row.latitude is None else Spot(row.latitude, row.longitude or 0.0, row.error_km or 0.0)
    return IncidentCard(
        kind=row.kind, at=row.at, unit=row.unit.code, crossing=row.crossing.code if row.crossing else "", spot=spot,
        place=row.place, precision=row.precision,
        agencies=tuple(sorted(one.code for one in row.agencies.all() if one.pk != row.agency_id)),
        legal_basis=row.legal_basis, threats=tuple(row.threats), impact=row.impact, transport=row.transport,
        concealment=row.concealment, concealment_text=row.concealment_text, detection=row.detection,
        route=Route(
            departure=row.departure, departure_place=row.departure_place, transit=tuple(row.transit),
            destination=row.destination, destination_place=row.destination_place,
        ),
        description=row.description,
    )  # fmt: skip


def found_of(row: Incident) -> Found:
    """Give what was found."""
    vehicles = (from_wire(one.subject) for one in row.vehicles.all())
    return Found(
        items=tuple(item_of(one) for one in row.items.all()),
        involved=tuple(
            Involved(
                role=one.role, sex=one.sex, nationality=one.nationality, age_band=one.age_band, end=one.end,
                subject=from_wire(one.subject) if one.subject else None,
            )
            for one in row.involved.all()
        ),
        vehicles=tuple(one for one in vehicles if isinstance(one, Vehicle)),
        counts=tuple(
            Count(kind=one.kind, count=one.count, sex=one.sex, age_band=one.age_band, nationality=one.nationality)
            for one in row.counts.all()
        ),
    )  # fmt: skip


def item_of(one: SeizedItem) -> Item:
    """Give seized goods."""
    return Item(
        kind=one.kind, quantity=one.quantity.normalize(), unit=one.measure, substance=one.substance, name=one.name,
        purity=one.purity, packages=one.packages, packaging=one.packaging, details=one.details,
    )  # fmt: skip


def told_of(row: Incident) -> Told:
    """Give an incident as reports read it: its day is that of the node's clock, by which it is counted here too."""
    at, card = row.crossing or row, replace(card_of(row), at=timezone.localtime(row.at))
    return Told(
        number=row.number, card=card, found=found_of(row), country=row.unit.country_id or "",
        office=row.unit.name, agencies=tuple(sorted(one.code for one in row.agencies.all())),
        crossing_kind=row.crossing.kind if row.crossing else "", border=row.border, latitude=at.latitude,
        longitude=at.longitude, is_led=row.is_led, leads=row.led_by,
        case=case_number(row.case_id) if row.case_id else "", recorded_at=row.recorded_at,
    )  # fmt: skip


def told_each(found: QuerySet[Incident]) -> Iterator[Told]:
    """Give incidents as reports read them, some hundreds at a time, in the order asked for."""
    keys = iter(list(found.values_list("pk", flat=True)))
    while batch := list(islice(keys, _BATCH)):
        rows = {row.pk: row for row in whole(Incident.objects.filter(pk__in=batch))}
        yield from (told_of(rows[key]) for key in batch if key in rows)


def items_by_incident(incidents: Iterable[int]) -> Mapping[int, list[SeizedItem]]:
    """Give the goods of some incidents, for a list."""
    told: dict[int, list[SeizedItem]] = {}
    for item in SeizedItem.objects.filter(incident__in=list(incidents)).order_by("id"):
        told.setdefault(item.incident_id, []).append(item)
    return told


def imports() -> QuerySet[Import]:
    """Give the spreadsheets that were read, newest first."""
    return Import.objects.order_by("-id")


def import_of(import_id: int) -> Import:
    """Give a spreadsheet that was read.

    Raises:
        NotFound: `import_unknown`.
    """
    found = imports().filter(pk=import_id).first()
    if found is None:
        raise NotFound("import_unknown", file=import_id)
    return found
