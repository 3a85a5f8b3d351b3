"""Reads of officers and tokens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import ApiToken, Officer, SignIn
from elchi.node.officers.rules import SECOND_FACTOR, Role, rights_table
from elchi.node.plug import AnyRight

LOCKED_FOR: Final = dt.timedelta(minutes=15)
"""How long a failure to sign in counts, and so how long too many of them lock."""


def acting_of(officer: Officer, *, via: str) -> Acting:
    """Give an officer as who acts at a door."""
    return Acting(
        name=officer.sign_in_name,
        agency=officer.agency.code,
        office=officer.office.code,
        via=via,
        rights=officer.rights,
        officer=officer,
    )


def officer_of(officer_id: int, *, change: bool = False) -> Officer:
    """Give an officer with his agency and office.

    Args:
        officer_id: his number.
        change: hold the row until the end of the transaction.

    Raises:
        NotFound: `officer_missing`.
    """
    rows = Officer.objects.select_related("agency", "office")
    officer = (rows.select_for_update(of=("self",)) if change else rows).filter(pk=officer_id).first()
    if officer is None:
        raise NotFound("officer_missing")
    return officer


def active_administrators() -> QuerySet[Officer]:
    """Give those who can add officers."""
    return having_role(Officer.objects.filter(is_active=True), Role.ADMINISTRATOR)


def having_role(officers: QuerySet[Officer], role: Role) -> QuerySet[Officer]:
    """Give those of officers who have a role, among others perhaps."""
    return officers.filter(roles__icontains=f'"{role}"')  # the same in both databases, as `contains` is not


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which officers a list shows; what is empty does not matter."""

    text: str = ""
    """A part of the name or the sign-in name."""
    role: str = ""
    agency: str = ""
    """Code."""
    active: str = "yes"
    """`yes`, `no`, or empty for both."""


def officers_of(wanted: Wanted) -> QuerySet[Officer]:
    """Give the officers that a filter leaves, with agency and office."""
    rows = Officer.objects.select_related("agency", "office")
    if wanted.text:
        rows = rows.filter(Q(name__icontains=wanted.text) | Q(sign_in_name__icontains=wanted.text))
    if wanted.role:
        rows = having_role(rows, Role(wanted.role))
    if wanted.agency:
        rows = rows.filter(agency__code=wanted.agency)
    return rows.filter(is_active=wanted.active == "yes") if wanted.active else rows


def officer_who_signed_in(officer_id: str) -> Officer | None:
    """Give the officer of a session, in one query; None when he has left."""
    rows = Officer.objects.select_related("agency", "office")
    return rows.filter(pk=officer_id, is_active=True).first()


def needs_second_factor(officer: Officer) -> bool:
    """Tell whether an officer's roles call for a second factor at this node."""
    return bool(settings.ELCHI.second_factor and SECOND_FACTOR & set(officer.roles))


def factors_of(officer: Officer) -> QuerySet[Any]:
    """Give an officer's second factors: app, security keys, recovery codes."""
    rows: QuerySet[Any] = Authenticator.objects.filter(user=officer)
    return rows.order_by("type", "created_at")


def sessions_of(officer: Officer) -> list[Session]:
    """Give the sessions in which an officer is signed in. All are read: a node has a few hundred at most."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return [one for one in alive if one.get_decoded().get("_auth_user_id") == str(officer.pk)]


def sign_ins_of(officer: Officer) -> QuerySet[SignIn]:
    """Give an officer's attempts to sign in, and those of others with his name; newest first."""
    return SignIn.objects.filter(sign_in_name=officer.sign_in_name).order_by("-at", "-pk")


def all_sign_ins(*, failed: bool = False) -> QuerySet[SignIn]:
    """Give everybody's attempts to sign in, or those that failed; newest first."""
    rows = SignIn.objects.select_related("officer").order_by("-at", "-pk")
    return rows.filter(succeeded=False) if failed else rows


def is_locked(officer: Officer) -> bool:
    """Tell whether a sign-in name was locked lately, and nobody has unlocked it."""
    return SignIn.objects.filter(
        sign_in_name=officer.sign_in_name, factor="locked", at__gt=timezone.now() - LOCKED_FOR
    ).exists()


def tokens_of(officer: Officer) -> QuerySet[ApiToken]:
    """Give the tokens of the programs that act for an officer; newest first."""
    return ApiToken.objects.filter(officer=officer).order_by("-issued_at", "-pk")


def scopes_for(officer: Officer) -> tuple[AnyRight, ...]:
    """Give the rights that a token of an officer may have, in the order of the table."""
    return tuple(right for right in rights_table() if right in officer.rights)
