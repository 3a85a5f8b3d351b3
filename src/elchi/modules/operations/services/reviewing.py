"""Verbs of reviews: say how an office does, what a crossing has, and what it should have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from elchi.errors import InvalidInput
from elchi.modules.operations.capability import Need, check_stock, check_template, need_to_wire
from elchi.modules.operations.maturity import Answer, check_review, mean_of, quarter_of, to_wire
from elchi.modules.operations.models import CrossingStock, CrossingTemplate, OfficeReview
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import short
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.directory import queries as directory
from elchi.node.officers.acting import Acting


@transaction.atomic
def review_office(*, by: Acting, office: str, quarter: str, answers: Mapping[str, Answer]) -> OfficeReview:
    """Review an office for a quarter; one that was written before stays readable and holds no more.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `office_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.REVIEW_WRITE)
    row = directory.office_of(office)
    check_review(quarter, answers)
    if quarter > quarter_of(timezone.localdate()):
        raise InvalidInput("operations_invalid", field="quarter", rule="not_in_future")
    review = OfficeReview.objects.create(office=row, quarter=quarter, answers=to_wire(answers), by=by.name)
    record(OperationsVerb.REVIEW_OFFICE, by=by, on=f"office:{office}", quarter=quarter, mean=mean_of(answers))
    return review


@transaction.atomic
def count_stock(*, by: Acting, crossing: str, have: Mapping[str, int], note: str = "") -> CrossingStock:
    """Say what a crossing has; what is not named was not counted.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `crossing_unknown`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.REVIEW_WRITE)
    place = directory.crossing_of(crossing)
    check_stock(have)
    short("note", note, 300)
    row = CrossingStock.objects.create(crossing=place, have=dict(have), note=note.strip(), by=by.name)
    record(OperationsVerb.COUNT_STOCK, by=by, on=f"crossing:{crossing}", items=len(have))
    return row


@transaction.atomic
def set_template(*, by: Acting, needs: Sequence[Need], reason: str) -> CrossingTemplate:
    """Say what a crossing should have, and what it costs; the one before is kept.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.TEMPLATE_WRITE)
    check_template(needs)
    if not reason.strip():
        raise InvalidInput("operations_invalid", field="reason", rule="missing")
    short("reason", reason, 300)
    row = CrossingTemplate.objects.create(needs=[need_to_wire(one) for one in needs], reason=reason.strip(), by=by.name)
    record(OperationsVerb.SET_TEMPLATE, by=by, on=f"template:{row.pk}", reason=row.reason)
    return row
