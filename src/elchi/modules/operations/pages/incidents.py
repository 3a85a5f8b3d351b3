"""Incidents: the list, one of them, record, amend, withdraw, what led to it, its case and its protected file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.cases.forms import SubjectForm
from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.templatetags.elchi import name_of
from elchi.errors import Conflict, InvalidInput
from elchi.modules.operations import queries, services
from elchi.modules.operations.incident import IMPACTS, KINDS, MOST_PARTS
from elchi.modules.operations.keeping import hold_of
from elchi.modules.operations.pages import shown
from elchi.modules.operations.pages.base import ReasonForm
from elchi.modules.operations.pages.forms import IncidentForms, head_said
from elchi.modules.operations.queries import Wanted
from elchi.modules.operations.reported import sent_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import KINDS as GOODS
from elchi.modules.operations.substances import substances
from elchi.modules.operations.traces import leads_found
from elchi.node.cases.shown import caption_of, facts_of
from elchi.node.directory import queries as directory
from elchi.node.here import here
from elchi.node.officers.rules import Right

ASKED: Final = (
    "q",
    "from",
    "until",
    "kind",
    "goods",
    "border",
    "place",
    "unit",
    "agency",
    "impact",
    "led",
    "as_of",
    "route",
)
ROWS: Final = 50


def wanted_of(request: AtDoor) -> tuple[Wanted, dict[str, str]]:
    """Give which incidents the address asks for, and its words; days are those of the node's clock, `until` the last.

    A mark of a person is looked up only for who may see incidents whole.
    """
    asked = asked_of(request, *ASKED)
    may_search = request.acting.may(OperationsRight.INCIDENT_SEE)
    begins, ends, known = (_midnight(asked[name]) for name in ("from", "until", "as_of"))
    one_day = dt.timedelta(days=1)
    wanted = Wanted(
        sought=asked["q"] if may_search else "", from_at=begins, until=ends + one_day if ends else None,
        kind=asked["kind"], goods=asked["goods"], border=asked["border"], place=asked["place"], unit=asked["unit"],
        agency=asked["agency"], impact=asked["impact"], route=asked["route"],
        led=asked["led"], as_of=known + one_day if known else None,
    )  # fmt: skip
    return wanted, asked


def _midnight(text: str) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())


@page(OperationsRight.PICTURE_SEE)
def incidents(request: AtDoor) -> HttpResponseBase:
    """Show what happened, newest first."""
    wanted, asked = wanted_of(request)
    words = request.words
    found = queries.incidents_found(wanted).select_related("unit", "crossing")
    listed = page_of(request, found, ROWS)
    items = queries.items_by_incident(one.pk for one in listed)
    language = "en" if words.language == "en" else "ru"
    context = {
        "shown": listed,
        "rows": [
            (row, shown.place_of(words, row), name_of(words, row.unit), shown.summary_of(words, items.get(row.pk, [])))
            for row in listed
        ],
        "asked": asked,
        "kinds": KINDS,
        "impacts": IMPACTS,
        "goods": [(one, words.text(f"goods.{one}")) for one in GOODS]
        + sorted(((one.code, one.names[language]) for one in substances().values()), key=lambda one: one[1]),
        "borders": directory.borders(),
        "may_record": request.acting.may(OperationsRight.INCIDENT_RECORD),
        "may_import": request.acting.may(OperationsRight.SEIZURE_IMPORT),
        "may_report": request.acting.may(OperationsRight.REPORT_TAKE),
        "may_hold": request.acting.may(OperationsRight.EXHIBIT_SEE),
        "may_keep": request.acting.may(OperationsRight.INCIDENT_KEEP),
        "may_search": request.acting.may(OperationsRight.INCIDENT_SEE),
        "is_narrowed": any(asked.values()),
    }
    return show(request, "operations/incidents.html", context)


@page(OperationsRight.PICTURE_SEE)
def incident(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Show one: all of it, or for who may not see that what names nobody."""
    acting, words = request.acting, request.words
    whole = acting.may(OperationsRight.INCIDENT_SEE)
    row = services.read_incident(by=acting, incident_id=incident_id) if whole else queries.incident_of(incident_id)
    context: dict[str, Any] = {
        "row": row,
        "whole": whole,
        "place": shown.place_of(words, row),
        "goods": shown.goods_of(words, row, whole=whole),
        "persons": shown.persons_of(words, row, whole=whole),
        "vehicles": queries.found_of(row).vehicles if whole else [],
        "counts": row.counts.all(),
        "history": shown.history_of(row) if whole else [],
        "may_amend": acting.may(OperationsRight.INCIDENT_AMEND) and not row.withdrawn_at,
        "may_protect": acting.may(OperationsRight.PROTECTED_WRITE) and bool(row.counts.all()) and not row.withdrawn_at,
        "may_read_protected": acting.may(OperationsRight.PROTECTED_READ) and row.protected.exists(),
        "sent": sent_of(row) if whole else [],
        "hold": hold_of(row) if whole else None,
        "may_keep": acting.may(OperationsRight.INCIDENT_KEEP),
        "may_send": acting.may(OperationsRight.REPORT_SEND) and not row.withdrawn_at,
        "may_see_exhibits": acting.may(OperationsRight.EXHIBIT_SEE),
        "may_see_case": row.case_id and acting.may(Right.CASE_SEE),
    }
    if acting.may(OperationsRight.LEAD_DECIDE):
        leads, traces = leads_found(acting, row)
        picture, boxes = shown.drawn(words, row, traces)
        context |= {"proposals": shown.proposals(words, leads, traces, row), "picture": picture, "boxes": boxes,
                    "may_decide": not row.withdrawn_at}  # fmt: skip
    return show(request, "operations/incident.html", context)


