"""Add and change agencies, offices, crossings and duty desks. The audit holds what each change was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory import cards, queries, rules
from elchi.node.directory.cards import AgencyCard, ContactCard, CrossingCard, OfficeCard, StatusCard
from elchi.node.directory.models import Agency, Country, Crossing, CrossingStatus, DutyContact, Office
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


@transaction.atomic
def add_agency(*, by: Acting, code: str, card: AgencyCard) -> Agency:
    """Add an agency.

    Raises:
        InvalidInput: `card_invalid`.
        Conflict: `code_taken`.
    """
    by.require(Right.DIRECTORY_WRITE)
    rules.check_code(code)
    if Agency.objects.filter(code=code).exists():
        raise Conflict("code_taken", field="code", taken=code)
    agency = _fill_agency(Agency(code=code), card)
    record(Verb.ADD_AGENCY, by=by, on=f"agency:{code}", card=cards.told(card))
    return agency


@transaction.atomic
def change_agency(*, by: Acting, code: str, card: AgencyCard) -> Agency:
    """Change what is written down about an agency; its code stays.

    Raises:
        InvalidInput: `card_invalid`.
        NotFound: `agency_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    agency = queries.agency_of(code)
    before = queries.agency_card(agency)
    _fill_agency(agency, card)
    record(Verb.CHANGE_AGENCY, by=by, on=f"agency:{code}", changed=cards.changes(before, card))
    return agency


@transaction.atomic
def add_office(*, by: Acting, code: str, card: OfficeCard) -> Office:
    """Add an office.

    Raises:
        InvalidInput: `card_invalid`.
        Conflict: `code_taken`.
    """
    by.require(Right.DIRECTORY_WRITE)
    rules.check_code(code)
    if Office.objects.filter(code=code).exists():
        raise Conflict("code_taken", field="code", taken=code)
    office = _fill_office(Office(code=code), card)
    record(Verb.ADD_OFFICE, by=by, on=f"office:{code}", card=cards.told(card))
    return office


@transaction.atomic
def change_office(*, by: Acting, code: str, card: OfficeCard) -> Office:
    """Change what is written down about an office; its code stays.

    Raises:
        InvalidInput: `card_invalid`, with rule `own_child` if it would stand below itself.
        NotFound: `office_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    office = queries.office_of(code)
    before = queries.office_card(office)
    _fill_office(office, card)
    after = queries.office_card(queries.office_of(code))
    record(Verb.CHANGE_OFFICE, by=by, on=f"office:{code}", changed=cards.changes(before, after))
    return office


@transaction.atomic
def add_crossing(*, by: Acting, code: str, card: CrossingCard) -> Crossing:
    """Add a crossing.

    Raises:
        InvalidInput: `card_invalid`.
        Conflict: `code_taken`.
    """
    by.require(Right.DIRECTORY_WRITE)
    rules.check_code(code, of_crossing=True)
    if Crossing.objects.filter(code=code).exists():
        raise Conflict("code_taken", field="code", taken=code)
    crossing = _fill_crossing(Crossing(code=code), card)
    record(Verb.ADD_CROSSING, by=by, on=f"crossing:{code}", card=cards.told(card))
    return crossing


@transaction.atomic
def change_crossing(*, by: Acting, code: str, card: CrossingCard) -> Crossing:
    """Change what is written down about a crossing; its code stays, and its status has a verb of its own.

    Raises:
        InvalidInput: `card_invalid`.
        NotFound: `crossing_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    crossing = queries.crossing_of(code)
    before = queries.crossing_card(crossing)
    _fill_crossing(crossing, card)
    record(Verb.CHANGE_CROSSING, by=by, on=f"crossing:{code}", changed=cards.changes(before, card))
    return crossing


@transaction.atomic
def set_crossing_status(*, by: Acting, code: str, card: StatusCard) -> Crossing:
    """Write down what a crossing is from a day on. What lasted until then ends the day before.

    Raises:
        InvalidInput: `card_invalid`.
        NotFound: `crossing_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    rules.check_status(card)
    crossing = queries.crossing_of(code)
    before = crossing.status
    lasting = CrossingStatus.objects.filter(crossing=crossing, to_date=None)
    lasting.filter(from_date=card.from_date).delete()
    lasting.filter(from_date__lt=card.from_date).update(to_date=card.from_date - rules.DAY)
    CrossingStatus.objects.create(
        crossing=crossing, status=card.status, from_date=card.from_date, to_date=card.to_date, note=card.note,
        source=card.source,
    )  # fmt: skip
    crossing.status = queries.status_on(queries.crossing_of(code), timezone.localdate())
    crossing.save(update_fields=["status"])
    changed = {"status": [before, crossing.status]}
    record(Verb.CHANGE_CROSSING, by=by, on=f"crossing:{code}", card=cards.told(card), changed=changed)
    return crossing


@transaction.atomic
def add_contact(*, by: Acting, card: ContactCard) -> DutyContact:
    """Add a duty desk of an agency.

    Raises:
        InvalidInput: `card_invalid`.
        NotFound: `agency_unknown`, `office_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    contact = _fill_contact(DutyContact(), card)
    record(Verb.ADD_CONTACT, by=by, on=f"agency:{card.agency}", contact=contact.pk, card=cards.told(card))
    return contact


