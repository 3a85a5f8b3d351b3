"""Reads of the log: each shows only what is released to the agency of who looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import signing_key
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency, Office
from elchi.node.here import here
from elchi.node.officelog.entry import Entry, Fault, Link, faults_in
from elchi.node.officelog.models import LogEntry
from elchi.node.officelog.rules import HAND_OVER, KEPT_DAYS, KINDS, OF_SHIFTS, TAKE_OVER
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Right, Role
from elchi.seal.evidence import START
from elchi.seal.keys import is_signed

SOUGHT: Final = 100
"""Characters of what is searched for."""
AT_PAGE: Final = 5_000
"""Entries that a page verifies; a command verifies all."""
MAX_FAULTS: Final = 100
"""Faults told one by one."""
_TAKEN: Final = LogEntry.objects.filter(office=OuterRef("office"), re=OuterRef("number"), kind=TAKE_OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; what is empty does not restrict."""

    day: dt.date | None = None
    """On which they were written, by the clock of the node."""
    agency: str = ""
    """Code of the author's."""
    kind: str = ""
    sought: str = ""
    """Part of their words, in any case."""


@dataclass(slots=True)
class Verification:
    """What was found in the log of an office."""

    office: str
    entries: int = 0
    first: int = 1
    """Number of the first that was looked at."""
    head: str = START
    """Hash of the last; compared with a copy kept elsewhere, it shows whether entries were cut off the end."""
    faults: list[Fault] = field(default_factory=list)


def office_for(by: Acting, code: str = "") -> Office:
    """Give the office whose log someone reads: his own; an auditor may name another.

    Raises:
        NotFound: `office_unknown`.
        NotAllowed: `right_missing`.
    """
    by.require(Right.LOG_SEE)
    named = code if code and _is_auditor(by) else by.office
    found = Office.objects.filter(code=named).first()
    if found is None:
        raise NotFound("office_unknown", field="office", office=named)
    return found


def entries_for(by: Acting, office: Office) -> QuerySet[LogEntry]:
    """Give the entries of an office that are released to an officer's agency, newest first; to an auditor all."""
    by.require(Right.LOG_SEE)
    rows = LogEntry.objects.filter(office=office).select_related("office")
    if _is_auditor(by):
        return rows
    return rows.filter(released__contains=f",{by.agency},", office__code=by.office)


def entries_found(by: Acting, office: Office, wanted: Wanted) -> QuerySet[LogEntry]:
    """Give those entries that an officer sees and that fit, newest first."""
    rows = entries_for(by, office)
    if wanted.day:
        begins = timezone.make_aware(dt.datetime.combine(wanted.day, dt.time()))
        ends = timezone.make_aware(dt.datetime.combine(wanted.day + dt.timedelta(days=1), dt.time()))
        rows = rows.filter(at__gte=begins, at__lt=ends)
    if wanted.agency:
        rows = rows.filter(agency=wanted.agency)
    if wanted.kind in (*KINDS, *OF_SHIFTS):
        rows = rows.filter(kind=wanted.kind)
    if wanted.sought.strip():
        rows = rows.filter(folded__contains=wanted.sought.strip()[:SOUGHT].casefold())
    return rows


def entry_for(by: Acting, office: Office, number: int) -> LogEntry:
    """Give an entry that an officer sees.

    Raises:
        NotFound: `log_entry_unknown`, also for one that is not released to his agency.
        NotAllowed: `right_missing`.
    """
    row = entries_for(by, office).filter(number=number).first()
    if row is None:
        raise NotFound("log_entry_unknown", number=number)
    return row


def answers_to(by: Acting, office: Office, numbers: list[int]) -> dict[int, LogEntry]:
    """Give what corrects or acknowledges entries, by their numbers, as far as an officer sees it."""
    return {row.re: row for row in entries_for(by, office).filter(re__in=numbers) if row.re is not None}


def hand_overs_for(by: Acting, office: Office) -> QuerySet[LogEntry]:
    """Give the hand-overs that an officer sees, newest first; `is_taken` says whether somebody acknowledged one."""
    return entries_for(by, office).filter(kind=HAND_OVER).annotate(is_taken=Exists(_TAKEN))


