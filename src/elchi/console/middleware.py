"""Between the session and the pages: who acts, in which language, and what he must do before anything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

from elchi.console.kit import AtDoor
from elchi.locale import Words, best_language
from elchi.node.officers import services
from elchi.node.officers.queries import acting_of, needs_second_factor

Answer = Callable[[HttpRequest], HttpResponse]

ALWAYS: Final = frozenset(("choose_language", "account_logout", "lock_screen"))
"""Names of pages that are open whatever must be done first."""
UNLOCK: Final = frozenset(("account_reauthenticate", "mfa_reauthenticate_webauthn"))
SET_UP: Final = UNLOCK | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
SEEN_EVERY: Final = 30
"""Seconds. How exactly the last page is written down: not at each of ten requests a minute."""
_KEPT_BYTES: Final = 256 * 1024
"""A form up to this size waits in the session until the screen is unlocked."""


class OfficerAtTheDoor:
    """Gives each request its `words` and its officer as `acting`; holds him up when something else comes first."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        at_door = cast("AtDoor", request)
        if request.user.is_authenticated:
            at_door.acting = acting_of(request.user, via="console")
            language = request.user.language
        else:
            wanted = request.headers.get("Accept-Language", "").replace(";", ",").split(",")
            language = best_language([request.COOKIES.get("elchi_language", ""), *wanted])
        at_door.words = Words(language)
        with translation.override(language):
            answered = self._answer(request)
        if hasattr(at_door, "acting"):
            answered.setdefault("Cache-Control", "no-store")  # what stands on a page stays on no disk
        return answered

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """Hold an officer up; after the check of the form's origin, which must come before a form is kept."""
        _check_text(request)
        if not request.user.is_authenticated:
            return None
        at_door, now, name = cast("AtDoor", request), int(time.time()), request.resolver_match.view_name  # type: ignore[union-attr]
        session = request.session
        if now - session.setdefault("signed_in_at", now) > settings.ELCHI.session_hours * 3600:
            services.sign_out(by=at_door.acting, cause="hours")
            logout(request)
            return redirect_to_login(request.get_full_path())
        if not session.get("locked") and now - session.get("seen_at", now) > settings.ELCHI.idle_minutes * 60:
            session["locked"] = True
            services.lock_screen(by=at_door.acting, cause="idle")
        request.held = held = _held_by(request)  # type: ignore[attr-defined]  # read by the frame
        if held is None:
            if _is_his_doing(request) and now - session.get("seen_at", 0) > SEEN_EVERY:
                session["seen_at"] = now
            return None
        first, allowed = held
        return None if name in ALWAYS | allowed else _led_to(request, first)


def _check_text(request: HttpRequest) -> None:
    """Refuse the character NUL, which PostgreSQL cannot hold and nobody types."""
    asked = (text for given in (request.GET, request.POST) for texts in given.lists() for text in texts[1])
    if "\0" in request.path or any("\0" in text for text in asked):
        raise BadRequest


def _held_by(request: HttpRequest) -> tuple[str, frozenset[str]] | None:
    """Tell which page comes first for an officer, and which he may open until that is done."""
    officer: Any = request.user
    if request.session.get("locked"):
        return "account_reauthenticate", UNLOCK
    if officer.must_change_password:
        return "account_change_password", frozenset(("account_change_password",))
    if not request.session.get("second_factor") and needs_second_factor(officer):
        return "mfa_index", SET_UP
    return None


def _is_his_doing(request: HttpRequest) -> bool:
    """Tell whether a request shows that the officer is there: a page that asks by itself does not."""
    return not cast("AtDoor", request).htmx or request.method == "POST"


def _led_to(request: HttpRequest, first: str) -> HttpResponseBase:
    address = reverse(first)
    if cast("AtDoor", request).htmx:
        return HttpResponseClientRedirect(address)
    if first != "account_reauthenticate":
        return redirect(address)
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if request.method == "POST" and size <= _KEPT_BYTES and not request.FILES:
        return suspend_request(request, address)  # type: ignore[no-any-return]  # done again after he unlocks
    after = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect(f"{address}?{urlencode({'next': after})}")
