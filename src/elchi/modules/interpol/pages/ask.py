"""To ask INTERPOL's side, and what the first line is told: never the record."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, cast

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.kit import AtDoor, page, show
from elchi.errors import ElchiError, InvalidInput
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.gateway import Guidance
from elchi.modules.interpol.models import Query
from elchi.modules.interpol.pages.forms import ask_form, document_of_zone, is_begun, is_zone
from elchi.modules.interpol.question import KINDS, Asked
from elchi.modules.interpol.rules import ANSWER_WITHIN, InterpolRight
from elchi.node.checks.queries import shift_shown

BANDS: Final = {
    Guidance.REFER: "stop",
    Guidance.ASK_AGAIN: "review",
    Guidance.NOBODY_ANSWERED: "review",
    Guidance.NOTHING_REPORTED: "clear",
    "": "review",
}
"""How what a first line is told looks."""
RECENT: Final = 8
PATIENCE: Final = 0.3
"""Seconds that the officer's page waits for the online side before it shows what the copy says."""
_NUMBER: Final = "document_number"


@page(InterpolRight.ASK)
def ask(request: AtDoor, kind: str = "document") -> HttpResponseBase:
    """Show the form of a kind; ask what stands in it."""
    if kind not in KINDS:
        raise Http404
    shift = shift_shown(request.acting)
    data = request.POST.copy() if request.method == "POST" else None
    text = ""
    if data is not None and kind == "document":
        text = " ".join(filter(None, (data.get("before", ""), data.get(_NUMBER, ""))))
        if is_begun(text):
            data[_NUMBER] = ""
            form: Any = ask_form(kind, request.words, None, data.get("purpose", ""))
            return _form(request, kind, form, before=text)
        data[_NUMBER] = text
    form = ask_form(kind, request.words, data, shift.purpose if shift else "border_check")
    try:
        if form.is_bound and form.is_valid():
            purpose, asked = form.cleaned_data["purpose"], _asked(form, kind, text)
            if asked is not None:
                row = services.ask(by=request.acting, asked=asked, purpose=purpose)
                return redirect("interpol_query", services.wait_for_online(row, seconds=PATIENCE).pk)
    except ElchiError as error:
        form.refuse(error)
    return _form(request, kind, form)


@page(InterpolRight.ASK, also=(InterpolRight.HIT_SEE,))
def query(request: AtDoor, query_id: int) -> HttpResponseBase:
    """Show what the first line does, who answered and how old that is."""
    row = queries.query_for(request.acting, query_id)
    now = timezone.now()
    waits = row.state in ("asking", "waiting") and now < row.asked_at + ANSWER_WITHIN
    context = {
        "row": row,
        "band": BANDS[row.guidance],
        "answers": [(one, _hours(one.copy_issued_at, now)) for one in row.answers.all()],
        "progress": row.progress or next((one.step for one in row.hits.all()), ""),
        "hits": row.hits.all() if request.acting.may(InterpolRight.HIT_SEE) else [],
        "wait": _pause(row, now) if waits else 0,
        "may_ask": request.acting.may(InterpolRight.ASK),
    }
    return show(request, "interpol/query.html", context)


def _asked(form: Any, kind: str, text: str) -> Asked | None:
    """Give what the form asks about; None where it says why not."""
    if kind == "document" and is_zone(text):
        return document_of_zone(text)
    if kind == "document" and not text.strip():
        raise InvalidInput("subject_empty", field=_NUMBER, rule="needs_name_or_number")
    return cast("Asked | None", next(iter(form.subjects()), None))


def _form(request: AtDoor, kind: str, form: Any, before: str = "") -> HttpResponse:
    context = {
        "form": form,
        "kind": kind,
        "kinds": KINDS,
        "before": before,
        "recent": queries.recent_queries(request.acting, RECENT),
    }
    return show(request, "interpol/ask.html", context, 422 if form.is_bound else 200)


def _hours(at: dt.datetime | None, now: dt.datetime) -> int | None:
    return None if at is None else max((now - at) // dt.timedelta(hours=1), 0)


def _pause(row: Query, now: dt.datetime) -> int:
    """Give the seconds until the page looks again: soon at first, then less often."""
    return 1 if now - row.asked_at < dt.timedelta(seconds=15) else 5
