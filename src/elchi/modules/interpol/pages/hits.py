"""Hits on their way to an outcome, and what other bureaus ask this one to confirm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.confirmation import ACTS, ANSWERS, STEPS, UNCONFIRMED
from elchi.modules.interpol.rules import InterpolRight

WAITS_OF: Final = dt.timedelta(days=90)
_SOON: Final = 15
_HOURS: Final = 3


@page(InterpolRight.HIT_SEE)
def hits(request: AtDoor) -> HttpResponseBase:
    """Show what waits, by the clock; other bureaus that wait; and how long owners took."""
    now = timezone.now()
    show_all = request.GET.get("all") == "1"
    rows = page_of(request, queries.hits(open_only=not show_all))
    context = {
        "shown": rows,
        "all": show_all,
        "rows": [(one, _left(one.due_at, now) if one.step in ("hit", "asked") else None) for one in rows],
        "requests": [
            (one, None if one.answer or one.withdrawn_at else _left(one.due_at, now)) for one in queries.requests()[:20]
        ],
        "waits": [
            (one, None if one.median_seconds is None else one.median_seconds / 60)
            for one in queries.waits_since(now - WAITS_OF)
        ],
        "sees_reports": request.acting.may(InterpolRight.REPORT_SEE),
    }
    return show(request, "interpol/hits.html", context)


@page(InterpolRight.HIT_SEE)
def hit(request: AtDoor, hit_id: int) -> HttpResponseBase:
    """Show a hit: the record that was named, what was asked about, its steps and their times."""
    row = services.read_hit(by=request.acting, hit_id=hit_id)
    now = timezone.now()
    times = queries.confirmation_of(row).times
    may_work = request.acting.may(InterpolRight.HIT_WORK)
    context = {
        "row": row,
        "facts": facts_of(row.subject, request.words),
        "steps": _steps(times),
        "left": _left(row.due_at, now) if row.step in ("hit", "asked") else None,
        "may_ask": may_work and row.step == "hit",
        "answers": ANSWERS if may_work and row.step in ("asked", "no_answer") else (),
        "acts": _acts(row.step) if may_work else (),
        "may_close": may_work and row.step == "acted",
        "partner": queries.partner_of_owner(row.owner, row.query.purpose, now) if row.step == "hit" else None,
    }
    return show(request, "interpol/hit.html", context)


@require_POST
@page(InterpolRight.HIT_WORK)
def move(request: AtDoor, hit_id: int) -> HttpResponseBase:
    """Take the next step of a hit."""
    told, by = request.POST, request.acting
    match told.get("do"):
        case "ask":
            services.ask_owner(by=by, hit_id=hit_id)
        case "confirmed" | "refuted" as said:
            services.record_owner_answer(by=by, hit_id=hit_id, answer=said, country=str(told.get("country", "")))
        case "act":
            services.record_act(by=by, hit_id=hit_id, act=str(told.get("act", "")))
        case "close":
            services.close_hit(by=by, hit_id=hit_id, note=str(told.get("note", "")))
        case _:
            raise InvalidInput("hit_note_invalid", field="do", rule="one_of")
    messages.success(request, request.words.text("interpol.hit_moved"))
    return redirect("interpol_hit", hit_id)


@page(InterpolRight.HIT_SEE)
def asked(request: AtDoor, request_id: int) -> HttpResponseBase:
    """Show what another bureau asks."""
    row = services.read_request(by=request.acting, request_id=request_id)
    is_open = not row.answer and row.withdrawn_at is None
    context = {
        "row": row,
        "facts": facts_of(row.subject, request.words),
        "left": _left(row.due_at, timezone.now()) if is_open else None,
        "answers": ANSWERS if is_open and request.acting.may(InterpolRight.HIT_WORK) else (),
    }
    return show(request, "interpol/request.html", context)


@require_POST
@page(InterpolRight.HIT_WORK)
def answer(request: AtDoor, request_id: int) -> HttpResponseBase:
    """Answer another bureau."""
    services.answer_request(by=request.acting, request_id=request_id, answer=str(request.POST.get("answer", "")))
    messages.success(request, request.words.text("interpol.request_answered"))
    return redirect("interpol_request", request_id)


def facts_of(wire: Any, words: Words) -> list[tuple[str, str]]:
    """Give the fields of what was asked about, by their words; of parts each field."""
    told: list[tuple[str, str]] = []
    for name, value in (wire or {}).items():
        if isinstance(value, list):
            for part in value:
                told += facts_of(part, words) if isinstance(part, dict) else [(words.text(f"field.{name}"), str(part))]
        elif name != "kind":
            told.append((words.text(f"field.{name}"), str(value)))
    return told


def _acts(step: str) -> tuple[str, ...]:
    if step not in ("confirmed", "refuted", "no_answer"):
        return ()
    return ACTS if step == "confirmed" else tuple(one for one in ACTS if one in UNCONFIRMED)


def _steps(times: Any) -> list[tuple[str, dt.datetime, int | None]]:
    """Give the steps taken in order, their times, and the minutes since the one before."""
    taken = sorted(((step, times[step]) for step in STEPS if step in times), key=lambda one: one[1])
    before = [None, *(at for _, at in taken)]
    return [
        (step, at, None if last is None else (at - last) // dt.timedelta(minutes=1))
        for (step, at), last in zip(taken, before, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class Left:
    """How much time an owner has left, as `console/second_line/due.html` shows it."""

    minutes: int
    """Below zero when it is late."""

    @property
    def urgency(self) -> str:
        """A class of the style sheet."""
        return "late" if self.minutes < 0 else "soon" if self.minutes < _SOON else ""

    @property
    def late_minutes(self) -> int:
        """How late it is."""
        return max(-self.minutes, 0)

    @property
    def late_hours(self) -> int:
        """The same, where that is more than some hours."""
        return self.late_minutes // 60 if self.late_minutes >= _HOURS * 60 else 0


def _left(due_at: dt.datetime, now: dt.datetime) -> Left:
    return Left((due_at - now) // dt.timedelta(minutes=1))
