"""Reports between partners: what would go of an incident to whom, and what partners reported."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.errors import Conflict, NotAllowed
from elchi.locale import Words
from elchi.modules.operations import services
from elchi.modules.operations.incident import KINDS
from elchi.modules.operations.pages.shown import item_name
from elchi.modules.operations.reported import (
    WantedReports,
    counted,
    received,
    received_one,
    sent_of,
    tellings_of,
)
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.substances import substances
from elchi.modules.operations.telling import FIELDS
from elchi.node.directory import queries as directory

VOCABULARIES = {
    "event_kind": "incident_kind", "precision": "precision", "impact": "impact", "transport_mode": "transport",
    "concealment": "concealment", "detection": "detection", "goods": "goods", "unit": "measure",
    "packaging": "packaging", "threats": "threat",
}  # fmt: skip
"""Fields whose values are codes with words."""


@page(OperationsRight.REPORT_SEND)
def report(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Show what of an incident would go to whom and by which clause; send it."""
    row = services.read_incident(by=request.acting, incident_id=incident_id)
    fault = ""
    if request.method == "POST":
        try:
            sent = services.send_report(
                by=request.acting, incident_id=incident_id, is_nominal=request.POST.get("nominal") == "1"
            )
        except (Conflict, NotAllowed) as error:
            if error.code == "right_missing":
                raise
            fault = request.words.error(error.code, error.params)
        else:
            messages.success(request, request.words.text("operations.report_sent", count=len(sent)))
            return redirect("incident", incident_id)
    tellings = [] if row.withdrawn_at else list(tellings_of(row, timezone.now()))
    context = {
        "row": row,
        "fault": fault,
        "tellings": [(one, _shown(request.words, one.permit.details)) for one in tellings],
        "sent": sent_of(row),
    }
    return show(request, "operations/report.html", context, 409 if fault else 200)


@page(OperationsRight.PICTURE_SEE)
def reports(request: AtDoor) -> HttpResponseBase:
    """Show what partners reported, newest first."""
    asked = asked_of(request, "partner", "kind", "border", "from", "until")
    begins, ends = _day(asked["from"]), _day(asked["until"])
    wanted = WantedReports(
        partner=asked["partner"], kind=asked["kind"], border=asked["border"], from_at=begins,
        until=ends + dt.timedelta(days=1) if ends else None,
    )  # fmt: skip
    context = {
        "shown": page_of(request, received(wanted)),
        "asked": asked,
        "kinds": KINDS,
        "borders": directory.borders(),
        "partners": [partner for partner, _ in counted(WantedReports())],
    }
    return show(request, "operations/reported.html", context)


@page(OperationsRight.PICTURE_SEE)
def one_report(request: AtDoor, report_id: int) -> HttpResponseBase:
    """Show what a partner reported, field by field; who it was only to who may see incidents whole."""
    row = received_one(report_id)
    nominal: Any = row.nominal if request.acting.may(OperationsRight.INCIDENT_SEE) else None
    people = [_line(one) for part in ("persons", "vehicles") for one in _list(nominal, part)]
    context = {"row": row, "told": _shown(request.words, row.told), "people": people}
    return show(request, "operations/reported_one.html", context)


def _shown(words: Words, told: Any) -> list[tuple[str, str]]:
    """Give the fields in the words of the reader; one that this version does not know by its name."""
    order = [name for name in FIELDS if name in told] + sorted(set(told) - set(FIELDS) - {"masked"})
    return [(_name(words, name), ", ".join(_said(words, name, one) for one in _values(told[name]))) for name in order]


def _name(words: Words, name: str) -> str:
    key = f"report_field.{name}"
    said = words.text(key)
    return name if said == key else said


def _said(words: Words, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return words.text("operations.yes" if value else "operations.no")
    if name == "substance" and value in substances():
        return item_name(words, "drug", value)
    if name in VOCABULARIES and value:
        key = f"{VOCABULARIES[name]}.{value}"
        said = words.text(key)
        return str(value) if said == key else said
    return "–" if value in (None, "") else str(value)


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _list(nominal: Any, part: str) -> list[dict[str, Any]]:
    values = nominal.get(part, []) if isinstance(nominal, dict) else []
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _line(one: dict[str, Any]) -> str:
    parts = [value for name in ("name", "plate", "vin", "container_number") if (value := one.get(name))]
    documents = one.get("documents")
    return " ".join(str(value) for value in (*parts, *(documents if isinstance(documents, list) else ())))[:400]


def _day(text: str) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())
