"""Joint operations: the list, one with its clocks and shared log, its plan, and what is done to it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.forms import WIDE, SeveralOf
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.templatetags.elchi import name_of
from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed
from elchi.locale import Words
from elchi.modules.operations import joint, operations, services, units
from elchi.modules.operations.joint import HandOver, Phase, Plan
from elchi.modules.operations.pages.base import OperationsForm, moment, one_of, text
from elchi.modules.operations.rules import OperationsRight
from elchi.node.federation.queries.partners import partners
from elchi.node.here import here

ROWS: Final = 5
"""Phases and hand-overs that the form has room for."""


class PlanForm(OperationsForm):
    """What is meant to happen."""

    operation_kind = one_of(joint.KINDS, "operation_kind", empty=False)
    title = text(joint.LIMITS["title"], required=True)
    partner = one_of(())
    legal_basis = text(joint.LIMITS["legal_basis"])
    from_at = moment()
    until = moment()
    units = SeveralOf((), required=False, widget=forms.CheckboxSelectMultiple)
    aim = text(joint.LIMITS["aim"], required=True, rows=4)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("partner", ((one.code, f"{one.code} {one.name}") for one in partners(("active",))), nothing="–")
        self.offer("units", own_units(words))


class PhaseForm(OperationsForm):
    """A part of the time."""

    phase = text(joint.LIMITS["name"])
    from_at = moment(required=False)
    until = moment(required=False)


class PointForm(OperationsForm):
    """A hand-over."""

    place = text(joint.LIMITS["place"])
    giver = one_of(())
    taker = one_of(())
    due_at = moment(required=False)
    tolerance = forms.IntegerField(required=False, min_value=0, max_value=1440, initial=15)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        codes = [here().code, *(one.code for one in partners(("active",)))]
        for name in ("giver", "taker"):
            self.offer(name, ((code, code) for code in codes), nothing="–")


class AgreeForm(OperationsForm):
    """Which units of this side take part."""

    units = SeveralOf((), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("units", own_units(words))


class EntryForm(OperationsForm):
    """A line of the log."""

    text = forms.CharField(max_length=joint.LIMITS["text"], widget=WIDE, label="operations.entry")


def own_units(words: Words) -> list[tuple[str, str]]:
    """Give the units of this node by the names that the other side is told."""
    return [(one.office.name, name_of(words, one.office)) for one in units.units()]


@page(OperationsRight.OPERATION_SEE)
def operation_list(request: AtDoor) -> HttpResponseBase:
    """Show the operations, newest first."""
    context = {"shown": page_of(request, operations.operations(), 25),
               "may_plan": request.acting.may(OperationsRight.OPERATION_PLAN)}  # fmt: skip
    return show(request, "operations/operations.html", context)


@page(OperationsRight.OPERATION_SEE)
def operation(request: AtDoor, operation_id: int) -> HttpResponseBase:
    """Show one: plan, units of both sides, clocks, log with what left and what did not, tasks and results."""
    return _shown(request, operation_id, EntryForm(request.words))


@page(OperationsRight.OPERATION_PLAN)
def plan(request: AtDoor, operation_id: int | None = None) -> HttpResponseBase:
    """Plan an operation, or change the plan while nobody knows of it."""
    row = operations.operation_of(operation_id) if operation_id else None
    posted = request.POST if request.method == "POST" else None
    seen = _seen(row) if row else {}
    form = PlanForm(request.words, posted, initial=seen)
    phases, points = (_rows(one, request.words, posted, seen.get(name, []), name)
                      for name, one in (("phases", PhaseForm), ("points", PointForm)))  # fmt: skip

    def save(said: dict[str, Any]) -> Any:
        return services.plan_operation(
            by=request.acting, plan=_plan(said, phases, points), partner=said["partner"], operation_id=operation_id
        )

    is_whole = form.is_bound and all([form.is_valid(), phases.is_valid(), points.is_valid()])
    if is_whole and (made := form.attempt(save)) is not None:
        messages.success(request, request.words.text("operations.plan_saved"))
        return redirect("joint_operation", made.pk)
    context = {"form": form, "phases": phases, "points": points, "row": row}
    return show(request, "operations/plan.html", context, 422 if form.is_bound else 200)


@require_POST
@page(OperationsRight.OPERATION_LOG, also=(OperationsRight.OPERATION_PLAN,))
def do(request: AtDoor, operation_id: int) -> HttpResponseBase:
    """Move it, write into its log, hand over, or add a result."""
    form = EntryForm(request.words, initial={"text": request.POST.get("text", "")})
    try:
        _act(request, operation_id)
    except (Conflict, InvalidInput, NotAllowed) as error:
        if error.code == "right_missing":
            raise
        return _shown(request, operation_id, form, error)
    messages.success(request, request.words.text("operations.act_done"))
    return redirect("joint_operation", operation_id)


def _act(request: AtDoor, operation_id: int) -> None:
    posted, by = request.POST, request.acting
    what = str(posted.get("do", ""))
    if what == "entry":
        services.log_operation(by=by, operation_id=operation_id, text=str(posted.get("text", ""))[:4000])
    elif what in ("given", "taken"):
        services.hand_over(by=by, operation_id=operation_id, number=_number(posted.get("number")), what=what)
    elif what == "result":
        number = _number(str(posted.get("incident", "")).rpartition("-")[2])
        services.add_result(by=by, operation_id=operation_id, incident_id=number)
    elif not any(what in moves for moves in joint.STATES.values()):
        raise InvalidInput("operations_invalid", field="do", rule="not_offered")
    else:
        agreed = AgreeForm(request.words, posted)
        names = tuple(agreed.cleaned_data["units"]) if agreed.is_valid() and what == "agree" else ()
        services.move_operation(by=by, operation_id=operation_id, move=what, units=names)


def _shown(request: AtDoor, operation_id: int, form: EntryForm, error: ElchiError | None = None) -> HttpResponseBase:
    row, acting, words = operations.operation_of(operation_id), request.acting, request.words
    may_plan, may_log = acting.may(OperationsRight.OPERATION_PLAN), acting.may(OperationsRight.OPERATION_LOG)
    invited = {True: joint.BY_INVITED, False: frozenset(joint.STATES[row.state]) - joint.BY_INVITED}[not row.is_ours]
    moves = [one for one in joint.STATES[row.state] if one in invited and _fits(row, one)] if may_plan else []
    clocks = [
        (point, clock, is_next and row.state == "running" and may_log)
        for point, clock, is_next in operations.clocks_of(row, timezone.now())
    ]
    context = {
        "row": row, "fault": _fault(words, error), "moves": moves, "me": here().code,
        "units": [(code, names) for code, names in sorted(row.units.items())],
        "clocks": [(point, clock, may, round(abs(clock.left.total_seconds()) / 60)) for point, clock, may in clocks],
        "phases": operations.plan_of(row).phases,
        "acts": [(one, _said(words, one)) for one in row.acts.all()],
        "tasks": row.tasks.select_related("unit__office", "crossing", "incident").order_by("-id"),
        "results": row.acts.filter(act="result"),
        "form": form if may_log and row.state not in joint.OVER else None,
        "agree_form": AgreeForm(words) if "agree" in moves else None,
        "may_result": may_log and row.state in ("running", "ended"),
        "may_change": may_plan and row.is_ours and row.state == "planned",
    }  # fmt: skip
    return show(request, "operations/operation.html", context, 200 if error is None else 409)


def _fits(row: Any, move: str) -> bool:
    return row.state != "planned" or move == "cancel" or (move == "propose") == bool(row.partner)


def _fault(words: Words, error: ElchiError | None) -> str:
    if error is None:
        return ""
    told = dict(error.params)
    if "why" in told:
        told["why"] = why_of(words, str(told["why"]))
    return words.error(error.code, told)


def why_of(words: Words, why: str) -> str:
    """Say why something did not leave: a code, or the clause that keeps it."""
    name, colon, clause = why.partition(":")
    return words.text("operations.kept_clause", clause=clause) if colon else words.text(f"act_kept.{name}")


def _said(words: Words, one: Any) -> tuple[str, str]:
    """Give what an act says, and why it stayed."""
    told = one.content
    match one.act:
        case "entry":
            said = str(told.get("text", ""))
        case "state":
            said = words.text(f"operation_move.{told.get('move')}")
        case "hand_over":
            said = words.text(f"hand_over.{told.get('what')}", number=told.get("number", 0))
        case "result":
            kind = words.text(f"incident_kind.{told.get('event_kind')}")
            parts = (told.get("reference"), kind, told.get("event_date"), told.get("goods"))
            said = ", ".join(str(part) for part in parts if part)
        case _:
            said = words.text("operation_move.propose")
    return said, why_of(words, one.why) if one.state == "kept" and one.why else ""


def _rows(form: Any, words: Words, posted: Any, seen: list[Any], name: str) -> Any:
    made = formset_factory(form, extra=max(ROWS - len(seen), 0), max_num=joint.MOST_PARTS)
    return made(posted, prefix=name, form_kwargs={"words": words}, initial=seen if posted is None else None)


def _seen(row: Any) -> dict[str, Any]:
    told = operations.plan_of(row)
    return {
        "operation_kind": told.kind, "title": told.title, "aim": told.aim, "legal_basis": told.legal_basis,
        "partner": row.partner, "from_at": timezone.localtime(told.from_at), "until": timezone.localtime(told.until),
        "units": list(told.units),
        "phases": [{"phase": one.name, "from_at": timezone.localtime(one.from_at),
                    "until": timezone.localtime(one.until)} for one in told.phases],
        "points": [{"place": one.place, "giver": one.giver, "taker": one.taker, "tolerance": one.tolerance,
                    "due_at": timezone.localtime(one.due_at)} for one in told.points],
    }  # fmt: skip


def _plan(said: dict[str, Any], phases: Any, points: Any) -> Plan:
    """Give what was said; rows without a name or place are none.

    Raises:
        InvalidInput: `operations_invalid` for a row without its times.
    """
    kept = [one.cleaned_data for one in phases if one.cleaned_data.get("phase")]
    given = [one.cleaned_data for one in points if one.cleaned_data.get("place")]
    for line, one in enumerate(kept, 1):
        if not (one["from_at"] and one["until"]):
            raise InvalidInput("operations_invalid", field="until", rule="missing", line=line)
    for line, one in enumerate(given, 1):
        if not one["due_at"]:
            raise InvalidInput("operations_invalid", field="due_at", rule="missing", line=line)
    return Plan(
        kind=said["operation_kind"], units=tuple(said["units"]),
        **{name: said[name] for name in ("title", "aim", "legal_basis", "from_at", "until")},
        phases=tuple(Phase(name=one["phase"], from_at=one["from_at"], until=one["until"]) for one in kept),
        points=tuple(
            HandOver(place=one["place"], giver=one["giver"], taker=one["taker"], due_at=one["due_at"],
                     tolerance=one["tolerance"] or 0)
            for one in given
        ),
    )  # fmt: skip


def _number(value: Any) -> int:
    told = str(value or "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 18 else 0
