"""Reads of cases: each shows only what the table of `rules` lets an officer see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import product

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.audit.marks import marks_of
from elchi.node.cases.models import Case, CaseEvent, CaseFile, CaseLink, CaseMark, CaseOfficer, number_of
from elchi.node.cases.rules import classes_seen, classes_worked
from elchi.node.directory.models import Agency
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Right
from elchi.subjects import Document, Person, Subject, Vehicle

_NUMBER = re.compile(r"(?:.*-C-)?0*([1-9]\d{0,17})", re.IGNORECASE)
_SOUGHT = 200
"""Characters of what is searched for."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the timeline with whom it comes from."""

    event: CaseEvent
    name: str
    """Of the officer; as the audit writes who acts where it is no officer."""
    office: object
    """Row of his office, or None."""
    whom: str
    """Of the officer it is about, such as one who was assigned."""
    other: str
    """Number of the other case that it is about."""
    agency: Agency | None
    """Of another agency that told it."""
    side: str
    """`own`, `peer` for an agency of another state, empty for the node itself and for another agency of this state."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case that belongs together with one."""

    other: Case
    reason: str
    is_seen: bool
    """Whether the officer sees more of it than its number."""


def cases_for(by: Acting) -> QuerySet[Case]:
    """Give the cases that an officer sees, newest first."""
    if by.officer is None or not by.may(Right.CASE_SEE):
        return Case.objects.none()
    own = Q(agency=by.officer.agency_id)
    member = Q(pk__in=CaseOfficer.objects.filter(officer=by.officer, to_at__isnull=True).values("case"))
    seen = Q(pk__in=())
    for own_agency, is_member in product((True, False), repeat=2):
        classes = classes_seen(by.officer.roles, own_agency=own_agency, is_member=is_member)
        if classes:
            seen |= (own if own_agency else ~own) & (member if is_member else ~member) & Q(classification__in=classes)
    return Case.objects.filter(seen).select_related("agency", "office")


def open_cases_for(by: Acting) -> QuerySet[Case]:
    """Give the cases that an officer sees and that are not closed, newest first."""
    return cases_for(by).exclude(state="closed")


def open_cases_from(origins: Collection[str]) -> QuerySet[Case]:
    """Give the cases that are not closed and that one of these led to, whoever sees them: for the node itself."""
    return Case.objects.filter(origin__in=origins).exclude(state="closed")


def unled_case(origins: Collection[str]) -> Case | None:
    """Give the open case that was opened for one of these and that nobody leads, locked in the caller's transaction."""
    people = CaseOfficer.objects.filter(case=OuterRef("pk"))
    rows = Case.objects.select_for_update().filter(~Exists(people), origin__in=origins, opened_by=None)
    return rows.exclude(state="closed").first()


def cases_found(
    by: Acting, *, sought: str = "", state: str = "", threat: str = "", mine: bool = False, late: bool = False
) -> QuerySet[Case]:
    """Give the cases that an officer sees and that fit, with the name of who leads each as `lead`.

    Args:
        by: who looks.
        sought: a number of a case, words of a title, or a mark of a subject: number of a document, plate, VIN ..
        state: of `states.CASE`; `not_closed` for all but closed ones.
        threat: of `rules.THREATS`.
        mine: only those he works on.
        late: only those past their time.
    """
    leads = CaseOfficer.objects.filter(case=OuterRef("pk"), part="lead", to_at__isnull=True)
    cases = cases_for(by).annotate(lead=Subquery(leads.values("officer__name")[:1]))
    if sought.strip():
        cases = cases.filter(_meaning(sought.strip()[:_SOUGHT]))
    if state == "not_closed":
        cases = cases.exclude(state="closed")
    elif state:
        cases = cases.filter(state=state)
    if threat:
        cases = cases.annotate(threats_text=Cast("threats", TextField())).filter(threats_text__contains=f'"{threat}"')
    if mine:
        cases = cases.filter(pk__in=CaseOfficer.objects.filter(officer=by.officer, to_at__isnull=True).values("case"))
    return cases.exclude(state="closed").filter(due_at__lt=timezone.now()) if late else cases


def case_for(by: Acting, case_id: int) -> Case:
    """Give a case that an officer sees.

    Raises:
        NotFound: `case_unknown`, also for one that he does not see: he does not learn that there is one.
        NotAllowed: `right_missing`.
    """
    by.require(Right.CASE_SEE)
    case = cases_for(by).filter(pk=case_id).first()
    if case is None:
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


