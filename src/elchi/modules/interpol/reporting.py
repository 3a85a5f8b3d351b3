"""Who may report a document as stolen or lost: the authority of the state that issued it, by two people.

A report and its withdrawal are rows of the next table of changes (`offline.build`), so a withdrawal reaches every copy
with the next file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from elchi.documents.states import find_state
from elchi.errors import Conflict, NotAllowed
from elchi.modules.interpol.offline.build import COLUMNS, WITHDRAWN_WORD
from elchi.modules.interpol.offline.document_key import DocumentKey, Reported, key_of_document


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReport:
    """A document that its state reports."""

    key: DocumentKey
    reported: Reported
    state: str
    """`proposed`, `in_force`, or `withdrawn`."""
    proposed_by: str
    """Code of an officer."""
    decided_by: str = ""
    """Of another one."""


def propose(
    issuer: str, document_type: str, document_number: str, *, reported: Reported, country: str, officer: str
) -> DocumentReport:
    """Propose a report.

    Args:
        issuer: of the document.
        document_type: as `key_of_document` takes it, not empty.
        document_number: of the document.
        reported: what is reported.
        country: of the authority that reports, two or three letters.
        officer: who proposes.

    Raises:
        InvalidInput: `document_key_invalid`, `mark_invalid`.
        NotAllowed: `report_other_country`: the document is another state's.
        Conflict: `report_type_missing`.
    """
    key = key_of_document(issuer, document_type, document_number)
    state = find_state(country)
    ours = (state.iso or state.code) if state else ""
    if key.issuer != ours:
        raise NotAllowed("report_other_country", issuer=key.issuer, country=ours or country[:8])
    if not key.kind:
        raise Conflict("report_type_missing")
    return DocumentReport(key=key, reported=reported, state="proposed", proposed_by=officer)


def approve(report: DocumentReport, *, officer: str) -> DocumentReport:
    """Put a report in force.

    Raises:
        NotAllowed: `report_four_eyes`: who proposed it does not decide.
        Conflict: `report_state`.
    """
    _check(report, "proposed")
    if officer == report.proposed_by:
        raise NotAllowed("report_four_eyes")
    return replace(report, state="in_force", decided_by=officer)


def withdraw(report: DocumentReport, *, country: str) -> DocumentReport:
    """Withdraw a report: at once and by one person, because it takes a suspicion from somebody.

    Raises:
        NotAllowed: `report_other_country`.
        Conflict: `report_state`.
    """
    _check(report, "in_force")
    state = find_state(country)
    if state is None or (state.iso or state.code) != report.key.issuer:
        raise NotAllowed("report_other_country", issuer=report.key.issuer, country=country[:8])
    return replace(report, state="withdrawn")


def table_of_changes(reports: Iterable[DocumentReport]) -> str:
    """Write what changed as the table that `offline.build.read_changes` reads; of one document the last report counts.

    Raises:
        Conflict: `report_state`: one that nobody has approved.
    """
    rows: dict[DocumentKey, str] = {}
    for report in reports:
        _check(report, "in_force", "withdrawn")
        said = report.reported if report.state == "in_force" else WITHDRAWN_WORD
        rows[report.key] = "\t".join((*report.key, said))
    return "\n".join((COLUMNS, *rows.values())) + "\n"


def _check(report: DocumentReport, *states: str) -> None:
    if report.state not in states:
        raise Conflict("report_state", state=report.state)
