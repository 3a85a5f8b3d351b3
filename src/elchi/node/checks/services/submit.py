"""The check itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.asking import questions_for
from elchi.node.checks.keeping import LOOKED_AT, Weighed, keep_check, marks_of_all, weigh
from elchi.node.checks.models import Asked, Check, FoundEntry
from elchi.node.checks.queries import (
    ages_told,
    check_for,
    crossing_of,
    open_shift,
    questions_of,
    retention_in_force,
    rows_told,
)
from elchi.node.checks.rules import ASKED_AT_ONCE, MAX_SUBJECTS, check_direction, check_purpose
from elchi.node.checks.services.ask import send_questions
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import ListAge, live
from elchi.screening import Band
from elchi.subjects import Consignment, Subject

_JUST_MADE: Final = dt.timedelta(hours=1)
"""So long an officer looks at a check of his own without a line of the audit: it is part of making it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an officer is told of a check."""

    check: Check
    verdict: Band
    findings: tuple[FoundEntry, ...]
    """Those that he may see, strongest first: remembered ones too, which take no part in the verdict."""
    asked: tuple[Asked, ...]
    """Questions to partners, by partner."""
    lists: tuple[ListAge, ...]
    """The lists that were searched, as old as they are now; a list of discreet entries only those see who may."""
    notes: tuple[str, ...] = ()
    """`stale_list` when a list is older than it may be; `remembered` when a negative judgement stands."""

    @property
    def hits(self) -> tuple[Asked, ...]:
        """Hits of partners of which nobody has judged yet."""
        return tuple(one for one in self.asked if one.alarms)


def submit_check(
    *,
    by: Acting,
    subjects: Sequence[Subject],
    purpose: str | None = None,
    crossing: str | None = None,
    direction: str | None = None,
    task: str = "",
) -> Answer:
    """Check a subject, or several that belong together, and keep what retention allows.

    Screening comes before the transaction: nobody waits for the lists while he holds the database. Partners whose
    agreement covers it are asked in the same transaction, for purposes of `ASKED_AT_ONCE`; their answers come later.

    Args:
        by: who asks.
        subjects: at most `MAX_SUBJECTS`.
        purpose: the legal reason; without it, and without the two that follow, what the officer's shift says.
        crossing: code.
        direction: of travel.
        task: what ordered it, such as `case:3`; without it the shift.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `subjects_count`, `purpose_unknown`, `direction_unknown`; what `Screener.screen` raises.
        NotFound: `crossing_unknown`.
        Conflict: `no_shift` where neither a purpose is given nor a shift is on; `no_lists`.
    """
    by.require(Right.CHECK_SUBMIT)
    count = sum(map(_parts, subjects))
    if not 1 <= count <= MAX_SUBJECTS:
        raise InvalidInput("subjects_count", field="subjects", rule="number_in_range", maximum=MAX_SUBJECTS)
    now = timezone.now()
    terms = _terms(by, (purpose, crossing, direction, task), now)
    reason = str(terms["purpose"])
    asking = {"purpose": reason, "agency": by.agency}
    lists, begun = live(), perf_counter()
    screening = lists.screen(subjects, top=LOOKED_AT, **asking)
    terms["took_ms"] = round(1000 * (perf_counter() - begun), 1)
    ages = lists.versions(**asking)
    terms["lists"] = lists.numbers(**asking)
    marks = marks_of_all(subjects)
    weighed = weigh(screening, marks=marks, now=now)
    retention = retention_in_force()
    questions = questions_for(subjects, by=by, purpose=reason, at=now) if reason in ASKED_AT_ONCE else ()
    with transaction.atomic():
        check = keep_check(terms, subjects, weighed, marks=marks, retention=retention, now=now)
        _record(by, check, weighed)
        asked = send_questions(by, check, questions, now) if questions else ()
    return _answer(by, check, tuple(row for row in weighed.rows if weighed.is_told(by, row)), ages, asked)


@transaction.atomic
def read_check(*, by: Acting, check_id: int) -> Answer:
    """Give what an officer may be told of a check that was made.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `check_unknown`.
    """
    by.require(Right.CHECK_SEE)
    check = check_for(by, check_id)
    if check.officer != by.officer or timezone.now() - check.at > _JUST_MADE:
        mark = check.marks[0] if check.marks else ""
        record(Verb.READ_CHECK, by=by, on=f"check:{check.pk}", subject=mark, purpose=check.purpose, task=check.task)
    ages = live().versions(purpose=check.purpose, agency=by.agency)
    searched = tuple(age for age in ages if age.name in check.lists)
    return _answer(by, check, rows_told(by, check), searched, questions_of(check))


def _parts(subject: Subject) -> int:
    if isinstance(subject, Consignment):
        return max(1, len(subject.parties) + len(subject.vehicles) + len(subject.container_numbers))
    return 1


def _terms(by: Acting, given: tuple[str | None, str | None, str | None, str], now: dt.datetime) -> dict[str, Any]:
    purpose, crossing, direction, task = given
    shift = None if purpose and task else open_shift(by, now=now)
    if purpose is None and shift is None:
        raise Conflict("no_shift")
    place = {"crossing": crossing_of(crossing)} if crossing else {"crossing_id": shift.crossing_id if shift else None}
    return place | {
        "officer": by.officer,
        "office_id": shift.office_id if shift else by.officer.office_id if by.officer else None,
        "shift": shift,
        "direction": check_direction(direction) if direction else shift.direction if shift else "none",
        "purpose": check_purpose(purpose) if purpose is not None else shift.purpose if shift else "",
        "task": task[:64] or (f"shift:{shift.pk}" if shift else ""),
        "via": by.via,
    }


def _record(by: Acting, check: Check, weighed: Weighed) -> None:
    record(
        Verb.SUBMIT_CHECK,
        by=by,
        on=f"check:{check.pk}",
        subject=check.marks[0] if check.marks else "",
        purpose=check.purpose,
        task=check.task,
        verdict=check.verdict,
        findings=len(weighed.rows),
    )


def _answer(
    by: Acting, check: Check, told: tuple[FoundEntry, ...], ages: tuple[ListAge, ...], asked: tuple[Asked, ...]
) -> Answer:
    ages = ages_told(by, ages)
    notes = {
        "stale_list": any(age.is_stale for age in ages),
        "remembered": any(row.state == "remembered" for row in told),
    }
    holding = tuple(note for note, holds in notes.items() if holds)
    verdict = Band(check.verdict.upper())
    return Answer(check=check, verdict=verdict, findings=told, asked=asked, lists=ages, notes=holding)
