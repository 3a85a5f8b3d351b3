"""The audit: search, one line, look-ups without a task, signed days, verification, export."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.audit.forms import FilterForm
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.sheets import csv_answer
from elchi.errors import InvalidInput, NotFound
from elchi.node.audit import queries, services
from elchi.node.here import here
from elchi.node.officers.rules import Right

MAX_EXPORT: Final = 1_000_000
COLUMNS: Final = (
    "sequence", "at", "actor", "agency", "office", "via", "verb", "on", "subject", "purpose", "agreement", "task",
    "detail", "previous", "hash",
)  # fmt: skip


@page(Right.AUDIT_SEE)
def audit(request: AtDoor) -> HttpResponseBase:
    """Show lines, newest first, by the filters of the address."""
    form = FilterForm(request.words, request.GET or None)
    wanted = form.wanted() if form.is_bound else queries.Filter()
    shown = page_of(request, queries.lines_of(wanted))
    if form.is_bound and "page" not in request.GET:
        services.note_search(by=request.acting, wanted=wanted, rows=shown.paginator.count)
    return show(request, "audit/lines.html", {"form": form, "shown": shown, "query": request.GET.urlencode()})


@require_POST
@page(Right.AUDIT_SEE)
def find_subject(request: AtDoor) -> HttpResponseBase:
    """Turn a mark into its keyed hash, so that the number itself stands in no address and no log."""
    text = request.POST.get("mark", "").strip()[:400]
    try:
        hashes = queries.subject_hashes(text, today=timezone.localdate(), region=here().country)
    except InvalidInput as error:
        messages.error(request, request.words.error(error.code, error.params))
        return redirect("audit")
    return redirect(f"{reverse('audit')}?{urlencode({'subject': ','.join(hashes[:12])})}")


@page(Right.AUDIT_SEE)
def line(request: AtDoor, sequence: int) -> HttpResponseBase:
    """Show everything that one line says."""
    found = queries.line_at(sequence)
    if found is None:
        raise NotFound("line_unknown", sequence=sequence)
    detail = json.dumps(found.detail, ensure_ascii=False, indent=2) if found.detail else ""
    return show(request, "audit/line.html", {"line": found, "detail": detail})


@page(Right.AUDIT_SEE)
def untasked(request: AtDoor) -> HttpResponseBase:
    """Show who looked persons up without a task (C40)."""
    today = timezone.localdate()
    form = FilterForm(request.words, request.GET or None)
    wanted = form.wanted() if form.is_bound else queries.Filter()
    from_date, to_date = wanted.from_date or today - dt.timedelta(days=30), wanted.to_date or today
    rows = queries.untasked_by_officer(from_date, to_date)
    told = queries.Filter(from_date=from_date, to_date=to_date, untasked=True)
    services.note_search(by=request.acting, wanted=told, rows=len(rows))
    context = {"rows": rows, "from_date": from_date, "to_date": to_date}
    return show(request, "audit/untasked.html", context)


@page(Right.AUDIT_SEE)
def days(request: AtDoor) -> HttpResponseBase:
    """Show the signed days."""
    shown = page_of(request, queries.signed_days())
    return show(request, "audit/days.html", {"shown": shown, "key": queries.signing_key().fingerprint})


@require_POST
@page(Right.AUDIT_SEE)
def verify(request: AtDoor) -> HttpResponseBase:
    """Check the whole log now."""
    today = timezone.now().astimezone(dt.UTC).date()
    told = queries.verify(here().code, queries.signing_key().public, today=today)
    return show(request, "audit/verified.html", {"told": told})


@page(Right.AUDIT_SEE)
def export(request: AtDoor) -> HttpResponseBase:
    """Give the lines of the filters as CSV, oldest first, with their hashes."""
    wanted = FilterForm(request.words, request.GET).wanted()
    lines = queries.lines_of(wanted).order_by("sequence")
    count = lines.count()
    if count > MAX_EXPORT:
        raise InvalidInput("export_too_large", rows=count, maximum=MAX_EXPORT)
    services.note_export(by=request.acting, wanted=wanted, rows=count)
    rows = (_row(one) for one in lines[:count].iterator())
    return csv_answer(f"audit-{here().code}-{timezone.localdate()}", COLUMNS, rows)


def _row(line: Any) -> list[Any]:
    told = {"at": line.at.isoformat(), "detail": json.dumps(line.detail, ensure_ascii=False)}
    return [told.get(name, getattr(line, name)) for name in COLUMNS]
