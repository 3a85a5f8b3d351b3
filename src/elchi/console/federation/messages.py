"""Messages to and from partners: what waits, went and came, its conversation, its evidence; taking one back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from elchi.console.federation.acts import Deed, fill_in
from elchi.console.federation.forms import ReasonForm
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.node.federation import services
from elchi.node.federation.kinds import handler_of
from elchi.node.federation.queries.log import log_state
from elchi.node.federation.queries.traffic import conversation_of, traffic
from elchi.node.federation.states import OUTGOING
from elchi.node.officers.rules import Right


@page(Right.MESSAGE_SEE)
def queue(request: AtDoor) -> HttpResponseBase:
    """Show what waits, went and came: that it did, and never what it says."""
    way = request.GET.get("way", "")
    way = way if way in ("waiting", "sent", "received") else "waiting"
    shown = page_of(request, traffic(way))
    context = {"way": way, "shown": shown, "ways": ("waiting", "sent", "received"), "log": log_state()}
    return show(request, "federation/queue.html", context)


@page(Right.MESSAGE_SEE)
def message(request: AtDoor, message_id: str) -> HttpResponseBase:
    """Show the conversation of a message: that it was said, how far it is, and what can be proven of it."""
    rows = [(row, hasattr(row, "attempts"), _may_be_taken_back(row)) for row in conversation_of(message_id)]
    context = {"rows": rows, "message_id": message_id, "log": log_state()}
    return show(request, "federation/message.html", context)


@page(Right.MESSAGE_PROVE)
def evidence(request: AtDoor, message_id: str) -> HttpResponseBase:
    """Give out what is proven of the conversation of a message."""
    content = services.export_conversation(by=request.acting, message_id=message_id)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="evidence-{message_id}.zip"'
    return answer


@page(Right.MESSAGE_WITHDRAW)
def withdraw(request: AtDoor, message_id: str, code: str) -> HttpResponseBase:
    """Take a message back."""
    form = ReasonForm(request.words, request.POST or None)
    back = reverse("partner_message", args=[message_id])
    deed = Deed(title="federation.take_back", hint="federation.take_back_hint", back=back, is_grave=True)

    def act(told: dict[str, Any]) -> str:
        services.take_back_message(by=request.acting, message_id=message_id, to=code, because=told["because"])
        return back

    return fill_in(request, deed, form, act, "federation.taken_back")


def _may_be_taken_back(row: Any) -> bool:
    handler = handler_of(row.kind)
    is_ours = hasattr(row, "attempts")
    return is_ours and bool(handler and handler.may_be_taken_back) and "withdrawn" in OUTGOING[row.state]
