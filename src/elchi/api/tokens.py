"""Who calls: a bearer token, as an officer with no more rights than the token has."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from elchi.node.officers.acting import Acting
from elchi.node.officers.services import use_token


class Bearer(HttpBearer):
    """Reads `Authorization: Bearer ...`; `request.auth` becomes the `Acting`."""

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        """Give who acts, or None for a token that is unknown, expired or revoked."""
        acting: Any = use_token(token)
        request.acting = acting  # type: ignore[attr-defined]
        return acting  # type: ignore[no-any-return]
