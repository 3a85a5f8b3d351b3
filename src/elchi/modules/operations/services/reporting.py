"""The verb of reports: give incidents out as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from elchi.errors import InvalidInput
from elchi.modules.operations.queries import Wanted, incidents_found, told_each
from elchi.modules.operations.reports import REPORTS, Report, rows_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting

MOST: Final = 50_000
"""Incidents of one report."""


@transaction.atomic
def take_report(*, by: Acting, name: str, wanted: Wanted) -> tuple[Report, Iterator[list[Any]]]:
    """Give the rows of a report; the audit has which, of when, and of how many incidents.

    Args:
        by: who takes it.
        name: of `REPORTS`; the nominal one needs the right to see incidents.
        wanted: which incidents.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.REPORT_TAKE)
    report = REPORTS.get(name)
    if report is None:
        raise InvalidInput("operations_invalid", field="report", rule="one_of", allowed=sorted(REPORTS))
    if report.is_nominal:
        by.require(OperationsRight.INCIDENT_SEE)
    found = incidents_found(wanted)
    count = found.count()
    if count > MOST:
        raise InvalidInput("operations_invalid", field="from", rule="limit", limit=MOST)
    period = [one.isoformat() if one else "" for one in (wanted.from_at, wanted.until)]
    record(OperationsVerb.TAKE_REPORT, by=by, on=f"report:{name}", incidents=count, period=period)
    return report, rows_of(report, told_each(found))
