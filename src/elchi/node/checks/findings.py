"""Reads of the second line: findings that wait, one finding with its entry, what was judged, alerts.

Whoever may not know of a finding is told that there is none: of discreet entries only officers of the owner know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from elchi.errors import ElchiError, NotFound
from elchi.lists import Entry
from elchi.node.audit.marks import mark_hash, marks_of
from elchi.node.cases.models import Case
from elchi.node.cases.queries import cases_for, open_cases_from
from elchi.node.checks.comparison import Row, closest, compare_with, document_key
from elchi.node.checks.models import Alert, Answered, Asked, Check, FoundEntry, Judgement, RememberedNegative
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.models import Watchlist
from elchi.node.watchlists.queries import EntryFacts, entry_of, facts_of
from elchi.node.watchlists.rules import knows_list
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle, from_wire

NEEDLE = 100
"""Longest text to filter by, characters."""


@dataclass(frozen=True)
class Facing:
    """A finding with all that a judgement needs."""

    finding: FoundEntry
    facts: EntryFacts | None
    """None for a list that is no longer known here."""

    @cached_property
    def entry(self) -> Entry | None:
        """The entry as it was then; as it is now where that version is no longer kept; None where it is gone."""
        for version in (self.finding.version, None):
            try:
                return entry_of(self.finding.watchlist, version, self.finding.entry)
            except ElchiError:
                continue
        return None

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """What was presented; of a check that kept only marks, the marks that met."""
        kept = self.finding.presented
        return tuple(from_wire(wire) for wire in kept) if kept else _subjects_of_reasons(self.finding)

    @cached_property
    def subject(self) -> Subject | None:
        """The one of them that the entry is nearest to."""
        if self.entry is None or not self.subjects:
            return self.subjects[0] if self.subjects else None
        return closest(self.subjects, self.entry)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Subject and entry side by side; empty where either is gone."""
        return compare_with(self.subject, self.entry) if self.subject and self.entry else ()

    @cached_property
    def hit(self) -> Asked | None:
        """The partner's answer that it stands for; None for an entry of a list here."""
        return self.finding.answers.select_related("partner").first()

    @cached_property
    def case_opened(self) -> str:
        """Number of the case that the node opened for a hit; empty without one, or once it is closed."""
        if not self.finding.partner:
            return ""
        case = open_cases_from(origins_beside(self.finding)).first()
        return case.number if case else ""

    @cached_property
    def asked_by(self) -> Answered | None:
        """The question of a partner that it was found by; None for a check of ours."""
        return Answered.objects.select_related("partner").filter(owner=self.finding.owner_id).first()

    @cached_property
    def mark(self) -> str:
        """Keyed hash of the traveller's document, by which a negative judgement is remembered; empty without one."""
        key = document_key(self.subject) if self.subject and self.finding.presented else None
        return mark_hash(key.space, key.value) if key else ""


def findings_for(by: Acting) -> QuerySet[FoundEntry]:
    """Give the findings that someone may know of.

    Raises:
        NotAllowed: `right_missing`.
    """
    by.require(Right.FINDING_SEE)
    return _seen(by, FoundEntry.objects.select_related("owner__officer", "owner__office", "owner__crossing"))


def open_findings(
    by: Acting, *, watchlist: str = "", kind: str = "", text: str = "", order: str = "due_at"
) -> QuerySet[FoundEntry]:
    """Give the findings that wait for a judgement.

    Args:
        by: who looks.
        watchlist: of this list only.
        kind: of checks of this kind of subject only.
        text: part of a name on either side, or a whole number.
        order: field to sort by.
    """
    rows = findings_for(by).filter(state="open")
    if watchlist:
        rows = rows.filter(watchlist=watchlist)
    if kind:
        rows = rows.filter(owner__kind=kind)
    if text:
        rows = rows.filter(pk__in=_with_text(rows, text[:NEEDLE]))
    return rows.order_by(order, "due_at", "pk")


