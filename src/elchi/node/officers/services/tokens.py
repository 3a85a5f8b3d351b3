"""Tokens: programs that act for an officer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from elchi.errors import InvalidInput, NotAllowed, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import ApiToken
from elchi.node.officers.queries import acting_of, officer_of
from elchi.node.officers.rules import Right

LONGEST_DAYS: Final = 365
_PREFIX: Final = 12
_USED_EVERY: Final = dt.timedelta(minutes=1)
"""How exactly the last use of a token is written down: not at each of a hundred requests a second."""


@transaction.atomic
def issue_token(*, by: Acting, officer_id: int, name: str, scopes: Collection[str], days: int) -> tuple[ApiToken, str]:
    """Give a program a token that acts for an officer.

    Args:
        by: who issues it.
        officer_id: for whom the program acts.
        name: which program it is.
        scopes: rights, each of them one of the officer's.
        days: until it ends.

    Returns:
        The row, and the token itself, which is shown once and stored nowhere.

    Raises:
        NotAllowed: `right_missing`, `token_scope`.
        NotFound: `officer_missing`.
        InvalidInput: `token_unusable`.
    """
    by.require(Right.OFFICER_MANAGE)
    officer = officer_of(officer_id)
    if not name.strip() or len(name) > 100:
        raise InvalidInput("token_unusable", field="name", rule="token_name")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("token_unusable", field="days", rule="number_in_range", allowed=f"1-{LONGEST_DAYS}")
    if not scopes or not officer.is_active:
        raise InvalidInput("token_unusable", field="scopes", rule="token_scopes")
    for scope in scopes:
        if scope not in officer.rights:
            raise NotAllowed("token_scope", field="scopes", scope=str(scope))
    secret = "elchi_" + secrets.token_urlsafe(40)
    token = ApiToken.objects.create(
        officer=officer,
        name=name.strip(),
        prefix=secret[:_PREFIX],
        hash=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=sorted(map(str, scopes)),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    record(
        Verb.ISSUE_TOKEN,
        by=by,
        on=f"officer:{officer.sign_in_name}",
        token=token.prefix,
        scopes=token.scopes,
        days=days,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, by: Acting, token_id: int) -> ApiToken:
    """End a token now. An officer may end those that act for himself.

    Raises:
        NotFound: `token_missing`.
        NotAllowed: `right_missing`.
    """
    token = ApiToken.objects.select_related("officer").filter(pk=token_id).first()
    if token is None:
        raise NotFound("token_missing")
    if by.officer is None or by.officer.pk != token.officer_id:
        by.require(Right.OFFICER_MANAGE)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(Verb.REVOKE_TOKEN, by=by, on=f"officer:{token.officer.sign_in_name}", token=token.prefix)
    return token


def use_token(token: str) -> Acting | None:
    """Give who acts with a token; None for one that is unknown, expired or revoked, or whose officer has left.

    Every request asks the tables, in one short statement; what follows from them is made anew only where they changed.
    """
    prefix, now = token[:_PREFIX], timezone.now()
    facts = _facts_of(prefix)
    known = _known.get(prefix)
    if known is None or known.facts != facts:
        known = _read(prefix, facts)
    if known is None or not hmac.compare_digest(known.hash, hashlib.sha256(token.encode()).hexdigest()):
        return None
    if not known.is_good or known.expires_at <= now:
        return None
    if now - known.used_at > _USED_EVERY:
        known.used_at = now
        ApiToken.objects.filter(prefix=prefix).update(last_used_at=now)
    return known.acting


@dataclass(slots=True)
class _Known:
    """A token as it was when its facts were these."""

    facts: tuple[Any, ...]
    hash: str
    is_good: bool
    expires_at: dt.datetime
    used_at: dt.datetime
    acting: Acting


_known: Final[dict[str, _Known]] = {}
_MOST_KNOWN: Final = 1_000
_FACTS: Final = """
SELECT t.id, t.hash, t.expires_at, t.revoked_at, t.scopes, o.id, o.sign_in_name, o.is_active, o.roles, o.agency_id,
       o.office_id
FROM officers_apitoken t JOIN officers_officer o ON o.id = t.officer_id WHERE t.prefix = %s
"""
"""All that decides what a token may do."""


def _facts_of(prefix: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [prefix])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _read(prefix: str, facts: tuple[Any, ...] | None) -> _Known | None:
    row = ApiToken.objects.select_related("officer__agency", "officer__office").filter(prefix=prefix).first()
    if row is None or facts is None:
        _known.pop(prefix, None)
        return None
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    acting = acting_of(row.officer, via="api")
    acting = dataclasses.replace(acting, rights=frozenset(one for one in acting.rights if one in row.scopes))
    is_good = row.revoked_at is None and row.officer.is_active
    used_at = row.last_used_at or row.issued_at - _USED_EVERY
    _known[prefix] = known = _Known(facts, row.hash, is_good, row.expires_at, used_at, acting)
    return known