@transaction.atomic
def change_contact(*, by: Acting, contact_id: int, card: ContactCard) -> DutyContact:
    """Change a duty desk.

    Raises:
        InvalidInput: `card_invalid`.
        NotFound: `contact_unknown`, `agency_unknown`, `office_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    contact = queries.contact_of(contact_id)
    before = queries.contact_card(contact)
    _fill_contact(contact, card)
    changed = cards.changes(before, card)
    record(Verb.CHANGE_CONTACT, by=by, on=f"agency:{card.agency}", contact=contact.pk, changed=changed)
    return contact


@transaction.atomic
def remove_contact(*, by: Acting, contact_id: int) -> None:
    """Remove a duty desk; the audit keeps what it was.

    Raises:
        NotFound: `contact_unknown`.
    """
    by.require(Right.DIRECTORY_WRITE)
    contact = queries.contact_of(contact_id)
    card = queries.contact_card(contact)
    contact.delete()
    record(Verb.REMOVE_CONTACT, by=by, on=f"agency:{card.agency}", contact=contact_id, card=cards.told(card))


def _fill_agency(agency: Agency, card: AgencyCard) -> Agency:
    rules.check_agency(card)
    agency.country = _country("country", card.country)
    agency.kind, agency.name, agency.names = card.kind, card.name, dict(card.names)
    agency.mandate, agency.sources, agency.is_active = card.mandate, card.sources, card.is_active
    agency.save()
    return agency


def _fill_office(office: Office, card: OfficeCard) -> Office:
    rules.check_office(card)
    office.country = _country("country", card.country)
    office.kind, office.name, office.names, office.area = card.kind, card.name, dict(card.names), card.area
    office.parent = queries.office_of(card.parent) if card.parent else None
    _refuse_below_itself(office)
    office.lead = queries.agency_of(card.lead) if card.lead else None
    office.latitude, office.longitude = card.latitude, card.longitude
    office.coordinate_error_km, office.sources, office.is_active = (
        card.coordinate_error_km,
        card.sources,
        card.is_active,
    )
    office.save()
    office.agencies.set(_rows("agencies", Agency, {*card.agencies, card.lead} - {""}))
    office.crossings.set(_rows("crossings", Crossing, card.crossings))
    return office


def _fill_crossing(crossing: Crossing, card: CrossingCard) -> Crossing:
    rules.check_crossing(card)
    crossing.country_a, crossing.country_b = (
        _country("country_a", card.country_a),
        _country("country_b", card.country_b),
    )
    crossing.kind, crossing.name_a, crossing.name_b = card.kind, card.name_a, card.name_b
    crossing.names = {language: list(pair) for language, pair in card.names.items() if any(pair)}
    crossing.latitude, crossing.longitude = card.latitude, card.longitude
    crossing.coordinate_error_km, crossing.coordinate_basis = card.coordinate_error_km, card.coordinate_basis
    crossing.note, crossing.sources = card.note, card.sources
    crossing.save()
    return crossing


def _fill_contact(contact: DutyContact, card: ContactCard) -> DutyContact:
    rules.check_contact(card)
    contact.agency = queries.agency_of(card.agency)
    contact.office = queries.office_of(card.office) if card.office else None
    contact.desk, contact.subject_matter, contact.rank = card.desk, card.subject_matter, card.rank
    contact.days, contact.from_time, contact.to_time = card.days, card.from_time, card.to_time
    contact.time_zone, contact.phone, contact.email = card.time_zone, card.phone, card.email
    contact.languages, contact.note = list(card.languages), card.note
    contact.save()
    return contact


def _country(field: str, code: str) -> Any:
    if not code:
        return None
    country = Country.objects.filter(code=code).first()
    if country is None:
        raise InvalidInput("card_invalid", field=field, rule="one_of")
    return country


def _rows(field: str, table: Any, codes: Iterable[str]) -> list[Any]:
    wanted = set(codes)
    rows = list(table.objects.filter(code__in=wanted))
    if len(rows) != len(wanted):
        raise InvalidInput("card_invalid", field=field, rule="one_of")
    return rows


def _refuse_below_itself(office: Office) -> None:
    above = office.parent
    while above is not None:
        if above.code == office.code:
            raise InvalidInput("card_invalid", field="parent", rule="own_child")
        above = above.parent
