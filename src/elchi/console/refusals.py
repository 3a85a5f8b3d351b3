"""Errors as pages: what is wrong, in the officer's words, and the way back."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable, SealBroken
from elchi.locale import Words, best_language

STATUS: Final = {
    InvalidInput: 422, NotAllowed: 403, NotFound: 404, Conflict: 409, SealBroken: 400, PartnerUnreachable: 503,
}  # fmt: skip


def refuse(request: HttpRequest, error: ElchiError) -> HttpResponse:
    """Show an error of ours."""
    words: Words = getattr(request, "words", None) or Words("en")
    status = STATUS.get(type(error), 400)
    return _show(request, status, words.error(error.code, error.params))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's order
    """Show that a request could not be read."""
    return _show(request, 400, _words(request).text("frame.bad_request"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's order
    """Show that something is not allowed."""
    return _show(request, 403, _words(request).text("frame.forbidden"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's order
    """Show that there is no such page."""
    return _show(request, 404, _words(request).text("frame.not_found"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Show that the node made a mistake; nothing was saved."""
    return _show(request, 500, _words(request).text("frame.server_error"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's order
    """Show that a form was too old or came from elsewhere."""
    return _show(request, 403, _words(request).text("frame.csrf_failed"))


def _words(request: HttpRequest) -> Words:
    return getattr(request, "words", None) or Words(best_language([request.headers.get("Accept-Language", "")]))


def _show(request: HttpRequest, status: int, told: str) -> HttpResponse:
    return render(request, "console/refused.html", {"told": told, "status": status}, status=status)
