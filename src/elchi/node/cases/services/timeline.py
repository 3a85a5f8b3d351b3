"""What is added to a case in words: notes, and whom it is about."""

from __future__ import annotations

from django.db import transaction

from elchi.errors import Conflict, InvalidInput
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import NOTE, SUBJECTS
from elchi.node.cases.models import CaseEvent, CaseSubject
from elchi.node.cases.rules import SUBJECT_ROLES
from elchi.node.cases.services._work import keep_subjects, one_of, take, tell, text_of
from elchi.node.directory.models import Agency
from elchi.node.officers.acting import Acting
from elchi.subjects import Subject


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
        raise InvalidInput("case_value", field="told_by", rule="not_offered")
    event = tell(case, by, "note", text_of(text, field="text", limit=NOTE), **({"agency": told_by} if told_by else {}))
    record(Verb.ADD_NOTE, by=by, on=f"case:{case.pk}", purpose=case.purpose, event=event.pk)
    return event


@transaction.atomic
def add_subject(*, by: Acting, case_id: int, subject: Subject, role: str = "subject") -> CaseSubject:
    """Add whom or what a case is about too.

    Args:
        by: who adds.
        case_id: the case.
        subject: person, vehicle, document, organisation or consignment.
        role: of `rules.SUBJECT_ROLES`.

    Raises:
        InvalidInput: `case_value`.
        Conflict: `case_full` if it has too many, `case_closed`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id)
    one_of(role, SUBJECT_ROLES, field="role")
    if case.subjects.count() >= SUBJECTS:
        raise Conflict("case_full", case=case_id, limit=SUBJECTS)
    row = keep_subjects(case, [subject], role)[0]
    tell(case, by, "subject_added", subject=row.pk)
    mark = next(iter(marks_of(subject)), "")
    record(Verb.ADD_SUBJECT, by=by, on=f"case:{case.pk}", subject=mark, purpose=case.purpose, role=role)
    return row
