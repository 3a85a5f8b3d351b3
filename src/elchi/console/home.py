"""Where an officer begins, and the language he reads."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from elchi.console.frame import MENU
from elchi.console.kit import page
from elchi.node.officers import services


@page(None)
def home(request: HttpRequest) -> HttpResponseBase:
    """Go to the first page of the menu that the officer may open."""
    acting = request.acting  # type: ignore[attr-defined]
    entry = next(entry for entry in MENU if acting.may(entry.right))
    return redirect(entry.address)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Take the language of the menu: of the officer, or before he signs in of this browser."""
    language = request.POST.get("language", "")
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = reverse("home")
    answer = redirect(after)
    if language in dict(settings.LANGUAGES):
        answer.set_cookie("elchi_language", language, max_age=31_536_000, samesite="Lax", httponly=True,
                          secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        if request.user.is_authenticated:
            services.choose_language(by=request.acting, language=language)  # type: ignore[attr-defined]
    return answer
