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
    INCIDENT_KEEP = "incident.keep"
    """Decide how long incidents are kept, and hold one longer."""
    LEAD_DECIDE = "lead.decide"
    SEIZURE_IMPORT = "seizure.import"
    REPORT_TAKE = "report.take"
    """Reports without names; the national one needs `incident.see` beside it."""
    REPORT_SEND = "report.send"
    """Tell partners of an incident; with names also `incident.see`, and an agreement that names them."""
    PROTECTED_WRITE = "protected.write"
    """Put somebody into the protected file, without seeing who is in it."""
    PROTECTED_READ = "protected.read"
    EXHIBIT_SEE = "exhibit.see"
    """What is in custody, who has it, and pictures without the place and time that a camera writes into them."""
    EXHIBIT_HANDLE = "exhibit.handle"
    """Take into custody, let go, take."""
    EXHIBIT_TAKE_OVER = "exhibit.take_over"
    """Take from who cannot let go of it."""
    SECTION_SET = "section.set"
    """Say which level a section of the border has."""
    CORRIDOR_WRITE = "corridor.write"
    WAITING_TELL = "waiting.tell"
    """Say how long people wait at a crossing."""
    REVIEW_SEE = "review.see"
    """Reviews of offices, and what crossings have and lack."""
    REVIEW_WRITE = "review.write"
    """Review an office, count what a crossing has."""
    TEMPLATE_WRITE = "template.write"
    """Say what a crossing should have."""
    UNIT_SEE = "unit.see"
    """Units, their tasks and the mandate."""
    UNIT_WRITE = "unit.write"
    TASK_GIVE = "task.give"
    TASK_DO = "task.do"
    """Accept a task, arrive, finish it."""
    MANDATE_WRITE = "mandate.write"
    OPERATION_SEE = "operation.see"
    """Joint operations: plan, log, hand-overs."""
    OPERATION_PLAN = "operation.plan"
    """Plan one, propose it, agree to it, start and end it."""
    OPERATION_LOG = "operation.log"
    """Write into its log, hand over, tell results."""


_FIRST, _SECOND, _ANALYST, _SUPERVISOR = Role.FIRST_LINE, Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR
_WORKING: Final = frozenset((_FIRST, _SECOND, _ANALYST, _SUPERVISOR))

RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    OperationsRight.PICTURE_SEE: _WORKING | {Role.PROGRAMME, Role.AUDITOR},
    OperationsRight.INCIDENT_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.INCIDENT_RECORD: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.INCIDENT_AMEND: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.INCIDENT_KEEP: frozenset((_SUPERVISOR,)),
    OperationsRight.LEAD_DECIDE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.SEIZURE_IMPORT: frozenset((_ANALYST, _SUPERVISOR)),
    OperationsRight.REPORT_TAKE: frozenset((_ANALYST, _SUPERVISOR, Role.PROGRAMME)),
    OperationsRight.REPORT_SEND: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.PROTECTED_WRITE: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.PROTECTED_READ: frozenset((_SUPERVISOR,)),
    OperationsRight.EXHIBIT_SEE: _WORKING | {Role.AUDITOR},
    OperationsRight.EXHIBIT_HANDLE: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.EXHIBIT_TAKE_OVER: frozenset((_SUPERVISOR,)),
    OperationsRight.SECTION_SET: frozenset((_ANALYST, _SUPERVISOR)),
    OperationsRight.CORRIDOR_WRITE: frozenset((_ANALYST, _SUPERVISOR)),
    OperationsRight.WAITING_TELL: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.REVIEW_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, Role.PROGRAMME, Role.AUDITOR)),
    OperationsRight.REVIEW_WRITE: frozenset((_SUPERVISOR,)),
    OperationsRight.TEMPLATE_WRITE: frozenset((_SUPERVISOR, Role.PROGRAMME)),
    OperationsRight.UNIT_SEE: _WORKING | {Role.PROGRAMME, Role.AUDITOR, Role.AGREEMENT_KEEPER},
    OperationsRight.UNIT_WRITE: frozenset((_SUPERVISOR,)),
    OperationsRight.TASK_GIVE: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.TASK_DO: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    OperationsRight.OPERATION_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    OperationsRight.OPERATION_PLAN: frozenset((_SUPERVISOR,)),
    OperationsRight.OPERATION_LOG: frozenset((_SECOND, _SUPERVISOR)),
    OperationsRight.MANDATE_WRITE: frozenset((_SUPERVISOR, Role.AGREEMENT_KEEPER)),
}
"""Each right and the roles that have it."""
