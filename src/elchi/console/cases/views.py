"""The list of cases, and what a case shows on each of its tabs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.cases.forms import (
    FileForm,
    LinkForm,
    NewCase,
    NoteForm,
    OfficerForm,
    SubjectForm,
    TaskForm,
)
from elchi.console.kit import AtDoor, page, page_of, show, sort_of
from elchi.console.templatetags.elchi import name_of
from elchi.errors import NotAllowed, NotFound
from elchi.locale import Words
from elchi.node.cases import queries, services
from elchi.node.cases.printed import size_of, when_of
from elchi.node.cases.rules import THREATS
from elchi.node.cases.shown import caption_of, facts_of
from elchi.node.cases.states import CASE, TASK
from elchi.node.directory.queries import agencies
from elchi.node.officers.rules import Right

TABS: Final = ("timeline", "subjects", "files", "tasks", "people", "links")
_COLUMNS: Final = {"due": "due_at", "number": "pk", "title": "title_folded", "opened": "opened_at", "state": "state"}
_SOON: Final = dt.timedelta(hours=2)
_CLOCKS: Final = {
    "minutes": ("cases.left_minutes", "cases.late_minutes"),
    "hours": ("cases.left_hours", "cases.late_hours"),
    "days": ("cases.left_days", "cases.late_days"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """How much time is left, in words and as a class of the style sheet."""

    told: str
    css: str
    at: dt.datetime


def clock_of(words: Words, due_at: dt.datetime | None, *, is_ended: bool) -> Clock | None:
    """Give the clock of a case or task; None for one that has none or is ended."""
    if due_at is None or is_ended:
        return None
    left = due_at - timezone.now()
    minutes = int(abs(left).total_seconds() // 60)
    size, unit = (1440, "days") if minutes >= 2880 else (60, "hours") if minutes >= 120 else (1, "minutes")
    is_late = left < dt.timedelta()
    told = words.text(_CLOCKS[unit][is_late], count=minutes // size)
    return Clock(told, "late" if is_late else "soon" if left < _SOON else "", due_at)


@page(Right.CASE_SEE)
def cases(request: AtDoor) -> HttpResponseBase:
    """Show the cases that the officer sees."""
    asked = request.GET
    state = asked.get("state", "not_closed")
    threat = asked.get("threat", "")
    sort, field = sort_of(request, _COLUMNS, "-number")
    order = F(field.removeprefix("-"))
    found = queries.cases_found(
        request.acting,
        sought=asked.get("q", ""),
        state=state if state in ("not_closed", *CASE) else "",
        threat=threat if threat in THREATS else "",
        mine="mine" in asked,
        late="late" in asked,
    ).order_by(order.desc(nulls_last=True) if field.startswith("-") else order.asc(nulls_last=True), "-pk")
    shown = page_of(request, found)
    rows = [(case, clock_of(request.words, case.due_at, is_ended=case.state == "closed")) for case in shown]
    columns = [("due", ""), ("number", ""), ("title", ""), ("state", ""), ("opened", "opt")]
    context = {
        "shown": shown, "rows": rows, "sort": sort, "columns": columns, "states": list(CASE), "threats": THREATS,
        "state": state, "may_open": request.acting.may(Right.CASE_WORK),
        "is_narrowed": bool(set(asked) - {"page", "sort"}),
    }  # fmt: skip
    return show(request, "cases/all.html", context)


@page(Right.CASE_WORK)
def open_case(request: AtDoor) -> HttpResponseBase:
    """Open a case by hand."""
    form = NewCase(request.words, request.POST if request.method == "POST" else None)
    opened = form.attempt(lambda said: services.open_case(by=request.acting, subjects=(), **said))
    if opened:
        messages.success(request, request.words.text("cases.was_opened"))
        return redirect("case", opened.pk)
    return show(request, "cases/new.html", {"form": form}, 422 if form.is_bound else 200)


@page(Right.CASE_SEE)
def case(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show the timeline; take a note."""
    form = NoteForm(request.words, _agencies(request), *_posted(request))
    if form.attempt(lambda said: services.add_note(by=request.acting, case_id=case_id, **said)):
        return _done(request, "case", case_id, "cases.note_added")
    one = services.read_case(by=request.acting, case_id=case_id)
    days = [(day, list(told)) for day, told in groupby(queries.timeline_of(one), key=_day)]
    return show_tab(request, one, "timeline", {"days": days}, form)


