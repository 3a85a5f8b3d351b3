"""Who may do what in the operations of an office: the module's rows of the table of rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight


class OperationsRight(AnyRight):
    """One thing that may be done."""

    PICTURE_SEE = "picture.see"
    """What happened, where and how often: without names, words that somebody typed, or marks."""
    INCIDENT_SEE = "incident.see"
    """All of an incident but the protected file."""
    INCIDENT_RECORD = "incident.record"
    INCIDENT_AMEND = "incident.amend"
    """Also to withdraw, and to open its case."""
    LEAD_DECIDE = "lead.decide"
    SEIZURE_IMPORT = "seizure.import"
    REPORT_TAKE = "report.take"
    """Reports without names; the national one needs `incident.see` beside it."""
    PROTECTED_WRITE = "protected.write"
    """Put somebody into the protected file, without seeing who is in it."""
    PROTECTED_READ = "protected.read"
    SECTION_SET = "section.set"
    """Say which level a section of the border has."""
    UNIT_SEE = "unit.see"
    """Units, their tasks and the mandate."""
    UNIT_WRITE = "unit.write"
    TASK_GIVE = "task.give"
    TASK_DO = "task.do"
    """Accept a task, arrive, finish it."""
    MANDATE_WRITE = "mandate.write"


_FIRST, _SECOND, _ANALYST, _SUPERVISOR = Role.FIRST_LINE, Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR
_WORKING: Final = frozenset((_FIRST, _SECOND, _ANALYST, _SUPERVISOR))

RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    OperationsRight.PICTURE_SEE: _WORKING | {Role.PROGRAMME, Role.AUDITOR},
    OperationsRight.INCIDENT_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.INCIDENT_RECORD: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.INCIDENT_AMEND: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.LEAD_DECIDE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.SEIZURE_IMPORT: frozenset((_ANALYST, _SUPERVISOR)),
    OperationsRight.REPORT_TAKE: frozenset((_ANALYST, _SUPERVISOR, Role.PROGRAMME)),
    OperationsRight.PROTECTED_WRITE: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.PROTECTED_READ: frozenset((_SUPERVISOR,)),
    OperationsRight.SECTION_SET: frozenset((_ANALYST, _SUPERVISOR)),
    OperationsRight.UNIT_SEE: _WORKING | {Role.PROGRAMME, Role.AUDITOR, Role.AGREEMENT_KEEPER},
    OperationsRight.UNIT_WRITE: frozenset((_SUPERVISOR,)),
    OperationsRight.TASK_GIVE: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.TASK_DO: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.MANDATE_WRITE: frozenset((_SUPERVISOR, Role.AGREEMENT_KEEPER)),
}
"""Each right and the roles that have it."""
