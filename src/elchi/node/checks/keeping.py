"""What a check comes to: which findings count, what of it is kept, and until when.

Checks of officers and lines of manifests go through here, so that they are kept alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.node.audit.insert import insert_row
from elchi.node.audit.marks import marks_of
from elchi.node.checks.models import Alert, Check, FoundEntry, RememberedNegative, Retention
from elchi.node.checks.rules import DUE_AFTER, knows_discreet
from elchi.node.directory.models import Agency
from elchi.node.officers.acting import Acting
from elchi.node.watchlists.queries import EntryFacts, entry_facts, entry_of
from elchi.screening import Band, Finding, Screening
from elchi.screening.keys import subject_keys
from elchi.subjects import Subject, to_wire

LOOKED_AT: Final = 100
"""Findings asked for: many more than are kept, so that discreet ones push none out of sight."""
_KEPT: Final = 10
_SHOWN: Final = 4

Place = tuple[str, str]
"""List and entry."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The findings of a check, sorted out."""

    verdict: Band
    """Without findings of discreet entries, and without those that are known to be somebody else."""
    rows: tuple[FoundEntry, ...]
    """Strongest first; not yet written."""
    owners: Mapping[Place, str]
    """Of discreet findings that nobody has judged: code of the agency that is told; empty for all who may judge."""

    @property
    def is_open(self) -> bool:
        """Whether anything is to be judged."""
        return any(row.state == "open" for row in self.rows)

    def is_told(self, by: Acting, row: FoundEntry) -> bool:
        """Tell whether someone may know of a finding: of discreet ones only the owner's officers do."""
        if not row.is_discreet:
            return True
        return knows_discreet(by) and self.owners.get((row.watchlist, row.entry)) in ("", by.agency)


def weigh(screening: Screening, *, marks: Collection[str], now: dt.datetime) -> Weighed:
    """Sort out the findings of a screening (`LOOKED_AT` of them)."""
    if not screening.findings:
        return Weighed(screening.verdict, (), {})
    facts = entry_facts(screening.findings)
    negatives = _negatives(screening.findings, marks, now)
    rows: list[FoundEntry] = []
    counted: list[Band] = []
    owners: dict[Place, str] = {}
    for finding in screening.findings:
        place = (finding.list, finding.entry)
        row = _row(finding, facts[place], negatives.get(place), now)
        counts = row.state == "open" and not row.is_discreet
        if not counts or len(counted) < _KEPT:
            rows.append(row)
        if counts:
            counted.append(finding.band)
        elif row.state == "open":
            owners[place] = facts[place].owner_agency
    return Weighed(max(counted, key=lambda band: band.rank, default=Band.CLEAR), tuple(rows), owners)


def _negatives(findings: Sequence[Finding], marks: Collection[str], now: dt.datetime) -> dict[Place, int]:
    """Give the ids of negative judgements that stand for these marks and entries."""
    live = RememberedNegative.objects.filter(
        mark__in=marks,
        watchlist__in={finding.list for finding in findings},
        entry__in={finding.entry for finding in findings},
        expires_at__gt=now,
        forgotten_at=None,
    )
    return {(watchlist, entry): pk for watchlist, entry, pk in live.values_list("watchlist", "entry", "pk")}


def _row(finding: Finding, facts: EntryFacts, negative: int | None, now: dt.datetime) -> FoundEntry:
    band = finding.band.lower()
    return FoundEntry(
        watchlist=finding.list,
        version=finding.version,
        entry=finding.entry,
        caption=finding.caption[:500],
        schema=entry_of(finding.list, finding.version, finding.entry).schema,
        score=finding.score,
        band=band,
        reasons=[reason.as_dict() for reason in finding.reasons],
        action=facts.action,
        handling=facts.handling,
        is_discreet=facts.is_discreet,
        state="open" if negative is None else "remembered",
        due_at=now + DUE_AFTER[band] if negative is None else None,
        remembered_id=negative,
    )


def keep_check(
    terms: Mapping[str, Any],
    subjects: Sequence[Subject],
    weighed: Weighed,
    *,
    marks: Sequence[str],
    retention: Retention,
    now: dt.datetime,
) -> Check:
    """Write a check with its findings, and the alerts of discreet ones, within a transaction.

    Args:
        terms: other columns of `Check`: who, where, for what, how long it took, the lists.
        subjects: what was checked; kept where there is something to judge, or retention says so.
        weighed: its findings.
        marks: keyed hashes of the marks of the subjects.
        retention: the policy in force.
        now: time of the check.
    """
    keeps_subjects = weighed.is_open or retention.clear_subject_hours > 0
    days = retention.finding_days if weighed.is_open else retention.clear_days
    check = Check(
        at=now,
        kind=subjects[0].kind,
        subjects=[to_wire(subject) for subject in subjects] if keeps_subjects else None,
        shown=shown_of(subjects),
        marks=list(marks),
        verdict=weighed.verdict.lower(),
        keep_until=now + dt.timedelta(days=days),
        **terms,
    )
    insert_row(check)
    if weighed.rows:
        for row in weighed.rows:
            row.owner = check
        FoundEntry.objects.bulk_create(weighed.rows)
        _alert_owners(weighed)
    return check


def _alert_owners(weighed: Weighed) -> None:
    if weighed.owners:
        ids = dict(Agency.objects.filter(code__in=weighed.owners.values()).values_list("code", "id"))
        told = ((row, weighed.owners.get((row.watchlist, row.entry))) for row in weighed.rows)
        Alert.objects.bulk_create(
            Alert(kind="discreet", finding=row, agency_id=ids.get(code)) for row, code in told if code is not None
        )


def marks_of_all(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Give the keyed hashes of the marks of several subjects, each once, strongest first."""
    return tuple(dict.fromkeys(mark for subject in subjects for mark in marks_of(subject)))


def shown_of(subjects: Sequence[Subject]) -> str:
    """Give what a list of checks may show of the strongest mark: its last letters, at most half of it."""
    value = next((key.value for subject in subjects for key in subject_keys(subject)), "")
    letters = min(_SHOWN, len(value) // 2)
    return f"••• {value[-letters:]}" if letters else ""
