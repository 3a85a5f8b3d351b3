"""The desk: conversations at the start, the chosen one beside it, and what an officer says in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from elchi.console.cases.views import Clock, clock_of
from elchi.console.desk.forms import ReasonForm, ReleaseForm, SayForm
from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.console.templatetags.elchi import name_of
from elchi.exchange.conversation import OPEN, STATES, Act
from elchi.node.cases.shown import caption_of, facts_of
from elchi.node.directory.queries import agencies
from elchi.node.here import here
from elchi.node.liaison import queries, services
from elchi.node.liaison.rules import DONE
from elchi.node.officers.rules import Right

WHICH: Final = ("open", "owed", "mine", "closed")
_LISTED: Final = 30
"""Conversations beside the chosen one."""


@dataclass(frozen=True, slots=True)
class Told:
    """A thing said as the page shows it."""

    one: queries.Shown
    caption: str
    """Of its subject, if it has one."""
    facts: list[tuple[str, str]]


@page(Right.DESK_SEE)
def desk(request: AtDoor) -> HttpResponseBase:
    """Show the conversations."""
    return show(request, "desk/desk.html", {**_list(request), "row": None})


@page(Right.DESK_SEE)
def conversation(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Show a conversation; take what the officer says in it."""
    row = services.read_conversation(by=request.acting, conversation_id=conversation_id)
    if row.state == "draft":
        return redirect("preview_request", row.pk)
    form = _say_form(request, row)
    if form is not None and form.attempt(partial(_said, request, row, form)):
        messages.success(request, request.words.text("desk.was_sent" if row.partner else "desk.was_said"))
        return redirect("conversation", row.pk)
    released = {party.agency.code for party in queries.parties_of(row)}
    others = [(one.code, name_of(request.words, one)) for one in queries.desk_agencies() if one.code not in released]
    context = {
        **_list(request, row.pk), **talk_of(request, row), "form": form,
        "may_withdraw": _is_his(request, row) and Act.WITHDRAW in STATES.get(row.state, {}),
        "reason": ReasonForm(request.words), "release": ReleaseForm(request.words, others) if others else None,
    }  # fmt: skip
    return show(request, "desk/desk.html", context, 422 if form is not None and form.errors else 200)


@require_GET
@page(Right.DESK_SEE)
def list_news(request: AtDoor) -> HttpResponseBase:
    """Give the list of conversations anew if the page shows an older state of it; nothing, and cheaply, if not."""
    context = _list(request)
    if request.GET.get("seen") == context["list_stamp"]:
        return HttpResponse(status=204)
    return show(request, "desk/talks.html", context)


