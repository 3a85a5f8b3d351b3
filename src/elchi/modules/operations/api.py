"""Incidents through the API: list, read, record. A program of the regional centre reads them without names."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.console.sheets import csv_answer
from elchi.modules.operations import queries, services
from elchi.modules.operations.reported import WantedReports, received
from elchi.modules.operations.reports import as_messages
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.wire import card_from_wire, card_to_wire, found_from_wire, found_to_wire
from elchi.node.here import here

router = Router()
CSV: Final = {
    "responses": {200: {"description": "CSV in UTF-8", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}
Parts = list[dict[str, Any]]


class NewIncident(BaseModel):
    """An incident to be recorded: `card` and what was found, as docs/modules/operations.md has their fields."""

    card: dict[str, Any] = Field(
        examples=[{
            "kind": "seizure", "at": "2024-03-07T09:30:00+05:00", "unit": "uz-blo-oybek", "crossing": "BCP039",
            "legal_basis": "Invented act, art. 7", "concealment": "magnets", "transport": "van",
        }]
    )  # fmt: skip
    items: Parts = Field(
        [], max_length=100,
        examples=[[{"kind": "drug", "substance": "cannabis_resin", "quantity": "1981", "unit": "g", "packages": 2}]],
    )  # fmt: skip
    involved: Parts = Field([], max_length=100)
    vehicles: Parts = Field([], max_length=100)
    counts: Parts = Field([], max_length=100)


class IncidentLine(BaseModel):
    """An incident in a list: nothing that names somebody."""

    id: int
    number: str
    kind: str
    at: dt.datetime
    precision: str
    unit: str
    place: str = Field(description="Code of the crossing, or a tenth of a degree: `40.6,69.3`.")
    border: str
    impact: str
    intelligence_led: bool
    recorded_at: dt.datetime
    version: int


class IncidentLines(Page[IncidentLine]):
    """A page of incidents."""


class Incident(IncidentLine):
    """An incident, whole."""

    card: dict[str, Any]
    items: Parts
    involved: Parts
    vehicles: Parts
    counts: Parts
    withdrawn_at: dt.datetime | None


class NonNominal(BaseModel):
    """An incident as it may travel: the columns of the regional report."""

    record: dict[str, Any]


class NonNominals(BaseModel):
    """The rows of an incident: one for each kind of goods."""

    items: list[NonNominal]


class NewReport(BaseModel):
    """How partners are told."""

    nominal: bool = Field(False, description="With who was in it; refused unless the agreement names it.")


class Telling(BaseModel):
    """What was told to a partner."""

    partner: str
    message: str
    agreement: str
    clause: str
    fields: list[str]
    kept: list[str] = Field(description="Fields that stayed.")
    version: int
    nominal: bool


class Tellings(BaseModel):
    """To whom it is on its way."""

    items: list[Telling]


class ReportLine(BaseModel):
    """What a partner reported."""

    id: int
    partner: str
    thread: str
    agreement: str
    reported_at: dt.datetime
    versions: int
    report: dict[str, Any]


class ReportLines(Page[ReportLine]):
    """A page of reports."""


class WantedIncidents(BaseModel):
    """Which incidents; what is empty does not restrict."""

    from_at: Instant | None = None
    until: Instant | None = None
    kind: str = Field("", max_length=24)
    goods: str = Field("", max_length=40)
    border: str = Field("", max_length=5)
    place: str = Field("", max_length=24)
    unit: str = Field("", max_length=64)
    agency: str = Field("", max_length=64)
    impact: str = Field("", max_length=8)
    route: str = Field("", max_length=9, description="`TJ-KZ`: from where to where; `?` for not known.")
    led: str = Field("", max_length=3, description="`yes` or `no`.")
    as_of: Instant | None = None


@router.get("", response=IncidentLines, summary="Incidents, newest recorded first")
def list_incidents(request: AtApi, wanted: Annotated[WantedIncidents, Query()], pages: Asked) -> HttpResponse:
    """Give incidents without what names somebody."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    found = queries.incidents_found(queries.Wanted(**wanted.model_dump())).select_related("unit")
    return answer(IncidentLines(**page_of(found, pages, _line)))


