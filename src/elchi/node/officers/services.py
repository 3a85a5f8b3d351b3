"""Verbs of officers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
from typing import Final

from django.utils import timezone

from elchi.node.officers.acting import Acting
from elchi.node.officers.models import ApiToken
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Right

_USED_EVERY: Final = dt.timedelta(minutes=1)
"""How exactly the last use of a token is written down: not at each of a hundred requests a second."""


def choose_language(*, by: Acting, language: str) -> None:
    """Take the language in which an officer reads. It is his own matter and no line of the audit."""
    if by.officer is not None:
        by.officer.language = language
        by.officer.save(update_fields=["language"])


def use_token(token: str) -> Acting | None:
    """Give who acts with a token; None for one that is unknown, expired or revoked, or whose officer has left."""
    prefix = token[:12]
    row = ApiToken.objects.select_related("officer__agency", "officer__office").filter(prefix=prefix).first()
    now = timezone.now()
    if row is None or not hmac.compare_digest(row.hash, hashlib.sha256(token.encode()).hexdigest()):
        return None
    if row.revoked_at is not None or row.expires_at <= now or not row.officer.is_active:
        return None
    if row.last_used_at is None or now - row.last_used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    acting = acting_of(row.officer, via="api")
    return dataclasses.replace(acting, rights=acting.rights & frozenset(map(Right, row.scopes)))
