"""Verbs of judgement: a person decides whether a finding is the subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.findings import (
    Facing,
    facing,
    finding_for,
    findings_for,
    judgement_for,
    judgements_since,
    subject_mark_of,
)
from elchi.node.checks.models import Alert, Check, FoundEntry, Judgement, RememberedNegative
from elchi.node.checks.queries import retention_in_force
from elchi.node.checks.rules import DUE_AFTER, OUTCOMES
from elchi.node.checks.services.follow import close_if_unfounded, follow_judgement, tell_case
from elchi.node.checks.states import FINDING, next_state
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

REASON: Final = 2_000
"""Longest reason, characters."""


@transaction.atomic
def read_finding(*, by: Acting, finding_id: int) -> Facing:
    """Give a finding with its entry to who decides.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `finding_unknown`.
    """
    by.require(Right.FINDING_SEE)
    finding = finding_for(by, finding_id)
    record(Verb.READ_CHECK, by=by, on=f"check:{finding.owner_id}", **_terms_of(finding))
    return facing(finding)


@transaction.atomic
def judge_finding(
    *,
    by: Acting,
    finding_id: int,
    outcome: str,
    reason: str,
    classification: str | None = None,
    threats: Sequence[str] = (),
) -> Judgement:
    """Decide on a finding: negative is remembered for document and entry, positive and unsure open a case.

    Args:
        by: who decides.
        finding_id: the finding.
        outcome: of `OUTCOMES`.
        reason: in his words.
        classification: of the case.
        threats: of the case; unless said those that the entry stands for.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `finding_unknown`.
        InvalidInput: `judgement_invalid`; `case_value` where neither the officer nor the entry says which threat.
        Conflict: `finding_judged` when another officer was faster, `state_refuses`.
    """
    by.require(Right.FINDING_JUDGE)
    finding = _take_finding(by, finding_id)
    if finding.state == "judged":
        raise Conflict("finding_judged", finding=finding_id)
    finding.state = next_state(FINDING, finding.state, "judge")
    judgement = _decide(finding, by, outcome, reason)
    face, remembered = facing(finding), False
    if outcome == "negative":
        remembered = _remember(face, judgement)
        close_if_unfounded(finding, by, judgement)
    else:
        judgement.case = follow_judgement(face, by, judgement, (classification, threats)).number
    judgement.save()
    finding.save(update_fields=["state"])
    Alert.objects.filter(finding=finding, read_at=None).update(read_at=judgement.at, read_by=by.officer)
    terms: dict[str, Any] = {"outcome": outcome, "case": judgement.case, "remembered": remembered}
    record(Verb.JUDGE_FINDING, by=by, on=f"finding:{finding.pk}", **_terms_of(finding), **terms)
    return judgement


@transaction.atomic
def overrule_judgement(
    *,
    by: Acting,
    judgement_id: int,
    outcome: str,
    reason: str,
    classification: str | None = None,
    threats: Sequence[str] = (),
) -> Judgement:
    """Decide otherwise than an officer did; his judgement stays and shows as overruled.

    A negative one is no longer remembered, and what it silenced waits again; the case of another one is told.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `judgement_unknown`.
        InvalidInput: `judgement_invalid`, `case_value`.
        Conflict: `judgement_overruled` when it is no longer the one that holds.
    """
    by.require(Right.JUDGEMENT_OVERRULE)
    old = judgement_for(by, judgement_id)
    finding = _take_finding(by, old.finding_id)
    if Judgement.objects.filter(overrules=old).exists():
        raise Conflict("judgement_overruled", judgement=judgement_id)
    if outcome == old.outcome:
        raise InvalidInput("judgement_invalid", field="outcome", rule="another")
    finding.state = next_state(FINDING, finding.state, "overrule")
    new = _decide(finding, by, outcome, reason, overrules=old)
    face = facing(finding)
    reopened = _forget(RememberedNegative.objects.filter(judgement=old, forgotten_at=None), new.at)
    told = bool(old.case) and tell_case(by, old.case, new.reason)
    if outcome == "negative":
        _remember(face, new)
    else:
        new.case = old.case or follow_judgement(face, by, new, (classification, threats)).number
    new.save()
    terms: dict[str, Any] = {"outcome": outcome, "before": old.outcome, "case": new.case or old.case, "told": told}
    record(Verb.OVERRULE_JUDGEMENT, by=by, on=f"finding:{finding.pk}", **_terms_of(finding), **terms, reopened=reopened)
    return new


@transaction.atomic
def forget_negative(*, by: Acting, negative_id: int) -> RememberedNegative:
    """Let a pair of document and entry alarm again; the findings that it silenced wait for a judgement.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `negative_unknown`, also for one of a finding that he may not know of.
        Conflict: `negative_forgotten`.
    """
    by.require(Right.JUDGEMENT_OVERRULE)
    seen = RememberedNegative.objects.filter(judgement__finding__in=findings_for(by).order_by().values("pk"))
    negative = seen.select_for_update().filter(pk=negative_id).first()
    if negative is None:
        raise NotFound("negative_unknown", negative=negative_id)
    if negative.forgotten_at:
        raise Conflict("negative_forgotten", negative=negative_id)
    reopened = _forget(RememberedNegative.objects.filter(pk=negative.pk), timezone.now())
    place = {"list": negative.watchlist, "entry": negative.entry}
    record(Verb.FORGET_NEGATIVE, by=by, on=f"negative:{negative.pk}", subject=negative.mark, **place, reopened=reopened)
    negative.refresh_from_db()
    return negative


@transaction.atomic
def export_judgements(*, by: Acting, since: dt.datetime) -> Sequence[Judgement]:
    """Give what was judged since a time, to be taken out as a file.

    Raises:
        NotAllowed: `right_missing`.
    """
    by.require(Right.FINDING_SEE)
    rows = list(judgements_since(by, since))
    record(Verb.EXPORT_JUDGEMENTS, by=by, on="judgements", rows=len(rows), since=since.isoformat())
    return rows


def _take_finding(by: Acting, finding_id: int) -> FoundEntry:
    """Lock a finding that he may know of, in the transaction of the caller."""
    seen = finding_for(by, finding_id)
    finding = FoundEntry.objects.select_for_update().get(pk=seen.pk)
    finding.owner = seen.owner
    return finding


def _decide(
    finding: FoundEntry, by: Acting, outcome: str, reason: str, overrules: Judgement | None = None
) -> Judgement:
    if outcome not in OUTCOMES:
        raise InvalidInput("judgement_invalid", field="outcome", rule="one_of", allowed=list(OUTCOMES))
    if not reason.strip():
        raise InvalidInput("judgement_invalid", field="reason", rule="missing")
    if len(reason) > REASON:
        raise InvalidInput("judgement_invalid", field="reason", rule="max_length", limit=REASON)
    return Judgement.objects.create(
        finding=finding, outcome=outcome, reason=reason.strip(), by=by.officer, overrules=overrules
    )


def _remember(face: Facing, judgement: Judgement) -> bool:
    """Remember that this document's holder is not this entry; no where there is no document to know him by."""
    if not face.mark:
        return False
    RememberedNegative.objects.create(
        mark=face.mark,
        watchlist=face.finding.watchlist,
        entry=face.finding.entry,
        judgement=judgement,
        expires_at=judgement.at + dt.timedelta(days=retention_in_force().negative_days),
    )
    return True


def _forget(negatives: Iterable[RememberedNegative], now: dt.datetime) -> int:
    """Forget pairs, and put up again what they silenced. Gives how many findings wait again."""
    ids = [negative.pk for negative in negatives]
    RememberedNegative.objects.filter(pk__in=ids).update(forgotten_at=now)
    silenced = list(FoundEntry.objects.filter(remembered__in=ids, state="remembered"))
    for finding in silenced:
        finding.state = next_state(FINDING, finding.state, "forget")
        finding.due_at, finding.remembered = now + DUE_AFTER[finding.band], None
    FoundEntry.objects.bulk_update(silenced, ["state", "due_at", "remembered"])
    longer = dt.timedelta(days=retention_in_force().finding_days)
    owners = Check.objects.filter(pk__in=[finding.owner_id for finding in silenced])
    owners.exclude(keep_until=None).update(keep_until=F("at") + longer)
    return len(silenced)


def _terms_of(finding: FoundEntry) -> dict[str, Any]:
    """Give what every audit line of a finding says."""
    check = finding.owner
    return {
        "subject": subject_mark_of(check),
        "purpose": check.purpose,
        "task": check.task,
        "list": finding.watchlist,
        "entry": finding.entry,
    }
