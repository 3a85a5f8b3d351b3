"""Results of a period: how many checks, what was found, how fast it was judged, where, and how old the lists are."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from elchi.console import charts
from elchi.console.charts import Plot, Stack, Value
from elchi.console.kit import AtDoor, asked_of, page, show
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import crossing_names, name_of
from elchi.locale import Words
from elchi.node.checks import figures
from elchi.node.checks.figures import BANDS, OUTCOMES, Checks, Hour, Period, Waits
from elchi.node.directory import queries as directory
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.plug import Tile, modules
from elchi.node.watchlists import queries as watchlists

PERIODS: Final = {"today": 1, "week": 7, "month": 30}
"""Days, today among them."""
SHOWN_CROSSINGS: Final = 10
_LOOKS: Final = {
    "positive": "stop", "negative": "clear", "unsure": "review", "remembered": "mute", "open": "open",
    "stop": "stop", "review": "review", "clear": "clear",
}  # fmt: skip
_PLACES: Final = 12
"""Columns of the chart of waits."""
_SIZES: Final = (1, 2, 5, 10, 30, 60, 240, 1440, 10080)
"""Minutes of one of them."""
_OTHERS: Final = ""
"""Stands for lists that an officer may not know of."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the page shows, and the export gives."""

    period: Period
    checks: Checks
    findings: Mapping[str, Counter[str]]
    """By title of the list; `_OTHERS` for lists that the officer may not know of."""
    waits: Waits
    waiting: int
    crossings: Sequence[tuple[str, str, Counter[str]]]
    """Code, name, verdicts."""
    lists: Sequence[Any]
    """Ages of lists, the stale ones first; none for who may not see lists."""


@page(Right.RESULTS_SEE)
def results(request: AtDoor) -> HttpResponseBase:
    """Show the results of a period."""
    chosen, told = _asked(request)
    words = request.words
    step = 24 if chosen["period"] == "month" else 1
    hours = figures.grouped(told.checks.hours, step)
    verdicts = told.checks.verdicts
    context = {
        "chosen": chosen,
        "periods": PERIODS,
        "offices": directory.offices(),
        "told": told,
        "tiles": _tiles(told, request.acting, words),
        "checks": verdicts.total(),
        "verdicts": [(band, verdicts[band]) for band in BANDS],
        "median": told.waits.share(0.5),
        "p90": told.waits.share(0.9),
        "hours": hours,
        "hours_plot": _hours_plot(hours, chosen["period"], words),
        "verdict_stack": charts.stack(
            [(words.band(band.upper()), [(_LOOKS[band], verdicts[band])]) for band in BANDS], words.number
        ),
        "finding_rows": [(name, _in_order(one, OUTCOMES), one.total()) for name, one in told.findings.items()],
        "finding_stack": _stack([(name, one) for name, one in told.findings.items()], OUTCOMES, words),
        "outcome_key": [(_LOOKS[one], words.text(f"outcome.{one}")) for one in OUTCOMES],
        "band_key": [(_LOOKS[one], words.band(one.upper())) for one in BANDS],
        "waits_plot": _waits_plot(told.waits, words),
        "crossing_rows": [(code, name, _in_order(one, BANDS), one.total()) for code, name, one in told.crossings],
        "crossing_stack": _stack([(name, one) for _, name, one in told.crossings], BANDS, words),
        "now": timezone.now(),
    }
    return show(request, "results/results.html", context)


@page(Right.RESULTS_SEE)
def export(request: AtDoor) -> HttpResponseBase:
    """Give the figures of the page as one table."""
    chosen, told = _asked(request)
    name = f"results-{here().code}-{chosen['period']}-{timezone.localdate()}"
    return csv_answer(name, ("figure", "of", "part", "value"), _rows(told))


def _asked(request: AtDoor) -> tuple[dict[str, str], Figures]:
    chosen = asked_of(request, "period", "office")
    if chosen["period"] not in PERIODS:
        chosen["period"] = "today"
    office = directory.office_of(chosen["office"]).pk if chosen["office"] else None
    return chosen, _figures(request.acting, request.words, _period(PERIODS[chosen["period"]], office))


def _period(days: int, office: int | None) -> Period:
    """Give the last days up to now, today among them, from midnight on the clock of this node."""
    now = timezone.now()
    first = timezone.localdate(now) - dt.timedelta(days=days - 1)
    begins = dt.datetime.combine(first, dt.time(), tzinfo=timezone.get_current_timezone())
    return Period(begins, now + dt.timedelta(seconds=1), office)


def _figures(by: Acting, words: Words, period: Period) -> Figures:
    known = [line for line in watchlists.lists_for(by) if line.age] if by.may(Right.LIST_SEE) else []
    titles = {line.row.name: name_of(words, line.row) for line in known}
    findings: dict[str, Counter[str]] = {}
    for watchlist, counted in figures.findings_by_list(period).items():
        findings.setdefault(titles.get(watchlist, _OTHERS), Counter()).update(counted)
    checks = figures.count_checks(period)
    places = {one.pk: one for one in directory.crossings()}
    busiest = [(places[pk], verdicts) for pk, verdicts in checks.crossings[:SHOWN_CROSSINGS]]
    return Figures(
        period=period,
        checks=checks,
        findings={name or words.text("results.other_lists"): counted for name, counted in findings.items()},
        waits=figures.waits(period),
        waiting=figures.open_findings(by, period),
        crossings=[(one.code, crossing_names(words, one)[0], verdicts) for one, verdicts in busiest],
        lists=sorted((line.age for line in known), key=lambda age: (not age.is_stale, -age.age_days)),
    )


