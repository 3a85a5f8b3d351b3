"""The page that matters most: one field, the verdict, and the field again."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.check.asked import Asked, asked_of, forget_asked, keep_asked
from elchi.console.check.forms import FIELDS, SubjectForm
from elchi.console.check.partners import partners_of
from elchi.console.check.reading import KINDS, Reading, lacks_lines, read_text
from elchi.console.check.shown import shown_findings, steps_for
from elchi.console.kit import AtDoor, page, show
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.errors import ElchiError, InvalidInput
from elchi.node.checks import queries, services
from elchi.node.here import here
from elchi.node.officers.rules import Right

RECENT: Final = 8


@page(Right.CHECK_SUBMIT)
def check(request: AtDoor) -> HttpResponseBase:
    """Show the field; check what is in it."""
    shift = queries.shift_shown(request.acting)
    if shift is None:
        return redirect("shift")
    text = " ".join(filter(None, (request.POST.get("before", ""), request.POST.get("q", ""))))
    if request.method != "POST" or not text.strip():
        return _field(request, shift)
    if lacks_lines(text):
        return _field(request, shift, before=text)
    try:
        reading = _read(text, request.POST.get("kind", ""))
        if reading.is_doubtful and "as_read" not in request.POST:
            return _field(request, shift, 422, q=text, reading=reading)
        return _submitted(request, reading, text)
    except ElchiError as error:
        told = request.words.error(error.code, error.params)
        return _field(request, shift, 422, q=text, refused=told)


@require_POST
@page(Right.CHECK_SUBMIT)
def check_as(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Check once more what was typed just now, as something else."""
    asked = asked_of(request, check_id)
    if asked is None:
        return redirect("check")
    try:
        return _submitted(request, _read(asked.text, request.POST.get("kind", "")), asked.text)
    except InvalidInput as error:
        told = request.words.error(error.code, error.params)
        return _field(request, queries.shift_shown(request.acting), 422, q=asked.text, refused=told)


@page(Right.CHECK_SUBMIT)
def check_form(request: AtDoor, kind: str) -> HttpResponseBase:
    """Show the full form of a kind of subject; check what stands in it."""
    if kind not in FIELDS:
        raise Http404
    shift = queries.shift_shown(request.acting)
    if shift is None:
        return redirect("shift")
    form = SubjectForm(kind, request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        subjects = form.subjects()
        try:
            if subjects:
                made = services.submit_check(by=request.acting, subjects=subjects)
                answer = redirect("verdict", made.check.pk)
                forget_asked(answer)
                return answer
        except ElchiError as error:
            form.refuse(error)
    context = {"form": form, "kind": kind, **_bar(request, shift)}
    return show(request, "check/form.html", context, 422 if form.is_bound else 200)


@page(Right.CHECK_SUBMIT, also=(Right.CHECK_SEE,))
def verdict(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Show the answer to a check, and the field for the next."""
    answer = services.read_check(by=request.acting, check_id=check_id)
    findings = shown_findings(request.acting, answer, request.words)
    counted = [one for one in findings if one.row.state != "remembered" and not one.row.is_discreet]
    asked = asked_of(request, check_id)
    context = {
        "answer": answer,
        "check": answer.check,
        "partners": partners_of(answer.check, answer.asked),
        "may_ask": request.acting.may(Right.CHECK_SUBMIT)
        and queries.may_be_asked(request.acting, answer.check, answer.asked),
        "band": answer.verdict.lower(),
        "findings": findings,
        "first": counted[0] if counted else None,
        "list": name_of(request.words, counted[0].title) if counted else "",
        "steps": [request.words.text(key) for key in steps_for(answer)],
        "sees_findings": request.acting.may(Right.FINDING_SEE),
        "reading": _read(asked.text, asked.kind) if asked else None,
        "stale": [age for age in answer.lists if age.is_stale],
        **_bar(request, queries.shift_shown(request.acting)),
    }
    return show(request, "check/verdict.html", context)


def _read(text: str, kind: str) -> Reading:
    return read_text(text, today=timezone.localdate(), region=here().country, kind=kind)


def _submitted(request: AtDoor, reading: Reading, text: str) -> HttpResponse:
    made = services.submit_check(by=request.acting, subjects=reading.subjects)
    answer = redirect("verdict", made.check.pk)
    keep_asked(answer, Asked(made.check.pk, text, str(reading.kind)))
    return answer


def _field(request: AtDoor, shift: Any, status: int = 200, **told: Any) -> HttpResponse:
    by = request.acting
    context = {
        "kinds": KINDS,
        "recent": [(one, max(one.took_ms / 1000, 0.01)) for one in queries.recent_checks(by, RECENT)],
        "counts": queries.verdicts_of(shift) if shift else {},
        "lists": queries.lists_of(by, shift) if shift else (),
        "retention": queries.retention_in_force(),
        **_bar(request, shift),
        **told,
    }
    return show(request, "check/field.html", context, status)


def _bar(request: AtDoor, shift: Any) -> dict[str, Any]:
    return {
        "shift": shift,
        "place": crossing_name(request.words, shift.crossing) if shift else "",
        "forms": tuple(FIELDS),
    }
