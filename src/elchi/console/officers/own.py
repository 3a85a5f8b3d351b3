"""An officer's own page: how he reads, what he proves himself with, where he is signed in, and who tried."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.node.officers import queries, services


@page(None)
def my_account(request: AtDoor) -> HttpResponseBase:
    """Show what concerns the officer himself."""
    officer = request.acting.himself
    context = {
        "officer": officer,
        "rights": queries.scopes_for(officer),
        "factors": queries.factors_of(officer),
        "needs_factor": queries.needs_second_factor(officer),
        "tokens": queries.tokens_of(officer),
        "sessions": len(queries.sessions_of(officer)),
        "shown": page_of(request, queries.sign_ins_of(officer), size=20),
    }
    return show(request, "officers/me.html", context)


@require_POST
@page(None)
def end_other_sessions(request: AtDoor) -> HttpResponseBase:
    """Sign the officer out everywhere else."""
    ended = services.end_other_sessions(by=request.acting, session=request.session.session_key or "")
    messages.success(request, request.words.text("officers.sessions_ended", count=ended))
    return redirect("my_account")
