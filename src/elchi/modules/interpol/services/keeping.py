"""How long what is kept: queries without what was asked, subjects of hits until their work is done."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from elchi.modules.interpol.models import ConfirmationRequest, HitConfirmation, Query, Watch
from elchi.modules.interpol.queries import OPEN_STEPS
from elchi.modules.interpol.rules import ANSWER_WITHIN, KEPT, SUBJECT_KEPT, WATCHED
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record


@transaction.atomic
def remove_old(*, by: Actor, now: dt.datetime | None = None) -> int:
    """Remove queries after a year, what hits were about 90 days after they were closed, and old looks at points.

    Returns:
        How many rows were removed or emptied.
    """
    now = now or timezone.now()
    closed = HitConfirmation.objects.filter(step="closed", subject__isnull=False, opened_at__lt=now - SUBJECT_KEPT)
    emptied = sum(
        HitConfirmation.objects.filter(pk=row.pk).update(subject=None, record="")
        for row in closed.only("id", "times")
        if dt.datetime.fromisoformat(row.times["closed"]) < now - SUBJECT_KEPT
    )
    over = ConfirmationRequest.objects.filter(keep_until__lt=now.date(), subject__isnull=False)
    emptied += over.update(subject=None, record="")
    old = Query.objects.filter(asked_at__lt=now - KEPT).exclude(hits__step__in=OPEN_STEPS)
    HitConfirmation.objects.filter(query__in=old).delete()
    removed = Query.objects.filter(asked_at__lt=now - KEPT, hits=None).delete()[0]
    removed += Watch.objects.filter(until__lt=now - WATCHED).delete()[0]
    if emptied or removed:
        record(InterpolVerb.REMOVE_QUERIES, by=by, on="interpol:queries", emptied=emptied, removed=removed)
    return emptied + removed


@transaction.atomic
def expire_queries(*, by: Actor, now: dt.datetime | None = None) -> int:  # noqa: ARG001  the answer may still come
    """Note of each question to the bureau that waits too long that no answer came in time.

    Returns:
        How many.
    """
    now = now or timezone.now()
    return Query.objects.filter(state="waiting", asked_at__lt=now - ANSWER_WITHIN).update(state="expired")
