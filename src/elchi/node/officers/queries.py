"""Reads of officers and tokens."""

from __future__ import annotations

from django.db.models import QuerySet

from elchi.errors import NotFound
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role


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
