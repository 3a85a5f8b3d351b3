"""The verb of border sections."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from elchi.errors import InvalidInput
from elchi.modules.operations.models import SectionLevel
from elchi.modules.operations.places import border_lines
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.sections import check_level
from elchi.modules.operations.seizure import one_of, short
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting


@transaction.atomic
def set_section_level(*, by: Acting, border: str, level: str, until: dt.datetime | None, reason: str) -> SectionLevel:
    """Say which level a section has from now on.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `operations_invalid`; critical needs an end within 30 days.
    """
    by.require(OperationsRight.SECTION_SET)
    now = timezone.now()
    one_of("border", border, sorted(border_lines()))
    check_level(level, now, until)
    if not reason.strip():
        raise InvalidInput("operations_invalid", field="reason", rule="missing")
    short("reason", reason, 300)
    row = SectionLevel.objects.create(
        border=border, level=level, from_at=now, until=until, reason=reason.strip(), by=by.name
    )
    record(OperationsVerb.SET_SECTION_LEVEL, by=by, on=f"section:{border}", level=level, reason=row.reason)
    return row
