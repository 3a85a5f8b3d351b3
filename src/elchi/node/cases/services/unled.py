"""A case that the node opens by itself, for the hit of a partner: nobody leads it until an officer judges the hit."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from elchi.errors import NotAllowed
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import CLOSING, TITLE
from elchi.node.cases.models import Case, CaseOfficer
from elchi.node.cases.rules import CLASSES
from elchi.node.cases.services._work import keep_subjects, mark_of, one_of, tell
from elchi.node.cases.services.case import threats_of
from elchi.node.cases.states import CASE, check_move
from elchi.node.directory.models import Office
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Right
from elchi.subjects import Subject

UNSAID = "other"
"""Threat of a case of which nobody has said one yet: a hit brings none."""


def open_unled(
    *, officer: Officer, office: Office | None, title: str, purpose: str, subjects: Sequence[Subject], origin: str
) -> Case:
    """Open a case in the transaction of the caller; supervisors of its agency see it until an officer takes it up.

    Args:
        officer: who asked what was answered: the case is of his agency.
        office: where he did; his own one where that is not known.
        title: in a few words; a longer one is cut.
        purpose: the legal reason.
        subjects: whom or what it is about.
        origin: what led to it, such as `finding:7`.
    """
    title = title[:TITLE]
    case = Case.objects.create(
        title=title, title_folded=title.casefold(), threats=[UNSAID], purpose=purpose, origin=origin,
        agency=officer.agency, office=office or officer.office,
    )  # fmt: skip
    keep_subjects(case, subjects, "subject")
    tell(case, NODE, "opened", origin=origin)
    record(Verb.OPEN_CASE, by=NODE, on=f"case:{case.pk}", subject=mark_of(case), purpose=purpose, origin=origin)
    return case


def take_up(*, by: Acting, case: Case, threats: Sequence[str], classification: str) -> None:
    """Let the officer who judged lead an unled case; it goes to his agency and office.

    Raises:
        NotAllowed: `right_missing`, `case_no_officer`.
        InvalidInput: `case_value`.
    """
    by.require(Right.CASE_WORK)
    if by.officer is None:
        raise NotAllowed("case_no_officer")
    case.threats = threats_of(threats)
    case.classification = one_of(classification, CLASSES, field="classification")
    case.agency, case.office = by.officer.agency, by.officer.office
    case.version += 1
    case.save()
    CaseOfficer.objects.create(case=case, officer=by.officer, part="lead")
    terms = {"officer": by.officer.sign_in_name, "part": "lead"}
    tell(case, by, "officer_assigned", **terms)
    record(Verb.ASSIGN_OFFICER, by=by, on=f"case:{case.pk}", purpose=case.purpose, **terms)


def close_unled(*, by: Acting, case: Case, note: str) -> None:
    """Close an unled case: the officer who judged says that it is somebody else."""
    before, case.state = case.state, "closed"
    check_move(CASE, before, case.state)
    case.closed_at, case.closing_reason, case.closing_note = timezone.now(), "not_the_same", note[:CLOSING]
    case.version += 1
    case.save()
    terms = {"before": before, "to": case.state, "reason": case.closing_reason}
    tell(case, by, "moved", case.closing_note, **terms)
    record(Verb.MOVE_CASE, by=by, on=f"case:{case.pk}", purpose=case.purpose, **terms)


def tell_by_node(*, case: Case, text: str) -> None:
    """Note in a case what a partner told, in the transaction that takes it in."""
    tell(case, NODE, "note", text)
    record(Verb.ADD_NOTE, by=NODE, on=f"case:{case.pk}", purpose=case.purpose)
