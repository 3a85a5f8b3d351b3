"""Units through the API: what each is, who and what is in it, and the mandate by which units are sent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.modules.operations import services, tasking, units
from elchi.modules.operations.geography import USUAL_KMH, Area, Spot
from elchi.modules.operations.mandate import MOST_LINES, MandateLine
from elchi.modules.operations.models import MandatePolicy, UnitProfile
from elchi.modules.operations.rules import OperationsRight

router = Router()
mandates = Router()
Codes = list[str]


class At(BaseModel):
    """A position."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    error_km: float = Field(0, ge=0, le=1000)

    def spot(self) -> Spot:
        """Give it as the services take it."""
        return Spot(self.latitude, self.longitude, self.error_km)


class UnitArea(BaseModel):
    """Where a unit works; none for everywhere in its state."""

    border: str = Field(max_length=5, examples=["KG-KZ"])
    km: float = Field(gt=0, le=1000, description="How far from that border.")


class UnitSaid(BaseModel):
    """What an office is as a unit."""

    kmh: float = Field(USUAL_KMH, gt=0, le=services.FASTEST)
    availability: str = Field("available", max_length=10, description="available, busy, resting, off.")
    at: At | None = Field(None, description="Where it is now; without one at its office.")
    crew_rule: Codes = Field([], max_length=10, description="Kinds of agencies that a whole crew has.")
    area: UnitArea | None = None


class NewMember(BaseModel):
    """Somebody of an agency in a unit."""

    agency: str = Field(max_length=64)
    part: str = Field("member", max_length=12, description="head, member, driver, dog_handler, analyst, interpreter.")
    officer: str = Field("", max_length=150, description="Sign-in name, of one who has one here.")


class NewAsset(BaseModel):
    """Something that a unit has."""

    kind: str = Field(max_length=10, description="vehicle, dog, equipment.")
    name: str = Field(max_length=120)


class AssetState(BaseModel):
    """Whether something works."""

    is_broken: bool


class UnitMember(BaseModel):
    """Somebody in a unit."""

    id: int
    agency: str
    part: str
    officer: str
    from_at: dt.datetime


class UnitAsset(BaseModel):
    """Something that a unit has."""

    id: int
    kind: str
    name: str
    broken_since: dt.date | None = Field(description="Null for what works.")


class UnitLine(BaseModel):
    """A unit in a list."""

    id: int
    code: str
    kind: str
    name: str
    country: str
    availability: str
    kmh: float
    latitude: float | None
    longitude: float | None
    crew_rule: Codes
    crew_missing: Codes


class UnitLines(Page[UnitLine]):
    """A page of units."""


class Unit(UnitLine):
    """A unit, whole."""

    area: dict[str, Any] | None
    members: list[UnitMember]
    assets: list[UnitAsset]
    changed_at: dt.datetime


class WantedUnits(BaseModel):
    """Which units; what is empty does not restrict."""

    kind: str = Field("", max_length=32, description="Of the office: blo, interagency_mobile_team ..")
    availability: str = Field("", max_length=10)


class Sentence(BaseModel):
    """A sentence of the mandate."""

    agency: str = Field(max_length=64)
    act: str = Field(max_length=10, description="stop, search, seize, arrest, pursue.")
    may: bool
    where: str = Field("anywhere", max_length=10, description="anywhere, crossing, border.")
    km: float = Field(0, ge=0, le=1000)
    article: str = Field(max_length=100)
    law: str = Field(max_length=200)


class NewMandate(BaseModel):
    """A mandate to be put into force."""

    lines: list[Sentence] = Field(max_length=MOST_LINES)
    reason: str = Field(max_length=300)


class Mandate(BaseModel):
    """The mandate in force; without lines while nobody wrote one, and then nobody may be sent."""

    version: int | None
    lines: list[Sentence]
    reason: str
    by: str
    from_at: dt.datetime | None


@router.get("", response=UnitLines, summary="Units")
def list_units(request: AtApi, wanted: Annotated[WantedUnits, Query()], pages: Asked) -> HttpResponse:
    """Give units, whether each is free, and whose agencies its crew lacks."""
    request.auth.require(OperationsRight.UNIT_SEE)
    found = units.units()
    if wanted.kind:
        found = found.filter(office__kind=wanted.kind)
    if wanted.availability:
        found = found.filter(availability=wanted.availability)
    return answer(UnitLines(**page_of(found, pages, _line, key="id")))


@router.get("/{code}", response=Unit, summary="One unit")
def get_unit(request: AtApi, code: str) -> HttpResponse:
    """Give a unit with its members and what it has."""
    request.auth.require(OperationsRight.UNIT_SEE)
    return _told(units.unit_of(code))


