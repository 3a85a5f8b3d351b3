"""Officers: an administrator adds them, changes what they are, and lets them go."""

from __future__ import annotations

import re
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.cards import OfficerCard
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import active_administrators, officer_of
from elchi.node.officers.rules import ALONE, Right, Role
from elchi.node.officers.services.sessions import end_sessions, give_password

_SIGN_IN_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)


@transaction.atomic
def add_officer(*, by: Acting, sign_in_name: str, card: OfficerCard, language: str = "en") -> tuple[Officer, str]:
    """Add an officer.

    Args:
        by: who adds him.
        sign_in_name: small letters, digits, dots and hyphens; never used before at this node.
        card: what is told of him.
        language: in which he reads.

    Returns:
        The row, and a password that he changes when he first signs in. It is shown once and stored nowhere.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `officer_invalid`.
        Conflict: `sign_in_name_taken`.
    """
    by.require(Right.OFFICER_MANAGE)
    if not _SIGN_IN_NAME.fullmatch(sign_in_name):
        raise InvalidInput("officer_invalid", field="sign_in_name", rule="sign_in_name")
    if Officer.objects.filter(sign_in_name=sign_in_name).exists():
        raise Conflict("sign_in_name_taken", field="sign_in_name")
    officer = Officer(sign_in_name=sign_in_name, language=language, must_change_password=True)
    _describe(officer, card)
    password = give_password(officer)
    record(Verb.ADD_OFFICER, by=by, on=f"officer:{sign_in_name}", **_told(officer))
    return officer, password


@transaction.atomic
def change_officer(*, by: Acting, officer_id: int, card: OfficerCard) -> Officer:
    """Change what an officer is.

    Raises:
        NotAllowed: `right_missing`, `own_account`.
        NotFound: `officer_missing`.
        InvalidInput: `officer_invalid`.
        Conflict: `last_administrator`.
    """
    by.require(Right.OFFICER_MANAGE)
    officer = officer_of(officer_id, change=True)
    before = _told(officer)
    _describe(officer, card)
    after = _told(officer)
    if by.officer is not None and by.officer.pk == officer.pk and before["roles"] != after["roles"]:
        raise NotAllowed("own_account", field="roles")
    if Role.ADMINISTRATOR in before["roles"] and Role.ADMINISTRATOR not in after["roles"]:
        _keep_an_administrator(officer)
    officer.save()
    changed: dict[str, Any] = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    record(Verb.CHANGE_OFFICER, by=by, on=f"officer:{officer.sign_in_name}", **changed)
    return officer


@transaction.atomic
def let_go(*, by: Acting, officer_id: int) -> Officer:
    """End an officer's access now: his sessions and his tokens end with it. His name stays his.

    Raises:
        NotAllowed: `right_missing`, `own_account`.
        NotFound: `officer_missing`.
        Conflict: `last_administrator`.
    """
    officer = another_officer(by, officer_id)
    if Role.ADMINISTRATOR in officer.roles:
        _keep_an_administrator(officer)
    if officer.is_active:
        officer.is_active = False
        officer.save(update_fields=["is_active"])
        end_sessions(officer)
        record(Verb.CHANGE_OFFICER, by=by, on=f"officer:{officer.sign_in_name}", is_active=[True, False])
    return officer


@transaction.atomic
def take_back(*, by: Acting, officer_id: int) -> tuple[Officer, str]:
    """Give an officer who left his access again, with a new password that he changes first.

    Raises:
        NotAllowed: `right_missing`, `own_account`.
        NotFound: `officer_missing`.
    """
    officer = another_officer(by, officer_id)
    password = give_password(officer)
    officer.is_active = True
    officer.save(update_fields=["is_active"])
    record(Verb.CHANGE_OFFICER, by=by, on=f"officer:{officer.sign_in_name}", is_active=[False, True])
    return officer, password


def another_officer(by: Acting, officer_id: int) -> Officer:
    """Give the row of an officer to change, who is not the one who acts."""
    by.require(Right.OFFICER_MANAGE)
    officer = officer_of(officer_id, change=True)
    if by.officer is not None and by.officer.pk == officer.pk:
        raise NotAllowed("own_account")
    return officer


def _describe(officer: Officer, card: OfficerCard) -> None:
    name, email = " ".join(card.name.split()), card.email.strip()
    if not name or len(name) > 200:
        raise InvalidInput("officer_invalid", field="name", rule="officer_name")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise InvalidInput("officer_invalid", field="email", rule="email") from None
    chosen = [role for role in Role if role in card.roles]
    if not chosen or len(chosen) != len(set(card.roles)):
        raise InvalidInput("officer_invalid", field="roles", rule="roles_known")
    if len(chosen) > 1 and ALONE & set(chosen):
        raise InvalidInput("officer_invalid", field="roles", rule="role_alone")
    officer.name, officer.email, officer.roles = name, email, [str(role) for role in chosen]
    officer.agency, officer.office = _row("Agency", card.agency), _row("Office", card.office)


def _row(noun: str, code: str) -> Any:
    """Find an agency or office: the directory is a room of the same floor, known by codes alone."""
    found: Model | None = apps.get_model("directory", noun)._default_manager.filter(code=code, is_active=True).first()  # noqa: SLF001  Django's own way to a manager by any name
    if found is None:
        raise InvalidInput("officer_invalid", field=noun.lower(), rule="in_directory")
    return found


def _told(officer: Officer) -> dict[str, Any]:
    """Give what the audit tells of an officer: his name and address are no part of it, only that they changed."""
    return {"roles": list(officer.roles), "of_agency": officer.agency.code, "at_office": officer.office.code}


def _keep_an_administrator(leaving: Officer) -> None:
    if not active_administrators().exclude(pk=leaving.pk).exists():
        raise Conflict("last_administrator")
