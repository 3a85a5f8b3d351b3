"""What an officer says once a shift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.forms import OneOf, WordsForm
from elchi.console.kit import AtDoor, page, show
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import Words
from elchi.node.checks import queries, services
from elchi.node.checks.rules import DIRECTIONS, PURPOSES
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


class ShiftForm(WordsForm):
    """Purpose, place and direction."""

    room = "check"
    purpose = OneOf(PURPOSES, "purpose")
    office = forms.ChoiceField(label="frame.office")
    crossing = forms.ChoiceField(required=False)
    direction = OneOf(DIRECTIONS, "direction", widget=forms.RadioSelect)

    def __init__(self, by: Acting, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("office", [(one.code, name_of(words, one)) for one in queries.offices_for(by)])
        places = [(one.code, crossing_name(words, one)) for one in queries.crossings_for(by)]
        self.offer("crossing", places, nothing="check.no_crossing")


@page(Right.CHECK_SUBMIT)
def shift(request: AtDoor) -> HttpResponseBase:
    """Show the shift that is on, or begin one."""
    by, words = request.acting, request.words
    now = queries.shift_shown(by)
    posted = request.POST if request.method == "POST" else None
    form = ShiftForm(by, words, posted, initial=_initial(by, now))
    begun = form.attempt(
        lambda said: services.start_shift(
            by=by, purpose=said["purpose"], direction=said["direction"], crossing_code=said["crossing"],
            office_code=said["office"],
        )
    )  # fmt: skip
    if begun is not None:
        return redirect("check")
    context = {
        "form": form,
        "shift": now,
        "place": crossing_name(words, now.crossing) if now else "",
        "counts": queries.verdicts_of(now) if now else {},
    }
    return show(request, "check/shift.html", context, 422 if form.is_bound else 200)


@require_POST
@page(Right.CHECK_SUBMIT)
def end(request: AtDoor) -> HttpResponseBase:
    """End the shift, and say what was done in it."""
    ended = services.end_shift(by=request.acting)
    counts = queries.verdicts_of(ended)
    done = request.words.text("check.shift_ended", count=sum(counts.values()), **counts)
    messages.success(request, done)
    return redirect("shift")


def _initial(by: Acting, now: Any) -> dict[str, str]:
    if now is not None:
        code = now.crossing.code if now.crossing else ""
        return {"purpose": now.purpose, "office": now.office.code, "crossing": code, "direction": now.direction}
    own = [one.code for one in queries.crossings_for(by)[:1]] if by.officer and _has_crossing(by) else [""]
    return {"purpose": "border_check", "office": by.office, "crossing": own[0], "direction": "entry"}


def _has_crossing(by: Acting) -> bool:
    return bool(by.officer and by.officer.office.crossings.exists())
