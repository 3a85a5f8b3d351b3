"""What the verbs share: taking a case to work on, and adding a line to its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.node.audit.actor import Actor
from elchi.node.audit.marks import marks_of
from elchi.node.cases.models import Case, CaseEvent, CaseMark, CaseSubject
from elchi.node.cases.queries import case_for, may_work
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject, to_wire


def to_work(by: Acting, case_id: int) -> Case:
    """Give a case that an officer works on.

    Raises:
        NotFound: `case_unknown`.
        NotAllowed: `right_missing`, `case_read_only`.
    """
    by.require(Right.CASE_WORK)
    case = case_for(by, case_id)
    if not may_work(by, case):
        raise NotAllowed("case_read_only", case=case_id)
    return case


def take(by: Acting, case_id: int, *, closed: bool = False) -> Case:
    """Give a case that an officer works on, locked for a change in the transaction of the caller.

    Args:
        by: who changes it.
        case_id: the case.
        closed: whether it may be closed; all else waits until it is reopened.

    Raises:
        NotFound, NotAllowed: as of `to_work`.
        Conflict: `case_closed`.
    """
    Case.objects.select_for_update().filter(pk=case_id).first()
    case = to_work(by, case_id)
    if case.state == "closed" and not closed:
        raise Conflict("case_closed", case=case_id)
    return case


def tell(case: Case, by: Actor, kind: str, text: str = "", **params: Any) -> CaseEvent:
    """Add a line to the timeline."""
    return CaseEvent.objects.create(case=case, by=by.name, kind=kind, text=text, params=params)


def keep_subjects(case: Case, subjects: Sequence[Subject], role: str) -> list[CaseSubject]:
    """Write down subjects and the hashes of their marks."""
    rows = []
    for subject in subjects:
        row = CaseSubject.objects.create(case=case, subject=to_wire(subject), role=role)
        CaseMark.objects.bulk_create(CaseMark(subject=row, hash=mark) for mark in marks_of(subject))
        rows.append(row)
    return rows


def mark_of(case: Case) -> str:
    """Give the strongest mark of the first subject, for the audit; empty if there is none."""
    marks = CaseMark.objects.filter(subject__case=case).order_by("id").values_list("hash", flat=True)
    return marks.first() or ""


def text_of(text: str, *, field: str, limit: int) -> str:
    """Give a text without blanks around it.

    Raises:
        InvalidInput: `case_text` if it is empty or too long.
    """
    text = text.strip()
    if not text:
        raise InvalidInput("case_text", field=field, rule="empty")
    if len(text) > limit:
        raise InvalidInput("case_text", field=field, rule="too_long", limit=limit)
    return text


def one_of(value: str, allowed: Sequence[str], *, field: str) -> str:
    """Give a value that is one of those allowed.

    Raises:
        InvalidInput: `case_value`.
    """
    if value not in allowed:
        raise InvalidInput("case_value", field=field, rule="one_of", allowed=list(allowed))
    return value
