"""Reads of the first line: the shift that is on, what was checked, and how long what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.checks.findings import findings_for
from elchi.node.checks.models import Asked, Check, FoundEntry, Retention, Shift
from elchi.node.checks.rules import ASKED_AT_ONCE, LONGEST_SHIFT, knows_discreet
from elchi.node.directory.models import Crossing, Office
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import ListAge, live

# Every check asks these two: as plain SQL they cost a third of what the same costs through a query that is built anew.
_OPEN_SHIFT: Final = "SELECT * FROM checks_shift WHERE officer_id = %s AND ended_at IS NULL"
_NEWEST_POLICY: Final = "SELECT * FROM checks_retention ORDER BY id DESC LIMIT 1"


def open_shift(by: Acting, *, now: dt.datetime | None = None) -> Shift | None:
    """Give the shift that an officer is on; one that he forgot to end is over after `LONGEST_SHIFT`."""
    since = (now or timezone.now()) - LONGEST_SHIFT
    shifts = Shift.objects.raw(_OPEN_SHIFT, [by.officer.pk]) if by.officer else ()
    return next((shift for shift in shifts if shift.started_at > since), None)


def shift_shown(by: Acting) -> Shift | None:
    """Give the shift that an officer is on, with its office and crossing."""
    shift = open_shift(by)
    if shift is not None:
        prefetch_related_objects([shift], "office", "crossing")
    return shift


def retention_in_force() -> Retention:
    """Give the policy in force; that of the product as long as nobody has decided one."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_POLICY)
        row = cursor.fetchone()
    return _retention_of(row) if row else Retention()


@lru_cache(maxsize=4)
def _retention_of(row: tuple[Any, ...]) -> Retention:
    """Give the policy that a row says; only where the newest one changed it is read as Django reads rows."""
    return Retention.objects.get(pk=row[0])


def crossing_of(code: str) -> Crossing:
    """Give a crossing by its code.

    Raises:
        NotFound: `crossing_unknown`.
    """
    crossing = Crossing.objects.filter(code=code).first()
    if crossing is None:
        raise NotFound("crossing_unknown", field="crossing", crossing=code)
    return crossing


def checks_seen_by(by: Acting) -> QuerySet[Check]:
    """Give the checks that someone may look at, newest first: his own; with the right to see findings all.

    A check that found a discreet entry only is kept longer than one that found nothing. Its officer sees it no longer
    than that: what is still there would tell him.
    """
    by.require(Right.CHECK_SEE)
    if by.may(Right.FINDING_SEE):
        return Check.objects.all()
    told = FoundEntry.objects.filter(owner=OuterRef("pk"), is_discreet=False).exclude(state="remembered")
    clear_since = timezone.now() - dt.timedelta(days=retention_in_force().clear_days)
    return Check.objects.filter(Q(at__gt=clear_since) | Exists(told), officer=by.officer)


def check_for(by: Acting, check_id: int) -> Check:
    """Give a check.

    Raises:
        NotFound: `check_unknown`, also for one that he may not look at.
    """
    check = checks_seen_by(by).select_related("officer", "office", "crossing").filter(pk=check_id).first()
    if check is None:
        raise NotFound("check_unknown", field="check", check=check_id)
    return check


def rows_told(by: Acting, check: Check) -> tuple[FoundEntry, ...]:
    """Give the findings of a check that someone may know of, strongest first, each with its judgements.

    Hits of partners are none of them: `questions_of` gives those.
    """
    sees_all = by.may(Right.FINDING_SEE)
    seen = findings_for(by).filter(owner=check) if sees_all else check.findings.filter(is_discreet=False)
    return tuple(seen.filter(partner="").prefetch_related("judgements"))


def questions_of(check: Check) -> tuple[Asked, ...]:
    """Give what partners were asked with a check, and what they have answered by now."""
    return tuple(check.asked.select_related("partner", "finding").prefetch_related("finding__judgements"))


def may_be_asked(by: Acting, check: Check, asked: Sequence[Asked]) -> bool:
    """Tell whether partners could be asked about a check, for whose purpose they are not asked at once."""
    if asked or check.via == "partner" or check.purpose in (*ASKED_AT_ONCE, "training"):
        return False
    now = timezone.now()
    partners = agreed_partners()
    us = own_party(by) if partners else None
    return any(us and one.covering(purpose=check.purpose, kind="question", at=now, us=us) for one in partners)


def recent_checks(by: Acting, most: int) -> list[Check]:
    """Give the checks that an officer made last, newest first."""
    return list(checks_seen_by(by).filter(officer=by.officer, manifest=None)[:most])


def lists_of(by: Acting, shift: Shift) -> tuple[ListAge, ...]:
    """Give the lists that the checks of a shift search."""
    return ages_told(by, live().versions(purpose=shift.purpose, agency=by.agency))


def ages_told(by: Acting, ages: tuple[ListAge, ...]) -> tuple[ListAge, ...]:
    """Leave out lists of discreet entries for those who may not know that there are any."""
    return ages if knows_discreet(by) else tuple(age for age in ages if age.total)


def crossings_for(by: Acting) -> list[Crossing]:
    """Give the crossings that an officer may choose: those of his office first, then those of his country, then all."""
    office = by.officer.office if by.officer else None
    own = set(office.crossings.values_list("pk", flat=True)) if office else set()
    country = office.country_id if office else None

    def rank(crossing: Crossing) -> tuple[bool, bool, str]:
        return (crossing.pk not in own, country not in (crossing.country_a_id, crossing.country_b_id), crossing.name_a)

    return sorted(Crossing.objects.exclude(status="closed"), key=rank)


def offices_for(by: Acting) -> list[Office]:
    """Give the offices where an officer may serve: his own first, then others where his agency is present."""
    own = by.office
    offices = Office.objects.filter(is_active=True).filter(Q(agencies__code=by.agency) | Q(code=own)).distinct()
    return sorted(offices, key=lambda office: (office.code != own, office.name))


def verdicts_of(shift: Shift) -> dict[str, int]:
    """Count the checks of a shift by verdict."""
    counted = dict(shift.checks.order_by().values_list("verdict").annotate(Count("id")))
    return {band: counted.get(band, 0) for band in ("clear", "review", "stop")}