@router.post("", response={201: Incident}, summary="Record an incident")
@once
def record_incident(request: AtApi, new: NewIncident) -> HttpResponse:
    """Record an incident, once for all agencies that have a part in it."""
    row = services.record_incident(
        by=request.auth, card=card_from_wire(new.card), found=found_from_wire(new.model_dump())
    )
    return _told(queries.incident_of(row.pk), 201)


@router.get("/{int:incident_id}", response=Incident, summary="One incident")
def get_incident(request: AtApi, incident_id: int) -> HttpResponse:
    """Give an incident, whole; that it was read is written down."""
    return _told(services.read_incident(by=request.auth, incident_id=incident_id))


@router.get("/{int:incident_id}/record", response=NonNominals, summary="One incident as it may travel")
def get_record(request: AtApi, incident_id: int) -> HttpResponse:
    """Give the non-nominal record of an incident, a row for each kind of goods."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    told = queries.told_of(queries.incident_of(incident_id))
    return answer(NonNominals(items=[NonNominal(record=one) for one in as_messages([told])]))


@router.get("/reported", response=ReportLines, summary="What partners reported, newest first")
def list_reported(request: AtApi, pages: Asked, partner: Annotated[str, Query(max_length=40)] = "") -> HttpResponse:
    """Give what partners told of incidents, without what names somebody."""
    request.auth.require(OperationsRight.PICTURE_SEE)
    return answer(ReportLines(**page_of(received(WantedReports(partner=partner)), pages, _report)))


@router.post("/{int:incident_id}/reports", response={201: Tellings}, summary="Tell partners of an incident")
@once
def send_report(request: AtApi, incident_id: int, new: NewReport) -> HttpResponse:
    """Tell every partner whose agreement covers it, as far as it does; not twice of one version."""
    sent = services.send_report(by=request.auth, incident_id=incident_id, is_nominal=new.nominal)
    items = [
        Telling(partner=one.partner, message=one.message_id, agreement=one.agreement, clause=one.clause,
                fields=one.fields, kept=one.kept, version=one.version, nominal=one.is_nominal)
        for one in sent
    ]  # fmt: skip
    return answer(Tellings(items=items), 201)


@router.get("/tables/{name}", summary="Incidents as a table", openapi_extra=CSV)
def take_report(request: AtApi, name: str, wanted: Annotated[WantedIncidents, Query()]) -> StreamingHttpResponse:
    """Give a report (national, regional, drugs, customs) as CSV; that it was taken is written down."""
    report, rows = services.take_report(by=request.auth, name=name, wanted=queries.Wanted(**wanted.model_dump()))
    return csv_answer(f"{here().code}-{report.name}", [column for column, _ in report.columns], rows)


def _report(row: Any) -> ReportLine:
    return ReportLine(
        id=row.pk, partner=row.partner, thread=row.thread, agreement=row.agreement, reported_at=row.first_at,
        versions=row.versions, report=row.told,
    )  # fmt: skip


def _line(row: Any) -> IncidentLine:
    return IncidentLine(
        id=row.pk, number=row.number, kind=row.kind, at=row.at, precision=row.precision, unit=row.unit.code,
        place=row.place_key, border=row.border, impact=row.impact, intelligence_led=row.is_led,
        recorded_at=row.recorded_at, version=row.version,
    )  # fmt: skip


def _told(row: Any, status: int = 200) -> HttpResponse:
    told = Incident(
        **_line(row).model_dump(),
        card=card_to_wire(queries.card_of(row)),
        withdrawn_at=row.withdrawn_at,
        **found_to_wire(queries.found_of(row)),
    )
    return answer(told, status, etag=str(row.version))
