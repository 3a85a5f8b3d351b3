"""Who calls: a token, as an officer with no more rights than the token has, and not more often than agreed."""

from __future__ import annotations

import math
import time
from threading import Lock
from typing import Any, Final, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from elchi.errors import NotAllowed
from elchi.node.officers.acting import Acting
from elchi.node.officers.services import use_token

PREFIX: Final = 12
"""Length of the part of a token by which it is found; no secret."""
A_SECOND: Final = 100.0
"""Requests of a token that this process answers in the long run."""
AT_ONCE: Final = 500.0
"""Requests of a token that it answers in a burst."""


class AtApi(HttpRequest):
    """A request as the routers see it."""

    auth: Acting
    token: str
    """The prefix of its token."""


class TokenDoor(HttpBearer):
    """Reads `Authorization: Bearer ...`, or `ApiKey ...` as clients of yente write it; `request.auth` is who acts."""

    def __call__(self, request: HttpRequest) -> Any:
        """Give who acts.

        Raises:
            NotAllowed: `token_invalid` for one that is missing, unknown, expired or revoked; `too_many_requests`.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        acting = self.authenticate(request, token.strip()) if scheme.lower() in ("bearer", "apikey") else None
        if acting is None:
            raise NotAllowed("token_invalid")
        return acting

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        """Give who acts with a token."""
        acting = use_token(token)
        if acting is not None:
            cast("AtApi", request).token = token[:PREFIX]
            _rates.take(token[:PREFIX])
        return acting


class Rates:
    """How many requests each token has left: a bucket that fills `a_second` and holds `at_once`."""

    def __init__(self, a_second: float = A_SECOND, at_once: float = AT_ONCE) -> None:
        self._a_second, self._at_once = a_second, at_once
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, token: str, now: float | None = None) -> None:
        """Take one request of a token.

        Raises:
            NotAllowed: `too_many_requests` with `seconds` until the next one.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            left, at = self._left.get(token, (self._at_once, now))
            left = min(self._at_once, left + (now - at) * self._a_second)
            taken = 1.0 if left >= 1 else 0.0
            self._left[token] = (left - taken, now)
        if not taken:
            raise NotAllowed("too_many_requests", seconds=max(1, math.ceil((1 - left) / self._a_second)))


_rates = Rates()
