"""Verbs of reported documents: propose, approve or reject by a second officer, withdraw by one."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.modules.interpol import queries, reporting
from elchi.modules.interpol.models import ReportedDocument
from elchi.modules.interpol.offline.document_key import DocumentKey, Reported
from elchi.modules.interpol.reporting import DocumentReport
from elchi.modules.interpol.rules import InterpolRight
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.modules.interpol.wire import mark_of
from elchi.node.audit.services import record
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.subjects import Document

REASON: Final = 300


@transaction.atomic
def propose_report(*, by: Acting, document: Document, reported: str) -> ReportedDocument:
    """Propose to report a document of this state.

    Raises:
        NotAllowed: `right_missing`, `officers_only`; `report_other_country`: another state issued it.
        InvalidInput: `document_key_invalid`, `mark_invalid`.
        Conflict: `report_type_missing`; `report_there`: it is reported or proposed.
    """
    by.require(InterpolRight.REPORT_WRITE)
    if reported not in tuple(Reported):
        raise InvalidInput("document_key_invalid", field="reported", rule="one_of")
    told = reporting.propose(
        document.issuer, document.document_type, document.document_number, reported=Reported(reported),
        country=here().country, officer=by.himself.sign_in_name,
    )  # fmt: skip
    key = told.key
    columns = {"issuer": key.issuer, "document_type": key.kind, "document_number": key.number}
    if ReportedDocument.objects.filter(**columns, state__in=("proposed", "in_force")).exists():
        raise Conflict("report_there", field="document_number")
    row = ReportedDocument.objects.create(
        **columns, reported=told.reported, state=told.state, proposed_by=told.proposed_by
    )
    record(InterpolVerb.PROPOSE_REPORT, by=by, on=_on(row), subject=_mark(row), reported=row.reported)
    return row


@transaction.atomic
def approve_report(*, by: Acting, report_id: int) -> ReportedDocument:
    """Put a report that another officer proposed in force. The next copy that is given out has it.

    Raises:
        NotAllowed: `right_missing`, `officers_only`; `report_four_eyes`.
        NotFound: `document_report_unknown`.
        Conflict: `report_state`.
    """
    by.require(InterpolRight.REPORT_WRITE)
    row = queries.report_of(report_id, change=True)
    told = reporting.approve(report_in(row), officer=by.himself.sign_in_name)
    return _decided(by, row, told.state, told.decided_by, "")


@transaction.atomic
def reject_report(*, by: Acting, report_id: int, reason: str) -> ReportedDocument:
    """Reject a report that is proposed; also who proposed it may take it back.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        NotFound: `document_report_unknown`.
        Conflict: `report_state`.
        InvalidInput: `report_reason_invalid`.
    """
    by.require(InterpolRight.REPORT_WRITE)
    row = queries.report_of(report_id, change=True)
    if row.state != "proposed":
        raise Conflict("report_state", state=row.state)
    return _decided(by, row, "rejected", by.himself.sign_in_name, _reason(reason))


@transaction.atomic
def withdraw_report(*, by: Acting, report_id: int, reason: str) -> ReportedDocument:
    """Withdraw a report, at once and by one officer: it takes a suspicion from somebody.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        NotFound: `document_report_unknown`.
        Conflict: `report_state`.
        InvalidInput: `report_reason_invalid`.
    """
    by.require(InterpolRight.REPORT_WRITE)
    row = queries.report_of(report_id, change=True)
    told = reporting.withdraw(report_in(row), country=here().country)
    row.state, row.reason = told.state, _reason(reason)
    row.withdrawn_by, row.withdrawn_at = by.himself.sign_in_name, timezone.now()
    row.save()
    record(InterpolVerb.WITHDRAW_REPORT, by=by, on=_on(row), subject=_mark(row), reason=row.reason)
    return row


def report_in(row: ReportedDocument) -> DocumentReport:
    """Give a report as its rules know it."""
    return DocumentReport(
        key=DocumentKey(row.issuer, row.document_type, row.document_number), reported=Reported(row.reported),
        state=row.state, proposed_by=row.proposed_by, decided_by=row.decided_by,
    )  # fmt: skip


def _decided(by: Acting, row: ReportedDocument, state: str, officer: str, reason: str) -> ReportedDocument:
    row.state, row.decided_by, row.decided_at, row.reason = state, officer, timezone.now(), reason
    row.save()
    record(InterpolVerb.DECIDE_REPORT, by=by, on=_on(row), subject=_mark(row), to=state, reason=reason)
    return row


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > REASON:
        raise InvalidInput("report_reason_invalid", field="reason", rule="text", maximum=REASON)
    return text


def _mark(row: ReportedDocument) -> str:
    return mark_of(Document(document_number=row.document_number, document_type=row.document_type, issuer=row.issuer))


def _on(row: ReportedDocument) -> str:
    return f"reported_document:{row.pk}"
