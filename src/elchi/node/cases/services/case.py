"""A case itself: open, read, change, move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from elchi.errors import InvalidInput, NotAllowed
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.models import Case, CaseOfficer
from elchi.node.cases.rules import CLASSES, THREATS
from elchi.node.cases.services._work import keep_subjects, mark_of, one_of, tell, text_of
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject

TITLE: Final = 200
"""Longest title, in characters."""


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


def threats_of(threats: Sequence[str]) -> list[str]:
    """Give threats, each once, in the order of the code list.

    Raises:
        InvalidInput: `case_value` if there is none, or one that the list does not have.
    """
    if not threats or set(threats) - set(THREATS):
        raise InvalidInput("case_value", field="threats", rule="one_of", allowed=list(THREATS))
    return [threat for threat in THREATS if threat in threats]
