"""The board: every access point and how it does, both sides, the access rules; and the points on the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.templatetags.elchi import name_of
from elchi.locale import Words
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.access_point import MOVES, POINT_KINDS
from elchi.modules.interpol.offline.offline_copy import CopyAnswer, OfflineCopy
from elchi.modules.interpol.pages.forms import COLUMNS, PointForm, RulesForm, read_rules, written_rules
from elchi.modules.interpol.question import KINDS
from elchi.modules.interpol.rules import InterpolRight
from elchi.modules.interpol.sides import Unready, offline_copy, online_side
from elchi.node.checks.rules import PURPOSES
from elchi.node.directory import queries as directory
from elchi.node.federation.queries.partners import partners
from elchi.node.officers.acting import Acting
from elchi.node.plug import Layer, Mark

_SIGN: Final = "M0-8l8 8-8 8-8-8z"
_CONNECTED, _OTHER = "m-office", "m-cross"


@page(InterpolRight.BOARD_SEE)
def board(request: AtDoor) -> HttpResponseBase:
    """Show all access points, how many are connected, and the sides."""
    now = timezone.now()
    told = queries.board_now(now)
    context = {
        "board": told.board,
        "lines": told.lines,
        "online": _online(),
        "copy": copy_facts(now),
        "bureau": queries.bureau_for("border_check", now),
        "may_write": request.acting.may(InterpolRight.POINT_WRITE),
        "sees_reports": request.acting.may(InterpolRight.REPORT_SEE),
    }
    return show(request, "interpol/board.html", context)


@page(InterpolRight.POINT_WRITE)
def register(request: AtDoor) -> HttpResponseBase:
    """Register an access point."""
    words = request.words
    form = PointForm(
        words,
        request.POST if request.method == "POST" else None,
        offices=[(one.code, name_of(words, one)) for one in directory.offices()],
        partners=[(one.code, f"{one.code}, {one.name}") for one in partners(("active",))],
    )
    if form.is_bound:
        row = form.attempt(lambda _: services.register_point(by=request.acting, card=form.card()))
        if row is not None:
            messages.success(request, words.text("interpol.point_registered", code=row.code))
            return redirect("access_point", row.code)
    context = {"form": form, "title": words.text("interpol.register_point"), "back": "interpol",
               "hint": words.text("interpol.register_hint")}  # fmt: skip
    return show(request, "interpol/form.html", context, 422 if form.is_bound else 200)


@page(InterpolRight.BOARD_SEE)
def point(request: AtDoor, code: str) -> HttpResponseBase:
    """Show an access point: how it does, and its questions without what they were about."""
    row = queries.point_of(code)
    line = next(one for one in queries.board_now(timezone.now()).lines if one.row.pk == row.pk)
    may_write = request.acting.may(InterpolRight.POINT_WRITE)
    context = {
        "row": row,
        "line": line,
        "moves": tuple(MOVES[row.state]) if may_write else (),
        "shown": page_of(request, row.queries.all(), 25),
    }
    return show(request, "interpol/point.html", context)


@require_POST
@page(InterpolRight.POINT_WRITE)
def move(request: AtDoor, code: str) -> HttpResponseBase:
    """Move an access point on."""
    told = request.POST
    services.move_point(
        by=request.acting, code=code, by_move=str(told.get("move", "")), reason=str(told.get("reason", ""))
    )
    messages.success(request, request.words.text("interpol.point_moved"))
    return redirect("access_point", code)


@page(InterpolRight.BOARD_SEE)
def rules(request: AtDoor) -> HttpResponseBase:
    """Show who may ask what, for what, by which law."""
    context = {
        "policy": queries.policy_in_force(),
        "lines": [(one, sorted(one.purposes)) for one in queries.rules_in_force()],
        "may_write": request.acting.may(InterpolRight.RULES_WRITE),
    }
    return show(request, "interpol/rules.html", context)


@page(InterpolRight.RULES_WRITE)
def change_rules(request: AtDoor) -> HttpResponseBase:
    """Put access rules into force."""
    words = request.words
    seen = {"lines": written_rules(queries.rules_in_force())}
    form = RulesForm(words, request.POST if request.method == "POST" else None, initial=seen)

    def save(said: dict[str, Any]) -> Any:
        return services.set_access_rules(by=request.acting, rules=read_rules(said["lines"]), reason=said["reason"])

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, words.text("interpol.rules_saved"))
        return redirect("access_rules")
    hint = words.text("interpol.rules_hint", columns="; ".join(COLUMNS), points=", ".join(POINT_KINDS),
                      kinds=", ".join(KINDS), purposes=", ".join(PURPOSES))  # fmt: skip
    context = {"form": form, "title": words.text("interpol.access_rules"), "back": "access_rules", "hint": hint}
    return show(request, "interpol/form.html", context, 422 if form.is_bound else 200)


def layer(by: Acting, words: Words, asked: Mapping[str, str]) -> Layer:  # noqa: ARG001  nothing is chosen
    """Give the access points on the map."""
    if not by.may(InterpolRight.BOARD_SEE):
        return Layer(words.text("interpol.points"))
    marks = [
        Mark(
            title=one.row.name,
            kind=words.text(f"point_kind.{one.row.kind}"),
            address=reverse("access_point", args=[one.row.code]),
            place=(one.row.longitude, one.row.latitude),
            css=_CONNECTED if _is_connected(one) else _OTHER,
            path=_SIGN,
            state=words.text("interpol.connected" if _is_connected(one) else f"point_state.{one.row.state}"),
        )
        for one in queries.board_now(timezone.now()).lines
        if one.row.latitude is not None and one.row.longitude is not None
    ]
    return Layer(
        title=words.text("interpol.points"),
        marks=marks,
        key=((_CONNECTED, "M8 0l8 8-8 8-8-8z", words.text("interpol.connected")),
             (_OTHER, "M8 0l8 8-8 8-8-8z", words.text("interpol.not_connected"))),
    )  # fmt: skip


def copy_facts(now: dt.datetime) -> dict[str, Any] | None:
    """Give the version, giver and age of the offline copy, or what is wrong with it; None where there is none."""
    copy = offline_copy()
    if not isinstance(copy, OfflineCopy):
        return None if copy is None else {"code": copy.code}
    head, answer = copy.head, CopyAnswer(None, copy.head.version, copy.head.issued_at)
    return {
        "version": head.version,
        "giver": head.issuer,
        "issued_at": head.issued_at,
        "hours": max(answer.age(now) // dt.timedelta(hours=1), 0),
        "stale": answer.is_stale(now),
        "count": copy.counts[0],
    }


def _online() -> tuple[str, str]:
    """Give how the online side is, and the code of what is wrong."""
    side = online_side()
    if side is None:
        return "absent", ""
    return ("broken", side.code) if isinstance(side, Unready) else ("ready", "")


def _is_connected(one: queries.PointLine) -> bool:
    return one.row.state == "serving" and one.row.first_success_at is not None
