"""Early warnings: all of them, a new one, corridors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.forms import OneOf
from elchi.console.kit import AtDoor, page, page_of
from elchi.locale import Words
from elchi.modules.regional import queries, services
from elchi.modules.regional.pages.base import RegionalForm, States, named_states, of_region, shown
from elchi.modules.regional.rules import RegionalRight
from elchi.modules.regional.services.warnings import MAX_NAME, MAX_TEXT
from elchi.node.cases.rules import THREATS


class WarnForm(RegionalForm):
    """A warning."""

    threat = OneOf(THREATS, "threat")
    corridor = OneOf((), required=False)
    states = States(required=False)
    text = forms.CharField(
        max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 5}), help_text="regional.text_hint"
    )
    valid_until = forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("corridor", ((str(one.pk), one.name) for one in queries.corridors()), nothing="–")
        self.offer("states", of_region(words))

    def route(self) -> list[str]:
        """Give the states of the corridor that is chosen, or those that are ticked."""
        said = self.cleaned_data
        row = queries.corridors().filter(pk=said["corridor"]).first() if said["corridor"] else None
        return list(row.states) if row else list(said["states"])


class CorridorForm(RegionalForm):
    """A corridor, as codes in their order."""

    name = forms.CharField(max_length=MAX_NAME)
    order = forms.CharField(max_length=100, help_text="regional.order_hint")


@page(RegionalRight.REGIONAL_SEE)
def warnings(request: AtDoor) -> HttpResponseBase:
    """Show the warnings, and whom each reached."""
    rows = page_of(request, queries.warnings_now(), 20)
    now = timezone.now()
    context = {
        "shown": rows,
        "rows": [(row, named_states(request.words, row.states), row.valid_until > now) for row in rows],
        "corridors": [(one, named_states(request.words, one.states)) for one in queries.corridors()],
    }
    return shown(request, "warnings.html", "regional_warnings", context)


@page(RegionalRight.COORDINATE)
def warn(request: AtDoor) -> HttpResponseBase:
    """Warn the members along a corridor."""
    form = WarnForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.attempt(
            lambda said: services.warn_members(
                by=request.acting,
                threat=said["threat"],
                states=form.route(),
                text=said["text"],
                valid_until=said["valid_until"],
            )
        )
        if done is not None:
            messages.success(request, request.words.text("regional.was_warned"))
            return redirect("regional_warnings")
    return shown(
        request, "form.html", "regional_warnings", _form(request, form, "regional.warn"), 422 if form.is_bound else 200
    )


@page(RegionalRight.COORDINATE)
def corridor(request: AtDoor) -> HttpResponseBase:
    """Write a corridor."""
    form = CorridorForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.attempt(
            lambda said: services.set_corridor(
                by=request.acting, name=said["name"], states=said["order"].upper().split()
            )
        )
        if done is not None:
            messages.success(request, request.words.text("regional.was_saved"))
            return redirect("regional_warnings")
    context = _form(request, form, "regional.new_corridor")
    return shown(request, "form.html", "regional_warnings", context, 422 if form.is_bound else 200)


def _form(request: AtDoor, form: RegionalForm, title: str) -> dict[str, Any]:
    return {"form": form, "title": request.words.text(title), "back": "regional_warnings"}
