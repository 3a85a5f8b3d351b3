"""What an officer must see though he did not ask."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.second_line.tabs import waiting_in_tabs
from elchi.node.checks import findings as reads
from elchi.node.checks import services
from elchi.node.officers.rules import Right


@page(Right.ALERT_SEE)
def alerts(request: AtDoor) -> HttpResponseBase:
    """Show the alerts, those that nobody has read unless all are asked for."""
    rows = reads.alerts_for(request.acting)
    everything = request.GET.get("all") == "1"
    shown = page_of(request, rows if everything else rows.filter(read_at=None))
    titles = reads.list_titles(request.acting)
    lines = [(alert, reads.caption_of(alert.finding), titles.get(alert.finding.watchlist)) for alert in shown]
    context = {
        "shown": shown,
        "lines": lines,
        "everything": everything,
        "opens": request.acting.may(Right.FINDING_SEE),
        "waiting": waiting_in_tabs(request),
    }
    return show(request, "second_line/alerts.html", context)


@require_POST
@page(Right.ALERT_SEE)
def read(request: AtDoor, alert_id: int) -> HttpResponseBase:
    """Take note of an alert."""
    services.read_alert(by=request.acting, alert_id=alert_id)
    return redirect("alerts")