@router.post("/{code}", response=Unit, summary="Say what an office is as a unit")
@once
def set_unit(request: AtApi, code: str, said: UnitSaid) -> HttpResponse:
    """Say it whole; the first time makes the office a unit."""
    area = Area(kind="section", border=said.area.border, km=said.area.km) if said.area else None
    card = services.UnitCard(
        kmh=said.kmh, availability=said.availability, at=said.at.spot() if said.at else None,
        crew_rule=tuple(said.crew_rule), area=area,
    )  # fmt: skip
    services.set_unit(by=request.auth, code=code, card=card)
    return _told(units.unit_of(code))


@router.post("/{code}/members", response={201: Unit}, summary="Put somebody into a unit")
@once
def add_unit_member(request: AtApi, code: str, new: NewMember) -> HttpResponse:
    """Put an officer of this node, or somebody of an agency, into a unit."""
    services.add_member(by=request.auth, code=code, agency=new.agency, part=new.part, officer=new.officer)
    return _told(units.unit_of(code), 201)


@router.post("/members/{int:member_id}/end", response=Unit, summary="Let somebody be in a unit no longer")
@once
def end_unit_member(request: AtApi, member_id: int) -> HttpResponse:
    """Let a member go."""
    row = services.end_member(by=request.auth, member_id=member_id)
    return _told(units.unit_of(row.unit.office.code))


@router.post("/{code}/assets", response={201: Unit}, summary="Give a unit a vehicle, a dog, equipment")
@once
def add_unit_asset(request: AtApi, code: str, new: NewAsset) -> HttpResponse:
    """Give a unit something."""
    services.add_asset(by=request.auth, code=code, kind=new.kind, name=new.name)
    return _told(units.unit_of(code), 201)


@router.post("/assets/{int:asset_id}/state", response=Unit, summary="Say that something works or is broken")
@once
def change_unit_asset(request: AtApi, asset_id: int, said: AssetState) -> HttpResponse:
    """Say it; what is broken is so since today, or since it was said first."""
    row = services.change_asset(by=request.auth, asset_id=asset_id, is_broken=said.is_broken)
    return _told(units.unit_of(row.unit.office.code))


@mandates.get("", response=Mandate, summary="The mandate in force")
def get_mandate(request: AtApi) -> HttpResponse:
    """Give which agency may do what, where, by which article."""
    request.auth.require(OperationsRight.UNIT_SEE)
    return _mandate(units.mandate_in_force())


@mandates.post("", response={201: Mandate}, summary="Put a mandate into force")
@once
def set_mandate(request: AtApi, new: NewMandate) -> HttpResponse:
    """Put a mandate into force; the one before is kept."""
    lines = [MandateLine(**one.model_dump()) for one in new.lines]
    return _mandate(services.set_mandate(by=request.auth, lines=lines, reason=new.reason), 201)


def _line(row: UnitProfile) -> UnitLine:
    return UnitLine(**_head(row))


def _head(row: UnitProfile) -> dict[str, Any]:
    at = units.point_of(row)
    return {
        "id": row.pk, "code": row.office.code, "kind": row.office.kind, "name": row.office.name,
        "country": row.office.country_id or "", "availability": row.availability, "kmh": row.kmh,
        "latitude": at[1] if at else None, "longitude": at[0] if at else None, "crew_rule": row.crew_rule,
        "crew_missing": list(tasking.crew_missing(row.crew_rule, units.crew_of(row)[1])),
    }  # fmt: skip


def _told(row: UnitProfile, status: int = 200) -> HttpResponse:
    members = [
        UnitMember(id=one.pk, agency=one.agency.code, part=one.part, from_at=one.from_at,
                   officer=one.officer.sign_in_name if one.officer else "")
        for one in row.members.all()
    ]  # fmt: skip
    assets = [
        UnitAsset(id=one.pk, kind=one.kind, name=one.name, broken_since=one.broken_since) for one in row.assets.all()
    ]
    return answer(
        Unit(**_head(row), area=row.area, members=members, assets=assets, changed_at=row.changed_at), status
    )  # fmt: skip


def _mandate(row: MandatePolicy | None, status: int = 200) -> HttpResponse:
    if row is None:
        return answer(Mandate(version=None, lines=[], reason="", by="", from_at=None), status)
    lines = [Sentence(**one) for one in row.lines]
    return answer(Mandate(version=row.pk, lines=lines, reason=row.reason, by=row.by, from_at=row.from_at), status)
