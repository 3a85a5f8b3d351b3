"""Errors as problem+json (RFC 9457)."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.locale import Words, best_language

STATUS: Final = {InvalidInput: 422, NotAllowed: 403, NotFound: 404, Conflict: 409}


def problem_of(request: HttpRequest, error: ElchiError) -> HttpResponse:
    """Answer with an error of ours."""
    return problem(request, STATUS.get(type(error), 400), error.code, **error.params)


def problem(request: HttpRequest, status: int, code: str, **params: Any) -> HttpResponse:
    """Answer with a code, its parameters, and its sentence in the language of the request."""
    words = Words(best_language(request.headers.get("Accept-Language", "").replace(";", ",").split(",")))
    body = {
        "type": f"urn:elchi:error:{code}",
        "title": words.error(code, params),
        "status": status,
        "code": code,
        "params": params,
    }
    text = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(text, status=status, content_type="application/problem+json; charset=utf-8")
