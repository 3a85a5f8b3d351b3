"""The analysis space: what members put into it, what is linked, to put and to take back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.forms import WIDE, OneOf
from elchi.console.kit import AtDoor, page, page_of
from elchi.exchange.message import HANDLING, TLP
from elchi.locale import Words
from elchi.modules.regional import linking, services
from elchi.modules.regional.entity import FIELDS, KINDS, MAX_ORIGIN, MAX_VALUE, PutField
from elchi.modules.regional.pages.base import RegionalForm, shown, state_names
from elchi.modules.regional.rules import RegionalRight, state_of
from elchi.modules.regional.services.space import MAX_REASON


class PutForm(RegionalForm):
    """An entity: each field with who may see it."""

    reason = forms.CharField(max_length=MAX_REASON, widget=WIDE)
    origin = forms.CharField(max_length=MAX_ORIGIN, widget=WIDE)
    handling_code = OneOf(HANDLING, initial="H1")

    def __init__(self, words: Words, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.names = FIELDS[kind]
        for place, name in enumerate(self.names):
            value = forms.CharField(max_length=MAX_VALUE, required=False, label=f"entity_field.{name}")
            self.put(f"value_{place}", value)
            self.put(f"tlp_{place}", OneOf(TLP, label="regional.tlp", initial="AMBER"))

    def fields_put(self) -> list[PutField]:
        """Give the fields that are filled in.

        Raises:
            InvalidInput: `regional_invalid`.
        """
        said = self.cleaned_data
        told = {"origin": said["origin"], "handling": said["handling_code"]}
        return [
            PutField(name=name, value=said[f"value_{place}"].strip(), tlp=said[f"tlp_{place}"], **told)
            for place, name in enumerate(self.names)
            if said[f"value_{place}"].strip()
        ]

    def pairs(self) -> list[tuple[Any, Any]]:
        """Give each value with its TLP, for the page."""
        return [(self[f"value_{place}"], self[f"tlp_{place}"]) for place in range(len(self.names))]

    def heads(self) -> list[Any]:
        """Give the fields before them."""
        return [self[name] for name in ("reason", "origin", "handling_code")]


@page(RegionalRight.SPACE_USE)
def space(request: AtDoor) -> HttpResponseBase:
    """Show what the officer sees of the space, and the links."""
    by = request.acting
    rows = page_of(request, linking.entities_seen_by(by), 25)
    fields = linking.fields_seen_by(by, list(rows))
    names = state_names(request.words)
    context = {
        "shown": rows,
        "rows": [(row, names.get(row.country, row.country), fields.get(row.pk, [])) for row in rows],
        "links": linking.links_seen_by(by, list(rows)),
        "kinds": KINDS,
        "may_put": bool(state_of(by)),
    }
    return shown(request, "space.html", "regional_space", context)


@page(RegionalRight.SPACE_USE)
def put(request: AtDoor, kind: str) -> HttpResponseBase:
    """Put an entity."""
    if kind not in KINDS:
        raise Http404
    form = PutForm(request.words, kind, request.POST if request.method == "POST" else None)
    if form.is_bound:
        row = form.attempt(
            lambda said: services.put_entity(
                by=request.acting, kind=kind, fields=form.fields_put(), reason=said["reason"]
            )
        )
        if row is not None:
            return redirect("regional_entity", row.pk)
    context = {"form": form, "kind": kind}
    return shown(request, "put.html", "regional_space", context, 422 if form.is_bound else 200)


@page(RegionalRight.SPACE_USE)
def entity(request: AtDoor, entity_id: int) -> HttpResponseBase:
    """Show an entity with its links."""
    by = request.acting
    row = services.read_entity(by=by, entity_id=entity_id)
    names = state_names(request.words)
    context = {
        "row": row,
        "owner": names.get(row.country, row.country),
        "fields": linking.fields_seen_by(by, [row]).get(row.pk, []),
        "links": linking.links_seen_by(by, [row]),
        "is_own": state_of(by) == row.country,
    }
    return shown(request, "entity.html", "regional_space", context)


@require_POST
@page(RegionalRight.SPACE_USE)
def withdraw(request: AtDoor, entity_id: int) -> HttpResponseBase:
    """Take one's own entity back."""
    services.withdraw_entity(by=request.acting, entity_id=entity_id)
    messages.success(request, request.words.text("regional.was_withdrawn"))
    return redirect("regional_space")