@page(OperationsRight.INCIDENT_RECORD)
def record(request: AtDoor) -> HttpResponseBase:
    """Take a new incident."""
    office = request.acting.himself.office
    crossings = office.crossings.all()[:1] if office else []
    start = {
        "unit": office.code if office else "", "at": timezone.localtime(), "impact": "low",
        "crossing": crossings[0].code if crossings else "",
    }  # fmt: skip
    forms = IncidentForms(request.words, here().country, _data(request), start)

    def save() -> Any:
        card, found = forms.told()
        return services.record_incident(by=request.acting, card=card, found=found)

    row = _saved(request, forms, save)
    if row is not None:
        messages.success(request, request.words.text("operations.was_recorded", number=row.number))
        return redirect("incident", row.pk)
    return _form_page(request, forms, {"is_new": True})


@page(OperationsRight.INCIDENT_AMEND)
def amend(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Change an incident, and say why."""
    row = services.read_incident(by=request.acting, incident_id=incident_id)
    card, found = queries.card_of(row), queries.found_of(row)
    forms = IncidentForms(request.words, row.unit.country_id or "", _data(request), head_said(card), found)
    reason = ReasonForm(request.words, request.POST if _is_final(request) else None)

    def save() -> Any:
        changed, told = forms.told()
        version = str(request.POST.get("version", ""))
        return services.amend_incident(
            by=request.acting, incident_id=incident_id, version=int(version) if version.isdecimal() else 0,
            card=changed, found=told, reason=reason.cleaned_data["reason"],
        )  # fmt: skip

    is_said = not reason.is_bound or reason.is_valid()
    if is_said and _saved(request, forms, save) is not None:
        messages.success(request, request.words.text("operations.was_amended"))
        return redirect("incident", incident_id)
    return _form_page(request, forms, {"row": row, "reason": reason})


@page(OperationsRight.INCIDENT_AMEND)
def withdraw(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Let an incident count no more."""
    row = services.read_incident(by=request.acting, incident_id=incident_id)
    form = ReasonForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound and (
        form.attempt(lambda said: services.withdraw_incident(by=request.acting, incident_id=incident_id, **said))
        is not None
    ):
        messages.success(request, request.words.text("operations.was_withdrawn"))
        return redirect("incident", incident_id)
    context = {"row": row, "form": form, "title": request.words.text("operations.withdraw"), "back": row.pk,
               "hint": request.words.text("operations.withdraw_hint")}  # fmt: skip
    return show(request, "operations/form.html", context, 422 if form.is_bound else 200)


@require_POST
@page(OperationsRight.LEAD_DECIDE)
def decide(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Say whether something led to it."""
    services.decide_lead(
        by=request.acting,
        incident_id=incident_id,
        ref=request.POST.get("ref", ""),
        is_confirmed=request.POST.get("is") == "confirmed",
    )
    messages.success(request, request.words.text("operations.lead_decided"))
    return redirect("incident", incident_id)


@require_POST
@page(OperationsRight.INCIDENT_AMEND)
def open_case(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Open its case."""
    row = queries.incident_of(incident_id)
    title = request.words.text("operations.case_of", number=row.number)
    case = services.open_incident_case(by=request.acting, incident_id=incident_id, title=title)
    return redirect("case", case.pk)


@page(OperationsRight.PROTECTED_WRITE)
def protect(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Put somebody into the protected file."""
    row = queries.incident_of(incident_id)
    form = SubjectForm(
        request.words, *((request.POST,) if request.method == "POST" else ()), initial={"kind": "person"}
    )
    form.fields.pop("role")

    if form.is_bound and (
        form.attempt(
            lambda _: services.protect_person(by=request.acting, incident_id=incident_id, subject=form.subject())
        )
        is not None
    ):
        messages.success(request, request.words.text("operations.was_protected"))
        return redirect("incident", incident_id)
    context = {"row": row, "form": form, "title": request.words.text("operations.protect"), "back": row.pk,
               "hint": request.words.text("operations.protect_hint")}  # fmt: skip
    return show(request, "operations/form.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.PROTECTED_READ)
def protected(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Show the protected file; that it was read is written down."""
    kept = services.read_protected(by=request.acting, incident_id=incident_id)
    people = [(one, caption_of(one.subject), facts_of(one.subject, request.words)) for one in kept]
    return show(request, "operations/protected.html", {"row": queries.incident_of(incident_id), "people": people})


def _is_final(request: AtDoor) -> bool:
    return request.method == "POST" and "more" not in request.POST


def _data(request: AtDoor) -> Any:
    """Give what was posted; with another row in the list for which one was asked."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = f"{data.get('more', '')}-TOTAL_FORMS"
    rows = str(data.get(total, ""))
    if rows.isdecimal():
        data[total] = str(min(int(rows) + 1, MOST_PARTS))
    return data


def _saved(request: AtDoor, forms: IncidentForms, save: Any) -> Any:
    """Give what was saved; None where nothing was asked to be, or it cannot be: then the form says why."""
    if not _is_final(request) or not forms.is_valid():
        return None
    try:
        return save()
    except (InvalidInput, Conflict) as error:
        forms.head.refuse(error)
        return None


def _form_page(request: AtDoor, forms: IncidentForms, context: dict[str, Any]) -> HttpResponseBase:
    is_refused = _is_final(request)
    told = {**context, "forms": forms, "errors": forms.errors() if is_refused else []}
    return show(request, "operations/record.html", told, 422 if is_refused else 200)
