"""Partners: invite, take a file, compare, reach, suspend; how links are, and what waits."""

from __future__ import annotations

import base64
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.federation.acts import Deed, fill_in
from elchi.console.federation.forms import CompareForm, FileForm, InviteForm, ReachForm, ReasonForm, SureForm
from elchi.console.federation.keys import fingerprint_of
from elchi.console.kit import AtDoor, page, show
from elchi.errors import ElchiError, InvalidInput, NotFound
from elchi.exchange.carriers.qr import draw_small, from_frames, to_frames
from elchi.exchange.joining import MAX_JOINING
from elchi.node.federation import services
from elchi.node.federation.queries import partners as queries
from elchi.node.federation.queries.keys import document_of, key_versions_of, own_key_document, own_version
from elchi.node.federation.queries.versions import versions
from elchi.node.officers.rules import Right
from elchi.seal.trust import read_key_document

_FILE: Final = "joining_file"
"""Of the session: the file that was made last, to be handed over."""


@page(Right.PARTNER_SEE)
def partners(request: AtDoor) -> HttpResponseBase:
    """Show partners as they stand, and invitations that are open."""
    at = timezone.now()
    context = {
        "states": queries.partner_states(at),
        "invitations": [(row, _standing(row, at)) for row in queries.invitations()[:20]],
        "has_keys": own_key_document() is not None,
    }
    return show(request, "federation/partners.html", context)


@page(Right.PARTNER_WRITE)
def invite(request: AtDoor) -> HttpResponseBase:
    """Make an invitation, and hand its file over."""
    form = InviteForm(request.words, request.POST or None)
    deed = Deed(title="federation.invite", hint="federation.invite_hint", back=reverse("partners"))

    def act(told: dict[str, Any]) -> str:
        made = services.invite_partner(by=request.acting, note=told["note"])
        return _hand_over(request, f"invitation-{made.invitation.pk}.elchi", made.file)

    return fill_in(request, deed, form, act)


@page(Right.PARTNER_WRITE)
def take(request: AtDoor) -> HttpResponseBase:
    """Take the file of another node."""
    form = FileForm(request.words, request.POST or None, request.FILES or None)
    deed = Deed(title="federation.take", hint="federation.take_hint", back=reverse("partners"))

    def act(told: dict[str, Any]) -> str:
        joined = _joined(request, _given(told))
        if joined.answer:
            return _hand_over(request, f"answer-{joined.partner.code}.elchi", joined.answer, joined.partner.code)
        return reverse("partner", args=[joined.partner.code])

    return fill_in(request, deed, form, act, "federation.taken")


@page(Right.PARTNER_WRITE)
def file(request: AtDoor) -> HttpResponseBase:
    """Show what to do with the file that was made."""
    made = request.session.get(_FILE)
    if not made:
        return redirect("partners")
    document = own_key_document()
    context = {"made": made, "fingerprint": fingerprint_of(document.sha256) if document else None}
    return show(request, "federation/file.html", context)


@page(Right.PARTNER_WRITE)
def codes(request: AtDoor) -> HttpResponseBase:
    """Show the file that was made last as QR codes, for the other side's scanner or for paper."""
    made = request.session.get(_FILE)
    if not made:
        return redirect("partners")
    frames = to_frames(base64.b64decode(made["content"]))
    drawn = [base64.b64encode(draw_small(frame)).decode() for frame in frames]
    return show(request, "federation/codes.html", {"made": made, "codes": drawn})


