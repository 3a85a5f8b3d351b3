"""The inbox of a state, and at the centre what it carries for members."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase

from elchi.console.kit import AtDoor, page, page_of
from elchi.modules.regional import queries, services
from elchi.modules.regional.pages.base import named_states, shown, state_names
from elchi.modules.regional.rules import RegionalRight, state_of


@page(RegionalRight.REGIONAL_SEE)
def inbox(request: AtDoor) -> HttpResponseBase:
    """Show the inbox of the officer's state; to the centre's own staff the mailboxes that it carries."""
    by, words = request.acting, request.words
    state = state_of(by)
    rows = page_of(request, queries.inbox_of(by), 25)
    context = {
        "shown": rows,
        "state": state_names(words).get(state, state),
        "may_read": bool(state) and by.may(RegionalRight.INBOX_READ),
        "mailboxes": () if state else queries.mailboxes(),
    }
    return shown(request, "inbox.html", "regional", context)


@page(RegionalRight.INBOX_READ)
def item(request: AtDoor, item_id: int) -> HttpResponseBase:
    """Show one item."""
    row = services.read_inbox(by=request.acting, item_id=item_id)
    states = row.report.states if row.report else row.warning.states if row.warning else []
    context = {"row": row, "states": named_states(request.words, states), "told": _told(row)}
    return shown(request, "item.html", "regional", context)


def _told(row: Any) -> list[tuple[str, str]]:
    """Give the fields of a report as they came: codes and numbers."""
    if row.report is None:
        return []
    told = row.report.told.items()
    return [(name, " · ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in told
            if value not in (None, "", [])]  # fmt: skip
