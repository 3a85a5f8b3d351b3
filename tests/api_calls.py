"""Calls of the API for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.test import Client
from tests.factories import acting, make_officer

from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role
from elchi.node.officers.services import issue_token


@dataclass(frozen=True)
class Caller:
    """A program with a token."""

    officer: Officer
    token: str
    client: Client

    def get(self, path: str, **given: Any) -> Any:
        return self.client.get(f"/api/v1{path}", **given)

    def post(self, path: str, body: Any = None, **given: Any) -> Any:
        return self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", **given)

    def put(self, path: str, body: Any = None, **given: Any) -> Any:
        return self.client.put(f"/api/v1{path}", json.dumps(body), content_type="application/json", **given)

    def delete(self, path: str, **given: Any) -> Any:
        return self.client.delete(f"/api/v1{path}", **given)


def caller(*roles: Role, scopes: Sequence[str] = (), officer: Officer | None = None) -> Caller:
    """Make a program that acts for an officer of these roles, with all his rights unless scopes are said."""
    officer = officer or make_officer(*roles)
    by = acting(Role.ADMINISTRATOR)
    _, token = issue_token(by=by, officer_id=officer.pk, name="test", scopes=scopes or list(officer.rights), days=1)
    return Caller(officer, token, Client(headers={"Authorization": f"Bearer {token}"}))
