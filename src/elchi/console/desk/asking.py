"""To ask: whom, what, and then what of it will go and why, before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.desk.forms import RequestForm
from elchi.console.desk.views import talk_of
from elchi.console.federation.terms import clause_text, field_name
from elchi.console.kit import AtDoor, asked_of, page, show
from elchi.console.templatetags.elchi import name_of
from elchi.errors import NotAllowed, NotFound
from elchi.exchange.agreement import FieldDecision, Permit
from elchi.node.checks.rules import PURPOSES
from elchi.node.directory.queries import agencies
from elchi.node.federation.queries.agreements import agreement_of
from elchi.node.liaison import queries, services
from elchi.node.liaison.basis import Addressee, may_be_asked
from elchi.node.officers.rules import Right


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a request, and whether it goes."""

    field: str
    decision: FieldDecision
    text: str
    """Of the clause, in the reader's language."""


@page(Right.DESK_WORK)
def new(request: AtDoor) -> HttpResponseBase:
    """Choose whom to ask; write the request."""
    partners = may_be_asked(PURPOSES, timezone.now())
    inside = [one for one in queries.desk_agencies() if one.code != request.acting.agency]
    to = asked_of(request, "to")["to"]
    if not to:
        return show(request, "desk/whom.html", {"partners": partners, "inside": inside})
    partner = next((one for one in partners if one.code == to), None)
    if to != "here" and partner is None:
        raise NotFound("partner_unknown", partner=to)
    form = _form(request, partner, inside)
    row = form.attempt(lambda said: _draft(request, form, partner, said))
    if row:
        return redirect("preview_request", row.pk)
    return show(request, "desk/new.html", {"form": form, "partner": partner}, 422 if form.errors else 200)


@page(Right.DESK_WORK)
def preview(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Show what of a draft will go, by which clause; send it."""
    row = queries.conversation_for(request.acting, conversation_id)
    if row.state != "draft":
        return redirect("conversation", conversation_id)
    if request.method == "POST":
        services.send_request(by=request.acting, conversation_id=conversation_id)
        messages.success(request, request.words.text("desk.was_sent" if row.partner else "desk.was_said"))
        return redirect("conversation", conversation_id)
    permit, refused = None, None
    try:
        permit = services.preview_request(by=request.acting, conversation_id=conversation_id)
    except NotAllowed as error:
        if error.code not in ("not_covered", "agreement_missing"):
            raise
        refused = request.words.error(error.code, error.params)
    context = {
        **talk_of(request, row), "permit": permit, "refused": refused,
        "lines": _lines(request, permit, row) if permit else [],
    }  # fmt: skip
    return show(request, "desk/preview.html", context)


@require_POST
@page(Right.DESK_WORK)
def drop(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Throw a draft away."""
    services.drop_draft(by=request.acting, conversation_id=conversation_id)
    messages.success(request, request.words.text("desk.was_dropped"))
    return redirect("desk")


def _form(request: AtDoor, partner: Addressee | None, inside: list[Any]) -> RequestForm:
    words = request.words
    country = partner.country if partner else ""
    theirs = agencies(country=country) if country else []
    offered = [(one.code, name_of(words, one)) for one in (theirs if partner else inside)]
    purposes = [(one, words.text(f"purpose.{one}")) for one in (partner.purposes if partner else PURPOSES)]
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    return RequestForm(words, offered, purposes, *posted)


def _draft(request: AtDoor, form: RequestForm, partner: Addressee | None, said: dict[str, Any]) -> Any:
    asked = {name: said[name] for name in ("kind", "urgency", "due_at", "title", "purpose", "handling", "tlp")}
    told = services.Request(
        to=partner.code if partner else "", agencies=said["agencies"], conditions=said["conditions"],
        subject=form.subject(), evaluation=form.evaluated(), **asked, **form.given(),
    )  # fmt: skip
    return services.draft_request(by=request.acting, request=told)


def _lines(request: AtDoor, permit: Permit, row: Any) -> list[Line]:
    agreement = agreement_of(permit.agreement, partner=row.partner.code)
    words = request.words
    return [
        Line(field_name(one.field, words), one, clause_text(agreement, one.clause, words) if agreement else "")
        for one in (*permit.decisions, *permit.detail_decisions)
    ]
