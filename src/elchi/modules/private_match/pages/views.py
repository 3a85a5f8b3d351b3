"""Pages of private matches: what was asked and contacts, to ask, one ask, budgets."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.forms import WIDE, OneOf, WordsForm
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.locale import Words
from elchi.modules.private_match import queries, services
from elchi.modules.private_match.marks import KINDS, marks_in
from elchi.modules.private_match.rules import MatchRight
from elchi.modules.private_match.services.asking import MAX_TASK
from elchi.modules.private_match.services.budgets import MAX_REASON, MOST_PER_DAY, MOST_PER_HOUR
from elchi.modules.private_match.services.contacts import MAX_NOTE

MAX_MARKS_TEXT: Final = 400_000
"""Characters: 10,000 lines of forty."""


class MatchForm(WordsForm):
    """A form whose labels are the messages `match.<field>`."""

    room = "match"


class AskForm(MatchForm):
    """What to ask of whom."""

    partner = OneOf(())
    purpose = OneOf((), "purpose")
    task = forms.CharField(max_length=MAX_TASK, widget=WIDE)
    mark_kind = OneOf(KINDS, "mark_kind")
    marks = forms.CharField(
        max_length=MAX_MARKS_TEXT, widget=forms.Textarea(attrs={"rows": 8}), help_text="match.marks_hint"
    )

    def __init__(self, words: Words, partners: dict[str, tuple[str, ...]], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("partner", ((code, code) for code in partners))
        purposes = sorted({one for some in partners.values() for one in some} - {"training"})
        self.offer("purpose", ((one, words.text(f"purpose.{one}")) for one in purposes))


class NoteForm(MatchForm):
    """What came of a contact."""

    note = forms.CharField(max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 3}))


class BudgetForm(MatchForm):
    """How much a partner may ask."""

    per_day = forms.IntegerField(min_value=0, max_value=MOST_PER_DAY)
    per_hour = forms.IntegerField(min_value=0, max_value=MOST_PER_HOUR)


class LiftForm(MatchForm):
    """Why a partner may ask as before."""

    reason = forms.CharField(max_length=MAX_REASON, widget=WIDE)


@page(MatchRight.MATCH_SEE)
def matches(request: AtDoor) -> HttpResponseBase:
    """Show what was asked, and the contacts."""
    contacts = queries.contacts_seen_by(request.acting)
    context = {
        "shown": page_of(request, queries.asked_rows(request.acting), 25),
        "contacts": contacts[:50],
        "may_ask": request.acting.may(MatchRight.MATCH_ASK),
        "may_budget": request.acting.may(MatchRight.MATCH_BUDGET),
        "someone": bool(queries.partners_asked_privately()),
    }
    return show(request, "private_match/matches.html", context)


@page(MatchRight.MATCH_ASK)
def ask(request: AtDoor) -> HttpResponseBase:
    """Ask a partner."""
    partners = dict(queries.partners_asked_privately())
    form = AskForm(request.words, partners, request.POST if request.method == "POST" else None)
    if form.is_bound:
        row = form.attempt(
            lambda said: services.ask_privately(
                by=request.acting,
                partner=said["partner"],
                purpose=said["purpose"],
                task=said["task"],
                marks=marks_in(said["mark_kind"], said["marks"]),
            )
        )
        if row is not None:
            messages.success(request, request.words.text("match.was_asked"))
            return redirect("private_match", row.pk)
    context = {"form": form, "partners": partners}
    return show(request, "private_match/ask.html", context, 422 if form.is_bound else 200)


@page(MatchRight.MATCH_ASK)
def match(request: AtDoor, match_id: int) -> HttpResponseBase:
    """Show what became of an ask."""
    row = queries.asked_for(request.acting, match_id)
    opened = {one.key: one for one in row.contacts.all()}
    found = [(one["key"], row.keys[one["key"]], opened.get(one["key"])) for one in row.found]
    context = {"row": row, "found": found, "rest": len(row.keys) - len(found)}
    return show(request, "private_match/match.html", context)


@require_POST
@page(MatchRight.MATCH_ASK)
def contact(request: AtDoor, match_id: int) -> HttpResponseBase:
    """Open a contact about a key that both know."""
    place = request.POST.get("key", "")
    key = int(place) if place.isdecimal() and len(place) < 6 else -1
    services.open_contact(by=request.acting, asked_id=match_id, key=key)
    messages.success(request, request.words.text("match.contact_was_opened"))
    return redirect("private_match", match_id)


@page(MatchRight.MATCH_ASK)
def close(request: AtDoor, contact_id: int) -> HttpResponseBase:
    """Show a contact; close it."""
    row = queries.contact_seen_by(request.acting, contact_id)
    form = NoteForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.attempt(
            lambda said: services.close_contact(by=request.acting, contact_id=contact_id, note=said["note"])
        )
        if done is not None:
            messages.success(request, request.words.text("match.contact_was_closed"))
            return redirect("private_matches")
    key = row.asked.keys[row.key] if row.asked and row.key is not None else None
    context = {"row": row, "key": key, "form": form}
    return show(request, "private_match/contact.html", context, 422 if form.is_bound else 200)


@page(MatchRight.MATCH_SEE, also=(MatchRight.MATCH_BUDGET,))
def budgets(request: AtDoor) -> HttpResponseBase:
    """Show how much partners may ask, and did."""
    context = {"lines": queries.budget_lines(), "may_budget": request.acting.may(MatchRight.MATCH_BUDGET)}
    return show(request, "private_match/budgets.html", context)


@page(MatchRight.MATCH_BUDGET)
def budget(request: AtDoor, partner: str) -> HttpResponseBase:
    """Change how much a partner may ask; lift what held him back."""
    row = queries.partner_for(partner)
    line = next(one for one in queries.budget_lines() if one.partner.pk == row.pk)
    is_lift = request.POST.get("do") == "lift"
    told = {"per_day": line.budget.per_day, "per_hour": line.budget.per_hour}
    form = BudgetForm(request.words, request.POST if request.method == "POST" and not is_lift else None, initial=told)
    lift = LiftForm(request.words, request.POST if is_lift else None)
    done: Any = None
    if form.is_bound:
        done = form.attempt(lambda said: services.set_budget(by=request.acting, partner=partner, **said))
    elif lift.is_bound:
        done = lift.attempt(lambda said: services.lift_throttle(by=request.acting, partner=partner, **said))
    if done is not None:
        messages.success(request, request.words.text("match.budget_was_set"))
        return redirect("match_budgets")
    context = {"line": line, "form": form, "lift": lift}
    return show(request, "private_match/budget.html", context, 422 if request.method == "POST" else 200)