def finding_for(by: Acting, finding_id: int) -> FoundEntry:
    """Give a finding.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `finding_unknown`, also for one that he may not know of.
    """
    finding = findings_for(by).select_related("remembered").filter(pk=finding_id).first()
    if finding is None:
        raise NotFound("finding_unknown", finding=finding_id)
    return finding


def facing(finding: FoundEntry) -> Facing:
    """Give a finding with its entry."""
    place = (finding.watchlist, finding.entry)
    return Facing(finding, facts_of([place]).get(place))


def judgements_since(by: Acting, since: dt.datetime) -> QuerySet[Judgement]:
    """Give what was judged since a time, newest first."""
    return (
        Judgement.objects.filter(at__gte=since, finding__in=findings_for(by).order_by().values("pk"))
        .select_related("by", "finding__owner", "overruled_by")
        .order_by("-at", "-pk")
    )


def start_of_today() -> dt.datetime:
    """Give midnight where the node stands."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def judgements_of(finding: FoundEntry) -> Sequence[Judgement]:
    """Give the judgements of a finding, newest first: the first one holds."""
    return list(finding.judgements.select_related("by", "overrules", "remembered"))


def judgement_for(by: Acting, judgement_id: int) -> Judgement:
    """Give a judgement.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `judgement_unknown`, also for one of a finding that he may not know of.
    """
    judgement = Judgement.objects.filter(pk=judgement_id, finding__in=findings_for(by).order_by().values("pk")).first()
    if judgement is None:
        raise NotFound("judgement_unknown", judgement=judgement_id)
    return judgement


def case_named(by: Acting, number: str) -> Case | None:
    """Give the case of a number; None for no number, and for a case that he does not see."""
    return cases_for(by).filter(pk=int(number.rpartition("-")[2])).first() if number else None


def origins_beside(finding: FoundEntry) -> list[str]:
    """Give what the case of a check is opened from: any of its findings, those of discreet entries apart."""
    beside = finding.owner.findings.filter(is_discreet=finding.is_discreet)
    return [f"finding:{pk}" for pk in beside.values_list("pk", flat=True)]


def negative_of(finding: FoundEntry) -> RememberedNegative | None:
    """Give the remembered negative that stands for a finding, or that its judgement made."""
    if finding.remembered_id:
        return RememberedNegative.objects.select_related("judgement__by").get(pk=finding.remembered_id)
    return RememberedNegative.objects.select_related("judgement__by").filter(judgement__finding=finding).last()


def alerts_for(by: Acting) -> QuerySet[Alert]:
    """Give the alerts of someone's agency and those for all, newest first.

    Raises:
        NotAllowed: `right_missing`.
    """
    by.require(Right.ALERT_SEE)
    told = Alert.objects.filter(Q(agency=None) | Q(agency__code=by.agency))
    return told.exclude(finding__watchlist__in=_closed_lists(by)).select_related(
        "finding__owner__crossing", "finding__owner__office", "read_by"
    )


def count_open(by: Acting) -> int:
    """Count the findings that wait; none for who may not see findings."""
    return open_findings(by).count() if by.may(Right.FINDING_SEE) else 0


def count_unread(by: Acting) -> int:
    """Count the alerts that nobody has read; none for who may not see alerts."""
    return alerts_for(by).filter(read_at=None).count() if by.may(Right.ALERT_SEE) else 0


def list_titles(by: Acting) -> dict[str, Watchlist]:
    """Give the lists that someone may know of, by name."""
    return {row.name: row for row in Watchlist.objects.select_related("owner") if knows_list(by, row)}


def caption_of(finding: FoundEntry) -> str:
    """Say whom a finding is about as presented; the last letters of the mark where the subject is not kept."""
    return next((name for wire in finding.presented for name in _names(wire)), finding.owner.shown)


def partner_told(face: Facing) -> str:
    """Give what is known of the partner's side, to be noted in a case: his reference and desk, or that he has asked.

    Data alone, so that it can be read in any language; empty where no partner has to do with it.
    """
    told: tuple[str, ...] = ()
    if face.hit:
        told = (face.hit.partner.code, face.hit.reference, *face.hit.desk)
    elif face.asked_by:
        told = (face.asked_by.partner.code, face.asked_by.reference)
    return " \N{MIDDLE DOT} ".join(filter(None, told))


def subject_mark_of(check: Check) -> str:
    """Give the strongest mark of a check, as audit lines say whom they are about."""
    return check.marks[0] if check.marks else ""


def _seen(by: Acting, rows: QuerySet[FoundEntry]) -> QuerySet[FoundEntry]:
    rows = rows.exclude(watchlist__in=_closed_lists(by))
    if not by.may(Right.ALERT_SEE):
        return rows.filter(is_discreet=False)
    told = Alert.objects.filter(Q(agency=None) | Q(agency__code=by.agency), kind="discreet", finding=OuterRef("pk"))
    return rows.filter(Q(is_discreet=False) | Q(pk=Subquery(told.values("finding")[:1])))


def _closed_lists(by: Acting) -> QuerySet[Watchlist, str]:
    """Give the names of the lists that are for officers of other agencies: `is_open_to` for the database."""
    limited = Watchlist.objects.exclude(agencies=[]).annotate(told=Cast("agencies", TextField()))
    closed = limited.exclude(told__contains=f'"{by.agency}"').exclude(pk__in=_answered_for(by))
    return closed.order_by().values_list("name", flat=True)


def _answered_for(by: Acting) -> QuerySet[Watchlist, str]:
    return Watchlist.objects.filter(owner__code=by.agency).order_by().values_list("name", flat=True)


def _with_text(rows: QuerySet[FoundEntry], text: str) -> list[int]:
    """Look in Python: what is presented lies in JSON, and SQLite folds the case of A to Z only. A queue is short."""
    needle, marks = " ".join(text.casefold().split()), _marks_typed(text)
    return [
        pk
        for pk, caption, own, subjects, hashes in rows.order_by().values_list(
            "pk", "caption", "subject", "owner__subjects", "owner__marks"
        )
        if not marks.isdisjoint(hashes)
        or any(
            needle in name.casefold()
            for name in (caption, *(one for wire in ([own] if own else subjects or ()) for one in _names(wire)))
        )
    ]


def _marks_typed(text: str) -> set[str]:
    """Give the keyed hashes of all that a text may be the number of."""
    readings: tuple[Subject, ...] = (
        Document(document_number=text),
        Vehicle(plate=text, vin=text, container_number=text),
        Person(name=text, phones=(text,), emails=(text,)),
    )
    return {mark for reading in readings for mark in marks_of(reading)}


def _names(wire: dict[str, object]) -> list[str]:
    """Give what a subject may be called: its name, or its first mark."""
    subject = from_wire(wire)
    if isinstance(subject, Person):
        return [*subject.names] or [document.document_number for document in subject.documents]
    if isinstance(subject, Organisation):
        return [subject.name or subject.registration_number]
    if isinstance(subject, Vehicle):
        return [subject.plate or subject.vin or subject.container_number]
    if isinstance(subject, Document):
        return [subject.document_number]
    return [subject.document_number, *(name for part in subject.parties for name in _names_of_part(part))]


def _names_of_part(part: Person | Organisation) -> tuple[str, ...]:
    return part.names if isinstance(part, Person) else (part.name,)


def _subjects_of_reasons(finding: FoundEntry) -> tuple[Subject, ...]:
    return tuple(
        subject_of_mark(reason["kind"], reason["asked"]) for reason in finding.reasons if reason["code"] == "key_same"
    )


def subject_of_mark(kind: str, text: str) -> Subject:
    """Give a subject of which nothing is known but one mark (`elchi.screening.keys.KeyKind`)."""
    match kind:
        case "plate":
            return Vehicle(plate=text)
        case "vin":
            return Vehicle(vin=text)
        case "container_number":
            return Vehicle(container_number=text)
        case "national_id":
            return Person(national_id=text)
        case "phone":
            return Person(phones=(text,))
        case "email":
            return Person(emails=(text,))
        case "registration_number":
            return Organisation(registration_number=text)
        case _:
            return Document(document_number=text)
