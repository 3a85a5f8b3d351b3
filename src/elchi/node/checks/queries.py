"""Reads of the first line: the shift that is on, what was checked, and how long what is kept."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Count, QuerySet
from django.utils import timezone

from elchi.errors import NotFound
from elchi.node.checks.models import Check, Retention, Shift
from elchi.node.checks.rules import LONGEST_SHIFT
from elchi.node.directory.models import Crossing
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


# Every check asks these two: as plain SQL they cost a third of what the same costs through a query that is built anew.
_OPEN_SHIFT: Final = "SELECT * FROM checks_shift WHERE officer_id = %s AND ended_at IS NULL"
_NEWEST_POLICY: Final = "SELECT * FROM checks_retention ORDER BY id DESC LIMIT 1"


def open_shift(by: Acting, *, now: dt.datetime | None = None) -> Shift | None:
    """Give the shift that an officer is on; one that he forgot to end is over after `LONGEST_SHIFT`."""
    since = (now or timezone.now()) - LONGEST_SHIFT
    shifts = Shift.objects.raw(_OPEN_SHIFT, [by.officer.pk]) if by.officer else ()
    return next((shift for shift in shifts if shift.started_at > since), None)


def retention_in_force() -> Retention:
    """Give the policy in force; that of the product as long as nobody has decided one."""
    return next(iter(Retention.objects.raw(_NEWEST_POLICY)), None) or Retention()


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
    """Give the checks that someone may look at, newest first: his own; with the right to see findings all."""
    by.require(Right.CHECK_SEE)
    return Check.objects.all() if by.may(Right.FINDING_SEE) else Check.objects.filter(officer=by.officer)


def check_for(by: Acting, check_id: int) -> Check:
    """Give a check.

    Raises:
        NotFound: `check_unknown`, also for one that he may not look at.
    """
    check = checks_seen_by(by).select_related("officer", "office", "crossing").filter(pk=check_id).first()
    if check is None:
        raise NotFound("check_unknown", field="check", check=check_id)
    return check


def verdicts_of(shift: Shift) -> dict[str, int]:
    """Count the checks of a shift by verdict."""
    counted = dict(shift.checks.order_by().values_list("verdict").annotate(Count("id")))
    return {band: counted.get(band, 0) for band in ("clear", "review", "stop")}
