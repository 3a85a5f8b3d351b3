"""Before the routers: what is too large is not read. After them: whatever went wrong is a problem, never a page.

Requests to the API go from here straight to their router: sessions, forms and pages of the console are none of theirs.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from typing import Final, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver
from django.utils.cache import get_conditional_response

from elchi.api.problems import problem_of
from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound

ADDRESSES: Final = ("/api/", "/match-api/")
URLS: Final = "elchi.api.urls"
LARGEST: Final = 1 << 20
"""Bytes of a body of JSON."""
LARGEST_FILE: Final = 100 << 20
"""Bytes of a body with a file of a list."""
_log: Final = logging.getLogger("django.request")
_UPLOAD: Final = re.compile(r"/api/v1/lists/[^/]+/versions")
Answer = Callable[[HttpRequest], HttpResponse]


def api_door(answer: Answer) -> Answer:
    """Answer addresses of the API as the API does; leave all others to the console."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return answer(request)
        given = _answer(request)
        given.setdefault("Cache-Control", "private, no-cache")
        given.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        is_whole = request.method == "GET" and given.status_code == 200 and not given.streaming
        return _unless_known(request, given) if is_whole else given

    return answered


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        _check_size(request)
        _check_text(request)
        request.user = AnonymousUser()
        request.get_host()  # refuses hosts that this node does not answer for
        match = request.resolver_match = get_resolver(URLS).resolve(request.path_info)
        given = match.func(request, *match.args, **match.kwargs)
        if given.status_code != 405:
            return cast("HttpResponse", given)
        refused = problem_of(request, NotAllowed("method_refused", method=request.method))
        refused["Allow"] = given["Allow"]
    except ElchiError as error:
        return problem_of(request, error)
    except Http404:
        return problem_of(request, NotFound("address_unknown", field="path"))
    except (BadRequest, SuspiciousOperation):
        return problem_of(request, InvalidInput("request_unreadable", field="request", rule="http"))
    except Exception:  # noqa: BLE001  whatever it is: the caller is told so, and nothing of it
        got_request_exception.send(sender=None, request=request)
        _log.exception("failed", extra={"request": request, "status_code": 500})
        return problem_of(request, Conflict("node_failed"))
    return refused


def _check_size(request: HttpRequest) -> None:
    told = request.META.get("CONTENT_LENGTH") or "0"
    largest = LARGEST_FILE if _UPLOAD.fullmatch(request.path_info) else LARGEST
    if not told.isdecimal() or int(told) > largest:
        raise InvalidInput("request_too_large", field="body", rule="request_size", maximum=largest)


def _check_text(request: HttpRequest) -> None:
    """Refuse the character NUL, which PostgreSQL cannot hold: in an address, in a query, or escaped in JSON."""
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        raise InvalidInput("request_unreadable", field="path", rule="http")
    if request.content_type == "application/json" and rb"\u0000" in request.body:
        raise InvalidInput("request_unreadable", field="body", rule="json")


def _unless_known(request: HttpRequest, given: HttpResponse) -> HttpResponse:
    if "ETag" not in given:
        given["ETag"] = f'"{hashlib.sha256(given.content).hexdigest()[:32]}"'
    told = get_conditional_response(request, etag=given["ETag"], response=given)
    if told is not None and told.status_code == 412:
        return problem_of(request, Conflict("version_changed", field="If-Match"))
    return cast("HttpResponse", told)
