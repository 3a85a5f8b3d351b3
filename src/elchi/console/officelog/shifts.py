"""The hand-over of a shift: what is open, what changed, remarks; and the next shift's word that it goes on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.officelog.forms import RemarksForm
from elchi.console.officelog.views import agencies_offered, lines_of
from elchi.errors import NotFound
from elchi.node.officelog import open_now, queries, services
from elchi.node.officelog.rules import HAND_OVER, SHIFT
from elchi.node.officers.rules import Right

_ENTRIES = 50
"""Of the last hours on the page."""


@page(Right.DESK_SEE)
def shift(request: AtDoor) -> HttpResponseBase:
    """Show what waits for the next shift, what is open, and what changed in twelve hours; hand the shift over."""
    acting = request.acting
    office = queries.office_for(acting, asked_of(request, "office")["office"])
    form = None
    if acting.may(Right.DESK_WORK):
        posted = (request.POST,) if request.method == "POST" else ()
        form = RemarksForm(request.words, agencies_offered(request), *posted)
        row = form.attempt(
            lambda said: services.hand_over_shift(by=acting, remarks=said["remarks"], agencies=said.get("agencies", ()))
        )
        if row:
            messages.success(request, request.words.text("shift.was_handed"))
            return redirect("handed_over", row.number)
    since = timezone.now() - SHIFT
    services.note_reading(by=acting, office=office.code, wanted=queries.Wanted())
    recent = queries.entries_for(acting, office).filter(at__gte=since)
    context = {
        "office": office, "form": form, "waiting": lines_of(request, office, queries.waiting_for(acting, office)[:20]),
        "open": open_now.open_matters(acting), "findings": open_now.open_findings_of(acting),
        "changed": open_now.changed_since(acting, since), "since": since, "entries_count": recent.count(),
        "lines": lines_of(request, office, recent[:_ENTRIES]),
        "shown": page_of(request, queries.hand_overs_for(acting, office), 20), "hours": SHIFT.seconds // 3600,
    }  # fmt: skip
    return show(request, "officelog/shift.html", context, 422 if form and form.errors else 200)


@page(Right.DESK_SEE)
def handed(request: AtDoor, number: int) -> HttpResponseBase:
    """Show a hand-over: remarks, and what was open then as it stands now; acknowledge it."""
    acting = request.acting
    office = queries.office_for(acting, asked_of(request, "office")["office"])
    row = queries.entry_for(acting, office, number)
    if row.kind != HAND_OVER:
        raise NotFound("log_entry_unknown", number=number)
    (line,) = lines_of(request, office, [row])
    form = None
    if acting.may(Right.DESK_WORK) and not line.answer and row.by != acting.name:
        form = RemarksForm(request.words, (), *((request.POST,) if request.method == "POST" else ()))
        taken = form.attempt(lambda said: services.take_over_shift(by=acting, number=number, remarks=said["remarks"]))
        if taken:
            messages.success(request, request.words.text("shift.was_taken"))
            return redirect("handed_over", number)
    elif request.method == "POST":
        services.take_over_shift(by=acting, number=number)  # it says why not
    services.note_reading(by=acting, office=office.code, wanted=queries.Wanted())
    context = {
        "office": office, "line": line, "form": form, "named": open_now.matters_named(acting, row.references),
        "is_own": row.by == acting.name,
    }  # fmt: skip
    return show(request, "officelog/handed.html", context, 422 if form and form.errors else 200)
