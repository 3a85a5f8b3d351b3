"""A case itself: open, read, change, move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.node.audit.queries import is_noted
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import CLOSING, TITLE
from elchi.node.cases.models import Case, CaseOfficer
from elchi.node.cases.queries import case_for
from elchi.node.cases.rules import CLASSES, HANDLINGS, THREATS
from elchi.node.cases.services._work import keep_subjects, mark_of, one_of, take, tell, text_of
from elchi.node.cases.states import CASE, REASONS, check_move
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of a case and may be changed."""

    title: str
    threats: Sequence[str]
    classification: str
    handling: str
    due_at: dt.datetime | None


@transaction.atomic
def open_case(  # noqa: PLR0913  what a case is made of
    *,
    by: Acting,
    title: str,
    threats: Sequence[str],
    purpose: str,
    subjects: Sequence[Subject],
    origin: str = "",
    classification: str = "restricted",
) -> Case:
    """Open a case of the officer's agency and office; he leads it.

    Args:
        by: who opens it.
        title: in a few words.
        threats: of `rules.THREATS`, at least one.
        purpose: the legal reason.
        subjects: whom or what it is about.
        origin: what led to it, such as `finding:7`.
        classification: of `rules.CLASSES`.

    Raises:
        NotAllowed: `right_missing`, `case_no_officer`.
        InvalidInput: `case_text`, `case_value`.
    """
    by.require(Right.CASE_WORK)
    if by.officer is None:
        raise NotAllowed("case_no_officer")
    title = text_of(title, field="title", limit=TITLE)
    case = Case.objects.create(
        title=title,
        title_folded=title.casefold(),
        threats=threats_of(threats),
        purpose=purpose,
        origin=origin,
        classification=one_of(classification, CLASSES, field="classification"),
        agency=by.officer.agency,
        office=by.officer.office,
        opened_by=by.officer,
    )
    CaseOfficer.objects.create(case=case, officer=by.officer, part="lead")
    keep_subjects(case, subjects, "subject")
    tell(case, by, "opened", origin=origin)
    record(Verb.OPEN_CASE, by=by, on=f"case:{case.pk}", subject=mark_of(case), purpose=purpose, origin=origin)
    return case


@transaction.atomic
def read_case(*, by: Acting, case_id: int) -> Case:
    """Open a case to read it.

    The audit gets a line for the first page of a case that an officer opens, and again after ten minutes: it says who
    read what and when, and is not buried under each tab and each return to the page.

    Raises:
        NotFound: `case_unknown`.
        NotAllowed: `right_missing`.
    """
    by.require(Right.CASE_SEE)
    case = case_for(by, case_id)
    if not is_noted(by, Verb.READ_CASE, f"case:{case.pk}"):
        record(Verb.READ_CASE, by=by, on=f"case:{case.pk}", subject=mark_of(case), purpose=case.purpose)
    return case


@transaction.atomic
def change_case(*, by: Acting, case_id: int, version: int, head: Head) -> Case:
    """Change the head of a case.

    Args:
        by: who changes it.
        case_id: the case.
        version: of the case as the officer saw it.
        head: as it shall be.

    Raises:
        Conflict: `case_changed` if another changed it meanwhile, `case_closed`.
        InvalidInput: `case_text`, `case_value`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id)
    if case.version != version:
        raise Conflict("case_changed", case=case_id)
    title = text_of(head.title, field="title", limit=TITLE)
    wanted = {
        "title": title,
        "title_folded": title.casefold(),
        "threats": threats_of(head.threats),
        "classification": one_of(head.classification, CLASSES, field="classification"),
        "handling": one_of(head.handling, HANDLINGS, field="handling"),
        "due_at": head.due_at,
    }
    changed = [name for name, value in wanted.items() if name != "title_folded" and getattr(case, name) != value]
    if not changed:
        return case
    before = case.classification
    for name, value in wanted.items():
        setattr(case, name, value)
    case.version += 1
    case.save()
    tell(case, by, "changed", fields=changed)
    classes = [before, case.classification] if "classification" in changed else []
    record(Verb.CHANGE_CASE, by=by, on=f"case:{case.pk}", purpose=case.purpose, fields=changed, classification=classes)
    return case


@transaction.atomic
def move_case(*, by: Acting, case_id: int, to: str, reason: str = "", note: str = "") -> Case:
    """Move a case to another state.

    Args:
        by: who moves it.
        case_id: the case.
        to: the state, of `states.CASE`.
        reason: of `states.REASONS`; needed to close it.
        note: why, in words; optional.

    Raises:
        Conflict: `case_move_unknown`, `case_has_tasks`.
        InvalidInput: `case_value`, `case_text`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id, closed=True)
    before = case.state
    check_move(CASE, before, to)
    note = text_of(note, field="note", limit=CLOSING) if note.strip() else ""
    is_end = to == "closed"
    if is_end:
        one_of(reason, REASONS, field="reason")
        tasks = case.tasks.filter(state="open").count()
        if tasks:
            raise Conflict("case_has_tasks", case=case_id, count=tasks)
    case.state = to
    case.closed_at = timezone.now() if is_end else None
    case.closing_reason, case.closing_note = (reason, note) if is_end else ("", "")
    case.version += 1
    case.save()
    told = {"reason": reason} if is_end else {}
    tell(case, by, "moved", note, before=before, to=to, **told)
    record(Verb.MOVE_CASE, by=by, on=f"case:{case.pk}", purpose=case.purpose, before=before, to=to, **told)
    return case


def threats_of(threats: Sequence[str]) -> list[str]:
    """Give threats, each once, in the order of the code list.

    Raises:
        InvalidInput: `case_value` if there is none, or one that the list does not have.
    """
    if not threats or set(threats) - set(THREATS):
        raise InvalidInput("case_value", field="threats", rule="one_of", allowed=list(THREATS))
    return [threat for threat in THREATS if threat in threats]
