"""Units: the tree, one of them, the mandate, and tasks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.forms import SeveralOf
from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.errors import ElchiError, InvalidInput, NotAllowed
from elchi.locale import Words
from elchi.modules.operations import operations, services, tasking, units
from elchi.modules.operations.geography import USUAL_KMH, Area, Spot
from elchi.modules.operations.joint import OVER
from elchi.modules.operations.mandate import ACTS, WHERES, MandateLine, line_from_wire
from elchi.modules.operations.pages.base import OperationsForm, moment, one_of, text
from elchi.modules.operations.places import border_lines
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.services import Order, UnitCard
from elchi.modules.operations.states import TASK
from elchi.modules.operations.units import Where
from elchi.node.directory import queries as directory

REFUSALS: Final = ("task_outside_mandate", "task_outside_area", "unit_not_available")
_COLUMNS: Final = tuple(one.name for one in fields(MandateLine))


class UnitForm(OperationsForm):
    """What a unit is."""

    availability = one_of(tasking.AVAILABILITIES, "availability", empty=False)
    kmh = forms.FloatField(min_value=1, max_value=services.FASTEST)
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)
    area_border = one_of(())
    area_km = forms.FloatField(required=False, min_value=0.1, max_value=1000)
    crew_rule = SeveralOf(directory.KINDS.AGENCY, "agency_kind", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("area_border", ((one, one) for one in sorted(border_lines())), nothing="–")

    def card(self) -> UnitCard:
        """Give what was said.

        Raises:
            InvalidInput: `operations_invalid` for half a position.
        """
        said = self.cleaned_data
        area = Area(kind="section", border=said["area_border"], km=said["area_km"] or 0.0)
        return UnitCard(
            kmh=said["kmh"], availability=said["availability"], at=spot_of(said), crew_rule=tuple(said["crew_rule"]),
            area=area if said["area_border"] else None,
        )  # fmt: skip


class MemberForm(OperationsForm):
    """Somebody in a unit."""

    agency = one_of((), empty=False)
    part = one_of(tasking.PARTS, "part", empty=False)
    officer = text(150)


class AssetForm(OperationsForm):
    """Something that a unit has."""

    asset = one_of(tasking.ASSETS, "asset", empty=False)
    asset_name = text(120, required=True)


class TaskForm(OperationsForm):
    """What a unit shall do."""

    unit = one_of((), empty=False)
    crossing = one_of(())
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)
    purpose = text(300, required=True)
    due_at = moment(required=False)
    operation = one_of(())
    acts = SeveralOf(ACTS, "act", widget=forms.CheckboxSelectMultiple)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("unit", ((one.office.code, name_of(words, one.office)) for one in units.units()))
        self.offer("crossing", ((one.code, crossing_name(words, one)) for one in directory.crossings()), nothing="–")
        running = operations.operations().exclude(state__in=OVER)
        self.offer("operation", ((str(one.pk), f"{one.number} {one.title}") for one in running), nothing="–")

    def order(self) -> Order:
        """Give what was said.

        Raises:
            InvalidInput: `operations_invalid` for half a position.
        """
        said = self.cleaned_data
        where = Where(crossing=said["crossing"], spot=spot_of(said))
        return Order(
            where=where, acts=tuple(said["acts"]), purpose=said["purpose"], due_at=said["due_at"],
            operation=int(said["operation"]) if said["operation"] else None,
        )  # fmt: skip


class MandateForm(OperationsForm):
    """A mandate as lines of a table."""

    lines = text(60_000, required=True, rows=14)
    reason = text(300, required=True)


def spot_of(said: dict[str, Any]) -> Spot | None:
    """Give the position that was said.

    Raises:
        InvalidInput: `operations_invalid` for half of one.
    """
    latitude, longitude = said["latitude"], said["longitude"]
    if (latitude is None) != (longitude is None):
        raise InvalidInput("operations_invalid", field="latitude", rule="position_whole")
    return None if latitude is None else Spot(latitude, longitude)


@page(OperationsRight.UNIT_SEE)
def unit_list(request: AtDoor) -> HttpResponseBase:
    """Show the units, and the tasks that are open."""
    kind = asked_of(request, "kind")["kind"]
    rows = [one for one in units.units() if not kind or one.office.kind == kind]
    context = {
        "rows": [(one, tasking.crew_missing(one.crew_rule, units.crew_of(one)[1])) for one in rows],
        "kinds": directory.KINDS.OFFICE,
        "kind": kind,
        "others": units.offices_without_profile() if request.acting.may(OperationsRight.UNIT_WRITE) else [],
        "shown": page_of(request, units.tasks(), 25),
        "may_task": request.acting.may(OperationsRight.TASK_GIVE),
        "may_see_operations": request.acting.may(OperationsRight.OPERATION_SEE),
    }
    return show(request, "operations/units.html", context)


@page(OperationsRight.UNIT_SEE)
def unit(request: AtDoor, code: str) -> HttpResponseBase:
    """Show a unit: crew, assets, area, tasks."""
    row = units.unit_of(code)
    may_write = request.acting.may(OperationsRight.UNIT_WRITE)
    member = MemberForm(request.words)
    member.offer("agency", ((one.code, name_of(request.words, one)) for one in row.office.agencies.all()))
    context = {
        "row": row,
        "missing": tasking.crew_missing(row.crew_rule, units.crew_of(row)[1]),
        "tasks": units.tasks().filter(unit=row)[:20],
        "may_write": may_write,
        "member_form": member,
        "asset_form": AssetForm(request.words),
    }
    return show(request, "operations/unit.html", context)


@page(OperationsRight.UNIT_WRITE)
def change_unit(request: AtDoor, code: str) -> HttpResponseBase:
    """Say what an office is as a unit."""
    office = directory.office_of(code)
    row = next((one for one in units.units() if one.office_id == office.pk), None)
    seen = {"kmh": USUAL_KMH} if row is None else {
        "availability": row.availability, "kmh": row.kmh, "latitude": row.latitude, "longitude": row.longitude,
        "crew_rule": row.crew_rule, "area_border": (row.area or {}).get("border", ""),
        "area_km": (row.area or {}).get("km"),
    }  # fmt: skip
    form = UnitForm(request.words, request.POST if request.method == "POST" else None, initial=seen)
    if form.is_bound and (
        form.attempt(lambda _: services.set_unit(by=request.acting, code=code, card=form.card())) is not None
    ):
        messages.success(request, request.words.text("operations.unit_saved"))
        return redirect("unit", code)
    context = {"form": form, "title": name_of(request.words, office), "back": "units",
               "hint": request.words.text("operations.unit_hint")}  # fmt: skip
    return show(request, "operations/plain_form.html", context, 422 if form.is_bound else 200)


@require_POST
@page(OperationsRight.UNIT_WRITE)
def change_parts(request: AtDoor, code: str) -> HttpResponseBase:
    """Add a member or an asset, let one go, or say what is broken."""
    posted, by = request.POST, request.acting
    number = int(str(posted.get("id"))) if str(posted.get("id", "")).isdecimal() else 0
    match posted.get("do"):
        case "member":
            told = {name: str(posted.get(name, "")) for name in ("agency", "part", "officer")}
            services.add_member(by=by, code=code, **told)
        case "asset":
            services.add_asset(
                by=by, code=code, kind=str(posted.get("asset", "")), name=str(posted.get("asset_name", ""))
            )
        case "end":
            services.end_member(by=by, member_id=number)
        case "broken" | "works" as state:
            services.change_asset(by=by, asset_id=number, is_broken=state == "broken")
        case _:
            raise InvalidInput("operations_invalid", field="do", rule="one_of")
    messages.success(request, request.words.text("operations.unit_saved"))
    return redirect("unit", code)


@page(OperationsRight.UNIT_SEE)
def mandate(request: AtDoor) -> HttpResponseBase:
    """Show who may do what."""
    policy = units.mandate_in_force()
    context = {"policy": policy, "lines": units.lines_in_force(),
               "may_write": request.acting.may(OperationsRight.MANDATE_WRITE)}  # fmt: skip
    return show(request, "operations/mandate.html", context)


@page(OperationsRight.MANDATE_WRITE)
def change_mandate(request: AtDoor) -> HttpResponseBase:
    """Put a mandate into force."""
    seen = {"lines": _written(units.lines_in_force())}
    form = MandateForm(request.words, request.POST if request.method == "POST" else None, initial=seen)
    if form.is_bound and (
        form.attempt(
            lambda said: services.set_mandate(by=request.acting, lines=_read(said["lines"]), reason=said["reason"])
        )
        is not None
    ):
        messages.success(request, request.words.text("operations.mandate_saved"))
        return redirect("mandate")
    hint = request.words.text("operations.mandate_hint", acts=list(ACTS), wheres=list(WHERES))
    context = {"form": form, "title": request.words.text("operations.mandate"), "back": "mandate", "hint": hint}
    return show(request, "operations/plain_form.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.TASK_GIVE)
def give_task(request: AtDoor) -> HttpResponseBase:
    """Send a unit; where one may not go, say why and offer the nearest that may."""
    asked = asked_of(request, "unit", "crossing")
    form = TaskForm(request.words, request.POST if request.method == "POST" else None, initial=asked)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        try:
            order = form.order()
            task = services.give_task(by=request.acting, code=form.cleaned_data["unit"], order=order)
        except NotAllowed as error:
            if error.code not in REFUSALS:
                raise
            context |= {"refusal": _refusal(request.words, error), "offers": _offered(request.words, error)}
        except ElchiError as error:
            form.refuse(error)
        else:
            messages.success(request, request.words.text("operations.task_given", number=task.number))
            return redirect("unit_task", task.pk)
    return show(request, "operations/give_task.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.UNIT_SEE)
def unit_task(request: AtDoor, task_id: int) -> HttpResponseBase:
    """Show a task."""
    row = units.task_of(task_id)
    may = {"cancel": OperationsRight.TASK_GIVE}
    moves = [one for one in TASK[row.state] if request.acting.may(may.get(one, OperationsRight.TASK_DO))]
    return show(request, "operations/task.html", {"row": row, "moves": moves})


@require_POST
@page(OperationsRight.TASK_DO)
def move_task(request: AtDoor, task_id: int) -> HttpResponseBase:
    """Move a task on."""
    told = request.POST
    last = str(told.get("incident", "")).rpartition("-")[2]
    services.move_task(
        by=request.acting,
        task_id=task_id,
        move=str(told.get("move", "")),
        note=str(told.get("note", "")),
        incident=int(last) if last.isascii() and last.isdecimal() and len(last) < 18 else None,
    )
    messages.success(request, request.words.text("operations.task_moved"))
    return redirect("unit_task", task_id)


def _offered(words: Words, error: NotAllowed) -> list[tuple[Any, str]]:
    names = {one.office.code: name_of(words, one.office) for one in units.units()}
    offers: Any = error.params["offers"]
    return [(one, names[one["code"]]) for one in offers]


def _refusal(words: Words, error: NotAllowed) -> str:
    told = {name: value for name, value in error.params.items() if name != "offers"}
    if "act" in told:
        told["act"] = words.text(f"act.{told['act']}")
        told["reason"] = words.text(f"mandate_reason.{told['reason']}")
    if "state" in told:
        told["state"] = words.text(f"availability.{told['state']}")
    return words.text(f"error.{error.code}", **told)


def _written(lines: Sequence[MandateLine]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for one in lines:
        writer.writerow([("yes" if one.may else "no") if name == "may" else getattr(one, name) for name in _COLUMNS])
    return out.getvalue()


def _read(written: str) -> list[MandateLine]:
    lines = []
    for number, cells in enumerate(csv.reader(written.splitlines(), delimiter=";"), 1):
        told: dict[str, Any] = dict(zip(_COLUMNS, (cell.strip() for cell in cells), strict=False))
        if not told:
            continue
        if len(cells) != len(_COLUMNS) or told["may"] not in ("yes", "no"):
            raise InvalidInput("operations_invalid", field="lines", rule="mandate_columns", line=number)
        try:
            told["km"] = float(told["km"] or 0)
        except ValueError:
            raise InvalidInput("operations_invalid", field="km", rule="number", line=number) from None
        lines.append(line_from_wire({**told, "may": told["may"] == "yes"}))
    return lines
