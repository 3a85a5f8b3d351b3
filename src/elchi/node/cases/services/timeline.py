"""What is added to a case in words: notes, and whom it is about."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from elchi.errors import InvalidInput
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.models import CaseEvent
from elchi.node.cases.services._work import take, tell, text_of
from elchi.node.directory.models import Agency
from elchi.node.officers.acting import Acting

NOTE: Final = 10_000
"""Longest note, in characters."""


@transaction.atomic
def add_note(*, by: Acting, case_id: int, text: str, told_by: str = "") -> CaseEvent:
    """Write a note into the timeline.

    Args:
        by: who writes.
        case_id: the case.
        text: as he writes it.
        told_by: code of the agency that told it, where it is another one.

    Raises:
        InvalidInput: `case_text`, `case_value`.
        NotFound, NotAllowed, Conflict: as of `take`.
    """
    case = take(by, case_id)
    if told_by and not Agency.objects.filter(code=told_by).exists():
        raise InvalidInput("case_value", field="told_by", rule="unknown")
    event = tell(case, by, "note", text_of(text, field="text", limit=NOTE), **({"agency": told_by} if told_by else {}))
    record(Verb.ADD_NOTE, by=by, on=f"case:{case.pk}", purpose=case.purpose, event=event.pk)
    return event
