"""The table of lists, one list, its rules, and looking somebody up on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.check.reading import read_text
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.lists.forms import NewListForm, RulesForm
from elchi.errors import ElchiError
from elchi.lists import shipped_lists
from elchi.node.here import here
from elchi.node.officers.rules import Right
from elchi.node.watchlists import queries, services
from elchi.node.watchlists.services.rules_of_use import rules_of
from elchi.subjects import Organisation, Person, Subject


@page(Right.LIST_SEE)
def lists(request: AtDoor) -> HttpResponseBase:
    """Show all lists: how old, who loaded them, what waits."""
    lines = queries.lists_for(request.acting)
    known = {line.row.name for line in lines}
    faults = queries.list_faults()
    context = {
        "lines": [line for line in lines if line.row.retired_at is None],
        "retired": [line.row for line in lines if line.row.retired_at is not None],
        "shipped": [one for one in shipped_lists() if one.name not in known],
        "may_load": request.acting.may(Right.LIST_LOAD),
        "faults": [name for name in (*faults.orphans, *faults.missing) if name in (*faults.orphans, *known)],
    }
    return show(request, "lists/all.html", context)


@page(Right.LIST_LOAD)
def add(request: AtDoor) -> HttpResponseBase:
    """Make a list known."""
    first = {"origin": "national", "tlp": "AMBER", "stale_after_days": 30, "owner": request.acting.agency}
    form = NewListForm(request.words, request.POST or None, initial=first)
    row = form.attempt(
        lambda said: services.add_list(by=request.acting, name=said["name"], origin=said["origin"], rules=form.told())
    )
    if row is not None:
        messages.success(request, request.words.text("lists.added", title=row.title))
        return redirect("list_load", row.name)
    return show(request, "lists/rules.html", {"form": form}, 422 if form.is_bound else 200)


@page(Right.LIST_SEE)
def one(request: AtDoor, name: str) -> HttpResponseBase:
    """Show one list: its facts, its rules, its versions or its own entries."""
    acting = request.acting
    line = queries.line_for(acting, name)
    if line.is_own:
        return redirect(f"{reverse('own_entries')}?list={name}")
    context = {
        "line": line,
        "row": line.row,
        "shown": page_of(request, queries.versions_for(acting, name), 20),
        "back": queries.numbers_kept(name),
        "may_load": acting.may(Right.LIST_LOAD),
        "may_decide": acting.may(Right.LIST_APPROVE),
    }
    return show(request, "lists/one.html", context)


@page(Right.LIST_LOAD)
def rules(request: AtDoor, name: str) -> HttpResponseBase:
    """Change the rules of a list's use."""
    row = queries.list_for(request.acting, name)
    told = rules_of(row)
    first = {field: getattr(told, field) for field in told.__dataclass_fields__}
    form = RulesForm(request.words, request.POST or None, initial=first)
    if form.attempt(lambda _: services.change_list(by=request.acting, name=name, rules=form.told())):
        messages.success(request, request.words.text("lists.changed_rules"))
        return redirect("list", name)
    return show(request, "lists/rules.html", {"form": form, "row": row}, 422 if form.is_bound else 200)


@require_POST
@page(Right.LIST_SEE)
def search(request: AtDoor, name: str) -> HttpResponseBase:
    """Show whom a name or number meets on a list. Posted: who was looked for stands in no address."""
    row = queries.list_for(request.acting, name)
    text = request.POST.get("q", "").strip()[:400]
    told = ""
    found: tuple[queries.FoundOnList, ...] = ()
    try:
        subjects = _subjects(text)
        found = services.search_entries(by=request.acting, name=name, subjects=subjects)
    except ElchiError as error:
        told = request.words.error(error.code, error.params)
    context = {"row": row, "q": text, "told": told, "found": found}
    return show(request, "lists/search.html", context, 422 if told else 200)


@page(Right.LIST_SEE)
def entry(request: AtDoor, name: str, entry_id: str) -> HttpResponseBase:
    """Show an entry; that it was read is written down."""
    row = queries.list_for(request.acting, name)
    found = services.read_entry(by=request.acting, name=name, version=None, entry_id=entry_id)
    facts = queries.facts_of([(name, entry_id)])[name, entry_id]
    return show(request, "lists/entry.html", {"row": row, "entry": found, "facts": facts, "told": rows_of(found)})


def rows_of(entry: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Give the properties of an entry in the order in which an officer reads."""
    first = ("name", "alias", "weakAlias", "previousName", "birthDate", "nationality", "passportNumber", "idNumber")
    names = [*(name for name in first if name in entry.properties), *(n for n in entry.properties if n not in first)]
    return [(name, entry.properties[name]) for name in names]


def _subjects(text: str) -> list[Subject]:
    subjects = list(read_text(text, today=timezone.localdate(), region=here().country).subjects)
    named = [Organisation(name=one.name) for one in subjects if isinstance(one, Person) and one.name]
    return [*subjects, *named]
