"""The bulletin: a page, a table, a paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.charts import Value, columns
from elchi.console.kit import AtDoor, page
from elchi.console.sheets import csv_answer
from elchi.locale import Words
from elchi.modules.regional import queries, services
from elchi.modules.regional.bulletin import Bulletin, Row
from elchi.modules.regional.pages.base import shown, state_names
from elchi.modules.regional.rules import RegionalRight
from elchi.node.here import here

TABLES: Final = ("members", "kinds", "borders", "states")
USUAL: Final = dt.timedelta(days=90)


@page(RegionalRight.REGIONAL_SEE)
def bulletin(request: AtDoor) -> HttpResponseBase:
    """Show what members reported in a period."""
    begins, ends = _period(request)
    told = queries.bulletin_of(begins, ends)
    words = request.words
    context = {
        "begins": begins.isoformat(), "ends": ends.isoformat(), "told": told,
        "tables": [(name, _named(words, name, getattr(told, name))) for name in TABLES],
        "plot": columns([Value(f"{day:%m.%y}", count) for day, count in told.months]),
        "found": [(_found_name(words, one.goods, one.substance), one) for one in told.weighed],
    }  # fmt: skip
    return shown(request, "bulletin.html", "regional_bulletin", context)


@require_POST
@page(RegionalRight.REGIONAL_SEE)
def as_csv(request: AtDoor) -> HttpResponseBase:
    """Give the bulletin as CSV."""
    begins, ends = _period(request)
    told = services.take_bulletin(by=request.acting, begins=begins, ends=ends)
    return csv_answer(f"{here().code}-bulletin-{begins}-{ends}", ("table", "key", "count", "led", "kg"), _rows(told))


@require_POST
@page(RegionalRight.REGIONAL_SEE)
def as_pdf(request: AtDoor) -> HttpResponseBase:
    """Give the bulletin on paper."""
    begins, ends = _period(request)
    told = services.take_bulletin(by=request.acting, begins=begins, ends=ends)
    made = HttpResponse(write_bulletin(told, request.words), content_type="application/pdf")
    made["Content-Disposition"] = f'attachment; filename="{here().code}-bulletin-{begins}-{ends}.pdf"'
    return made


def write_bulletin(told: Bulletin, words: Words) -> bytes:
    """Write the bulletin as PDF."""
    from elchi.node.paper import Paper  # noqa: PLC0415  fpdf takes a second to import: a third of the node's start

    said = words.text
    title = said(
        "regional.bulletin_title", begins=words.date(told.begins.isoformat()), ends=words.date(told.ends.isoformat())
    )
    foot = f"{here().code} · {said('regional.bulletin_foot')}"
    paper = Paper(title=title, foot=foot, language=words.language)
    paper.write_title(title, above=here().name)
    paper.write_text(said("regional.bulletin_counted", count=told.total.count, led=told.total.led))
    head = (said("regional.events"), said("regional.led"))
    for name in TABLES:
        rows = _named(words, name, getattr(told, name))
        if rows:
            paper.write_heading(said(f"regional_by.{name}"))
            lines = [(key, words.number(row.count), words.number(row.led)) for key, row in rows]
            paper.write_table((said(f"regional_by.{name}"), *head), lines, (3, 1, 1))
    if told.weighed:
        paper.write_heading(said("regional.found"))
        found = [
            (_found_name(words, one.goods, one.substance), words.number(one.finds),
             words.number(float(one.kilograms), 3), words.number(one.unweighed))
            for one in told.weighed
        ]  # fmt: skip
        names = ("regional.goods", "regional.finds", "regional.kilograms", "regional.unweighed")
        paper.write_table(tuple(said(name) for name in names), found, (2, 1, 1, 1))
    return paper.bytes()


def _rows(told: Bulletin) -> Iterator[list[Any]]:
    yield ["total", "", told.total.count, told.total.led, None]
    for name in TABLES:
        for row in getattr(told, name):
            yield [name, row.key, row.count, row.led, None]
    for one in told.weighed:
        yield ["found", " ".join(filter(None, (one.goods, one.substance))), one.finds, None, one.kilograms]


def _named(words: Words, table: str, rows: tuple[Row, ...]) -> list[tuple[str, Row]]:
    if table == "kinds":
        return [(_word(words, "incident_kind", row.key), row) for row in rows]
    names = state_names(words) if table in ("members", "states") else {}
    return [(names.get(row.key, row.key), row) for row in rows]


def _found_name(words: Words, goods: str, substance: str) -> str:
    """Say what was found; substances by their code, which INCB's lists give in English."""
    name = _word(words, "goods", goods)
    return f"{name}: {substance.replace('_', ' ')}" if substance else name


def _word(words: Words, vocabulary: str, code: str) -> str:
    """Give the word of a code, or the code itself where a newer partner says what is not known here."""
    text = words.text(f"{vocabulary}.{code}")
    return code if text == f"{vocabulary}.{code}" else text


def _period(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """Give the period that is asked for; the usual one for what is none."""
    asked = request.POST if request.method == "POST" else request.GET
    today = timezone.localdate()
    begins, ends = (_day(asked.get(name, "")) for name in ("begins", "ends"))
    ends = ends or today
    begins = begins or ends - USUAL
    return (begins, ends) if begins <= ends else (ends, begins)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
