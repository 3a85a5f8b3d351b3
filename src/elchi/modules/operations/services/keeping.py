"""Verbs of retention: decide how long, hold an incident, and remove what is over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations.exhibits import ROOM
from elchi.modules.operations.keeping import check_terms, hold_of, nominal_over, over, policy_in_force
from elchi.modules.operations.models import (
    Exhibit,
    ExhibitPhoto,
    Incident,
    IncidentHold,
    IncidentRetention,
    JointOperation,
    OperationAct,
    ReportReceived,
    Waiting,
)
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import short
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node import files
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.here import here
from elchi.node.officers.acting import Acting

BATCH: Final = 200
"""Incidents of one transaction."""
_TYPED: Final = (
    "place", "legal_basis", "concealment_text", "departure_place", "destination_place", "description", "reference",
    "withdrawn_reason",
)  # fmt: skip
"""Columns of an incident in which a name may stand."""


@transaction.atomic
def set_incident_retention(*, by: Acting, terms: Mapping[str, int], reason: str) -> IncidentRetention:
    """Decide how long incidents are kept; the policy before is kept. It is applied once a day.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.INCIDENT_KEEP)
    check_terms(terms)
    row = IncidentRetention.objects.create(**terms, reason=_said(reason), by=by.name)
    record(OperationsVerb.SET_RETENTION, by=by, on=f"retention:{row.pk}", terms=dict(terms), reason=row.reason)
    return row


@transaction.atomic
def hold_incident(*, by: Acting, incident_id: int, reason: str) -> IncidentHold:
    """Keep an incident whatever the policy says, until it is released.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`.
        Conflict: `incident_held`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.INCIDENT_KEEP)
    row = incident_of(incident_id)
    if hold_of(row):
        raise Conflict("incident_held", incident=incident_id)
    held = IncidentHold.objects.create(incident=row, reason=_said(reason), by=by.name)
    record(OperationsVerb.HOLD_INCIDENT, by=by, on=f"incident:{row.pk}")
    return held


@transaction.atomic
def release_incident(*, by: Acting, incident_id: int) -> IncidentHold:
    """Let the policy decide on an incident again.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`, `hold_unknown`.
    """
    by.require(OperationsRight.INCIDENT_KEEP)
    held = hold_of(incident_of(incident_id))
    if held is None:
        raise NotFound("hold_unknown", incident=incident_id)
    held.released_at, held.released_by = timezone.now(), by.name
    held.save(update_fields=["released_at", "released_by"])
    record(OperationsVerb.RELEASE_INCIDENT, by=by, on=f"incident:{incident_id}")
    return held


def keep_incidents(*, by: Actor) -> dict[str, int]:
    """Remove what the policy in force lets go, and what partners told under an agreement whose retention is over.

    Only the node itself does it. It goes in batches, each a transaction with its line of the audit.

    Raises:
        NotAllowed: `case_node_only` for anybody else.
    """
    if by != NODE:
        raise NotAllowed("case_node_only")
    now = timezone.now()
    removed: Counter[str] = Counter(_remove_told(by, now))
    policy = policy_in_force()
    while policy and (batch := _remove_batch(by, policy, now)):
        removed += batch
    return dict(removed)


@transaction.atomic
def _remove_batch(by: Actor, policy: IncidentRetention, now: dt.datetime) -> Counter[str]:
    wait_turn()
    stripped = list(nominal_over(now, policy).order_by("at")[:BATCH].values_list("pk", flat=True))
    gone = list(over(now, policy).order_by("at")[:BATCH].values_list("pk", flat=True))
    waited = Waiting.objects.filter(at__lte=now - dt.timedelta(days=policy.waiting_days))
    removed = +Counter(nominal=_strip(stripped, now), incidents=_remove(gone), waiting=waited.delete()[0])
    if removed:
        record(OperationsVerb.KEEP_INCIDENTS, by=by, on=f"retention:{policy.pk}", removed=dict(removed))
    return removed


def _strip(keys: list[int], now: dt.datetime) -> int:
    """Take away who was in it and what somebody typed; kinds, numbers, days and states stay, and are counted."""
    rows = Incident.objects.filter(pk__in=keys)
    for row in rows.prefetch_related("involved"):
        row.involved.update(subject=None)
        for parts in (row.vehicles, row.marks, row.protected, row.versions, row.leads):
            parts.all().delete()
        for item in row.items.all():
            item.name, item.details = "", {k: v for k, v in item.details.items() if k not in ("serial", "number")}
            item.save(update_fields=["name", "details"])
    blank = dict.fromkeys(_TYPED, "")
    withdrawn = rows.exclude(withdrawn_at=None)
    withdrawn.update(**blank | {"withdrawn_reason": "–"}, stripped_at=now)
    rows.filter(withdrawn_at=None).update(**blank, stripped_at=now)
    return len(keys)


def _remove(keys: list[int]) -> int:
    exhibits = Exhibit.objects.filter(incident__in=keys)
    photos = ExhibitPhoto.objects.filter(exhibit__in=exhibits)
    paths: list[Path] = [
        files.path_of(digest, one.pk, room=ROOM) for one in photos for digest in (one.digest, one.shown)
    ]
    IncidentHold.objects.filter(incident__in=keys).delete()
    exhibits.delete()
    Incident.objects.filter(pk__in=keys).delete()
    transaction.on_commit(lambda: files.discard(paths))
    return len(keys)


@transaction.atomic
def _remove_told(by: Actor, now: dt.datetime) -> dict[str, int]:
    """Remove what partners told whose agreement says that it is over, whatever our own policy is."""
    wait_turn()
    today = now.astimezone(dt.UTC).date()
    reports = ReportReceived.objects.filter(retention_until__lt=today).delete()[0]
    past = OperationAct.objects.filter(retention_until__lt=today).exclude(node=here().code)
    theirs = JointOperation.objects.exclude(leader=here().code).filter(acts__in=past.filter(act="plan"))
    operations = theirs.count()
    theirs.delete()
    acts = past.exclude(content={}).update(content={})
    removed = {"reports": reports, "operations": operations, "acts": acts}
    if any(removed.values()):
        record(OperationsVerb.KEEP_INCIDENTS, by=by, on="retention:told", removed=removed)
    return removed


def _said(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("operations_invalid", field="reason", rule="missing")
    short("reason", reason, 300)
    return reason.strip()
