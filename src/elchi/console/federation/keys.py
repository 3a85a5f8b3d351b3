"""The keys of this node: what partners compare, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import segno
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from elchi.console.federation.acts import Deed, fill_in
from elchi.console.federation.forms import AddressesForm, ReasonForm, SpokenForForm, SureForm
from elchi.console.kit import AtDoor, page, show
from elchi.console.templatetags.elchi import name_of
from elchi.node.directory import queries as directory
from elchi.node.federation import services
from elchi.node.federation.queries.keys import own_key_document, own_keys
from elchi.node.here import here
from elchi.node.officers.rules import Right
from elchi.seal.public_key import ALGORITHMS
from elchi.seal.trust import fingerprint_groups, fingerprint_words


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A fingerprint in the ways in which it is compared."""

    hexadecimal: str
    groups: tuple[str, ...]
    latin: tuple[str, ...]
    cyrillic: tuple[str, ...]
    qr: str
    """Data address of a picture."""


def fingerprint_of(fingerprint: str) -> Fingerprint:
    """Give a fingerprint as it is shown.

    Args:
        fingerprint: 64 hexadecimal digits.
    """
    drawn = segno.make_qr(fingerprint.upper(), error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    words = fingerprint_words(fingerprint), fingerprint_words(fingerprint, cyrillic=True)
    return Fingerprint(fingerprint, fingerprint_groups(fingerprint), *words, drawn)


@page(Right.KEY_SEE, also=(Right.PARTNER_SEE,))
def keys(request: AtDoor) -> HttpResponseBase:
    """Show the fingerprint of this node, its addresses and its keys."""
    return show(request, "federation/keys.html", _told())


@page(Right.KEY_SEE, also=(Right.PARTNER_SEE,))
def paper(request: AtDoor) -> HttpResponseBase:
    """Show the page that is printed and handed over."""
    return show(request, "federation/paper.html", _told())


@page(Right.KEY_WRITE)
def addresses(request: AtDoor) -> HttpResponseBase:
    """Say where partners reach this node."""
    document = own_key_document()
    told = {"addresses": "\n".join(document.addresses) if document else ""}
    form = AddressesForm(request.words, request.POST if request.method == "POST" else None, initial=told)
    deed = Deed(title="federation.change_addresses", back=reverse("partner_keys"))

    def act(told: dict[str, Any]) -> str:
        services.change_addresses(by=request.acting, addresses=told["addresses"].splitlines())
        return deed.back

    return fill_in(request, deed, form, act)


@page(Right.KEY_WRITE)
def spoken_for(request: AtDoor) -> HttpResponseBase:
    """Say for which agencies and offices this node speaks."""
    document = own_key_document()
    told = {"agencies": document.agencies, "offices": document.offices} if document else {}
    form = SpokenForForm(request.words, request.POST if request.method == "POST" else None, initial=told)
    form.offer("agencies", _named(request, directory.agencies(country=here().country)))
    form.offer("offices", _named(request, [one for one in directory.offices() if one.country_id == _country()]))
    deed = Deed(title="federation.change_spoken_for", hint="federation.spoken_for_hint", back=reverse("partner_keys"))

    def act(told: dict[str, Any]) -> str:
        services.change_spoken_for(by=request.acting, agencies=told["agencies"], offices=told["offices"])
        return deed.back

    return fill_in(request, deed, form, act)


@page(Right.KEY_WRITE)
def rotate(request: AtDoor, algorithm: str) -> HttpResponseBase:
    """Put the next key in place of the present one."""
    form = SureForm(request.words, request.POST or None)
    deed = Deed(title="federation.rotate", hint="federation.rotate_hint", back=reverse("partner_keys"))

    def act(_: dict[str, Any]) -> str:
        services.rotate_key(by=request.acting, algorithm=algorithm)
        return deed.back

    return fill_in(request, deed, form, act)


@page(Right.KEY_WRITE)
def revoke(request: AtDoor, kid: str) -> HttpResponseBase:
    """Declare a key void."""
    if not any(row.kid == kid for row in own_keys()):
        return redirect("partner_keys")
    form = ReasonForm(request.words, request.POST or None)
    back = reverse("partner_keys")
    deed = Deed(title="federation.revoke", hint="federation.revoke_hint", back=back, is_grave=True)

    def act(told: dict[str, Any]) -> str:
        services.revoke_key(by=request.acting, kid=kid, because=told["because"])
        return back

    return fill_in(request, deed, form, act)


def _named(request: AtDoor, rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(one.code, name_of(request.words, one)) for one in rows]


def _country() -> str | None:
    return here().country or None


def _told() -> dict[str, Any]:
    document, rows, now = own_key_document(), own_keys(), timezone.now()
    present = [row for row in rows if row.revoked_at is None and row.valid_until > now]
    return {
        "document": document,
        "fingerprint": fingerprint_of(document.sha256) if document else None,
        "rows": [(row, row in present, row.valid_from > now) for row in rows],
        "addable": [name for name in ALGORITHMS if name not in {row.algorithm for row in present}],
    }
