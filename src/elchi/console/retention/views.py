"""The policy in force, what it removed, and how it is changed: say, see what would go, confirm."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.retention.forms import LABELS, RetentionForm
from elchi.node.checks import retention as reads
from elchi.node.checks import services
from elchi.node.checks.queries import retention_in_force
from elchi.node.officers.rules import Right

REMOVED: Final = {
    "clear_checks": "retention.clear_checks",
    "subjects": "retention.subjects",
    "checks_with_findings": "retention.checks_with_findings",
    "manifests": "retention.manifests",
    "negatives": "retention.negatives",
    "cases": "retention.cases",
    "sign_ins": "retention.sign_ins",
    "kept_answers": "retention.kept_answers",
}


@page(Right.NODE_SEE)
def retention(request: AtDoor) -> HttpResponseBase:
    """Show the policy in force, those before it, and the last runs."""
    policy = retention_in_force()
    shown = page_of(request, reads.policies())
    context = {
        "policy": policy,
        "terms": _terms(policy),
        "labels": list(LABELS.values()),
        "removed_labels": list(REMOVED.values()),
        "runs": [(run.at, [run.removed[name] for name in REMOVED]) for run in reads.past_runs()],
        "shown": shown,
        "rows": [(row, [getattr(row, name) for name in LABELS]) for row in shown],
        "may_change": request.acting.may(Right.RETENTION_WRITE),
    }
    return show(request, "retention/retention.html", context)


@page(Right.RETENTION_WRITE)
def change(request: AtDoor) -> HttpResponseBase:
    """Take a new policy: first show what it would remove, then, confirmed, put it in force."""
    before = retention_in_force()
    if request.method != "POST":
        form = RetentionForm(request.words, initial={name: getattr(before, name) for name in LABELS})
        return show(request, "retention/change.html", {"form": form})
    form = RetentionForm(request.words, request.POST)
    if not form.is_valid() or "edit" in request.POST:
        return show(request, "retention/change.html", {"form": form}, 422 if form.errors else 200)
    if "confirm" in request.POST:
        services.change_retention(by=request.acting, terms=form.terms(), reason=form.cleaned_data["reason"])
        messages.success(request, request.words.text("retention.changed"))
        return redirect("retention")
    now, policy = timezone.now(), reads.policy_of(form.terms())
    told, today = reads.removals(policy, now), reads.removals(before, now)
    context = {
        "form": form,
        "terms": [(LABELS[name], getattr(before, name), getattr(policy, name)) for name in LABELS],
        "effects": [(label, today[name], told[name]) for name, label in REMOVED.items()],
    }
    return show(request, "retention/confirm.html", context)


def _terms(policy: Any) -> list[tuple[str, int]]:
    return [(label, getattr(policy, name)) for name, label in LABELS.items()]
