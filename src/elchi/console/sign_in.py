"""How allauth lets officers in: nobody registers himself, and every attempt is written down."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Door(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The adapter of this node."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's order
        """Give no: an administrator adds officers."""
        return False
