"""A version: what it changes, what was wrong in its file, and the decision about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.lists.forms import ReasonForm
from elchi.console.sheets import csv_answer
from elchi.locale import Words
from elchi.node.officers.rules import Right
from elchi.node.watchlists import queries, services
from elchi.node.watchlists.difference import KINDS, Differences, differences_of

_BAD_SHOWN: Final = 20


@page(Right.LIST_SEE)
def version(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Show a version and what it changes."""
    kind = request.GET.get("kind", "")
    found, differences = differences_of(request.acting, version_id, kind if kind in KINDS else "")
    return show(request, "lists/version.html", _context(request, found, differences, kind))


@require_POST
@page(Right.LIST_SEE)
def search(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Show the changes in which a name or number stands. Posted: it stands in no address."""
    text = request.POST.get("q", "").strip()[:200]
    found, differences = differences_of(request.acting, version_id)
    context = _context(request, found, differences, "")
    if text and differences is not None:
        context |= {"shown": None, "rows": differences.search(text), "q": text}
    return show(request, "lists/version.html", context)


@page(Right.LIST_SEE)
def bad_lines(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Give the lines that gave no entry as CSV."""
    found = queries.version_for(request.acting, version_id)
    rows = ((line["line"], line["told"]) for line in _lines(found, request.words))
    return csv_answer(f"{found.watchlist_id}-{found.pk}-lines", ("line", "reason"), rows)


@page(Right.LIST_APPROVE)
def approve(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Ask once more, then put a version in force."""
    found = queries.version_for(request.acting, version_id)
    if request.method == "POST":
        made = services.approve_version(by=request.acting, version_id=version_id)
        messages.success(request, request.words.text("lists.approved", count=made.total))
        return redirect("list", made.watchlist_id)
    return show(request, "lists/approve.html", {"version": found, "row": found.watchlist})


@page(Right.LIST_LOAD, also=(Right.LIST_APPROVE,))
def reject(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Ask why, then refuse a version."""
    found = queries.version_for(request.acting, version_id)
    return _with_reason(
        request,
        found.watchlist,
        "reject",
        lambda reason: services.reject_version(by=request.acting, version_id=version_id, reason=reason),
    )


@page(Right.LIST_APPROVE)
def roll_back(request: AtDoor, name: str, to_version: int) -> HttpResponseBase:
    """Ask why, then put an older version in force again."""
    row = queries.list_for(request.acting, name)
    return _with_reason(
        request,
        row,
        "roll_back",
        lambda reason: services.roll_back_list(by=request.acting, name=name, to_version=to_version, reason=reason),
        number=to_version,
    )


@page(Right.LIST_LOAD)
def remove(request: AtDoor, name: str) -> HttpResponseBase:
    """Ask why, then take a list out of use."""
    row = queries.list_for(request.acting, name)
    return _with_reason(
        request, row, "remove", lambda reason: services.remove_list(by=request.acting, name=name, reason=reason)
    )


_DONE: Final = {"reject": "lists.rejected", "roll_back": "lists.rolled_back", "remove": "lists.removed"}


def _with_reason(
    request: AtDoor, row: Any, deed: str, act: Callable[[str], Any], *, number: int | None = None
) -> HttpResponseBase:
    """Ask for a reason on a page of its own, then do it."""
    form = ReasonForm(request.words, request.POST or None)
    if form.attempt(lambda said: act(said["reason"])) is not None:
        messages.success(request, request.words.text(_DONE[deed], title=row.title))
        return redirect("lists" if deed == "remove" else "list", *([] if deed == "remove" else [row.name]))
    context = {"form": form, "row": row, "deed": deed, "number": number}
    return show(request, "lists/reason.html", context, 422 if form.is_bound else 200)


def _context(request: AtDoor, found: Any, differences: Differences | None, kind: str) -> dict[str, Any]:
    acting = request.acting
    shown = page_of(request, differences, 25) if differences is not None else None  # type: ignore[arg-type]  # a sequence
    is_his = found.loaded_by == acting.name
    waits = found.state == "waiting"
    lines = _lines(found, request.words)
    return {
        "version": found,
        "row": found.watchlist,
        "differences": differences,
        "shown": shown,
        "rows": shown.object_list if shown is not None else (),
        "kind": kind,
        "kinds": [(one, getattr(found, one)) for one in KINDS],
        "lines": lines[:_BAD_SHOWN],
        "more_lines": max(len(lines) - _BAD_SHOWN, 0),
        "failure": request.words.error(found.error["code"], found.error["params"]) if found.error else "",
        "is_under_way": found.state in ("queued", "reading", "approving"),
        "may_cancel": found.state == "queued" and acting.may(Right.LIST_LOAD),
        "may_approve": waits and acting.may(Right.LIST_APPROVE) and not is_his,
        "may_reject": waits and acting.may(Right.LIST_LOAD if is_his else Right.LIST_APPROVE),
        "is_his": waits and is_his,
    }


def _lines(found: Any, words: Words) -> list[dict[str, Any]]:
    """Give bad lines in words."""
    return [{"line": one["line"], "skipped": one["skipped"], "told": _told(one, words)} for one in found.bad_lines]


def _told(line: dict[str, Any], words: Words) -> str:
    said = words.text(f"bad_line.{line['reason']}", **line["params"])
    return words.error(line["reason"], line["params"]) if said.startswith("bad_line.") else said
