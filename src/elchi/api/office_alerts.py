"""Alerts of offices: raise, read, acknowledge, take back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer, once
from elchi.api.paging import Asked, Page, page_of
from elchi.api.shapes import Instant
from elchi.api.tokens import AtApi
from elchi.node.liaison import alert_queries as queries
from elchi.node.liaison import services
from elchi.subjects import from_wire

router = Router()


class NewAlert(BaseModel):
    """An alert to be raised."""

    to: list[str] = Field([], max_length=40, description="Codes of partners.")
    route: list[str] = Field([], max_length=20, description="States along a corridor, in order of travel.")
    action: str = Field(max_length=10, description="`stop`, `refer`, `inform`")
    title: str = Field(max_length=400)
    text: str = Field("", max_length=16_000)
    language: str = Field("", max_length=3)
    subject: dict[str, Any]
    purpose: str = Field(max_length=40)
    expires_at: Instant
    handling: str = Field("H1", max_length=2)
    tlp: str = Field("AMBER", max_length=12)


class AlertLine(BaseModel):
    """An alert in a list."""

    id: int
    number: str
    partner: str = Field(description="Who raised it; empty for this node.")
    agency: str
    officer: str
    action: str
    title: str
    text: str
    subject: dict[str, Any] | None
    route: list[str]
    purpose: str
    agreement: str
    handling: str
    tlp: str
    state: str
    raised_at: dt.datetime
    expires_at: dt.datetime
    entry: str = Field(description="By which checks meet it; empty where none of its numbers came whole.")


class AlertLines(Page[AlertLine]):
    """A page of alerts."""


class AlertReach(BaseModel):
    """How far it is with an agency of this node or an office of a partner."""

    whom: str
    state: str
    at: dt.datetime | None
    seconds: int | None = Field(description="Until it was read.")
    officer: str
    code: str = Field(description="Why it was not sent, or refused there.")


class OfficeAlert(AlertLine):
    """An alert with who has it."""

    readers: list[AlertReach]


@router.get("", response=AlertLines, summary="Alerts, newest first")
def list_alerts(request: AtApi, pages: Asked) -> HttpResponse:
    """Give the alerts that are for the officer's agency."""
    return answer(AlertLines(**page_of(queries.alerts_for(request.auth), pages, _line)))


@router.post("", response={201: OfficeAlert}, summary="Raise an alert")
@once
def raise_alert(request: AtApi, new: NewAlert) -> HttpResponse:
    """Alert this office, and those named or along a corridor."""
    given = new.model_dump() | {"subject": from_wire(new.subject)}
    return _told(services.raise_alert(by=request.auth, card=services.AlertCard(**given)), 201)


@router.get("/{int:alert_id}", response=OfficeAlert, summary="One alert")
def get_alert(request: AtApi, alert_id: int) -> HttpResponse:
    """Give an alert; for the officer's agency it is read with this."""
    return _told(services.read_office_alert(by=request.auth, alert_id=alert_id))


@router.post("/{int:alert_id}/acknowledgement", response=OfficeAlert, summary="Acknowledge it")
@once
def acknowledge_alert(request: AtApi, alert_id: int) -> HttpResponse:
    """Say that the officer's agency has taken note."""
    return _told(services.acknowledge_alert(by=request.auth, alert_id=alert_id))


@router.post("/{int:alert_id}/withdrawal", response=OfficeAlert, summary="Take it back")
@once
def withdraw_alert(request: AtApi, alert_id: int) -> HttpResponse:
    """End an alert of the officer's own agency, here and where it went."""
    return _told(services.withdraw_alert(by=request.auth, alert_id=alert_id))


def _told(row: Any, status: int = 200) -> HttpResponse:
    names = set(AlertReach.model_fields)
    readers = [AlertReach(**{name: getattr(one, name) for name in names}) for one in queries.readers_of(row)]
    return answer(OfficeAlert(**_line(row).model_dump(), readers=readers), status)


def _line(row: Any) -> AlertLine:
    names = set(AlertLine.model_fields) - {"id", "partner"}
    return AlertLine(
        id=row.pk, partner=row.partner.code if row.partner else "", **{name: getattr(row, name) for name in names}
    )
