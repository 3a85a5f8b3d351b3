"""How long what is kept: what the policy in force, or one that is thought of, lets go.

The rules of a policy, and reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from elchi.errors import InvalidInput
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.node.cases.models import Case
from elchi.node.cases.queries import open_origins
from elchi.node.checks.models import Check, FoundEntry, Manifest, RememberedNegative, Retention
from elchi.node.officers.models import KeptAnswer, SignIn

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "clear_days": (1, 365),
    "clear_subject_hours": (0, 720),
    "finding_days": (1, 3650),
    "negative_days": (1, 1095),
    "manifest_days": (1, 365),
    "closed_case_days": (30, 9125),
    "sign_in_days": (30, 1825),
}
"""The terms of a policy, and the least and most that each may be."""
REMOVED: Final = (
    "clear_checks", "subjects", "checks_with_findings", "manifests", "negatives", "cases", "sign_ins", "kept_answers",
)  # fmt: skip
"""What is removed, in the order in which it is told."""
REASON: Final = 500
"""Longest reason of a decision, characters."""
ANSWERS_KEPT: Final = dt.timedelta(days=1)
"""How long the API can give the same answer to a request again."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of retention, as the audit tells it."""

    at: dt.datetime
    removed: Mapping[str, int]


def check_terms(terms: Mapping[str, int]) -> dict[str, int]:
    """Give the terms of a policy, each within its limits.

    Raises:
        InvalidInput: `retention_invalid`.
    """
    for name, (least, most) in LIMITS.items():
        if not isinstance(terms.get(name), int) or not least <= terms[name] <= most:
            raise InvalidInput("retention_invalid", field=name, rule="number_in_range", allowed=f"{least}-{most}")
    if terms["clear_subject_hours"] > 24 * terms["clear_days"]:
        raise InvalidInput("retention_invalid", field="clear_subject_hours", rule="within_clear_days")
    return {name: terms[name] for name in LIMITS}


def check_reason(reason: str) -> str:
    """Give the reason of a decision.

    Raises:
        InvalidInput: `retention_invalid`.
    """
    if not reason.strip():
        raise InvalidInput("retention_invalid", field="reason", rule="missing")
    if len(reason) > REASON:
        raise InvalidInput("retention_invalid", field="reason", rule="max_length", limit=REASON)
    return reason.strip()


def policy_of(terms: Mapping[str, int]) -> Retention:
    """Give a policy that is thought of."""
    return Retention(**terms)


def has_findings() -> Exists:
    """Tell of a check whether it found anything but what is known to be somebody else."""
    return Exists(FoundEntry.objects.filter(owner=OuterRef("pk")).exclude(state="remembered"))


def needed_checks() -> Q:
    """Tell of a check whether a case that is not closed needs it."""
    origins = [origin.partition(":") for origin in open_origins()]
    checks = [int(number) for noun, _, number in origins if noun == "check" and number.isdecimal()]
    findings = [int(number) for noun, _, number in origins if noun == "finding" and number.isdecimal()]
    return Q(pk__in=checks) | Q(pk__in=FoundEntry.objects.filter(pk__in=findings).values("owner"))


def ended_manifests() -> QuerySet[Manifest]:
    """Give the manifests that nobody works on."""
    return Manifest.objects.filter(state__in=("done", "failed", "cancelled"))


def kept_subjects(policy: Retention, now: dt.datetime) -> QuerySet[Check]:
    """Give the CLEAR checks whose subject is kept longer than a policy lets."""
    past = now - dt.timedelta(hours=policy.clear_subject_hours)
    return Check.objects.filter(~has_findings(), subjects__isnull=False, at__lte=past).exclude(needed_checks())


def removals(policy: Retention, now: dt.datetime) -> dict[str, int]:
    """Count what a policy would remove at once.

    Args:
        policy: in force, or thought of.
        now: the time that is meant.

    Returns:
        A count for each of `REMOVED`.
    """
    since = {name: now - dt.timedelta(days=getattr(policy, name)) for name in LIMITS if name.endswith("_days")}
    checks = Check.objects.exclude(needed_checks())
    return {
        "clear_checks": checks.filter(~has_findings(), at__lte=since["clear_days"]).count(),
        "subjects": kept_subjects(policy, now).filter(at__gt=since["clear_days"]).count(),
        "checks_with_findings": checks.filter(has_findings(), at__lte=since["finding_days"]).count(),
        "manifests": ended_manifests().filter(queued_at__lte=since["manifest_days"]).count(),
        "negatives": RememberedNegative.objects.filter(expires_at__lte=now).count(),
        "cases": Case.objects.filter(state="closed", closed_at__lt=since["closed_case_days"]).count(),
        "sign_ins": SignIn.objects.filter(at__lte=since["sign_in_days"]).count(),
        "kept_answers": KeptAnswer.objects.filter(at__lte=now - ANSWERS_KEPT).count(),
    }


def policies() -> QuerySet[Retention]:
    """Give the policies that were decided, newest first."""
    return Retention.objects.all()


def past_runs(limit: int = 31) -> list[PastRun]:
    """Give the last runs, newest first; a run of many steps has many lines of the audit."""
    lines = AuditLine.objects.filter(verb=Verb.APPLY_RETENTION).order_by("-sequence")
    runs: dict[str, dict[str, int]] = {}
    for detail in lines.values_list("detail", flat=True).iterator(chunk_size=500):
        if detail["run"] not in runs and len(runs) == limit:
            break
        counts = runs.setdefault(detail["run"], dict.fromkeys(REMOVED, 0))
        for name in REMOVED:
            counts[name] += detail["removed"].get(name, 0)
    return [PastRun(dt.datetime.fromisoformat(at), counts) for at, counts in runs.items()]
