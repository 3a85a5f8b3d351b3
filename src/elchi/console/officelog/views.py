"""The log: its entries, one of them, to write and correct; given out as CSV and on paper; verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.officelog.forms import CorrectionForm, EntryForm, FilterForm
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import name_of
from elchi.errors import InvalidInput
from elchi.node.officelog import queries, services
from elchi.node.officelog.rules import OF_SHIFTS
from elchi.node.officers.rules import Right

PRINTED: Final = 500
"""Entries on paper."""
MAX_EXPORT: Final = 100_000
COLUMNS: Final = (
    "number", "at", "happened_at", "kind", "agency", "officer", "text", "references", "agencies", "re", "hash",
)  # fmt: skip
_LATE: Final = dt.timedelta(minutes=5)
"""From then on it is told when something happened, beside when it was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a page shows it."""

    row: Any
    agency: Any
    """Row of the author's, or None."""
    readers: list[Any]
    """Rows, or codes that the directory no longer knows."""
    answer: Any
    """The entry that corrects or acknowledges it, or None."""
    references: list[tuple[str, str]]
    is_late: bool
    """Whether it was written some time after it happened."""


@page(Right.LOG_SEE)
def log(request: AtDoor) -> HttpResponseBase:
    """Show the entries, newest first; take a new one."""
    office = queries.office_for(request.acting, asked_of(request, "office")["office"])
    agencies = [(one.code, name_of(request.words, one)) for one in queries.agencies_at(office)]
    form = _entry_form(request, agencies)
    row = form and form.attempt(lambda _: services.write_entry(by=request.acting, written=form.written()))
    if row:
        messages.success(request, request.words.text("log.written", number=row.number))
        return redirect("log")
    found = FilterForm(request.words, agencies, request.GET)
    wanted = found.wanted()
    shown = page_of(request, queries.entries_found(request.acting, office, wanted))
    services.note_reading(by=request.acting, office=office.code, wanted=wanted)
    context = {
        "office": office, "form": form, "found": found, "shown": shown, "lines": lines_of(request, office, shown),
        "is_narrowed": wanted != queries.Wanted(), "query": request.GET.urlencode(),
        "offices": queries.offices_with_log() if Right.AUDIT_SEE in request.acting.rights else [],
    }  # fmt: skip
    return show(request, "officelog/log.html", context, 422 if form and form.errors else 200)


@page(Right.LOG_SEE)
def entry(request: AtDoor, number: int) -> HttpResponseBase:
    """Show an entry with what the chain holds of it; take its correction."""
    office = queries.office_for(request.acting, asked_of(request, "office")["office"])
    row = queries.entry_for(request.acting, office, number)
    (line,) = lines_of(request, office, [row])
    form = _correction_form(request, line)
    new = form and form.attempt(lambda said: services.correct_entry(by=request.acting, number=number, **said))
    if new:
        messages.success(request, request.words.text("log.written", number=new.number))
        return redirect("log_entry", new.number)
    services.note_reading(by=request.acting, office=office.code, wanted=queries.Wanted())
    context = {"office": office, "line": line, "form": form}
    return show(request, "officelog/entry.html", context, 422 if form and form.errors else 200)


@page(Right.LOG_SEE)
def export(request: AtDoor) -> HttpResponseBase:
    """Give the entries of the filter as CSV, oldest first, with their hashes."""
    office, rows = _filtered(request)
    count = rows.count()
    if count > MAX_EXPORT:
        raise InvalidInput("export_too_large", rows=count, maximum=MAX_EXPORT)
    services.note_export(by=request.acting, office=office.code, rows=count)
    cells = (_cells(row) for row in rows.order_by("number")[:count].iterator())
    return csv_answer(f"log-{office.code}-{timezone.localdate()}", COLUMNS, cells)


@page(Right.LOG_SEE)
def printed(request: AtDoor) -> HttpResponseBase:
    """Show the entries of the filter for paper, oldest first: the newest of them if there are many."""
    office, rows = _filtered(request)
    newest = list(rows[: PRINTED + 1])
    services.note_export(by=request.acting, office=office.code, rows=len(newest[:PRINTED]))
    context = {
        "office": office, "lines": lines_of(request, office, newest[:PRINTED][::-1]), "most": PRINTED,
        "is_cut": len(newest) > PRINTED, "now": timezone.now(), "query": request.GET.urlencode(),
    }  # fmt: skip
    return show(request, "officelog/printed.html", context)


@require_POST
@page(Right.LOG_SEE)
def verify(request: AtDoor) -> HttpResponseBase:
    """Verify the newest entries now."""
    told = services.verify_log(by=request.acting, office=request.POST.get("office", "")[:64])
    return show(request, "officelog/verified.html", {"told": told})


def lines_of(request: AtDoor, office: Any, rows: Iterable[Any]) -> list[Line]:
    """Give entries as pages show them."""
    rows = list(rows)
    agencies = queries.agencies_named(rows)
    answers = queries.answers_to(request.acting, office, [row.number for row in rows])
    return [
        Line(
            row,
            agencies.get(row.agency),
            [agencies.get(code, code) for code in row.agencies],
            answers.get(row.number),
            references_of(row),
            row.at - row.happened_at > _LATE,
        )
        for row in rows
    ]


def references_of(row: Any) -> list[tuple[str, str]]:
    """Give what an entry points at; what a hand-over names stands on its own page, each by the rights of its reader."""
    if row.kind in OF_SHIFTS:
        return []
    return [(kind, number) for kind, _, number in (one.partition(":") for one in row.references)]


def agencies_offered(request: AtDoor) -> list[tuple[str, str]]:
    """Give the agencies of the officer's office to which he may release an entry, beside his own."""
    acting = request.acting
    rows = queries.agencies_at(acting.himself.office)
    return [(one.code, name_of(request.words, one)) for one in rows if one.code != acting.agency]


def _entry_form(request: AtDoor, agencies: list[tuple[str, str]]) -> EntryForm | None:
    if not request.acting.may(Right.LOG_WRITE):
        return None
    others = [one for one in agencies if one[0] != request.acting.agency]
    return EntryForm(request.words, others, *((request.POST,) if request.method == "POST" else ()))


def _correction_form(request: AtDoor, line: Line) -> CorrectionForm | None:
    row = line.row
    may = request.acting.may(Right.LOG_WRITE) and row.agency == request.acting.agency
    if not may or line.answer or row.kind in OF_SHIFTS:
        return None
    posted = (request.POST,) if request.method == "POST" else (None,)
    return CorrectionForm(request.words, *posted, initial={"text": row.text})


def _filtered(request: AtDoor) -> tuple[Any, Any]:
    office = queries.office_for(request.acting, asked_of(request, "office")["office"])
    agencies = [(one.code, "") for one in queries.agencies_at(office)]
    wanted = FilterForm(request.words, agencies, request.GET).wanted()
    return office, queries.entries_found(request.acting, office, wanted)


def _cells(row: Any) -> list[Any]:
    told = {
        "at": row.at.isoformat(), "happened_at": row.happened_at.isoformat(), "agencies": " ".join(row.agencies),
        "references": " ".join(f"{kind}:{number}" for kind, number in references_of(row)),
    }  # fmt: skip
    return [told.get(name, getattr(row, name)) for name in COLUMNS]
