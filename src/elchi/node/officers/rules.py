"""Who may do what: one table to be read aloud. What does not stand in it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an officer is at this node. An officer may have several."""

    FIRST_LINE = "first_line"
    SECOND_LINE = "second_line"
    """Also the liaison officer."""
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    LIST_KEEPER = "list_keeper"
    PROGRAMME = "programme"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that may be done."""

    CHECK_SUBMIT = "check.submit"
    CHECK_SEE = "check.see"
    FINDING_SEE = "finding.see"
    FINDING_JUDGE = "finding.judge"
    JUDGEMENT_OVERRULE = "judgement.overrule"
    MANIFEST_SCREEN = "manifest.screen"
    ALERT_SEE = "alert.see"
    LIST_SEE = "list.see"
    LIST_LOAD = "list.load"
    LIST_APPROVE = "list.approve"
    ENTRY_SEE = "entry.see"
    ENTRY_WRITE = "entry.write"
    CASE_SEE = "case.see"
    CASE_WORK = "case.work"
    DIRECTORY_SEE = "directory.see"
    DIRECTORY_WRITE = "directory.write"
    RESULTS_SEE = "results.see"
    RETENTION_WRITE = "retention.write"
    OFFICER_MANAGE = "officer.manage"
    AUDIT_SEE = "audit.see"
    NODE_SEE = "node.see"


_FIRST, _SECOND, _ANALYST, _SUPERVISOR = Role.FIRST_LINE, Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR
_KEEPER, _PROGRAMME, _AUDITOR, _ADMINISTRATOR = Role.LIST_KEEPER, Role.PROGRAMME, Role.AUDITOR, Role.ADMINISTRATOR

RIGHTS: Final[Mapping[Right, frozenset[Role]]] = {
    Right.CHECK_SUBMIT: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    Right.CHECK_SEE: frozenset((_FIRST, _SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.FINDING_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.FINDING_JUDGE: frozenset((_SECOND, _SUPERVISOR)),
    Right.JUDGEMENT_OVERRULE: frozenset((_SUPERVISOR,)),
    Right.MANIFEST_SCREEN: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    Right.ALERT_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER)),
    Right.LIST_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER, _AUDITOR)),
    Right.LIST_LOAD: frozenset((_KEEPER,)),
    Right.LIST_APPROVE: frozenset((_KEEPER, _SUPERVISOR)),
    Right.ENTRY_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER, _AUDITOR)),
    Right.ENTRY_WRITE: frozenset((_SECOND, _SUPERVISOR, _KEEPER)),
    Right.CASE_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.CASE_WORK: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    Right.DIRECTORY_SEE: frozenset(Role),
    Right.DIRECTORY_WRITE: frozenset((_ADMINISTRATOR,)),
    Right.RESULTS_SEE: frozenset((_ANALYST, _SUPERVISOR, _PROGRAMME, _AUDITOR)),
    Right.RETENTION_WRITE: frozenset((_SUPERVISOR,)),
    Right.OFFICER_MANAGE: frozenset((_ADMINISTRATOR,)),
    Right.AUDIT_SEE: frozenset((_AUDITOR,)),
    Right.NODE_SEE: frozenset((_ADMINISTRATOR, _SUPERVISOR, _AUDITOR)),
}
"""Each right and the roles that have it."""

READING: Final = frozenset(right for right in Right if right.value.endswith(".see"))
"""Rights that change nothing; an auditor has no other."""
SECOND_FACTOR: Final = frozenset(Role) - {Role.FIRST_LINE}
"""Roles that sign in with a second factor, unless the node's configuration says otherwise."""


ALONE: Final = frozenset((Role.ADMINISTRATOR, Role.AUDITOR))
"""Roles that go with no other: who keeps the machine reads no cases, who audits changes nothing.

A person who does two such jobs at a small post has two sign-in names, and the audit tells them apart."""


THEMES: Final = ("light", "dark", "sun")
"""Colours an officer may choose; none is those of his machine."""


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Give what officers of these roles may do, all roles together."""
    held = frozenset(roles)
    return frozenset(right for right, holders in RIGHTS.items() if holders & held)
