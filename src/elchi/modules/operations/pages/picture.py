"""The picture: results, levels of sections, the register of offices, a corridor, and what the map and results show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from elchi.console.charts import Value, columns
from elchi.console.kit import AtDoor, asked_of, page, show
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import Words
from elchi.modules.operations import figures, services
from elchi.modules.operations.incident import KINDS
from elchi.modules.operations.pages.base import OperationsForm, moment, one_of, text
from elchi.modules.operations.pages.incidents import wanted_of
from elchi.modules.operations.pages.shown import item_name
from elchi.modules.operations.places import border_lines, point_of_cell
from elchi.modules.operations.queries import Wanted
from elchi.modules.operations.register import register_on, shipped_counts, shipped_facts
from elchi.modules.operations.reported import WantedReports, counted
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.sections import LEVELS, LOOKS, REACTIONS
from elchi.node.directory import queries as directory
from elchi.node.directory.reference import sources_named
from elchi.node.officers.acting import Acting
from elchi.node.plug import Filter, Layer, Mark, Tile

DAYS: Final = {"week": 7, "month": 30, "year": 365, "all": 0}
"""Periods of the layer of the map."""
USUAL_DAYS: Final = 90
"""Of the results, where the address says nothing."""
_SIGNS: Final = {
    "seizure": "M0-8L8 6H-8z",
    "persons": "M-6-6h12v12h-12z",
    "rescue": "M-3-8h6v5h5v6h-5v5h-6v-5h-5v-6h5z",
}
_SIGN: Final = "M0-7a7 7 0 1 0 .1 0z"


class LevelForm(OperationsForm):
    """The level of a section."""

    border = one_of(sorted(border_lines()), empty=False)
    level = one_of(LEVELS, "level", empty=False)
    level_until = moment(required=False)
    reason = text(300, required=True)


@page(OperationsRight.PICTURE_SEE)
def picture(request: AtDoor) -> HttpResponseBase:
    """Show the results, each number with the list of its events."""
    if not request.GET:
        begins = timezone.localdate() - dt.timedelta(days=USUAL_DAYS)
        return redirect(f"{reverse('picture')}?from={begins}")
    wanted, asked = wanted_of(request)
    told = figures.figures_of(wanted)
    words = request.words
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "asked": asked,
        "told": told,
        "all": _list(kept),
        "all_led": _list(kept, led="yes"),
        "tables": _tables(words, told, kept),
        "seized": [
            (item_name(words, one.kind, one.substance), one, _list(kept, goods=one.substance or one.kind))
            for one in told.seized
        ],
        "plot": columns([Value(f"{day:%m.%y}", count) for day, count in told.months]),
        "months": [(day, count, _month(kept, day)) for day, count in told.months if count],
        "levels": [
            {
                "border": one.border,
                "level": one.level,
                "until": one.until,
                "reason": one.reason,
                "reactions": REACTIONS[one.level],
            }
            for one in figures.levels_on(timezone.now()).values()
        ],
        "reported": [
            (partner, count, _reported(kept, partner))
            for partner, count in counted(WantedReports(from_at=wanted.from_at, until=wanted.until))
        ],
        "may_review": request.acting.may(OperationsRight.REVIEW_SEE),
        "may_set": request.acting.may(OperationsRight.SECTION_SET),
    }
    return show(request, "operations/picture.html", context)


@page(OperationsRight.PICTURE_SEE)
def register(request: AtDoor) -> HttpResponseBase:
    """Show how many offices there were on a day, and what does not meet."""
    asked = asked_of(request, "on")["on"]
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        day = timezone.localdate()
    told = register_on(day, shipped_facts(), shipped_counts())
    names = {one.code: name_of(request.words, one) for one in directory.offices(closed=True)}
    lines = [(line, [names.get(code, code) for code in line.named]) for line in told.lines]
    sources = [text for key in told.sources for text in sources_named(key)]
    return show(request, "operations/register.html", {"told": told, "lines": lines, "day": day, "sources": sources})


@page(OperationsRight.SECTION_SET)
def set_level(request: AtDoor) -> HttpResponseBase:
    """Say which level a section of the border has."""
    posted = request.POST if request.method == "POST" else None
    form = LevelForm(request.words, posted, initial=asked_of(request, "border"))

    def save(said: dict[str, Any]) -> Any:
        until = said.pop("level_until")
        return services.set_section_level(by=request.acting, until=until, **said)

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, request.words.text("operations.level_set"))
        return redirect("picture")
    context = {"form": form, "title": request.words.text("operations.set_level"), "back": "picture",
               "hint": request.words.text("operations.level_hint"), "reactions": REACTIONS}  # fmt: skip
    return show(request, "operations/plain_form.html", context, 422 if form.is_bound else 200)


def tiles(by: Acting, words: Words, period: Any) -> list[Tile]:
    """Give the tiles of the results of the node."""
    wanted = Wanted(from_at=period.from_at, until=period.to_at)
    told = figures.count_of(wanted)
    first = timezone.localdate(period.from_at)
    address = f"{reverse('incidents')}?from={first}" if by.may(OperationsRight.PICTURE_SEE) else ""
    share = words.text("operations.led_share", n=round(100 * told.share)) if told.count else ""
    return [Tile(words.text("operations.incidents"), words.number(told.count), share, address)]


def layer(by: Acting, words: Words, asked: Mapping[str, str]) -> Layer:
    """Give what the map shows of incidents, and the levels of sections."""
    if not by.may(OperationsRight.PICTURE_SEE):
        return Layer(words.text("menu.incidents"))
    period = asked.get("period", "month") if asked.get("period") in DAYS else "month"
    kind = asked.get("incident", "") if asked.get("incident") in KINDS else ""
    begins = timezone.now() - dt.timedelta(days=DAYS[period]) if DAYS[period] else None
    levels = figures.levels_on(timezone.now())
    return Layer(
        title=words.text("menu.incidents"),
        marks=_marks(words, Wanted(from_at=begins, kind=kind)),
        borders={border: LOOKS[row.level] for border, row in levels.items() if row.level in LOOKS},
        filters=(
            Filter("period", words.text("operations.incidents_of"),
                   [(one, words.text(f"period.{one}")) for one in DAYS], period),
            Filter("incident", words.text("menu.incidents"),
                   [("", words.text("operations.all")), *((one, words.text(f"incident_kind.{one}")) for one in KINDS)],
                   kind),
        ),
        key=(("m-alert", "M8 1l7 13H1z", words.text("operations.key_seizure")),
             *((LOOKS[one], "M1 8h14", words.text(f"level.{one}")) for one in LOOKS)),
    )  # fmt: skip


def _marks(words: Words, wanted: Wanted) -> list[Mark]:
    first = f"{timezone.localdate(wanted.from_at)}" if wanted.from_at else ""
    places = {one.code: one for one in directory.crossings() if one.latitude is not None}
    marks = []
    for key, of, count in figures.counts_at(wanted):
        crossing = places.get(key)
        at = (crossing.longitude, crossing.latitude) if crossing else point_of_cell(key)
        if at is None or at[0] is None or at[1] is None:
            continue
        marks.append(
            Mark(
                title=crossing_name(words, crossing) if crossing else words.text("operations.about", place=key),
                kind=words.text(f"incident_kind.{of}"),
                address=_list({}, place=key, kind=of, **({"from": first} if first else {})),
                place=(at[0], at[1]),
                css="m-alert",
                path=_SIGNS.get(of, _SIGN),
                count=count,
                error_km=crossing.coordinate_error_km if crossing else None,
            )
        )
    return marks


def _tables(words: Words, told: figures.Figures, kept: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    """Give each table: its name, and of each row what it is, its figure, and the list of its events."""
    units = {one.code: name_of(words, one) for one in directory.offices(closed=True)}
    agencies = {one.code: name_of(words, one) for one in directory.agencies(closed=True)}
    return [
        ("kind", [(words.text(f"incident_kind.{one.key}"), one, _list(kept, kind=one.key)) for one in told.kinds]),
        ("unit", [(units.get(one.key, one.key), one, _list(kept, unit=one.key)) for one in told.units]),
        ("border", [(one.key, one, _list(kept, border=one.key)) for one in told.borders]),
        ("agency", [(agencies.get(one.key, one.key), one, _list(kept, agency=one.key)) for one in told.agencies]),
        ("route", [(one.key.replace("-", " → "), one, _list(kept, route=one.key)) for one in told.routes]),
    ]


def _list(kept: Mapping[str, str], **more: str) -> str:
    return f"{reverse('incidents')}?{urlencode({**kept, **more})}"


def _reported(kept: Mapping[str, str], partner: str) -> str:
    period = {name: kept[name] for name in ("from", "until") if name in kept}
    return f"{reverse('incidents_reported')}?{urlencode({'partner': partner, **period})}"


def _month(kept: Mapping[str, str], day: dt.date) -> str:
    last = (day + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    begins = max(kept["from"], day.isoformat()) if kept.get("from") else day.isoformat()
    ends = min(kept["until"], last.isoformat()) if kept.get("until") else last.isoformat()
    return _list(kept, **{"from": begins, "until": ends})
