"""Look up: agencies and who answers for them, offices, crossings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from elchi.console.directory.forms import DutyForm
from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import name_of
from elchi.errors import NotFound
from elchi.locale import Words
from elchi.node.checks import figures
from elchi.node.directory import queries
from elchi.node.directory.queries import KINDS
from elchi.node.directory.reference import sources_named
from elchi.node.directory.search import find_by_name
from elchi.node.here import here
from elchi.node.officers.rules import Right

NIGHT_AND_DAY: Final = (dt.time(3), dt.time(9), dt.time(15), dt.time(21))
"""Times offered beside "now"."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A duty desk as a page shows it."""

    contact: Any
    hours: str
    there: str
    """The time of day on its own clock."""


@page(Right.DIRECTORY_SEE)
def directory(request: AtDoor) -> HttpResponseBase:
    """Show agencies by country, or what a name is found in."""
    chosen = asked_of(request, "country", "kind")
    text = asked_of(request, "q")["q"]
    rows = list(queries.agencies(country=chosen["country"], kind=chosen["kind"]))
    context = {
        "groups": _by_country(rows, request.words),
        "countries": queries.countries_with_agencies(),
        "kinds": KINDS.AGENCY,
        "chosen": chosen,
        "text": text,
        "found": find_by_name(text) if text.strip() else None,
        "duty": DutyForm(request.words, timezone.localtime()),
        "total": len(rows),
    }
    return show(request, "directory/agencies.html", context)


@page(Right.DIRECTORY_SEE)
def duty(request: AtDoor) -> HttpResponseBase:
    """Go to the agency asked for, at the time asked for."""
    told = {name: text for name, text in asked_of(request, "date", "time", "matter").items() if text}
    code = queries.agency_of(asked_of(request, "agency")["agency"]).code
    return redirect(f"{reverse('directory_agency', args=[code])}?{urlencode(told)}#duty")


@page(Right.DIRECTORY_SEE)
def agency(request: AtDoor, code: str) -> HttpResponseBase:
    """Show an agency: who answers now or at another time, all its desks, where it works."""
    found = queries.agency_of(code)
    now = timezone.localtime()
    form = DutyForm(request.words, now, request.GET, agency=code)
    at = form.at()
    matter = form.cleaned_data.get("matter", "") if form.is_valid() else ""
    desks = list(queries.contacts_of(found))
    context = {
        "agency": found,
        "form": form,
        "at": at,
        "is_now": at == now,
        "times": [_next(now, time) for time in NIGHT_AND_DAY],
        "answering": [_desk(one, at, request.words) for one in queries.on_duty(code, at, matter)],
        "desks": [_desk(one, at, request.words) for one in desks],
        "offices": [one for one in queries.offices() if found in one.agencies.all()],
        "sources": sources_named(found.sources),
        "history": _history(request, f"agency:{code}"),
        "matter": matter,
        "zone": here().time_zone,
    }
    return show(request, "directory/agency.html", context)


@page(Right.DIRECTORY_SEE)
def offices(request: AtDoor) -> HttpResponseBase:
    """Show the tree of offices."""
    chosen = asked_of(request, "kind", "country")
    context = {
        "tree": queries.office_tree(**chosen),
        "kinds": KINDS.OFFICE,
        "countries": sorted({one.country for one in queries.offices() if one.country}, key=lambda one: one.code),
        "chosen": chosen,
    }
    return show(request, "directory/offices.html", context)


@page(Right.DIRECTORY_SEE)
def office(request: AtDoor, code: str) -> HttpResponseBase:
    """Show an office: to whom it belongs, who is present, where it works."""
    found = queries.office_of(code)
    context = {
        "office": found,
        "below": [one for one in queries.offices() if one.parent_id == found.pk],
        "on_shift": figures.officers_on_shift(office=found.pk),
        "sources": sources_named(found.sources),
        "history": _history(request, f"office:{code}"),
    }
    return show(request, "directory/office.html", context)


@page(Right.DIRECTORY_SEE)
def crossings(request: AtDoor) -> HttpResponseBase:
    """Show crossings as they are, or as they were on a day."""
    chosen = asked_of(request, "border", "kind", "status")
    today = timezone.localdate()
    day = _day(asked_of(request, "as_of")["as_of"]) or today
    places = queries.crossings_as_of(day, **chosen)
    context = {
        "shown": page_of(request, list(places), 100),
        "borders": queries.borders(),
        "kinds": KINDS.CROSSING,
        "statuses": KINDS.STATUS,
        "chosen": chosen,
        "as_of": day,
        "is_today": day == today,
    }
    return show(request, "directory/crossings.html", context)


