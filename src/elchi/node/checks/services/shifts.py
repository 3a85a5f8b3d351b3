"""Verbs of shifts."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.models import Shift
from elchi.node.checks.queries import crossing_of, open_shift, verdicts_of
from elchi.node.checks.rules import check_direction, check_purpose
from elchi.node.directory.models import Office
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


@transaction.atomic
def start_shift(
    *, by: Acting, purpose: str, direction: str, crossing_code: str = "", office_code: str | None = None
) -> Shift:
    """Begin a shift, or change what holds for the one that is on.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `purpose_unknown`, `direction_unknown`.
        NotFound: `crossing_unknown`, `office_unknown`.
    """
    by.require(Right.CHECK_SUBMIT)
    now = timezone.now()
    shift = open_shift(by, now=now)
    if shift is None:
        Shift.objects.filter(officer=by.officer, ended_at=None).update(ended_at=now)  # forgotten
        shift = Shift(officer=by.officer, started_at=now)
    shift.purpose, shift.direction = check_purpose(purpose), check_direction(direction)
    shift.crossing = crossing_of(crossing_code) if crossing_code else None
    shift.office = _find_office(by, office_code)
    shift.save()
    terms: dict[str, Any] = {"direction": direction, "crossing": crossing_code, "office": shift.office.code}
    record(Verb.START_SHIFT, by=by, on=f"shift:{shift.pk}", purpose=purpose, task=f"shift:{shift.pk}", **terms)
    return shift


@transaction.atomic
def end_shift(*, by: Acting) -> Shift:
    """End the shift that is on.

    Raises:
        NotAllowed: `right_missing`.
        Conflict: `no_shift`.
    """
    by.require(Right.CHECK_SUBMIT)
    shift = open_shift(by)
    if shift is None:
        raise Conflict("no_shift")
    shift.ended_at = timezone.now()
    shift.save(update_fields=["ended_at"])
    task = f"shift:{shift.pk}"
    record(Verb.END_SHIFT, by=by, on=task, purpose=shift.purpose, task=task, verdicts=verdicts_of(shift))
    return shift


def _find_office(by: Acting, code: str | None) -> Office:
    office = Office.objects.filter(code=code or by.office, is_active=True).first()
    if office is None:
        raise NotFound("office_unknown", field="office", office=code or by.office)
    return office