def timeline_of(case: Case) -> list[Told]:
    """Give the timeline of a case, newest first."""
    events = list(case.events.all())
    names = {event.by for event in events} | {event.params.get("officer", "") for event in events}
    officers = {
        one.sign_in_name: one for one in Officer.objects.select_related("office").filter(sign_in_name__in=names)
    }
    codes = {event.params["agency"] for event in events if "agency" in event.params}
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
    return [
        _told(
            event,
            officers.get(event.by),
            officers.get(event.params.get("officer", "")),
            agencies.get(event.params.get("agency", "")),
        )
        for event in events
    ]


def files_of(case: Case) -> list[CaseFile]:
    """Give the files of a case in the order in which they came, also those whose bytes were removed."""
    return list(case.files.order_by("pk"))


def file_for(by: Acting, file_id: int) -> CaseFile:
    """Give a file of a case that an officer sees, with its case.

    Raises:
        NotFound: `case_file_unknown`, also for one whose bytes were removed.
        NotAllowed: `right_missing`.
    """
    by.require(Right.CASE_SEE)
    rows = CaseFile.objects.select_related("case").filter(case__in=cases_for(by).values("pk"))
    row = rows.filter(pk=file_id, removed_at__isnull=True).first()
    if row is None:
        raise NotFound("case_file_unknown", file=file_id)
    return row


def people_of(case: Case, *, past: bool = False) -> list[CaseOfficer]:
    """Give who works on a case, who leads it first; with `past` also who did."""
    people = case.people.select_related("officer__office").order_by(F("to_at").desc(nulls_first=True), "part", "pk")
    return list(people if past else people.filter(to_at__isnull=True))


def counts_of(case: Case) -> dict[str, int]:
    """Give how many a case has of what its tabs show: files that are there, tasks that are open, people of today."""
    return {
        "subjects": case.subjects.count(),
        "files": case.files.filter(removed_at__isnull=True).count(),
        "tasks": case.tasks.filter(state="open").count(),
        "people": case.people.filter(to_at__isnull=True).count(),
        "links": CaseLink.objects.filter(Q(case=case) | Q(other=case)).count(),
    }


def links_of(by: Acting, case: Case) -> list[Linked]:
    """Give the cases linked to one, in either direction; of those that the officer does not see only the number."""
    links = list(CaseLink.objects.filter(Q(case=case) | Q(other=case)).select_related("case", "other").order_by("pk"))
    others = [link.other if link.case_id == case.pk else link.case for link in links]
    seen = set(cases_for(by).filter(pk__in=[one.pk for one in others]).values_list("pk", flat=True))
    return [Linked(one, link.reason, one.pk in seen) for one, link in zip(others, links, strict=True)]


def officers_fit_for(case: Case) -> list[Officer]:
    """Give the officers who could work on a case: active, of its agency, with the right."""
    officers = Officer.objects.filter(agency=case.agency_id, is_active=True).order_by("name").select_related("office")
    return [one for one in officers if {Right.CASE_SEE, Right.CASE_WORK} <= one.rights]


def open_origins() -> set[str]:
    """Give what led to the cases that are not closed, such as `check:142`: it is kept as long as they are."""
    return set(Case.objects.exclude(state="closed").exclude(origin="").values_list("origin", flat=True))


def _meaning(sought: str) -> Q:
    marked = CaseMark.objects.filter(hash__in=_marks(sought)).values("subject__case")
    fits = Q(title_folded__contains=sought.casefold()) | Q(pk__in=marked)
    number = _NUMBER.fullmatch(sought)
    return fits | Q(pk=int(number[1])) if number else fits


def _marks(sought: str) -> set[str]:
    """Give the keyed hashes of a text as each mark that it could be."""
    subjects: Iterable[Subject] = (
        Document(document_number=sought),
        Vehicle(plate=sought),
        Vehicle(vin=sought),
        Vehicle(container_number=sought),
        Person(phones=(sought,)),
        Person(emails=(sought,)),
    )
    return {mark for subject in subjects for mark in marks_of(subject)}


def _told(event: CaseEvent, officer: Officer | None, whom: Officer | None, agency: Agency | None) -> Told:
    side = "own" if officer else ""
    if agency is not None:
        side = "peer" if agency.country_id != here().country else ""
    return Told(
        event=event,
        name=officer.name if officer else event.by,
        office=officer.office if officer else None,
        whom=whom.name if whom else event.params.get("officer", ""),
        other=number_of(event.params["other"]) if "other" in event.params else "",
        agency=agency,
        side=side,
    )
