"""Joint operations: all of them, a new one, one with its log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect

from elchi.console.forms import WIDE, OneOf
from elchi.console.kit import AtDoor, page
from elchi.locale import Words
from elchi.modules.regional import queries, services
from elchi.modules.regional.models import PHASES
from elchi.modules.regional.pages.base import RegionalForm, States, named_states, of_region, shown, state_names
from elchi.modules.regional.rules import RegionalRight
from elchi.modules.regional.services.operations import MAX_TEXT, MAX_TITLE


def _day() -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _words() -> forms.CharField:
    return forms.CharField(max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4}))


class OperationForm(RegionalForm):
    """A new operation."""

    title = forms.CharField(max_length=MAX_TITLE, widget=WIDE)
    states = States()
    begins = _day()
    ends = _day()
    text = _words()

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("states", of_region(words))


class LogForm(RegionalForm):
    """A line of the log."""

    phase = OneOf(PHASES, "phase")
    text = _words()


@page(RegionalRight.INBOX_READ)
def operations(request: AtDoor) -> HttpResponseBase:
    """Show the operations in which the officer's state takes part."""
    rows = [(row, named_states(request.words, row.states)) for row in queries.operations_seen_by(request.acting)]
    return shown(request, "operations.html", "regional_operations", {"rows": rows})


@page(RegionalRight.COORDINATE)
def new(request: AtDoor) -> HttpResponseBase:
    """Open an operation."""
    form = OperationForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        row = form.attempt(lambda said: services.open_operation(by=request.acting, **said))
        if row is not None:
            return redirect("regional_operation", row.pk)
    title = request.words.text("regional.new_operation")
    context = {"form": form, "title": title, "back": "regional_operations"}
    return shown(request, "form.html", "regional_operations", context, 422 if form.is_bound else 200)


@page(RegionalRight.INBOX_READ)
def one(request: AtDoor, operation_id: int) -> HttpResponseBase:
    """Show an operation with its log; write a line."""
    row = queries.operation_for(request.acting, operation_id)
    bound = request.POST if request.method == "POST" else None
    form = LogForm(request.words, bound, initial={"phase": row.state})
    if form.is_bound:
        done = form.attempt(
            lambda said: services.log_operation(
                by=request.acting, operation_id=operation_id, state=said["phase"], text=said["text"]
            )
        )
        if done is not None:
            messages.success(request, request.words.text("regional.was_logged"))
            return redirect("regional_operation", operation_id)
    names = state_names(request.words)
    entries = row.entries.prefetch_related("told")
    context = {
        "row": row,
        "states": named_states(request.words, row.states),
        "entries": [(entry, names.get(entry.country, entry.country)) for entry in entries],
        "may_log": row.partner_id is None and row.state != "closed",
        "form": form,
    }
    return shown(request, "operation.html", "regional_operations", context, 422 if form.is_bound else 200)
