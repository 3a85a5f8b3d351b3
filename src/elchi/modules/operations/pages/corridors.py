"""Corridors: the list, one in one line, how it is drawn; and how long people wait."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, asked_of, page, show
from elchi.console.templatetags.elchi import crossing_name
from elchi.locale import Words
from elchi.modules.operations import corridors, services
from elchi.modules.operations.corridors import DIRECTIONS, LANES, MOST_STOPS, USUAL_DAYS, Stop
from elchi.modules.operations.models.corridors import WAITED_MOST
from elchi.modules.operations.pages.base import OperationsForm, one_of, text
from elchi.modules.operations.rules import OperationsRight
from elchi.node.directory import queries as directory

ROWS: Final = 8
"""Crossings that the form has room for; three more than a corridor has."""
_STEP, _EDGE, _LEAST, _MOST = 150, 110, 8, 30
"""Of the drawing: between crossings, at its ends, radius of a crossing without and with the most incidents."""


class CorridorForm(OperationsForm):
    """A name and the crossings in order."""

    corridor_name = text(120, required=True)

    def __init__(self, words: Words, *args: Any, seen: list[str], **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        named = [(one.code, crossing_name(words, one)) for one in directory.crossings()]
        for number in range(1, min(max(ROWS, len(seen) + 3), MOST_STOPS) + 1):
            field = one_of(())
            field.label, field.initial = "operations.stop", seen[number - 1] if number <= len(seen) else ""
            self.put(f"stop_{number}", field)
            self.fields[f"stop_{number}"].label = f"{number}. {words.text('operations.stop')}"
            self.offer(f"stop_{number}", named, nothing="–")

    def stops(self) -> list[str]:
        """Give the crossings that were chosen, in order."""
        return [code for name, code in self.cleaned_data.items() if name.startswith("stop_") and code]


class WaitingForm(OperationsForm):
    """How long somebody who is let through now has waited."""

    crossing = one_of((), empty=False)
    minutes = forms.IntegerField(min_value=0, max_value=WAITED_MOST)
    lane = one_of(LANES, "lane", empty=False)
    direction = one_of(DIRECTIONS, "direction", empty=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("crossing", ((one.code, crossing_name(words, one)) for one in directory.crossings()))


@page(OperationsRight.PICTURE_SEE)
def corridor_list(request: AtDoor) -> HttpResponseBase:
    """Show the corridors."""
    context = {"rows": corridors.corridors(), "may_draw": request.acting.may(OperationsRight.CORRIDOR_WRITE),
               "may_tell": request.acting.may(OperationsRight.WAITING_TELL)}  # fmt: skip
    return show(request, "operations/corridors.html", context)


@page(OperationsRight.PICTURE_SEE)
def corridor(request: AtDoor, corridor_id: int) -> HttpResponseBase:
    """Show the crossings of a route in one line."""
    row = corridors.corridor_of(corridor_id)
    asked = asked_of(request, "from", "until")
    today = timezone.localdate()
    first, last = _day(asked["from"]) or today - dt.timedelta(days=USUAL_DAYS), _day(asked["until"]) or today
    zone = timezone.get_current_timezone()
    begins = dt.datetime.combine(first, dt.time(), tzinfo=zone)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=zone)
    stops = corridors.stops_of(request.acting, row.stops, begins, max(ends, begins))
    names = {one.code: crossing_name(request.words, one) for one in directory.crossings()}
    period = {"from": first.isoformat(), "until": last.isoformat()}
    context = {
        "row": row, "first": first, "last": last,
        "stops": [(one, names.get(one.code, one.code), _list(period, one.code), _list(period, one.code, "seizure"))
                  for one in stops],
        "drawn": _drawn(stops, names), "width": 2 * _EDGE + _STEP * (len(stops) - 1),
        "may_draw": request.acting.may(OperationsRight.CORRIDOR_WRITE),
        "may_tell": request.acting.may(OperationsRight.WAITING_TELL),
    }  # fmt: skip
    return show(request, "operations/corridor.html", context)


@page(OperationsRight.CORRIDOR_WRITE)
def draw(request: AtDoor, corridor_id: int | None = None) -> HttpResponseBase:
    """Draw a corridor."""
    row = corridors.corridor_of(corridor_id) if corridor_id else None
    form = CorridorForm(
        request.words, request.POST if request.method == "POST" else None, seen=row.stops if row else [],
        initial={"corridor_name": row.name if row else ""},
    )  # fmt: skip

    def save(said: dict[str, Any]) -> Any:
        return services.draw_corridor(
            by=request.acting, name=said["corridor_name"], stops=form.stops(), corridor_id=corridor_id
        )

    if form.is_bound and (made := form.attempt(save)) is not None:
        messages.success(request, request.words.text("operations.corridor_saved"))
        return redirect("corridor", made.pk)
    back = reverse("corridor", args=[corridor_id]) if corridor_id else reverse("corridors")
    context = {"form": form, "title": request.words.text("operations.draw_corridor"), "back": back,
               "number": request.words.text("operations.corridors"),
               "hint": request.words.text("operations.corridor_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


@require_POST
@page(OperationsRight.CORRIDOR_WRITE)
def remove(request: AtDoor, corridor_id: int) -> HttpResponseBase:
    """Remove a corridor."""
    services.remove_corridor(by=request.acting, corridor_id=corridor_id)
    messages.success(request, request.words.text("operations.corridor_removed"))
    return redirect("corridors")


@page(OperationsRight.WAITING_TELL)
def tell_waiting(request: AtDoor) -> HttpResponseBase:
    """Say how long people wait."""
    office = request.acting.himself.office
    crossings = office.crossings.all()[:1] if office else []
    seen = {"crossing": crossings[0].code if crossings else ""}
    form = WaitingForm(request.words, request.POST if request.method == "POST" else None, initial=seen)
    if form.is_bound and form.attempt(lambda said: services.tell_waiting(by=request.acting, **said)) is not None:
        messages.success(request, request.words.text("operations.waiting_told"))
        return redirect("corridors")
    context = {"form": form, "title": request.words.text("operations.tell_waiting"), "back": reverse("corridors"),
               "number": request.words.text("operations.corridors"),
               "hint": request.words.text("operations.waiting_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


def _drawn(stops: list[Stop], names: dict[str, str]) -> list[dict[str, Any]]:
    """Give where each crossing is drawn and how large: the area of a circle grows with its incidents."""
    most = max((one.incidents for one in stops), default=0)
    return [
        {
            "x": _EDGE + _STEP * place,
            "r": _LEAST + round((_MOST - _LEAST) * math.sqrt(one.incidents / most)) if most else _LEAST,
            "name": names.get(one.code, one.code),
            "count": one.incidents,
            "low": place % 2,
        }
        for place, one in enumerate(stops)
    ]


def _list(period: dict[str, str], place: str, kind: str = "") -> str:
    told = {**period, "place": place, **({"kind": kind} if kind else {})}
    return f"{reverse('incidents')}?{urlencode(told)}"


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None
