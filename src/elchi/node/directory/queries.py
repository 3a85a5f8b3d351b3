"""Reads of the directory."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from elchi.errors import NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.directory.cards import AgencyCard, ContactCard, CrossingCard, OfficeCard
from elchi.node.directory.duty import answers_at
from elchi.node.directory.models import Agency, Country, Crossing, CrossingStatus, DutyContact, Kind, Office


@dataclass(frozen=True, slots=True)
class Branch:
    """An office in its tree."""

    office: Office
    depth: int
    """0 for an office without a parent."""
    is_wanted: bool
    """False for one that is there only because an office below it is wanted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A crossing as it was on a day."""

    crossing: Crossing
    status: str


def countries() -> QuerySet[Country]:
    """Give all states, by code."""
    return Country.objects.order_by("code")


def countries_with_agencies() -> QuerySet[Country]:
    """Give the states that have an agency here."""
    return Country.objects.annotate(held=Count("agencies")).filter(held__gt=0).order_by("code")


def agencies(*, country: str = "", kind: str = "", closed: bool = False) -> QuerySet[Agency]:
    """Give agencies; international bodies have no country and come last.

    Args:
        country: code; `-` for international bodies.
        kind: one of `Kind.AGENCY`.
        closed: with those that are no more.
    """
    found = Agency.objects.select_related("country").annotate(desks=Count("contacts"))
    if country:
        found = found.filter(country=None) if country == "-" else found.filter(country=country)
    if kind:
        found = found.filter(kind=kind)
    return _in_use(found, closed=closed).order_by("country_id", "kind", "name")


def agency_of(code: str) -> Agency:
    """Give an agency.

    Raises:
        NotFound: `agency_unknown`.
    """
    found = Agency.objects.select_related("country").filter(code=code).first()
    if found is None:
        raise NotFound("agency_unknown", field="agency", agency=code)
    return found


def contacts_of(agency: Agency) -> QuerySet[DutyContact]:
    """Give all desks of an agency, in order of call."""
    return agency.contacts.select_related("office", "agency").order_by("rank", "desk")


def contacts() -> QuerySet[DutyContact]:
    """Give all desks of all agencies."""
    return DutyContact.objects.select_related("agency", "office").order_by("agency__code", "rank", "desk")


def contact_of(contact_id: int) -> DutyContact:
    """Give a desk.

    Raises:
        NotFound: `contact_unknown`.
    """
    found = DutyContact.objects.select_related("agency", "office").filter(pk=contact_id).first()
    if found is None:
        raise NotFound("contact_unknown", field="contact", contact=contact_id)
    return found


def on_duty(agency_code: str, at: dt.datetime, subject_matter: str = "") -> tuple[DutyContact, ...]:
    """Say who answers for an agency: the first to call, then who is called if he does not answer.

    A desk that answers for just this matter comes before one of the same rank that answers for everything.

    Args:
        agency_code: whom to reach.
        at: when, with a time zone; each desk is asked in its own.
        subject_matter: one of `Kind.MATTER`; empty for any desk.

    Raises:
        NotFound: `agency_unknown`.
    """
    desks = contacts_of(agency_of(agency_code))
    if subject_matter:
        desks = desks.filter(subject_matter__in=("", subject_matter))
    answering = [desk for desk in desks if answers_at(desk, at)]
    return tuple(sorted(answering, key=lambda desk: (desk.rank, not desk.subject_matter, desk.desk, desk.pk)))


def offices(*, closed: bool = False) -> QuerySet[Office]:
    """Give offices, with all that a row of them shows."""
    found = Office.objects.select_related("country", "lead", "parent").prefetch_related("agencies", "crossings")
    return _in_use(found, closed=closed).order_by("country_id", "kind", "name")


def office_of(code: str) -> Office:
    """Give an office.

    Raises:
        NotFound: `office_unknown`.
    """
    found = offices(closed=True).filter(code=code).first()
    if found is None:
        raise NotFound("office_unknown", field="office", office=code)
    return found


def office_tree(*, kind: str = "", country: str = "") -> tuple[Branch, ...]:
    """Give the offices as a tree, parents before children; where a filter is set, with the parents of what it keeps.

    Args:
        kind: one of `Kind.OFFICE`.
        country: code.
    """
    rows = {office.pk: office for office in offices()}
    wanted = {
        pk
        for pk, office in rows.items()
        if (not kind or office.kind == kind) and (not country or office.country_id == country)
    }
    kept = {above for pk in wanted for above in _and_above(pk, rows)}
    below: dict[int | None, list[Office]] = defaultdict(list)
    for pk, office in rows.items():
        if pk in kept:
            below[office.parent_id if office.parent_id in kept else None].append(office)
    return tuple(_branches(below, None, 0, wanted))


def crossings() -> QuerySet[Crossing]:
    """Give crossings, with all that a row of them shows."""
    return Crossing.objects.select_related("country_a", "country_b").order_by("code")


def crossing_of(code: str) -> Crossing:
    """Give a crossing, with its offices and history.

    Raises:
        NotFound: `crossing_unknown`.
    """
    found = crossings().prefetch_related("history", "offices__country").filter(code=code).first()
    if found is None:
        raise NotFound("crossing_unknown", field="crossing", crossing=code)
    return found


def crossings_as_of(day: dt.date, *, border: str = "", kind: str = "", status: str = "") -> tuple[Place, ...]:
    """Give the crossings as they were on a day.

    Where nothing is written down for the day the status is unknown; without any history it is what the card says.

    Args:
        day: which.
        border: `KG-KZ`, or one country.
        kind: one of `Kind.CROSSING`.
        status: one of `Kind.STATUS`, on that day.
    """
    found = crossings().prefetch_related(Prefetch("history", CrossingStatus.objects.order_by("-from_date", "-pk")))
    for country in border.split("-") if border else ():
        found = found.filter(Q(country_a=country) | Q(country_b=country))
    if kind:
        found = found.filter(kind=kind)
    places = (Place(one, status_on(one, day)) for one in found)
    return tuple(place for place in places if not status or place.status == status)


def status_on(crossing: Crossing, day: dt.date) -> str:
    """Say what a crossing was on a day."""
    history = list(crossing.history.all())
    for row in history:
        if row.from_date <= day and (row.to_date is None or day <= row.to_date):
            return row.status
    return "unknown" if history else crossing.status


def borders() -> tuple[str, ...]:
    """Give the pairs of countries that have a crossing between them, as `KG-KZ`."""
    pairs = Crossing.objects.exclude(country_b=None).order_by().values_list("country_a", "country_b").distinct()
    return tuple(sorted({"-".join(sorted(pair)) for pair in pairs}))


def history_of(on: str, limit: int = 20) -> QuerySet[AuditLine]:
    """Give the last changes of a row of the directory, newest first, such as of `agency:kz-border`."""
    return AuditLine.objects.filter(on=on, verb__startswith="directory.").order_by("-sequence")[:limit]


def agency_card(agency: Agency) -> AgencyCard:
    """Give an agency as its card."""
    return AgencyCard(
        kind=agency.kind, name=agency.name, country=agency.country_id or "", names=agency.names, mandate=agency.mandate,
        sources=agency.sources, is_active=agency.is_active,
    )  # fmt: skip


def office_card(office: Office) -> OfficeCard:
    """Give an office as its card."""
    return OfficeCard(
        kind=office.kind, name=office.name, country=office.country_id or "", names=office.names,
        parent=office.parent.code if office.parent else "", lead=office.lead.code if office.lead else "",
        agencies=tuple(sorted(one.code for one in office.agencies.all())),
        crossings=tuple(sorted(one.code for one in office.crossings.all())), area=office.area,
        latitude=office.latitude, longitude=office.longitude, coordinate_error_km=office.coordinate_error_km,
        sources=office.sources, is_active=office.is_active,
    )  # fmt: skip


def crossing_card(crossing: Crossing) -> CrossingCard:
    """Give a crossing as its card."""
    return CrossingCard(
        kind=crossing.kind, name_a=crossing.name_a, country_a=crossing.country_a_id, name_b=crossing.name_b,
        country_b=crossing.country_b_id or "",
        names={language: (pair[0], pair[1]) for language, pair in crossing.names.items()},
        latitude=crossing.latitude, longitude=crossing.longitude, coordinate_error_km=crossing.coordinate_error_km,
        coordinate_basis=crossing.coordinate_basis, note=crossing.note, sources=crossing.sources,
    )  # fmt: skip


def contact_card(contact: DutyContact) -> ContactCard:
    """Give a desk as its card."""
    return ContactCard(
        agency=contact.agency.code, office=contact.office.code if contact.office else "", desk=contact.desk,
        subject_matter=contact.subject_matter, rank=contact.rank, days=contact.days, from_time=contact.from_time,
        to_time=contact.to_time, time_zone=contact.time_zone, phone=contact.phone, email=contact.email,
        languages=tuple(contact.languages), note=contact.note,
    )  # fmt: skip


def _in_use(rows: QuerySet[Any], *, closed: bool) -> QuerySet[Any]:
    return rows if closed else rows.filter(is_active=True)


def _and_above(pk: int, rows: Mapping[int, Office]) -> Iterable[int]:
    seen: set[int] = set()
    at: int | None = pk
    while at is not None and at in rows and at not in seen:
        seen.add(at)
        at = rows[at].parent_id
    return seen


def _branches(
    below: Mapping[int | None, list[Office]], parent: int | None, depth: int, wanted: set[int]
) -> Iterator[Branch]:
    for office in below.get(parent, ()):
        yield Branch(office, depth, office.pk in wanted)
        yield from _branches(below, office.pk, depth + 1, wanted)


KINDS = Kind
"""What agencies, offices and crossings are, for doors, which know no tables."""
