"""Countries, agencies, offices, crossings, and who answers now."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.node.directory import queries
from elchi.node.officers.rules import Right

router = Router()


class Country(BaseModel):
    """A state."""

    code: str
    names: dict[str, str]


class Agency(BaseModel):
    """A service of a state, or an international body."""

    code: str
    kind: str
    name: str
    country: str
    names: dict[str, str]
    mandate: str
    is_active: bool


class Office(BaseModel):
    """Where officers work."""

    code: str
    kind: str
    name: str
    country: str
    names: dict[str, str]
    parent: str
    lead: str
    agencies: list[str]
    crossings: list[str]
    area: str
    latitude: float | None
    longitude: float | None
    coordinate_error_km: float | None
    is_active: bool


class Crossing(BaseModel):
    """A border crossing point."""

    code: str
    kind: str
    status: str
    name_a: str
    country_a: str
    name_b: str
    country_b: str
    names: dict[str, tuple[str, str]]
    latitude: float | None
    longitude: float | None
    coordinate_error_km: float | None
    coordinate_basis: str
    note: str
    sources: str


class Contact(BaseModel):
    """A desk that answers."""

    id: int
    agency: str
    office: str
    desk: str
    subject_matter: str
    rank: int
    days: str
    from_time: dt.time | None
    to_time: dt.time | None
    time_zone: str
    phone: str
    email: str
    languages: list[str]
    note: str


class Countries(Page[Country]):
    """A page of states."""


class Agencies(Page[Agency]):
    """A page of agencies."""


class Offices(Page[Office]):
    """A page of offices."""


class Crossings(Page[Crossing]):
    """A page of crossings."""


class OnDuty(BaseModel):
    """Who answers, the first to call first."""

    at: dt.datetime
    contacts: list[Contact]


class Moment(BaseModel):
    """When, and for what."""

    at: Instant | None = Field(None, description="Now unless said.")
    subject_matter: str = Field("", max_length=20, description="hit, alert or request; empty for any.")


@router.get("/countries", response=Countries, summary="States")
def list_countries(request: AtApi, pages: Asked) -> HttpResponse:
    """Give all states, by code."""
    request.auth.require(Right.DIRECTORY_SEE)
    page = page_of(queries.countries(), pages, lambda row: Country(code=row.code, names=row.names), key="code")
    return answer(Countries(**page))


@router.get("/agencies", response=Agencies, summary="Agencies in use")
def list_agencies(request: AtApi, pages: Asked, country: str = "", kind: str = "") -> HttpResponse:
    """Give agencies, by code."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(Agencies(**page_of(queries.agencies(country=country, kind=kind), pages, _agency, key="code")))


@router.get("/agencies/{code}", response=Agency, summary="One agency")
def get_agency(request: AtApi, code: str) -> HttpResponse:
    """Give an agency."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(_agency(queries.agency_of(code)))


@router.get("/agencies/{code}/on_duty", response=OnDuty, summary="Who answers for an agency now")
def list_contacts_on_duty(request: AtApi, code: str, moment: Annotated[Moment, Query()]) -> HttpResponse:
    """Give the desks that answer for an agency, the first to call first."""
    request.auth.require(Right.DIRECTORY_SEE)
    at = moment.at or timezone.now()
    desks = queries.on_duty(code, at, moment.subject_matter)
    return answer(OnDuty(at=at, contacts=[_contact(desk) for desk in desks]))


@router.get("/offices", response=Offices, summary="Offices in use")
def list_offices(request: AtApi, pages: Asked) -> HttpResponse:
    """Give offices, by code."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(Offices(**page_of(queries.offices(), pages, _office, key="code")))


@router.get("/offices/{code}", response=Office, summary="One office")
def get_office(request: AtApi, code: str) -> HttpResponse:
    """Give an office."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(_office(queries.office_of(code)))


@router.get("/crossings", response=Crossings, summary="Crossings")
def list_crossings(request: AtApi, pages: Asked) -> HttpResponse:
    """Give crossings, by code, with the status that their card says."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(Crossings(**page_of(queries.crossings(), pages, _crossing, key="code")))


@router.get("/crossings/{code}", response=Crossing, summary="One crossing")
def get_crossing(request: AtApi, code: str) -> HttpResponse:
    """Give a crossing."""
    request.auth.require(Right.DIRECTORY_SEE)
    return answer(_crossing(queries.crossing_of(code)))


def _agency(row: Any) -> Agency:
    return Agency(code=row.code, **_told(queries.agency_card(row), Agency))


def _office(row: Any) -> Office:
    return Office(code=row.code, **_told(queries.office_card(row), Office))


def _crossing(row: Any) -> Crossing:
    return Crossing(code=row.code, status=row.status, **_told(queries.crossing_card(row), Crossing))


def _contact(row: Any) -> Contact:
    return Contact(id=row.pk, **_told(queries.contact_card(row), Contact))


def _told(card: Any, shape: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(card, name) for name in shape.model_fields if hasattr(card, name)}
