"""Retention of incidents: the policy, what it would remove, and what is held."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, show
from elchi.locale import Words
from elchi.modules.operations import keeping, services
from elchi.modules.operations.keeping import TERMS
from elchi.modules.operations.models import IncidentHold, IncidentRetention
from elchi.modules.operations.pages.base import OperationsForm, ReasonForm, text
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.rules import OperationsRight


class RetentionForm(OperationsForm):
    """The terms of a policy."""

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        for name, (least, most) in TERMS.items():
            self.put(name, forms.IntegerField(min_value=least, max_value=most))
        self.put("reason", text(300, required=True))


@page(OperationsRight.INCIDENT_KEEP)
def retention(request: AtDoor) -> HttpResponseBase:
    """Show the policy in force, what it would remove now, and what is held; decide on another after a look."""
    policy = keeping.policy_in_force()
    seen = {name: getattr(policy, name) for name in TERMS} if policy else {}
    form = RetentionForm(request.words, request.POST if request.method == "POST" else None, initial=seen)
    preview = None
    if form.is_bound and form.is_valid():
        terms = {name: form.cleaned_data[name] for name in TERMS}
        if "confirm" in request.POST:
            reason = form.cleaned_data["reason"]
            if form.attempt(lambda _: services.set_incident_retention(by=request.acting, terms=terms, reason=reason)):
                messages.success(request, request.words.text("operations.retention_set"))
                return redirect("incident_retention")
        else:
            preview = keeping.removals(timezone.now(), IncidentRetention(**terms))
    context = {
        "form": form, "policy": policy, "preview": preview,
        "now": keeping.removals(timezone.now(), policy) if policy else None,
        "holds": IncidentHold.objects.filter(released_at__isnull=True).select_related("incident"),
    }  # fmt: skip
    return show(request, "operations/retention.html", context, 422 if form.is_bound and form.errors else 200)


@page(OperationsRight.INCIDENT_KEEP)
def hold(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Keep an incident whatever the policy says."""
    row = incident_of(incident_id)
    form = ReasonForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound and (
        form.attempt(lambda said: services.hold_incident(by=request.acting, incident_id=incident_id, **said))
        is not None
    ):
        messages.success(request, request.words.text("operations.was_held"))
        return redirect("incident", incident_id)
    context = {"form": form, "title": request.words.text("operations.hold"), "number": row.number,
               "back": reverse("incident", args=[incident_id]),
               "hint": request.words.text("operations.hold_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


@require_POST
@page(OperationsRight.INCIDENT_KEEP)
def release(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Let the policy decide again."""
    services.release_incident(by=request.acting, incident_id=incident_id)
    messages.success(request, request.words.text("operations.was_released"))
    return redirect("incident", incident_id)
