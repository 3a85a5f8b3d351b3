"""Who sees a case and who works on it: one table to be read aloud. What does not stand in it is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from elchi.node.officers.rules import Role

THREATS: Final = (
    "drugs", "precursors", "firearms", "terrorism", "foreign_terrorist_fighter", "trafficking_in_persons",
    "smuggling_of_migrants", "illicit_financial_flows", "organised_crime", "stolen_vehicle", "document_fraud",
    "contraband", "wildlife", "cultural_goods", "wanted_person", "missing_person", "sanctions", "corruption", "other",
)  # fmt: skip
"""Every case carries at least one."""
CLASSES: Final = ("open", "restricted", "confidential")
HANDLINGS: Final = ("H0", "H1", "H2", "H3")
"""How far what stands in it may go; the codes of Europol's handling."""
PARTS: Final = ("lead", "member")
"""What an officer is to a case."""
SUBJECT_ROLES: Final = ("subject", "victim", "witness", "owner", "related")
EVENTS: Final = (
    "opened", "note", "changed", "moved", "subject_added", "file_added", "file_removed", "task_added", "task_changed",
    "officer_assigned", "officer_released", "linked", "unlinked", "exported",
)  # fmt: skip
"""Kinds of a line of the timeline."""

_ALL: Final = frozenset(CLASSES)
_OPEN: Final = frozenset(("open",))
_NONE: Final[frozenset[str]] = frozenset()

SEEN: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "administrator": (_NONE, _NONE),
    "auditor": (_ALL, _NONE),
    "member": (_ALL, _ALL),
    "supervisor": (_ALL, _ALL),
    "analyst": (_OPEN, _NONE),
}
"""Who: the classes he sees, the classes he works on. Read from above; the first line that fits an officer decides.

An administrator and an auditor stand for every agency; a member, a supervisor and an analyst only for the agency that
owns the case. Above all this an officer needs the right `case.see` to see and `case.work` to work.
"""


def standing_of(roles: Collection[str], *, own_agency: bool, is_member: bool) -> str | None:
    """Give the line of `SEEN` that an officer stands on with a case; None if he has nothing to do with it."""
    stands = {
        "administrator": Role.ADMINISTRATOR in roles,
        "auditor": Role.AUDITOR in roles,
        "member": own_agency and is_member,
        "supervisor": own_agency and Role.SUPERVISOR in roles,
        "analyst": own_agency and Role.ANALYST in roles,
    }
    return next((who for who in SEEN if stands[who]), None)


def classes_seen(roles: Collection[str], *, own_agency: bool, is_member: bool) -> frozenset[str]:
    """Give the classes of cases that an officer sees."""
    who = standing_of(roles, own_agency=own_agency, is_member=is_member)
    return SEEN[who][0] if who else _NONE


def classes_worked(roles: Collection[str], *, own_agency: bool, is_member: bool) -> frozenset[str]:
    """Give the classes of cases that an officer works on."""
    who = standing_of(roles, own_agency=own_agency, is_member=is_member)
    return SEEN[who][1] if who else _NONE