@require_GET
@page(Right.DESK_SEE)
def news(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Give the conversation anew if the page shows an older state of it; nothing, and cheaply, if not."""
    row = queries.conversation_for(request.acting, conversation_id)
    if request.GET.get("seen") == queries.stamp_of(request.acting, row):
        return HttpResponse(status=204)
    row = services.read_conversation(by=request.acting, conversation_id=conversation_id)
    return show(request, "desk/talk.html", talk_of(request, row))


@require_POST
@page(Right.DESK_WORK)
def withdraw(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Take a request back."""
    form = ReasonForm(request.words, request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.withdraw_request(by=request.acting, conversation_id=conversation_id, reason=reason)
    messages.success(request, request.words.text("desk.was_withdrawn"))
    return redirect("conversation", conversation_id)


@require_POST
@page(Right.DESK_WORK)
def release(request: AtDoor, conversation_id: int) -> HttpResponseBase:
    """Let another agency of the office see a conversation."""
    agency = request.POST.get("agency", "")[:64]
    services.release_conversation(by=request.acting, conversation_id=conversation_id, agency=agency)
    messages.success(request, request.words.text("desk.was_released"))
    return redirect("conversation", conversation_id)


@page(Right.DESK_SEE)
def file(request: AtDoor, file_id: int) -> HttpResponseBase:
    """Give out a file, to be saved and never to be shown by the browser."""
    row = services.read_shared_file(by=request.acting, file_id=file_id)
    answer = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = _attached(row.name)
    return answer


def talk_of(request: AtDoor, row: Any) -> dict[str, Any]:
    """Give what the page shows of a conversation."""
    shown = queries.spoken_in(request.acting, row)
    is_over = row.state not in OPEN
    return {
        "row": row,
        "stamp": queries.stamp_of(request.acting, row),
        "clock": clock_of(request.words, row.due_at, is_ended=is_over),
        "parties": queries.parties_of(row),
        "said": [_told(request, one) for one in shown],
        "waits": row.state in OPEN,
        "ours": here(),
    }


def _told(request: AtDoor, one: queries.Shown) -> Told:
    wire = one.said.subject
    return Told(one, caption_of(wire) if wire else "", facts_of(wire, request.words) if wire else [])


def _list(request: AtDoor, chosen: int | None = None) -> dict[str, Any]:
    asked = asked_of(request, "which", "q", "chosen")
    which = asked["which"] if asked["which"] in WHICH else "open"
    found = queries.conversations_found(request.acting, which="all" if asked["q"] else which, sought=asked["q"])
    shown = page_of(request, found, _LISTED)
    rows = list(shown)
    told = {"which": which, "q": asked["q"], "page": shown.number, "chosen": chosen or asked["chosen"]}
    return {
        "shown": shown, "which": which, "tabs": WHICH, "q": asked["q"], "talks": [_line(request, one) for one in rows],
        "may_work": request.acting.may(Right.DESK_WORK), "list_asked": urlencode(told), "chosen": str(told["chosen"]),
        "list_stamp": queries.stamp_of_list(rows),
    }  # fmt: skip


def _line(request: AtDoor, row: Any) -> tuple[Any, Clock | None, bool]:
    is_unread = row.state != "draft" and row.newest > (getattr(row, "read_number", None) or 0)
    return row, clock_of(request.words, row.due_at, is_ended=row.state not in OPEN), is_unread


def _is_his(request: AtDoor, row: Any) -> bool:
    """Tell whether the officer is on the side that asked, and may work."""
    if not request.acting.may(Right.DESK_WORK):
        return False
    return bool(row.is_ours and (row.partner_id or row.agency.code == request.acting.agency))


def _say_form(request: AtDoor, row: Any) -> SayForm | None:
    if not request.acting.may(Right.DESK_WORK) or row.state == "withdrawn":
        return None
    side = "asker" if _is_his(request, row) else "asked"
    useful = [act for act, who in DONE.items() if who in (side, "both") and act is not Act.WITHDRAW]
    moving = STATES.get(row.state, {})  # all are offered: the state may move while the page is open
    acts = sorted(useful, key=lambda act: (DONE[act] == "both", act not in moving))
    told = [(str(act), request.words.text(f"talk_do.{act}")) for act in acts]
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    return SayForm(request.words, told, _receivers(request, row), *posted)


def _receivers(request: AtDoor, row: Any) -> list[tuple[str, str]]:
    """Give the agencies to which what is said may be narrowed: of the partner's state, or the others of the office."""
    if row.partner is not None:
        rows = agencies(country=row.partner.country_id) if row.partner.country_id else []
        return [(one.code, name_of(request.words, one)) for one in rows]
    parties = [party.agency for party in queries.parties_of(row)]
    return [(one.code, name_of(request.words, one)) for one in parties if one.code != request.acting.agency]


def _said(request: AtDoor, row: Any, form: SayForm, said: dict[str, Any]) -> Any:
    return services.say(
        by=request.acting, conversation_id=row.pk, act=said["act"], clause=said.get("clause", ""),
        agencies=said["agencies"], **form.given(),
    )  # fmt: skip


def _attached(name: str) -> str:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return f'attachment; filename="{plain}"'
