"""Errors as problem+json (RFC 9457): the only place that knows the status of an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable, SealBroken
from elchi.locale import Words, best_language

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[type[ElchiError], int]] = {
    InvalidInput: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    SealBroken: 400,
    PartnerUnreachable: 503,
}
FINER: Final[Mapping[str, int]] = {
    "request_unreadable": 400,
    "token_invalid": 401,
    "method_refused": 405,
    "case_changed": 412,
    "entry_changed": 412,
    "version_changed": 412,
    "version_unsaid": 428,
    "request_too_large": 413,
    "too_many_requests": 429,
    "node_failed": 500,
}
"""Codes for which HTTP has a status of its own."""


def problem_of(request: HttpRequest, error: ElchiError) -> HttpResponse:
    """Answer with an error of ours: its code, its parameters, and its sentence in the language of the request."""
    words = Words(best_language(request.headers.get("Accept-Language", "").replace(";", ",").split(",")))
    status = FINER.get(error.code) or STATUS.get(type(error), 400)
    body = {
        "type": f"urn:elchi:error:{error.code}",
        "title": words.error(error.code, error.params),
        "status": status,
        "code": error.code,
        "params": error.params,
    }
    # what was sent may stand in it, half a character too
    text = json.dumps(body, ensure_ascii=False, default=str).encode(errors="backslashreplace")
    answer = HttpResponse(text, status=status, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer["Retry-After"] = str(error.params["seconds"])
    return answer