def waiting_for(by: Acting, office: Office) -> QuerySet[LogEntry]:
    """Give the hand-overs that nobody has acknowledged yet, newest first."""
    return hand_overs_for(by, office).filter(~Exists(_TAKEN))


def count_waiting(by: Acting) -> int:
    """Count the hand-overs that wait for the next shift; none for who takes over none."""
    if by.officer is None or not by.may(Right.DESK_WORK):
        return 0
    return waiting_for(by, by.officer.office).count()


def agencies_at(office: Office) -> list[Agency]:
    """Give the agencies that an entry may be released to: present in the office, or with an officer there."""
    serving = Officer.objects.filter(office=office, is_active=True).values("agency")
    present = Q(offices=office) | Q(pk__in=serving)
    return list(Agency.objects.filter(present, is_active=True).distinct().order_by("code"))


def agencies_named(rows: list[LogEntry]) -> dict[str, Agency]:
    """Give the agencies that wrote entries or may read them, by code."""
    codes = {code for row in rows for code in (row.agency, *row.agencies)}
    return {one.code: one for one in Agency.objects.filter(code__in=codes)}


def offices_with_log() -> list[Office]:
    """Give the offices that have a log, for auditors."""
    return list(Office.objects.filter(pk__in=LogEntry.objects.values("office")).order_by("name"))


def verify(office: Office, public: bytes, *, most: int | None = None) -> Verification:
    """Make the hashes of a log again, check each signature, and compare its end with the audit.

    Args:
        office: whose log.
        public: the public key of the node.
        most: look at so many of the newest only; None for all.
    """
    noted = _noted_last(office)  # first, because entries may come while the rest is read
    rows = LogEntry.objects.filter(office=office).select_related("office").order_by("number")
    last = rows.last()
    first = max(1, last.number - most + 1) if last and most else 1
    before = rows.filter(number=first - 1).first() if first > 1 else None
    told = Verification(office.code, first=first, head=last.hash if last else START)
    chosen = rows.filter(number__gte=first)
    told.entries = chosen.count()
    found = faults_in(
        _links(chosen),
        here().code,
        lambda content, signature: is_signed(content, signature, public),
        after=(first - 1, before.hash if before else START),
    )
    for fault in found:
        if len(told.faults) < MAX_FAULTS:
            told.faults.append(fault)
    if noted is not None:
        there = rows.filter(number=noted[0]).first()
        if there is None or there.hash != noted[1]:
            told.faults.append(Fault("entry_changed" if there else "entry_missing", noted[0]))
    return told


def public_key() -> bytes:
    """Give the public half of the key that signs entries.

    Raises:
        Conflict: `key_damaged`, `key_locked`.
    """
    return signing_key().public


def _links(rows: QuerySet[LogEntry]) -> Iterator[Link]:
    since = kept_since()
    for row in rows.iterator(chunk_size=1_000):
        yield Link(
            entry=held_of(row), previous=row.previous, hash=row.hash, signature=bytes.fromhex(row.signature),
            text=row.text, references=tuple(row.references), salt=row.salt, is_kept=row.at >= since,
        )  # fmt: skip


def held_of(row: LogEntry) -> Entry:
    """Give a row as the chain holds it."""
    names = ("number", "kind", "said", "happened_at", "at", "agency", "by", "officer", "agencies", "re")
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    return Entry(office=row.office.code, **told)


def kept_since() -> dt.datetime:
    """Give from when on words are kept: what is older has none, or loses them."""
    return timezone.now() - dt.timedelta(days=KEPT_DAYS)


def _noted_last(office: Office) -> tuple[int, str] | None:
    """Give number and hash of the last entry that the audit knows of: its days are signed apart from the log."""
    verbs = (Verb.WRITE_LOG, Verb.HAND_OVER_SHIFT, Verb.TAKE_OVER_SHIFT)
    line = AuditLine.objects.filter(verb__in=verbs, on=f"log:{office.code}").order_by("-sequence").first()
    return (line.detail["number"], line.detail["hash"]) if line else None


def _is_auditor(by: Acting) -> bool:
    return by.officer is not None and Role.AUDITOR in by.officer.roles
