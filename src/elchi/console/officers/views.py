"""Officers for the administrator: the list, one officer, what he may, his way in, the tokens of his programs."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show, sort_of
from elchi.console.officers.forms import FilterForm, OfficerForm, TokenForm
from elchi.node.officers import queries, services
from elchi.node.officers.rules import SECOND_FACTOR, Right, Role, rights_table

COLUMNS: Final = {
    "name": ("name", "officers.name"),
    "sign_in_name": ("sign_in_name", "frame.sign_in_name"),
    "agency": ("agency__name", "officers.agency"),
    "office": ("office__name", "officers.office"),
    "last_login": ("last_login", "officers.last_login"),
}
"""Columns of the list: the field each sorts by, and its word."""


@page(Right.OFFICER_MANAGE)
def officers(request: AtDoor) -> HttpResponseBase:
    """Show the officers that a filter leaves."""
    form = FilterForm(request.words, request.GET)
    asked, field = sort_of(request, {name: column[0] for name, column in COLUMNS.items()}, "name")
    shown = page_of(request, queries.officers_of(form.wanted()).order_by(field, "pk"))
    columns = [(name, request.words.text(word)) for name, (_, word) in COLUMNS.items()]
    return show(request, "officers/all.html", {"form": form, "shown": shown, "sort": asked, "columns": columns})


@page(Right.OFFICER_MANAGE)
def add(request: AtDoor) -> HttpResponseBase:
    """Add an officer, and show his first password once."""
    form = OfficerForm(request.words, settings.LANGUAGES, request.POST or None)
    added = form.attempt(
        lambda said: services.add_officer(
            by=request.acting, sign_in_name=said["sign_in_name"], card=form.card(), language=said["language"]
        )
    )
    if added:
        officer, password = added
        return show(request, "officers/password.html", {"officer": officer, "password": password})
    return show(request, "officers/form.html", {"form": form}, status=422 if form.errors else 200)


@page(Right.OFFICER_MANAGE)
def one(request: AtDoor, officer_id: int) -> HttpResponseBase:
    """Show one officer, and what can be done."""
    return _one(request, officer_id)


def _one(request: AtDoor, officer_id: int, token_form: TokenForm | None = None) -> HttpResponseBase:
    officer = queries.officer_of(officer_id)
    context = {
        "officer": officer,
        "is_himself": officer.pk == request.acting.himself.pk,
        "rights": queries.scopes_for(officer),
        "factors": queries.factors_of(officer),
        "needs_factor": queries.needs_second_factor(officer),
        "tokens": queries.tokens_of(officer),
        "sign_ins": queries.sign_ins_of(officer)[:10],
        "is_locked": queries.is_locked(officer),
        "token_form": token_form or TokenForm(request.words, queries.scopes_for(officer)),
    }
    return show(request, "officers/one.html", context, status=422 if token_form else 200)


@page(Right.OFFICER_MANAGE)
def change(request: AtDoor, officer_id: int) -> HttpResponseBase:
    """Change what an officer is."""
    officer = queries.officer_of(officer_id)
    form = OfficerForm(request.words, settings.LANGUAGES, request.POST or None, officer=officer)
    if form.attempt(lambda _: services.change_officer(by=request.acting, officer_id=officer_id, card=form.card())):
        messages.success(request, request.words.text("officers.changed"))
        return redirect("officer", officer_id=officer_id)
    context = {"form": form, "officer": officer}
    return show(request, "officers/form.html", context, status=422 if form.errors else 200)


@require_POST
@page(Right.OFFICER_MANAGE)
def do(request: AtDoor, officer_id: int, verb: str) -> HttpResponseBase:
    """Let an officer go, take him back, unlock him, or reset what he proves himself with."""
    told: dict[str, Any] = {"by": request.acting, "officer_id": officer_id}
    match verb:
        case "take-back":
            officer, password = services.take_back(**told)
            return show(request, "officers/password.html", {"officer": officer, "password": password})
        case "reset-password":
            officer, password = services.reset_password(**told)
            return show(request, "officers/password.html", {"officer": officer, "password": password})
        case "reset-factors":
            services.reset_factors(**told)
            messages.success(request, request.words.text("officers.factors_reset"))
        case "unlock":
            services.unlock_officer(**told)
            messages.success(request, request.words.text("officers.unlocked"))
        case "let-go":
            services.let_go(**told)
            messages.success(request, request.words.text("officers.gone"))
        case _:
            raise Http404
    return redirect("officer", officer_id=officer_id)


@require_POST
@page(Right.OFFICER_MANAGE)
def issue_token(request: AtDoor, officer_id: int) -> HttpResponseBase:
    """Issue a token, and show it once."""
    officer = queries.officer_of(officer_id)
    form = TokenForm(request.words, queries.scopes_for(officer), request.POST)
    issued = form.attempt(lambda said: services.issue_token(by=request.acting, officer_id=officer_id, **said))
    if issued:
        token, secret = issued
        return show(request, "officers/token.html", {"officer": officer, "token": token, "secret": secret})
    return _one(request, officer_id, form)


@require_POST
@page(None)
def revoke_token(request: AtDoor, token_id: int) -> HttpResponseBase:
    """End a token: the administrator any, an officer those of his own programs."""
    token = services.revoke_token(by=request.acting, token_id=token_id)
    messages.success(request, request.words.text("officers.token_revoked"))
    if request.acting.may(Right.OFFICER_MANAGE):
        return redirect("officer", officer_id=token.officer_id)
    return redirect("my_account")


@page(None)
def rights(request: AtDoor) -> HttpResponseBase:
    """Show who may do what, as sentences and as a table."""
    rows = rights_table().items()
    context = {
        "told": [(role, [one for one, held in rows if role in held], role in SECOND_FACTOR) for role in Role],
        "roles": list(Role),
        "table": [(right, [role in held for role in Role]) for right, held in rows],
    }
    return show(request, "officers/rights.html", context)


@page(Right.AUDIT_SEE, also=(Right.OFFICER_MANAGE,))
def sign_ins(request: AtDoor) -> HttpResponseBase:
    """Show everybody's attempts to sign in."""
    failed = "failed" in request.GET
    shown = page_of(request, queries.all_sign_ins(failed=failed))
    return show(request, "officers/sign_ins.html", {"shown": shown, "failed": failed})
