"""Own entries: those of the officer's agency and, but for the discreet, those of others."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.lists.forms import AmendForm, EntryForm, ReasonForm
from elchi.console.lists.views import rows_of
from elchi.errors import NotAllowed
from elchi.lists import Entry
from elchi.node.officers.rules import Right
from elchi.node.watchlists import queries, services
from elchi.node.watchlists.own import SCHEMATA
from elchi.node.watchlists.rules import sees_discreet
from elchi.node.watchlists.states import ENTRY

STATES = tuple(ENTRY)


@page(Right.LIST_SEE)
def entries(request: AtDoor) -> HttpResponseBase:
    """Show the own entries of an agency: of the officer's unless the address names another list."""
    acting = request.acting
    own = [line for line in queries.lists_for(acting) if line.is_own]
    mine = queries.own_list_name(acting.agency)
    asked = request.GET.get("list", mine)
    chosen = next((line for line in own if line.row.name == asked), None)
    state = request.GET.get("state", "in_force")
    shown = None
    if chosen is not None:
        rows = queries.own_entries_for(acting, chosen.row.name)
        shown = page_of(request, rows.filter(state=state) if state in STATES else rows)
    context = {
        "lines": own, "chosen": chosen, "is_mine": asked == mine, "shown": shown, "state": state, "states": STATES,
        "schemata": tuple(SCHEMATA), "may_write": acting.may(Right.ENTRY_WRITE),
    }  # fmt: skip
    return show(request, "lists/own.html", context)


@page(Right.ENTRY_WRITE)
def create(request: AtDoor) -> HttpResponseBase:
    """Make an own entry of the schema that the address names."""
    asked = request.GET.get("schema", "Person")
    schema = asked if asked in SCHEMATA else "Person"
    form = EntryForm(request.words, schema, request.POST or None, initial={"action": "refer", "handling": "H1"})
    made = form.attempt(lambda _: services.create_entry(by=request.acting, draft=form.draft()))
    if made is not None:
        messages.success(request, request.words.text("lists.created", entry=made.key))
        return redirect("own_entry", made.key)
    context = {"form": form, "schema": schema, "schemata": tuple(SCHEMATA)}
    return show(request, "lists/own_form.html", context, 422 if form.is_bound else 200)


@page(Right.LIST_SEE)
def entry(request: AtDoor, key: str) -> HttpResponseBase:
    """Show an own entry and its history; that it was read is written down."""
    row = queries.own_entry_for(request.acting, key)
    found = services.read_entry(by=request.acting, name=row.watchlist_id, version=None, entry_id=key)
    context = {
        "own": row,
        "told": rows_of(found),
        "caption": found.caption,
        "changes": [_before(change) for change in _history(request, row)],
        "may_write": _may_write(request, row),
    }
    return show(request, "lists/own_entry.html", context)


@page(Right.ENTRY_WRITE)
def amend(request: AtDoor, key: str) -> HttpResponseBase:
    """Change an own entry."""
    row = _writable(request, key)
    first = {name: "\n".join(values) for name, values in row.properties.items()}
    names = ("action", "handling", "legal_basis", "authority", "instructions", "expires_date")
    first |= {name: getattr(row, name) for name in names} | {"seen": row.changed_at.isoformat()}
    form = AmendForm(request.words, row.schema, request.POST or None, initial=first)
    made = form.attempt(
        lambda said: services.amend_entry(
            by=request.acting, key=key, draft=form.draft(), reason=said["reason"], seen=said["seen"]
        )
    )
    if made is not None:
        messages.success(request, request.words.text("lists.amended"))
        return redirect("own_entry", key)
    return show(request, "lists/own_form.html", {"form": form, "own": row, "schema": row.schema},
                422 if form.is_bound else 200)  # fmt: skip


@page(Right.ENTRY_WRITE)
def withdraw(request: AtDoor, key: str) -> HttpResponseBase:
    """Ask why, then take an own entry out of force."""
    row = _writable(request, key)
    form = ReasonForm(request.words, request.POST or None)
    if form.attempt(lambda said: services.withdraw_entry(by=request.acting, key=key, reason=said["reason"])):
        messages.success(request, request.words.text("lists.withdrawn"))
        return redirect("own_entry", key)
    return show(request, "lists/reason.html", {"form": form, "own": row, "deed": "withdraw"},
                422 if form.is_bound else 200)  # fmt: skip


def _writable(request: AtDoor, key: str) -> Any:
    row = queries.own_entry_for(request.acting, key)
    if not _may_write(request, row):
        raise NotAllowed("own_entry_of_others", agency=row.owner.code)
    return row


def _may_write(request: AtDoor, row: Any) -> bool:
    return request.acting.may(Right.ENTRY_WRITE) and row.owner.code == request.acting.agency


def _history(request: AtDoor, row: Any) -> Any:
    """Give the amendments; to others than the owner's officers none: it may have been discreet once."""
    return row.changes.all() if sees_discreet(request.acting, row.owner.code) else ()


def _before(change: Any) -> dict[str, Any]:
    before = change.before
    entry = Entry("", before["schema"], {name: tuple(values) for name, values in before["properties"].items()})
    return {"change": change, "before": before, "told": rows_of(entry)}
