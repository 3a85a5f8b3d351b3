"""Exhibits through the API: those of an incident, one with its chain, the steps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.tokens import AtApi
from elchi.modules.operations import exhibits, services
from elchi.modules.operations.custody import ExhibitCard, Said
from elchi.modules.operations.models import Exhibit as Row
from elchi.modules.operations.models import ExhibitStep
from elchi.modules.operations.rules import OperationsRight

router = Router()
_NUMBER = Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", examples=["1981"])


class NewExhibit(BaseModel):
    """What is taken into custody."""

    incident: int
    kind: str = Field(max_length=16, examples=["drug"])
    what: str = Field(max_length=300, examples=["Two packages, brown tape"])
    quantity: str = _NUMBER
    unit: str = Field(max_length=10, examples=["g"])
    seal: str = Field(max_length=40, examples=["UZ 0017 A"])
    place: str = Field(max_length=200, examples=["Store 1"])


class NewStep(BaseModel):
    """A step of the chain; who makes it says the seal as he reads it."""

    move: str = Field(
        max_length=12, description="give, take, decline, recall, send_out, bring_back, reseal, take_over, end."
    )
    seal: str = Field(max_length=40)
    is_whole: bool = Field(True, description="Whether the seal is.")
    to: str = Field("", max_length=150, description="Sign-in name, of `give`.")
    outside: str = Field("", max_length=200, description="Who outside and his receipt, of `send_out`.")
    quantity: str | None = Field(None, pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", description="Of `reseal`.")
    end: str = Field("", max_length=12, description="destroyed, returned, court, forfeited; of `end`.")
    place: str = Field("", max_length=200)
    note: str = Field("", max_length=500)


class Step(BaseModel):
    """A step as it is chained."""

    number: int
    move: str
    state: str
    at: dt.datetime
    by: str
    agency: str
    holder: str
    to: str
    outside: str
    seal: str
    is_whole: bool
    quantity: str
    place: str
    end: str
    note: str
    digest: str
    hash: str


class ExhibitLine(BaseModel):
    """An exhibit in a list."""

    id: int
    number: str
    incident: int
    kind: str
    what: str
    quantity: str
    unit: str
    seal: str
    state: str
    holder: str
    to: str
    outside: str
    place: str


class ExhibitLines(Page[ExhibitLine]):
    """A page of exhibits."""


class Fault(BaseModel):
    """Where a chain does not hold."""

    number: int
    code: str


class Exhibit(ExhibitLine):
    """An exhibit with its chain."""

    steps: list[Step]
    faults: list[Fault] = Field(description="Empty for a chain that is whole.")


class WantedExhibits(BaseModel):
    """Which exhibits; what is empty does not restrict."""

    incident: int | None = Field(None, ge=1, le=2**53)
    state: str = Field("", max_length=8)


@router.get("", response=ExhibitLines, summary="Exhibits, newest first")
def list_exhibits(request: AtApi, wanted: Annotated[WantedExhibits, Query()], pages: Asked) -> HttpResponse:
    """Give exhibits, and who has each."""
    request.auth.require(OperationsRight.EXHIBIT_SEE)
    found = exhibits.exhibits()
    if wanted.incident is not None:
        found = found.filter(incident=wanted.incident)
    if wanted.state:
        found = found.filter(state=wanted.state)
    return answer(ExhibitLines(**page_of(found, pages, _line)))


@router.post("", response={201: Exhibit}, summary="Take something into custody")
@once
def take_exhibit(request: AtApi, new: NewExhibit) -> HttpResponse:
    """Take something of an incident into custody; its chain begins with who takes it."""
    card = ExhibitCard(
        kind=new.kind, what=new.what, quantity=Decimal(new.quantity), unit=new.unit, seal=new.seal, place=new.place
    )
    return _told(services.take_exhibit(by=request.auth, incident_id=new.incident, card=card), 201)


@router.get("/{int:exhibit_id}", response=Exhibit, summary="One exhibit with its chain")
def get_exhibit(request: AtApi, exhibit_id: int) -> HttpResponse:
    """Give an exhibit, its steps, and where its chain does not hold."""
    request.auth.require(OperationsRight.EXHIBIT_SEE)
    return _told(exhibits.exhibit_of(exhibit_id))


@router.post("/{int:exhibit_id}/steps", response={201: Exhibit}, summary="Make a step of the chain")
@once
def move_exhibit(request: AtApi, exhibit_id: int, new: NewStep) -> HttpResponse:
    """Let go, take, send out, bring back, seal anew, end."""
    said = Said(
        seal=new.seal, is_whole=new.is_whole, to=new.to, outside=new.outside, end=new.end, place=new.place,
        note=new.note, quantity=None if new.quantity is None else Decimal(new.quantity),
    )  # fmt: skip
    services.move_exhibit(by=request.auth, exhibit_id=exhibit_id, move=new.move, said=said)
    return _told(exhibits.exhibit_of(exhibit_id), 201)


def _line(row: Row) -> ExhibitLine:
    same = {name: getattr(row, name) for name in ("kind", "what", "seal", "state", "holder", "to", "outside", "place")}
    return ExhibitLine(
        id=row.pk, number=row.number, incident=row.incident_id, quantity=f"{row.quantity.normalize():f}",
        unit=row.measure, **same,
    )  # fmt: skip


def _told(row: Row, status: int = 200) -> HttpResponse:
    faults = [Fault(number=one.number, code=one.code) for one in exhibits.faults_in(row)]
    steps = [_step(one) for one in row.steps.all()]
    return answer(Exhibit(**_line(row).model_dump(), steps=steps, faults=faults), status)


def _step(row: ExhibitStep) -> Step:
    return Step(**{name: getattr(row, name) for name in Step.model_fields})
