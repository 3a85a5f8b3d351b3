"""Documents that this state reports, and the copy that is given out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.errors import InvalidInput
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.pages.forms import ReportForm
from elchi.modules.interpol.rules import InterpolRight
from elchi.node.here import here
from elchi.subjects import Document

STATES = ("proposed", "in_force", "withdrawn", "rejected")


@page(InterpolRight.REPORT_SEE)
def reports(request: AtDoor) -> HttpResponseBase:
    """Show the reports, and how many wait to be given out."""
    state = asked_of(request, "state")["state"]
    rows = queries.reports([state] if state in STATES else ())
    may_write = request.acting.may(InterpolRight.REPORT_WRITE)
    context = {
        "shown": page_of(request, rows),
        "state": state,
        "states": STATES,
        "may_write": may_write,
        "me": request.acting.himself.sign_in_name if may_write else "",
        "waiting": queries.unpublished().count(),
    }
    return show(request, "interpol/reports.html", context)


@page(InterpolRight.REPORT_WRITE)
def propose(request: AtDoor) -> HttpResponseBase:
    """Propose to report a document of this state."""
    form = ReportForm(request.words, request.POST if request.method == "POST" else None)

    def save(said: dict[str, Any]) -> Any:
        document = Document(
            document_number=said["document_number"], document_type=said["document_type"], issuer=here().country
        )
        return services.propose_report(by=request.acting, document=document, reported=said["reported"])

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, request.words.text("interpol.report_proposed"))
        return redirect("reported_documents")
    context = {"form": form, "title": request.words.text("interpol.propose_report"), "back": "reported_documents",
               "hint": request.words.text("interpol.report_hint")}  # fmt: skip
    return show(request, "interpol/form.html", context, 422 if form.is_bound else 200)


@require_POST
@page(InterpolRight.REPORT_WRITE)
def decide(request: AtDoor, report_id: int) -> HttpResponseBase:
    """Approve, reject or withdraw a report."""
    reason = str(request.POST.get("reason", ""))
    match request.POST.get("do"):
        case "approve":
            services.approve_report(by=request.acting, report_id=report_id)
        case "reject":
            services.reject_report(by=request.acting, report_id=report_id, reason=reason)
        case "withdraw":
            services.withdraw_report(by=request.acting, report_id=report_id, reason=reason)
        case _:
            raise InvalidInput("report_reason_invalid", field="do", rule="one_of")
    messages.success(request, request.words.text("interpol.report_decided"))
    return redirect("reported_documents")


@require_POST
@page(InterpolRight.REPORT_WRITE)
def publish(request: AtDoor) -> HttpResponseBase:
    """Give out the next file of the copy."""
    head = services.publish_changes(by=request.acting)
    messages.success(request, request.words.text("interpol.published", version=head.version, count=head.count))
    return redirect("reported_documents")
