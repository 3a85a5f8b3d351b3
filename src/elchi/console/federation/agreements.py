"""Agreements: what may go and why, field by field; review, sign, suspend, end; what a draft would have let go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from elchi.console.federation.acts import Deed, fill_in
from elchi.console.federation.forms import ReasonForm, SureForm
from elchi.console.federation.terms import as_shown, changes_of, clause_text, field_name, text_of, uses_of
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.errors import NotFound
from elchi.exchange.agreement import Outcome, compare, simulate
from elchi.node.checks.past import MAX_PAST, past_questions
from elchi.node.federation import services
from elchi.node.federation.queries.agreements import agreement_in, own_party, party_of
from elchi.node.federation.queries.versions import before, version_of, versions
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

_PERIODS: Final = (7, 30, 90)
"""Days that a simulation may go back."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """Something that is done with a version."""

    verb: Callable[..., Any]
    right: Right
    states: tuple[str, ...]
    needs_reason: bool = False
    is_grave: bool = False


_DEEDS: Final[Mapping[str, _Deed]] = {
    "propose": _Deed(services.propose_agreement, Right.AGREEMENT_APPROVE, ("draft",)),
    "review": _Deed(services.review_agreement, Right.AGREEMENT_APPROVE, ("received",)),
    "countersign": _Deed(services.countersign_agreement, Right.AGREEMENT_APPROVE, ("reviewed",)),
    "refuse": _Deed(
        services.refuse_agreement, Right.AGREEMENT_APPROVE, ("draft", "proposed", "received", "reviewed"),
        needs_reason=True, is_grave=True,
    ),
    "suspend": _Deed(
        services.suspend_agreement, Right.AGREEMENT_SUSPEND, ("in_force",), needs_reason=True, is_grave=True
    ),
    "resume": _Deed(services.resume_agreement, Right.AGREEMENT_APPROVE, ("suspended",)),
    "end": _Deed(
        services.end_agreement, Right.AGREEMENT_APPROVE, ("agreed", "in_force", "suspended"), needs_reason=True,
        is_grave=True,
    ),
}  # fmt: skip


@page(Right.AGREEMENT_SEE)
def agreements(request: AtDoor) -> HttpResponseBase:
    """Show all versions of agreements, those that wait for this node first."""
    waiting = ("draft", "received", "reviewed")
    context = {
        "waiting": versions().filter(state__in=waiting),
        "shown": page_of(request, versions().exclude(state__in=waiting)),
    }
    return show(request, "federation/agreements.html", context)


@page(Right.AGREEMENT_SEE)
def agreement(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Show a version: its terms, what goes and comes field by field, and what it changes."""
    row = version_of(version_id)
    read, old = agreement_in(row.content), before(row)
    ours = read.direction(own_party(), party_of(row.partner))
    clauses = read.clauses.to_json()
    context = {
        "row": row,
        "agreement": read,
        "title": text_of(read.title, request.words),
        "uses": uses_of(read, ours, request.words),
        "clauses": {name: (clause, clause_text(read, clause, request.words)) for name, clause in clauses.items()},
        "articles": [(clause, text_of(texts, request.words)) for clause, texts in read.articles.items()],
        "changes": [
            (one, as_shown(one.old), as_shown(one.new)) for one in changes_of(compare(old, read))
        ] if old else [],
        "has_old": old is not None,
        "deeds": [name for name, deed in _DEEDS.items() if _offered(deed, row, request.acting)],
    }  # fmt: skip
    return show(request, "federation/agreement.html", context)


@page(Right.AGREEMENT_SEE)
def document(request: AtDoor, version_id: int) -> HttpResponseBase:  # noqa: ARG001  the kit gives each view its request
    """Give the signed document, or the text of a draft."""
    row = version_of(version_id)
    content = bytes(row.document) or agreement_in(row.content).canonical()
    answer = HttpResponse(content, content_type="application/json")
    name = f"agreement-{row.pk}-{row.version}{'-signed' if row.document else ''}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page(Right.AGREEMENT_SUSPEND, also=(Right.AGREEMENT_APPROVE,))
def act(request: AtDoor, version_id: int, deed: str) -> HttpResponseBase:
    """Propose, review, countersign, refuse, suspend, resume or end a version."""
    if deed not in _DEEDS:
        raise NotFound("address_unknown", field="address")
    row, chosen = version_of(version_id), _DEEDS[deed]
    request.acting.require(chosen.right)
    form = (ReasonForm if chosen.needs_reason else SureForm)(request.words, request.POST or None)
    back = reverse("agreement", args=[row.pk])
    told = Deed(title=f"agreement_deed.{deed}", hint=f"agreement_hint.{deed}", back=back, is_grave=chosen.is_grave)

    def do(said: dict[str, Any]) -> str:
        reason = {"because": said["because"]} if chosen.needs_reason else {}
        chosen.verb(by=request.acting, version_id=row.pk, **reason)
        return back

    return fill_in(request, told, form, do)


@page(Right.AGREEMENT_WRITE, also=(Right.AGREEMENT_APPROVE,))
def simulator(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Show what of the checks of the last days would have been asked under a version; no value of any field."""
    row = version_of(version_id)
    asked = request.GET.get("days", "30")
    days = int(asked) if asked in map(str, _PERIODS) else 30
    us, them = own_party(), party_of(row.partner)
    questions, forgotten = past_questions(timezone.now() - dt.timedelta(days=days), sender=us, receiver=them)
    found = simulate(agreement_in(row.content), questions)
    context = {
        "row": row,
        "days": days,
        "periods": _PERIODS,
        "total": len(questions),
        "forgotten": forgotten,
        "is_cut": len(questions) >= MAX_PAST,
        "outcomes": [(str(one), found.count(one)) for one in Outcome],
        "refusals": found.refusals.items(),
        "fields": [(one, field_name(one.field, request.words), count) for one, count in found.fields.items()],
    }
    return show(request, "federation/simulator.html", context)


def _offered(deed: _Deed, row: Any, acting: Acting) -> bool:
    """Tell whether an officer may do it now; what is refused to him for having done the other half is not offered."""
    if row.state not in deed.states or not acting.may(deed.right):
        return False
    if row.state == "suspended" and deed.verb is services.resume_agreement and row.resumed_here == row.suspensions:
        return False
    is_second = deed.verb in (services.propose_agreement, services.countersign_agreement)
    return not (is_second and acting.officer and row.written_by_id == acting.officer.pk)