@page(Right.DIRECTORY_SEE)
def crossing(request: AtDoor, code: str) -> HttpResponseBase:
    """Show a crossing: both names, where it lies and how sure that is, what it was when."""
    found = queries.crossing_of(code)
    context = {
        "crossing": found,
        "rows": [(row, sources_named(row.source)) for row in found.history.all()],
        "sources": sources_named(found.sources),
        "history": _history(request, f"crossing:{code}"),
    }
    return show(request, "directory/crossing.html", context)


@page(Right.DIRECTORY_SEE)
def export(request: AtDoor, what: str) -> HttpResponseBase:  # noqa: ARG001  the kit gives each view its request
    """Give agencies, desks, offices or crossings as a table."""
    if what not in _TABLES:
        raise NotFound("table_unknown", field="table", table=what)
    header, rows = _TABLES[what]
    return csv_answer(f"{what}-{here().code}-{timezone.localdate()}", header, rows())


def _by_country(rows: Iterable[Any], words: Words) -> list[tuple[Any, list[Any]]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.country, []).append(row)
    return sorted(groups.items(), key=lambda one: (one[0] is None, name_of(words, one[0])))


def _desk(contact: Any, at: dt.datetime, words: Words) -> Desk:
    local = at.astimezone(ZoneInfo(contact.time_zone))
    days = ""
    if contact.days != "1234567":
        days = ", ".join(words.text(f"day.{day}") for day in contact.days)
    if contact.from_time is None:
        hours = words.text("directory.all_day")
    else:
        hours = f"{contact.from_time:%H:%M}–{contact.to_time:%H:%M}"
    return Desk(contact, ", ".join(filter(None, (hours, days))), f"{local:%H:%M}")


def _next(now: dt.datetime, time: dt.time) -> dt.datetime:
    """Give when the clock of this node shows a time next."""
    wanted = dt.datetime.combine(now.date(), time, tzinfo=now.tzinfo)
    return wanted if wanted > now else wanted + dt.timedelta(days=1)


def _history(request: AtDoor, on: str) -> list[Any]:
    """Give the changes of a row to those who make or audit them."""
    seen_by = (Right.DIRECTORY_WRITE, Right.AUDIT_SEE)
    return list(queries.history_of(on)) if any(request.acting.may(right) for right in seen_by) else []


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _agency_rows() -> Iterator[tuple[Any, ...]]:
    for one in queries.agencies(closed=True):
        yield (one.code, one.country_id, one.kind, one.name, one.names.get("ru"), one.mandate, one.sources,
               one.is_active)  # fmt: skip


def _desk_rows() -> Iterator[tuple[Any, ...]]:
    for one in queries.contacts():
        yield (one.agency.code, one.rank, one.desk, one.subject_matter, one.days, one.from_time, one.to_time,
               one.time_zone, one.phone, one.email, " ".join(one.languages), one.note)  # fmt: skip


def _office_rows() -> Iterator[tuple[Any, ...]]:
    for one in queries.offices(closed=True):
        yield (one.code, one.country_id, one.kind, one.name, one.names.get("ru"),
               one.parent.code if one.parent else None, " ".join(row.code for row in one.agencies.all()),
               " ".join(row.code for row in one.crossings.all()), one.area, one.sources, one.is_active)  # fmt: skip


def _crossing_rows() -> Iterator[tuple[Any, ...]]:
    for one in queries.crossings():
        russian = one.names.get("ru", ("", ""))
        yield (one.code, one.name_a, one.country_a_id, one.name_b, one.country_b_id, *russian, one.kind, one.status,
               one.latitude, one.longitude, one.coordinate_error_km, one.coordinate_basis, one.note,
               one.sources)  # fmt: skip


_TABLES: Final = {
    "agencies": (("code", "country", "kind", "name", "name_ru", "mandate", "sources", "is_active"), _agency_rows),
    "desks": (
        ("agency", "rank", "desk", "subject_matter", "days", "from_time", "to_time", "time_zone", "phone", "email",
         "languages", "note"),
        _desk_rows,
    ),
    "offices": (
        ("code", "country", "kind", "name", "name_ru", "parent", "agencies", "crossings", "area", "sources",
         "is_active"),
        _office_rows,
    ),
    "crossings": (
        ("code", "name_a", "country_a", "name_b", "country_b", "name_a_ru", "name_b_ru", "kind", "status", "latitude",
         "longitude", "error_km", "basis", "note", "sources"),
        _crossing_rows,
    ),
}  # fmt: skip
