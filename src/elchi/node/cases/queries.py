"""Reads of cases: each shows only what the table of `rules` lets an officer see."""

from __future__ import annotations

from itertools import product

from django.db.models import Q, QuerySet

from elchi.errors import NotAllowed, NotFound
from elchi.node.cases.models import Case
from elchi.node.cases.rules import classes_seen, classes_worked
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


def cases_for(by: Acting) -> QuerySet[Case]:
    """Give the cases that an officer sees, newest first."""
    if by.officer is None or not by.may(Right.CASE_SEE):
        return Case.objects.none()
    own = Q(agency=by.officer.agency_id)
    member = Q(pk__in=Case.objects.filter(people__officer=by.officer, people__to_at__isnull=True).values("pk"))
    seen = Q(pk__in=())
    for own_agency, is_member in product((True, False), repeat=2):
        classes = classes_seen(by.officer.roles, own_agency=own_agency, is_member=is_member)
        if classes:
            seen |= (own if own_agency else ~own) & (member if is_member else ~member) & Q(classification__in=classes)
    return Case.objects.filter(seen).select_related("agency", "office")


def open_cases_for(by: Acting) -> QuerySet[Case]:
    """Give the cases that an officer sees and that are not closed, newest first."""
    return cases_for(by).exclude(state="closed")


def case_for(by: Acting, case_id: int) -> Case:
    """Give a case that an officer sees.

    Raises:
        NotFound: `case_unknown`.
        NotAllowed: `right_missing`, `case_not_yours`.
    """
    by.require(Right.CASE_SEE)
    case = cases_for(by).filter(pk=case_id).first()
    if case is None:
        if Case.objects.filter(pk=case_id).exists():
            raise NotAllowed("case_not_yours", case=case_id)
        raise NotFound("case_unknown", case=case_id)
    return case


def may_work(by: Acting, case: Case) -> bool:
    """Tell whether an officer works on a case that he sees."""
    if by.officer is None or not by.may(Right.CASE_WORK):
        return False
    return case.classification in classes_worked(
        by.officer.roles,
        own_agency=by.officer.agency_id == case.agency_id,
        is_member=case.people.filter(officer=by.officer, to_at__isnull=True).exists(),
    )


def open_origins() -> set[str]:
    """Give what led to the cases that are not closed, such as `check:142`: it is kept as long as they are."""
    return set(Case.objects.exclude(state="closed").exclude(origin="").values_list("origin", flat=True))