@page(Right.PARTNER_WRITE)
def download(request: AtDoor) -> HttpResponseBase:
    """Hand the file over that was made last."""
    made = request.session.get(_FILE)
    if not made:
        return redirect("partners")
    answer = HttpResponse(base64.b64decode(made["content"]), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{made["name"]}"'
    return answer


@page(Right.PARTNER_WRITE)
@require_POST
def withdraw(request: AtDoor, invitation_id: int) -> HttpResponseBase:
    """Take an invitation back."""
    services.withdraw_invitation(by=request.acting, invitation_id=invitation_id)
    return redirect("partners")


@page(Right.PARTNER_SEE)
def partner(request: AtDoor, code: str) -> HttpResponseBase:
    """Show a partner: what is to be compared, its ways and links, keys and agreements."""
    state = queries.partner_state(code, timezone.now())
    held = key_versions_of(code)
    given = own_version(state.partner.given_version) if not state.partner.heard else None
    context = {
        "looked_at": [one for one in state.cautions if one != "compare"],
        "given": fingerprint_of(given.sha256) if given else None,
        "state": state,
        "row": state.partner,
        "is_his": state.partner.offered_by == request.acting.name,
        "document": document_of(held[0]) if held else None,
        "speaks": [
            ("federation.agencies", state.partner.agencies, _unconfirmed(state.partner, "agencies")),
            ("federation.offices", state.partner.offices, _unconfirmed(state.partner, "offices")),
        ],
        "offered": _offered(state.partner),
        "agreements": versions().filter(partner=state.partner)[:20],
    }
    return show(request, "federation/partner.html", context)


@page(Right.PARTNER_CONFIRM)
def compare(request: AtDoor, code: str) -> HttpResponseBase:
    """Take the fingerprint as it was heard."""
    row = queries.partner_of(code)
    form = CompareForm(request.words, request.POST or None)
    deed = Deed(title="federation.compare", hint="federation.compare_hint", back=reverse("partner", args=[row.code]))

    def act(told: dict[str, Any]) -> str:
        services.confirm_partner(by=request.acting, code=code, fingerprint=told["fingerprint"])
        return deed.back

    return fill_in(request, deed, form, act, "federation.compared_now")


@page(Right.PARTNER_CONFIRM)
def spoken_for(request: AtDoor, code: str) -> HttpResponseBase:
    """Let count for whom a partner says that it speaks."""
    row = queries.partner_of(code)
    form = SureForm(request.words, request.POST or None)
    back = reverse("partner", args=[row.code])
    deed = Deed(title="federation.confirm_spoken_for", hint="federation.confirm_spoken_for_hint", back=back)

    def act(_: dict[str, Any]) -> str:
        services.confirm_spoken_for(by=request.acting, code=code)
        return back

    return fill_in(request, deed, form, act)


@page(Right.PARTNER_WRITE)
def reach(request: AtDoor, code: str) -> HttpResponseBase:
    """Say by which ways a partner is reached."""
    row = queries.partner_of(code)
    form = ReachForm(request.words, request.POST or None, initial=ReachForm.told(queries.partner_card(row)))
    deed = Deed(title="federation.reach", back=reverse("partner", args=[row.code]))

    def act(_: dict[str, Any]) -> str:
        services.change_partner(by=request.acting, code=code, card=form.card())
        return deed.back

    return fill_in(request, deed, form, act, "partner.changed")


@page(Right.PARTNER_SUSPEND)
def suspend(request: AtDoor, code: str) -> HttpResponseBase:
    """Suspend a partner."""
    row = queries.partner_of(code)
    form = ReasonForm(request.words, request.POST or None)
    back = reverse("partner", args=[row.code])
    deed = Deed(title="federation.suspend", hint="federation.suspend_hint", back=back, is_grave=True)

    def act(told: dict[str, Any]) -> str:
        services.suspend_partner(by=request.acting, code=code, because=told["because"])
        return back

    return fill_in(request, deed, form, act)


@page(Right.PARTNER_CONFIRM)
def resume(request: AtDoor, code: str) -> HttpResponseBase:
    """Lift our suspension."""
    row = queries.partner_of(code)
    form = SureForm(request.words, request.POST or None)
    deed = Deed(title="federation.resume", hint="federation.resume_hint", back=reverse("partner", args=[row.code]))

    def act(_: dict[str, Any]) -> str:
        services.resume_partner(by=request.acting, code=code)
        return deed.back

    return fill_in(request, deed, form, act)


@page(Right.PARTNER_CONFIRM)
def end(request: AtDoor, code: str) -> HttpResponseBase:
    """End a partnership."""
    row = queries.partner_of(code)
    form = ReasonForm(request.words, request.POST or None)
    back = reverse("partner", args=[row.code])
    deed = Deed(title="federation.end", hint="federation.end_hint", back=back, is_grave=True)

    def act(told: dict[str, Any]) -> str:
        services.end_partner(by=request.acting, code=code, because=told["because"])
        return back

    return fill_in(request, deed, form, act)


def _hand_over(request: AtDoor, name: str, content: bytes, partner: str = "") -> str:
    made = {"name": name, "content": base64.b64encode(content).decode(), "partner": partner}
    request.session[_FILE] = made
    return reverse("partner_file")


def _given(told: dict[str, Any]) -> bytes:
    """Give the file, or what the scanner typed.

    Raises:
        InvalidInput: `joining_invalid`; what `from_frames` raises: which codes are missing, say.
    """
    if told["codes"].strip():
        return from_frames(told["codes"].split())
    if not told["file"]:
        raise InvalidInput("joining_invalid", field="file", rule="file_or_codes")
    if told["file"].size > MAX_JOINING:
        raise InvalidInput("joining_invalid", field="file", rule="too_large")
    content: bytes = told["file"].read()
    return content


def _joined(request: AtDoor, content: bytes) -> Any:
    """Take a file; what is wrong with it is said at the field, whichever family the error is of."""
    try:
        return services.join_partner(by=request.acting, file=content)
    except NotFound as error:
        raise InvalidInput("joining_invalid", field="file", rule="answers_nothing") from error
    except ElchiError as error:
        if error.code.startswith(("document_", "key_", "signature_")):
            raise InvalidInput("joining_invalid", field="file", rule="document_form") from error
        raise


def _unconfirmed(row: Any, name: str) -> list[str]:
    return [code for code in row.claimed.get(name, []) if code not in getattr(row, name)]


def _offered(row: Any) -> Any:
    """Give the key document that nobody has compared yet."""
    return read_key_document(bytes(row.offer), trusted=None) if row.offer else None


def _standing(row: Any, at: Any) -> str:
    if row.used_at:
        return "used"
    if row.withdrawn_at:
        return "withdrawn"
    return "over" if at >= row.valid_until else "open"
