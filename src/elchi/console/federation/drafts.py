"""To write agreements: from a template, anew, or as the next version."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse

from elchi.console.federation.acts import Deed, fill_in
from elchi.console.federation.forms import NewAgreementForm, TextForm, sides
from elchi.console.kit import AtDoor, page
from elchi.errors import Conflict
from elchi.exchange.agreement import Agreement, Side, read_agreement, templates
from elchi.node.federation import services
from elchi.node.federation.queries.agreements import agreement_in
from elchi.node.federation.queries.partners import partner_of, partners
from elchi.node.federation.queries.versions import newest_number, version_of
from elchi.node.federation.states import KNOWN
from elchi.node.officers.rules import Right


@page(Right.AGREEMENT_WRITE)
def new(request: AtDoor) -> HttpResponseBase:
    """Begin an agreement with a template."""
    form = NewAgreementForm(request.words, request.POST or None)
    form.offer("partner", [(row.code, f"{row.code} {row.name}") for row in partners(KNOWN)])
    deed = Deed(title="federation.new_agreement", hint="federation.new_agreement_hint", back=reverse("agreements"))

    def act(told: dict[str, Any]) -> str:
        row = services.draft_agreement(by=request.acting, partner=told["partner"], agreement=_filled(told))
        return reverse("agreement_write", args=[row.pk])

    return fill_in(request, deed, form, act)


@page(Right.AGREEMENT_WRITE)
def write(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Write a draft anew, as JSON."""
    row = version_of(version_id)
    if row.state != "draft":
        raise Conflict("state_refuses", state=row.state, to="draft")
    return _write(request, row.partner.code, agreement_in(row.content), reverse("agreement", args=[row.pk]))


@page(Right.AGREEMENT_WRITE)
def amend(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Write the version after one."""
    row = version_of(version_id)
    version = newest_number(row) + 1
    following = dataclasses.replace(agreement_in(row.content), version=version)
    return _write(request, row.partner.code, following, reverse("agreement", args=[row.pk]))


def _write(request: AtDoor, partner: str, agreement: Agreement, back: str) -> HttpResponseBase:
    text = json.dumps(agreement.to_json(), ensure_ascii=False, indent=2)
    form = TextForm(request.words, request.POST or None, initial={"text": text})
    deed = Deed(title="federation.write_agreement", hint="federation.write_agreement_hint", back=back)

    def act(told: dict[str, Any]) -> str:
        read = read_agreement(told["text"].encode())
        row = services.draft_agreement(by=request.acting, partner=partner, agreement=read)
        return reverse("agreement", args=[row.pk])

    return fill_in(request, deed, form, act, "federation.written")


def _filled(told: dict[str, Any]) -> Agreement:
    us, them = (Side(countries=(), agencies=(), offices=(), **side) for side in sides(partner_of(told["partner"])))
    return templates()[told["template"]].fill(
        agreement_id=told["name"],
        side_a=us,
        side_b=them,
        valid_from=told["valid_from"],
        valid_until=told["valid_until"],
    )
