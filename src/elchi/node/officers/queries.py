"""Reads of officers and tokens."""

from __future__ import annotations

from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer


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