def _tiles(told: Figures, by: Acting, words: Words) -> list[Tile]:
    found = sum((one for one in told.findings.values()), Counter())
    checks, all_found = told.checks.verdicts.total(), found.total()
    median, nine_in_ten = told.waits.share(0.5), told.waits.share(0.9)
    second_line = reverse("second_line") if by.may(Right.FINDING_SEE) else ""
    one_in = words.text("results.one_in", n=round(checks / all_found)) if all_found else ""
    share = words.text("results.of_findings", n=round(100 * found["positive"] / all_found)) if all_found else ""
    typical = "–" if median is None else words.text("results.min", n=round(median))
    longest = "" if nine_in_ten is None else words.text("results.within", n=round(nine_in_ten))
    a_day = words.text("results.a_day", n=round(checks / math.ceil(told.period.days)))
    tiles = [
        Tile(words.text("results.checks"), words.number(checks), a_day),
        Tile(words.text("results.findings"), words.number(all_found), one_in, second_line),
        Tile(words.text("results.same"), words.number(found["positive"]), share),
        Tile(words.text("results.waiting"), words.number(told.waiting), "", second_line),
        Tile(words.text("results.median_to_judge"), typical, longest),
    ]
    if by.may(Right.LIST_SEE):
        stale = sum(one.is_stale for one in told.lists)
        tiles.append(Tile(words.text("results.stale_lists"), words.number(stale), "", reverse("lists")))
    of_modules = (module.part("tiles")(by, words, told.period) for module in modules() if module.tiles)
    return [*tiles, *(tile for found in of_modules for tile in found)]


def _hours_plot(hours: Sequence[Hour], period: str, words: Words) -> Plot:
    local = [timezone.localtime(hour.at) for hour in hours]
    if period == "today":
        values = [
            Value(f"{at:%H}", hour.total, is_marked=bool(hour.verdicts["stop"]))
            for at, hour in zip(local, hours, strict=True)
        ]
        missing = 24 - len(values)
        return charts.columns([*values, *(Value(f"{24 - left:02}", 0) for left in range(missing, 0, -1))])
    values = [
        Value(
            _day_month(at, words) if period != "week" or at.hour == 0 else "", hour.total, bool(hour.verdicts["stop"])
        )
        for at, hour in zip(local, hours, strict=True)
    ]
    return charts.trend(values) if period == "week" else charts.columns(values)


def _day_month(at: dt.datetime, words: Words) -> str:
    return words.text("results.day_month", day=at.day, month=f"{at:%m}")


def _waits_plot(waits: Waits, words: Words) -> Plot | None:
    """Draw how many findings were judged within how many minutes; what took longest stands in the last column."""
    nine_in_ten, median = waits.share(0.9), waits.share(0.5)
    if nine_in_ten is None or median is None:
        return None
    size = next((one for one in _SIZES if one * (_PLACES - 2) >= nine_in_ten), _SIZES[-1])
    counted = Counter(min(_PLACES - 1, int(minutes / size)) for minutes in waits.minutes)
    values = [
        Value(f"{at * size}+" if at == _PLACES - 1 else f"{at * size}", counted[at], is_muted=at * size > nine_in_ten)
        for at in range(_PLACES)
    ]
    return charts.columns(
        values,
        [(median / size, words.text("results.median")), (nine_in_ten / size, words.text("results.nine_in_ten"))],
    )


def _stack(rows: Sequence[tuple[str, Counter[str]]], parts: Sequence[str], words: Words) -> Stack:
    drawn = [(name, [(_LOOKS[part], counted[part]) for part in parts]) for name, counted in rows]
    return charts.stack(drawn, words.number)


def _in_order(counted: Counter[str], parts: Sequence[str]) -> list[int]:
    return [counted[part] for part in parts]


def _rows(told: Figures) -> Iterator[tuple[Any, ...]]:
    for hour in told.checks.hours:
        for band in BANDS:
            yield "checks", f"{timezone.localtime(hour.at):%Y-%m-%d %H:00}", band, hour.verdicts[band]
    for name, counted in told.findings.items():
        for outcome in OUTCOMES:
            yield "findings", name, outcome, counted[outcome]
    for code, _, verdicts in told.crossings:
        for band in BANDS:
            yield "crossings", code, band, verdicts[band]
    for part, share in (("median", 0.5), ("p90", 0.9)):
        minutes = told.waits.share(share)
        yield "minutes_to_judgement", "", part, None if minutes is None else round(minutes, 1)
    yield "findings_open", "", "", told.waiting
    for age in told.lists:
        yield "list_age_days", age.name, "stale" if age.is_stale else "", age.age_days