@page(Right.CASE_SEE)
def subjects(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show whom and what it is about; take another."""
    form = SubjectForm(request.words, *_posted(request))
    if form.attempt(
        lambda said: services.add_subject(by=request.acting, case_id=case_id, subject=form.subject(), role=said["role"])
    ):
        return _done(request, "case_subjects", case_id, "cases.subject_added")
    one = services.read_case(by=request.acting, case_id=case_id)
    return show_tab(request, one, "subjects", {"subjects": subject_rows(one, request.words)}, form)


@page(Right.CASE_SEE)
def files(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show the files; take another."""
    form = FileForm(request.words, *_posted(request), *([request.FILES] if request.method == "POST" else ()))
    if getattr(request, "is_cut", False):
        form.add_error("file", request.words.text("cases.file_cut"))
    elif form.attempt(
        lambda said: services.add_file(
            by=request.acting,
            case_id=case_id,
            name=said["file"].name,
            chunks=said["file"].chunks(),
            note=said["note"],
        )
    ):
        return _done(request, "case_files", case_id, "cases.file_added")
    one = services.read_case(by=request.acting, case_id=case_id)
    return show_tab(request, one, "files", {"files": file_rows(one, request.words)}, form)


@page(Right.CASE_SEE)
def tasks(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show the tasks; take another."""
    one = services.read_case(by=request.acting, case_id=case_id)
    people = [(row.officer.sign_in_name, row.officer.name) for row in queries.people_of(one)]
    form = TaskForm(request.words, people, *_posted(request))
    if form.attempt(lambda said: services.add_task(by=request.acting, case_id=case_id, **said)):
        return _done(request, "case_tasks", case_id, "cases.task_added")
    rows = task_rows(one, request.words)
    return show_tab(request, one, "tasks", {"tasks": rows, "moves": TASK}, form)


@page(Right.CASE_SEE)
def people(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show who works on it; take another."""
    one = services.read_case(by=request.acting, case_id=case_id)
    fit = [(officer.sign_in_name, officer.name) for officer in queries.officers_fit_for(one)]
    form = OfficerForm(request.words, fit, *_posted(request))
    if form.attempt(lambda said: services.assign_officer(by=request.acting, case_id=case_id, **said)):
        return _done(request, "case_people", case_id, "cases.officer_assigned")
    return show_tab(request, one, "people", {"people": queries.people_of(one, past=True)}, form)


@page(Right.CASE_SEE)
def links(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show the cases that belong to it; take another."""
    form = LinkForm(request.words, *_posted(request))
    if form.is_bound:
        try:
            link = form.attempt(
                lambda said: services.link_cases(
                    by=request.acting, case_id=case_id, other_id=said["number"], reason=said["reason"]
                )
            )
        except (NotFound, NotAllowed) as error:
            form.add_error("number", request.words.error(error.code, error.params))
            link = None
        if link is not None:
            return _done(request, "case_links", case_id, "cases.was_linked")
    one = services.read_case(by=request.acting, case_id=case_id)
    return show_tab(request, one, "links", {"links": queries.links_of(request.acting, one)}, form)


@page(Right.CASE_SEE)
def printed(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Show all of a case on one page, for the printer of the desk."""
    one = services.read_case(by=request.acting, case_id=case_id)
    context = {
        **_head(request, one),
        "timeline": queries.timeline_of(one),
        "subjects": subject_rows(one, request.words),
        "files": file_rows(one, request.words),
        "tasks": task_rows(one, request.words),
        "people": queries.people_of(one),
        "links": queries.links_of(request.acting, one),
        "now_text": when_of(timezone.now(), request.words),
    }
    return show(request, "cases/printed.html", context)


def show_tab(
    request: AtDoor, one: Any, tab: str, context: dict[str, Any], form: forms.Form | None = None
) -> HttpResponse:
    """Show a tab of a case; a form that was refused keeps its text."""
    is_refused = form is not None and form.is_bound
    shown = {**_head(request, one), "tab": tab, "form": form, **context}
    return show(request, f"cases/{tab}.html", shown, 422 if is_refused else 200)


def subject_rows(one: Any, words: Words) -> list[tuple[Any, str, list[tuple[str, str]]]]:
    """Give the subjects with what each is called and what is known of it."""
    return [(row, caption_of(row.subject), facts_of(row.subject, words)) for row in one.subjects.all()]


def file_rows(one: Any, words: Words) -> list[tuple[Any, str]]:
    """Give the files, newest first, with the size of each in words."""
    return [(row, size_of(row.size, words)) for row in reversed(queries.files_of(one))]


def task_rows(one: Any, words: Words) -> list[tuple[Any, Clock | None, list[str]]]:
    """Give the tasks with the clock of each and the states it may go to."""
    return [
        (task, clock_of(words, task.due_at, is_ended=task.state != "open"), list(TASK[task.state].values()))
        for task in one.tasks.select_related("officer")
    ]


def _head(request: AtDoor, one: Any) -> dict[str, Any]:
    may_work = queries.may_work(request.acting, one)
    counts = queries.counts_of(one)
    return {
        "case": one,
        "clock": clock_of(request.words, one.due_at, is_ended=one.state == "closed"),
        "lead": next((row.officer for row in queries.people_of(one) if row.part == "lead"), None),
        "tabs": [(name, counts.get(name)) for name in TABS],
        "may_work": may_work,
        "may_change": may_work and one.state != "closed",
    }


def _done(request: HttpRequest, address: str, case_id: int, key: str) -> HttpResponseBase:
    messages.success(request, request.words.text(key))  # type: ignore[attr-defined]
    return redirect(address, case_id)


def _posted(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _agencies(request: AtDoor) -> list[tuple[str, str]]:
    own = request.acting.agency
    shown = [(one.code, name_of(request.words, one)) for one in agencies() if one.code != own]
    return sorted(shown, key=lambda one: one[1])


def _day(told: queries.Told) -> dt.date:
    return timezone.localdate(told.event.at)
