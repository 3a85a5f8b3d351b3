"""Where an officer begins, the language he reads, and the lock of his screen."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from elchi.console.frame import menu_of
from elchi.console.kit import AtDoor, page
from elchi.node.officers import services
from elchi.node.officers.rules import THEMES


@page(None)
def home(request: AtDoor) -> HttpResponseBase:
    """Go to the first page of the menu that the officer may open, or to his own."""
    return redirect(next((entry.address for entry in menu_of(request.acting)), "my_account"))


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Take the language of the menu: of the officer, or before he signs in of this browser."""
    language = request.POST.get("language", "")
    answer = redirect(after_of(request))
    if language in dict(settings.LANGUAGES):
        answer.set_cookie("elchi_language", language, max_age=31_536_000, samesite="Lax", httponly=True,
                          secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        if request.user.is_authenticated:
            services.choose_language(by=request.acting, language=language)  # type: ignore[attr-defined]
    return answer


@require_POST
@page(None)
def choose_theme(request: AtDoor) -> HttpResponseBase:
    """Take the colours of the menu."""
    theme = request.POST.get("theme", "")
    services.choose_theme(by=request.acting, theme=theme if theme in THEMES else "")
    return redirect(after_of(request))


@require_POST
@page(None)
def lock_screen(request: AtDoor) -> HttpResponseBase:
    """Lock the session: no page opens until the officer proves himself."""
    if not request.session.get("locked"):
        services.lock_screen(by=request.acting, cause="idle" if request.POST.get("cause") == "idle" else "himself")
        request.session["locked"] = True
    if request.headers.get("Accept") == "application/json":  # the script, which covers the page
        return HttpResponse(status=204)
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': after_of(request)})}")


def after_of(request: HttpRequest) -> str:
    """Give where a form of the frame leads back to: the page it stood on, or the first."""
    after = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        return after
    return reverse("home")
