"""Manifests: hand one in, watch it, take the answers away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.manifests.forms import ManifestForm
from elchi.console.sheets import csv_answer
from elchi.node.checks import services
from elchi.node.checks.findings import list_titles
from elchi.node.checks.manifests import answers_of, checks_with_findings, manifest_for, manifests_for
from elchi.node.checks.queries import open_shift
from elchi.node.here import here
from elchi.node.officers.rules import Right

_COLUMNS = ("line", "id", "verdict", "check", "list", "entry", "caption", "score", "reasons", "error")


@page(Right.MANIFEST_SCREEN)
def manifests(request: AtDoor) -> HttpResponseBase:
    """Show what the agency handed in."""
    return show(request, "manifests/all.html", {"shown": page_of(request, manifests_for(request.acting), 25)})


@page(Right.MANIFEST_SCREEN)
def submit(request: AtDoor) -> HttpResponseBase:
    """Take a file."""
    shift = open_shift(request.acting)
    said = {"purpose": shift.purpose, "crossing": getattr(shift.crossing, "code", ""), "direction": shift.direction} \
        if shift else {"direction": "none"}  # fmt: skip
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ManifestForm(request.words, *posted, initial=said)
    made = form.attempt(
        lambda said: services.submit_manifest(
            by=request.acting, name=said["file"].name, file=said["file"].chunks(), terms=form.told()
        )
    )
    if made is not None:
        messages.success(request, request.words.text("manifests.taken", name=made.name))
        return redirect("manifest", made.pk)
    return show(request, "manifests/new.html", {"form": form}, 422 if form.is_bound else 200)


@page(Right.MANIFEST_SCREEN)
def manifest(request: AtDoor, manifest_id: int) -> HttpResponseBase:
    """Show how far a manifest is, what was found, and what could not be checked."""
    row = manifest_for(request.acting, manifest_id)
    words = request.words
    titles = list_titles(request.acting)
    faults = [{"line": one["line"], "told": words.error(one["code"], one["params"])} for one in row.faults]
    context = {
        "row": row,
        "faults": faults,
        "unchecked": row.lines - sum(row.verdicts.values()),
        "failure": words.error(row.error["code"], row.error["params"]) if row.error else "",
        "is_under_way": row.state in ("queued", "running"),
        "shown": (shown := page_of(request, checks_with_findings(request.acting, row))),
        "found": [(check, one, titles.get(one.watchlist)) for check in shown for one in check.findings.all()],
    }
    return show(request, "manifests/one.html", context)


@require_POST
@page(Right.MANIFEST_SCREEN)
def cancel(request: AtDoor, manifest_id: int) -> HttpResponseBase:
    """Stop screening."""
    services.cancel_manifest(by=request.acting, manifest_id=manifest_id)
    messages.success(request, request.words.text("manifests.cancelled"))
    return redirect("manifest", manifest_id)


@require_POST
@page(Right.MANIFEST_SCREEN)
def export(request: AtDoor, manifest_id: int) -> HttpResponseBase:
    """Give the answer to every line as CSV."""
    row = services.export_manifest(by=request.acting, manifest_id=manifest_id)
    return csv_answer(f"{here().code}-manifest-{row.pk}", _COLUMNS, _answers(request, row))


def _answers(request: AtDoor, row: Any) -> Iterator[tuple[Any, ...]]:
    words = request.words
    faults = {one["line"]: words.error(one["code"], one["params"]) for one in row.faults}
    for line, check in answers_of(request.acting, row, today=timezone.localdate(row.queued_at)):
        if check is None:
            yield (line.number, line.id, "", "", "", "", "", "", "", faults.get(line.number, ""))
            continue
        head = (line.number, line.id, words.band(check.verdict.upper()), check.number)
        found = list(check.findings.all())
        for one in found:
            reasons = "; ".join(words.reason(reason["code"], reason) for reason in one.reasons)
            yield (*head, one.watchlist, one.entry, one.caption, f"{one.score:.2f}", reasons, "")
        if not found:
            yield (*head, "", "", "", "", "", "")
