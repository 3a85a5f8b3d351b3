"""Verbs of incidents: record, read, amend, withdraw, open the case, protect."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.modules.operations.incident import Found, IncidentCard, check_card, check_found
from elchi.modules.operations.models import Incident, IncidentVersion, ProtectedPerson
from elchi.modules.operations.queries import card_of, found_of, incident_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.services._keep import agencies_of, fill, keep_parts, marks_found
from elchi.modules.operations.services.telling import take_back_reports
from elchi.modules.operations.verbs import OperationsVerb
from elchi.modules.operations.wire import card_to_wire, found_to_wire
from elchi.node.audit.queries import is_noted
from elchi.node.audit.services import record
from elchi.node.cases.models import Case
from elchi.node.cases.rules import THREATS
from elchi.node.cases.services import open_case
from elchi.node.officers.acting import Acting
from elchi.subjects import Subject, to_wire

REASON: Final = 300
"""Longest reason, characters."""
MOST_PROTECTED: Final = 500


@transaction.atomic
def record_incident(*, by: Acting, card: IncidentCard, found: Found) -> Incident:
    """Record an incident, once for all who have a part in it.

    Args:
        by: who records it; his agency is among those that took part.
        card: what stands at its head.
        found: what was found, and who was in it.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.INCIDENT_RECORD)
    now = timezone.now()
    check_card(card, now=now)
    check_found(card.kind, found)
    row = Incident(agency=by.himself.agency, recorded_by=by.name, recorded_at=now)
    fill(row, card, found)
    agencies = agencies_of(row.agency, card.agencies)
    row.save()
    row.agencies.set(agencies)
    keep_parts(row, found)
    record(OperationsVerb.RECORD_INCIDENT, by=by, on=_on(row), subject=_mark(found), kind=row.kind, at=row.place_key)
    return row


@transaction.atomic
def read_incident(*, by: Acting, incident_id: int) -> Incident:
    """Open an incident to read all of it; the audit has it once in ten minutes.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
    """
    by.require(OperationsRight.INCIDENT_SEE)
    row = incident_of(incident_id)
    if not is_noted(by, OperationsVerb.READ_INCIDENT, _on(row)):
        record(OperationsVerb.READ_INCIDENT, by=by, on=_on(row), subject=_mark(found_of(row)))
    return row


@transaction.atomic
def amend_incident(
    *, by: Acting, incident_id: int, version: int, card: IncidentCard, found: Found, reason: str
) -> Incident:
    """Amend an incident. What it was before is kept with the reason.

    Args:
        by: who amends it.
        incident_id: which.
        version: as he saw it.
        card: as it shall be.
        found: the same.
        reason: why.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_changed`, `incident_withdrawn`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.INCIDENT_AMEND)
    row = _to_change(incident_id)
    if row.version != version:
        raise Conflict("incident_changed", incident=incident_id)
    check_card(card, now=timezone.now())
    check_found(card.kind, found)
    before = card_to_wire(card_of(row)) | found_to_wire(found_of(row))
    reason = _reason(reason)
    IncidentVersion.objects.create(incident=row, version=version, before=before, reason=reason, by=by.name)
    fill(row, card, found)
    row.version += 1
    row.save()
    row.agencies.set(agencies_of(row.agency, card.agencies))
    keep_parts(row, found)
    after = card_to_wire(card) | found_to_wire(found)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    record(OperationsVerb.AMEND_INCIDENT, by=by, on=_on(row), subject=_mark(found), fields=changed)
    return row


@transaction.atomic
def withdraw_incident(*, by: Acting, incident_id: int, reason: str) -> Incident:
    """Say that an incident counts no more: recorded twice, or by mistake. It stays readable; partners forget it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_withdrawn`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.INCIDENT_AMEND)
    row = _to_change(incident_id)
    row.withdrawn_reason = _reason(reason)
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by.name
    row.version += 1
    row.save()
    record(OperationsVerb.WITHDRAW_INCIDENT, by=by, on=_on(row))
    take_back_reports(by=by, row=row)
    return row


@transaction.atomic
def open_incident_case(*, by: Acting, incident_id: int, title: str) -> Case:
    """Open the case of an incident: its photos, papers and the work that follows lie there.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_has_case`, `incident_withdrawn`.
        InvalidInput: `case_text`, `case_value`.
    """
    by.require(OperationsRight.INCIDENT_AMEND)
    row = _to_change(incident_id)
    if row.case_id:
        raise Conflict("incident_has_case", incident=incident_id)
    found = found_of(row)
    subjects = [*(one.subject for one in found.involved if one.subject), *found.vehicles]
    threats = [one for one in THREATS if one in row.threats] or ["other"]
    case = open_case(
        by=by, title=title, threats=threats, purpose="investigation", subjects=subjects, origin=f"incident:{row.pk}"
    )
    row.case = case
    row.save(update_fields=["case"])
    record(OperationsVerb.OPEN_INCIDENT_CASE, by=by, on=_on(row), case=case.pk)
    return case


@transaction.atomic
def protect_person(*, by: Acting, incident_id: int, subject: Subject, note: str = "") -> ProtectedPerson:
    """Put somebody who was smuggled, trafficked, rescued or helped into the protected file.

    Nothing of it stands in the incident, its marks, reports, cases or the audit.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_withdrawn`, `protected_full`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.PROTECTED_WRITE)
    row = _to_change(incident_id)
    if len(note) > 500:
        raise InvalidInput("operations_invalid", field="note", rule="too_long", limit=500)
    if row.protected.count() >= MOST_PROTECTED:
        raise Conflict("protected_full", incident=incident_id, limit=MOST_PROTECTED)
    kept = ProtectedPerson.objects.create(incident=row, subject=to_wire(subject), note=note.strip(), added_by=by.name)
    record(OperationsVerb.PROTECT_PERSON, by=by, on=_on(row))
    return kept


@transaction.atomic
def read_protected(*, by: Acting, incident_id: int) -> tuple[ProtectedPerson, ...]:
    """Read the protected file of an incident; each time is written down.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
    """
    by.require(OperationsRight.PROTECTED_READ)
    row = incident_of(incident_id)
    people = tuple(row.protected.all())
    record(OperationsVerb.READ_PROTECTED, by=by, on=_on(row), people=len(people))
    return people


def _to_change(incident_id: int) -> Incident:
    Incident.objects.select_for_update().filter(pk=incident_id).first()
    row = incident_of(incident_id)
    if row.withdrawn_at:
        raise Conflict("incident_withdrawn", incident=incident_id)
    return row


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise InvalidInput("operations_invalid", field="reason", rule="missing")
    if len(reason) > REASON:
        raise InvalidInput("operations_invalid", field="reason", rule="too_long", limit=REASON)
    return reason


def _on(row: Incident) -> str:
    return f"incident:{row.pk}"


def _mark(found: Found) -> str:
    return next(iter(marks_found(found)), "")
