"""How a router answers: a shape as JSON; a request with an idempotency key is done once."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from elchi.api.tokens import AtApi
from elchi.errors import InvalidInput
from elchi.node.officers.kept_answers import begin_answer, keep_answer

KEY: Final = "Idempotency-Key"
ONCE: Final[set[str]] = set()
"""Names of the views that take a key."""
_KEY_FORM: Final = re.compile(r"[\x21-\x7e]{1,128}")
P = ParamSpec("P")


def answer(shape: BaseModel, status: int = 200, *, etag: str = "") -> HttpResponse:
    """Give a shape as JSON.

    Args:
        shape: validated already, so it is written and not validated again.
        status: of HTTP.
        etag: tells versions of it apart; without one its content does.
    """
    given = HttpResponse(shape.model_dump_json(by_alias=True), status=status, content_type="application/json")
    if etag:
        given["ETag"] = f'"{etag}"'
    return given


def once(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Make a view that is done once a key: sent again, the request is answered as before.

    The key, what is done and what is answered are one transaction. A request that is refused leaves no key behind.
    """

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast("AtApi", args[0])
        key = request.headers.get(KEY)
        if key is None:
            return view(*args, **kwargs)
        if not _KEY_FORM.fullmatch(key):
            raise InvalidInput("key_invalid", field=KEY, rule="printable_128")
        asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
        with transaction.atomic():
            kept = begin_answer(token=request.token, key=key, request=asked)
            if kept is not None:
                given = HttpResponse(kept.body, status=kept.status, content_type="application/json")
                given["Idempotency-Replayed"] = "true"
                return given
            given = view(*args, **kwargs)
            keep_answer(token=request.token, key=key, status=given.status_code, body=given.content.decode())
        return given

    ONCE.add(view.__name__)
    # ninja would look for the names of the shapes in this module
    answered.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return answered


def version_wanted(request: HttpRequest, *, needed: bool = True) -> str:
    """Give the version that `If-Match` names, which is the one that the caller read; empty for any.

    Raises:
        InvalidInput: `version_unsaid` when it must be said, and is not.
    """
    told = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if needed and told in ("", "*"):
        raise InvalidInput("version_unsaid", field="If-Match", rule="missing")
    return "" if told == "*" else told
