"""Tasks of a case: what is to be done, by whom, until when."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import TASK_TEXT, TASKS
from elchi.node.cases.models import Case, CaseTask
from elchi.node.cases.queries import cases_for
from elchi.node.cases.services._work import take, tell, text_of
from elchi.node.cases.states import TASK, check_move
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Right


@transaction.atomic
def add_task(*, by: Acting, case_id: int, text: str, officer: str = "", due_at: dt.datetime | None = None) -> CaseTask:
    """Add what is to be done.

    Args:
        by: who adds it.
        case_id: the case.
        text: what, in a sentence.
        officer: sign-in name of who shall do it, one of the people of the case; empty for anybody of them.
        due_at: until when.

    Raises:
        InvalidInput: `case_text`, `case_value`.
        Conflict: `case_full`, `case_closed`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id)
    if case.tasks.count() >= TASKS:
        raise Conflict("case_full", case=case_id, limit=TASKS)
    task = CaseTask.objects.create(
        case=case, text=text_of(text, field="text", limit=TASK_TEXT), officer=_worker(case, officer), due_at=due_at
    )
    tell(case, by, "task_added", task.text, task=task.pk)
    record(Verb.ADD_TASK, by=by, on=f"case:{case.pk}", purpose=case.purpose, number=task.pk)
    return task


@transaction.atomic
def change_task(*, by: Acting, task_id: int, to: str = "", officer: str | None = None) -> CaseTask:
    """Finish, drop or reopen a task, or give it to another officer.

    Args:
        by: who changes it.
        task_id: the task.
        to: the state, of `states.TASK`; empty leaves it.
        officer: sign-in name of one of the people of the case; empty for anybody, None leaves it.

    Raises:
        NotFound: `case_task_unknown`.
        InvalidInput: `case_value`.
        Conflict: `case_move_unknown`, `case_closed`.
        NotAllowed: as of `take`.
    """
    by.require(Right.CASE_SEE)
    found = CaseTask.objects.filter(pk=task_id, case__in=cases_for(by).values("pk")).first()
    if found is None:
        raise NotFound("case_task_unknown", task=task_id)
    case = take(by, found.case_id)
    task = case.tasks.get(pk=task_id)
    if to:
        check_move(TASK, task.state, to)
        task.state = to
        task.ended_at = None if to == "open" else timezone.now()
    if officer is not None:
        task.officer = _worker(case, officer)
    task.save()
    tell(case, by, "task_changed", task.text, task=task.pk, state=task.state)
    record(Verb.CHANGE_TASK, by=by, on=f"case:{case.pk}", purpose=case.purpose, number=task.pk, state=task.state)
    return task


def _worker(case: Case, sign_in_name: str) -> Officer | None:
    if not sign_in_name:
        return None
    row = case.people.select_related("officer").filter(officer__sign_in_name=sign_in_name, to_at__isnull=True).first()
    if row is None:
        raise InvalidInput("case_value", field="officer", rule="not_offered")
    return row.officer
