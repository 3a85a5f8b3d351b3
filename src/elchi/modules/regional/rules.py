"""Who may do what at the regional centre: the module's rows of the table of rights, and whose side an officer is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict, NotAllowed
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight

PURPOSES: Final = ("investigation", "customs_check", "border_check")
"""For which of them a message goes: the first that an agreement covers."""


class RegionalRight(AnyRight):
    """One thing that may be done."""

    REGIONAL_SEE = "regional.see"
    """Statistics, bulletin, registers: without names."""
    INBOX_READ = "regional.inbox"
    """The inbox of one's own state."""
    COORDINATE = "regional.coordinate"
    """Warn members, coordinate operations: of the centre's own staff."""
    SPACE_USE = "regional.space"
    """The shared analysis space: put, take back one's own, see links."""
    REGISTER_WRITE = "regional.register"
    """Competent authorities and partner organisations."""


_SECOND, _ANALYST, _SUPERVISOR = Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR

RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    RegionalRight.REGIONAL_SEE: frozenset(
        (_SECOND, _ANALYST, _SUPERVISOR, Role.PROGRAMME, Role.AGREEMENT_KEEPER)
    ),
    RegionalRight.INBOX_READ: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    RegionalRight.COORDINATE: frozenset((_ANALYST, _SUPERVISOR)),
    RegionalRight.SPACE_USE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    RegionalRight.REGISTER_WRITE: frozenset((_SUPERVISOR, Role.AGREEMENT_KEEPER)),
}  # fmt: skip
"""Each right and the roles that have it."""


def state_of(by: Acting) -> str:
    """Give the state an officer acts for, ISO 3166-1 alpha-2; empty for the staff of an international body."""
    officer = by.officer
    return str(officer.agency.country_id or "") if officer else ""


def require_state(by: Acting) -> str:
    """Give the state of a liaison officer.

    Raises:
        NotAllowed: `state_needed`: he is of the centre's own staff, whom a member's inbox and entities do not concern.
    """
    state = state_of(by)
    if not state:
        raise NotAllowed("state_needed")
    return state


def require_centre(by: Acting) -> None:
    """Do nothing for the centre's own staff.

    Raises:
        NotAllowed: `right_missing`, `centre_staff_only`.
        Conflict: `not_a_centre`: this node belongs to a state.
    """
    by.require(RegionalRight.COORDINATE)
    if here().country:
        raise Conflict("not_a_centre")
    if state_of(by):
        raise NotAllowed("centre_staff_only")
