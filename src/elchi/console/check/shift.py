"""What an officer says once a shift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, show
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.errors import ElchiError
from elchi.locale import Words
from elchi.node.checks import queries, services
from elchi.node.checks.rules import DIRECTIONS, PURPOSES
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


class ShiftForm(forms.Form):
    """Purpose, place and direction."""

    purpose = forms.ChoiceField()
    office = forms.ChoiceField()
    crossing = forms.ChoiceField(required=False)
    direction = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, by: Acting, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        crossings = [(one.code, crossing_name(words, one)) for one in queries.crossings_for(by)]
        choices = {
            "purpose": [(one, words.text(f"purpose.{one}")) for one in PURPOSES],
            "office": [(one.code, name_of(words, one)) for one in queries.offices_for(by)],
            "crossing": [("", words.text("check.no_crossing")), *crossings],
            "direction": [(one, words.text(f"direction.{one}")) for one in DIRECTIONS],
        }
        labels = {
            "purpose": "check.purpose", "office": "frame.office", "crossing": "check.crossing",
            "direction": "check.direction",
        }  # fmt: skip
        for name, field in self.fields.items():
            field.label = words.text(labels[name])
            field.choices = choices[name]  # type: ignore[attr-defined]  # all of them are choices


@page(Right.CHECK_SUBMIT)
def shift(request: AtDoor) -> HttpResponseBase:
    """Show the shift that is on, or begin one."""
    by, words = request.acting, request.words
    now = queries.shift_shown(by)
    posted = request.POST if request.method == "POST" else None
    form = ShiftForm(by, words, posted, initial=_initial(by, now))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            services.start_shift(
                by=by, purpose=told["purpose"], direction=told["direction"], crossing_code=told["crossing"],
                office_code=told["office"],
            )  # fmt: skip
        except ElchiError as error:
            form.add_error(None, words.error(error.code, error.params))
        else:
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
