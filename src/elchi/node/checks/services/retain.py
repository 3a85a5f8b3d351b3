"""Verbs of retention: decide how long what is kept, and let go of the rest."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.services import remove_expired
from elchi.node.checks.models import Check, Manifest, RememberedNegative, Retention
from elchi.node.checks.queries import retention_in_force
from elchi.node.checks.retention import (
    ANSWERS_KEPT,
    LIMITS,
    REMOVED,
    check_reason,
    check_terms,
    ended_manifests,
    has_findings,
    kept_subjects,
    needed_checks,
    policy_of,
)
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import KeptAnswer, SignIn
from elchi.node.officers.rules import Right

BATCH: Final = 5_000
"""Rows of a kind removed in one transaction: officers at the window do not wait for more."""


@transaction.atomic
def change_retention(*, by: Acting, terms: Mapping[str, int], reason: str) -> Retention:
    """Decide how long what is kept; what is kept already follows, but for negatives that are remembered until a day.

    Args:
        by: who decides.
        terms: those of `LIMITS`, each.
        reason: why.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `retention_invalid`.
    """
    by.require(Right.RETENTION_WRITE)
    policy = policy_of(check_terms(terms))
    policy.by, policy.reason = by.name, check_reason(reason)
    before = retention_in_force()
    policy.save()
    _follow_policy(policy)
    changes = {name: [getattr(before, name), getattr(policy, name)] for name in LIMITS}
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    record(Verb.CHANGE_RETENTION, by=by, on=f"retention:{policy.pk}", changed=changed, reason=policy.reason)
    return policy


def apply_retention(*, by: Actor) -> dict[str, int]:
    """Remove what the policy in force lets go, in batches, each a transaction with its line of the audit.

    Args:
        by: the node itself.

    Returns:
        A count for each of `REMOVED`.
    """
    now, policy = timezone.now(), retention_in_force()
    cases = remove_expired(by=by, before=now - dt.timedelta(days=policy.closed_case_days))
    removed: Counter[str] = Counter(cases=cases)
    with transaction.atomic():
        _release(policy)
        _record_removed(by, now, removed)
    while batch := _remove_batch(by, policy, now):
        removed += batch
    return {name: removed[name] for name in REMOVED}


def _follow_policy(policy: Retention) -> None:
    """Put the end of what is kept where the policy says, but for what a case needs."""
    kept = Check.objects.exclude(keep_until=None)
    kept.filter(has_findings()).update(keep_until=F("at") + dt.timedelta(days=policy.finding_days))
    kept.filter(~has_findings()).update(keep_until=F("at") + dt.timedelta(days=policy.clear_days))
    Manifest.objects.update(keep_until=F("queued_at") + dt.timedelta(days=policy.manifest_days))


def _release(policy: Retention) -> None:
    """Give an end to what no open case needs any more."""
    free = Check.objects.filter(keep_until=None).exclude(needed_checks())
    free.update(keep_until=F("at") + dt.timedelta(days=policy.finding_days))
    unset = Manifest.objects.filter(keep_until=None)
    unset.update(keep_until=F("queued_at") + dt.timedelta(days=policy.manifest_days))


@transaction.atomic
def _remove_batch(by: Actor, policy: Retention, now: dt.datetime) -> Counter[str]:
    ended = Q(keep_until__lte=now) | Q(answered__keep_until__lt=now.astimezone(dt.UTC).date())
    over = Check.objects.filter(ended).exclude(needed_checks())
    stale = list(
        kept_subjects(policy, now).exclude(keep_until__lte=now).order_by().values_list("pk", flat=True)[:BATCH]
    )
    removed = Counter(
        subjects=Check.objects.filter(pk__in=stale).update(subjects=None),
        clear_checks=_remove(over.filter(~has_findings())),
        checks_with_findings=_remove(over.filter(has_findings())),
        manifests=_remove_manifests(now),
        negatives=_remove(RememberedNegative.objects.filter(expires_at__lte=now)),
        sign_ins=_remove(SignIn.objects.filter(at__lte=now - dt.timedelta(days=policy.sign_in_days))),
        kept_answers=_remove(KeptAnswer.objects.filter(at__lte=now - ANSWERS_KEPT)),
    )
    removed = +removed
    if removed:
        _record_removed(by, now, removed)
    return removed


def _record_removed(by: Actor, now: dt.datetime, removed: Counter[str]) -> None:
    record(Verb.APPLY_RETENTION, by=by, on="retention", run=now.isoformat(), removed=dict(+removed))


def _remove(rows: QuerySet[Any]) -> int:
    ids = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
    if ids:
        rows.model.objects.filter(pk__in=ids).delete()
    return len(ids)


def _remove_manifests(now: dt.datetime) -> int:
    """Remove manifests, the files first: a row without its file is removed the next time, a file without one never."""
    over = ended_manifests().filter(keep_until__lte=now).order_by()[:BATCH]
    root = here().files.resolve()
    for folder in over.values_list("file", flat=True):
        path = (root / folder).resolve()
        if folder and path != root and path.is_relative_to(root):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return _remove(over.model.objects.filter(pk__in=list(over.values_list("pk", flat=True))))
