"""What was typed, kept in the officer's own browser for a few minutes so that he may say it was something else.

Nothing of it stays on the node: a check that was CLEAR keeps no number. The cookie is sealed by the node's own key, and
leaves the browser with the next check.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE: Final = "elchi_asked"
MAX_AGE: Final = 600
"""Seconds."""
_PATH: Final = "/check/"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one check was asked by."""

    check: int
    text: str
    kind: str


def keep_asked(answer: HttpResponseBase, asked: Asked) -> None:
    """Give the browser what was typed."""
    told = json.dumps([asked.check, asked.text, asked.kind]).encode()
    answer.set_cookie(
        COOKIE, _seal().encrypt(told).decode(), max_age=MAX_AGE, path=_PATH, httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def forget_asked(answer: HttpResponseBase) -> None:
    """Take it from the browser again."""
    answer.delete_cookie(COOKIE, path=_PATH, samesite="Strict")


def asked_of(request: HttpRequest, check_id: int) -> Asked | None:
    """Give what a check was asked by, if this browser asked it just now."""
    try:
        check, text, kind = json.loads(_seal().decrypt(request.COOKIES.get(COOKIE, ""), ttl=MAX_AGE))
    except (InvalidToken, ValueError):
        return None
    return Asked(check, text, kind) if check == check_id else None


@cache
def _seal() -> Fernet:
    key = hashlib.sha256(b"elchi: what was asked\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
