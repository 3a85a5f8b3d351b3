"""Before the routers: what is too large is not read. After them: whatever went wrong is a problem, never a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from elchi.api.problems import MEDIA_TYPE, problem_of
from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound

ADDRESSES: Final = ("/api/", "/match-api/")
LARGEST: Final = 1 << 20
"""Bytes of a body of JSON."""
LARGEST_FILE: Final = 100 << 20
"""Bytes of a body with a file of a list."""
_UPLOAD: Final = re.compile(r"/api/v1/lists/[^/]+/versions")
Answer = Callable[[HttpRequest], HttpResponse]


def api_door(answer: Answer) -> Answer:
    """Answer addresses of the API as the API does, whoever refused them."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return answer(request)
        request.META.pop("HTTP_COOKIE", None)  # a session of the console counts for nothing here
        largest = LARGEST_FILE if _UPLOAD.fullmatch(request.path_info) else LARGEST
        if _length(request) > largest:
            error = InvalidInput("request_too_large", field="body", rule="request_size", maximum=largest)
            return problem_of(request, error)
        given = answer(request)
        kind = given.get("Content-Type", "")
        if given.status_code >= 400 and not kind.startswith((MEDIA_TYPE, "application/json")):
            given = problem_of(request, _refusal(given.status_code, request))
        given.setdefault("Cache-Control", "private, no-cache")
        return _unless_known(request, given) if request.method == "GET" and given.status_code == 200 else given

    return answered


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0


def _refusal(status: int, request: HttpRequest) -> ElchiError:
    if status == 404:
        return NotFound("address_unknown", field="path")
    if status == 405:
        return NotAllowed("method_refused", method=request.method)
    if status >= 500:
        return Conflict("node_failed")
    return InvalidInput("request_unreadable", field="request", rule="http")


def _unless_known(request: HttpRequest, given: HttpResponse) -> HttpResponse:
    if "ETag" not in given:
        given["ETag"] = f'"{hashlib.sha256(given.content).hexdigest()[:32]}"'
    told = get_conditional_response(request, etag=given["ETag"], response=given)
    if told is not None and told.status_code == 412:
        return problem_of(request, Conflict("version_changed", field="If-Match"))
    return cast("HttpResponse", told)
