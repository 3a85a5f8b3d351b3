"""The end of a closed case: it is deleted, and the audit keeps that it was."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from elchi.errors import NotAllowed
from elchi.node import files
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import ROOM
from elchi.node.cases.models import Case, CaseFile
from elchi.node.cases.services.files import paths_of


def remove_expired(*, by: Actor, before: dt.datetime) -> int:
    """Delete cases closed before a time, with their files; give how many. Only the node itself does it.

    Each case goes in a transaction of its own, so that one that cannot be deleted does not keep the others.

    Raises:
        NotAllowed: `case_node_only` for anybody else.
    """
    if by != NODE:
        raise NotAllowed("case_node_only")
    expired = Case.objects.filter(state="closed", closed_at__lt=before).order_by("pk")
    removed = sum(_remove(by, case_id, before) for case_id in expired.values_list("pk", flat=True))
    transaction.on_commit(_sweep)
    return removed


def _sweep() -> None:
    kept = CaseFile.objects.filter(removed_at__isnull=True).only("digest", "preview")
    files.sweep({path for row in kept.iterator() for path in paths_of(row)}, room=ROOM)


@transaction.atomic
def _remove(by: Actor, case_id: int, before: dt.datetime) -> bool:
    case = Case.objects.select_for_update().filter(pk=case_id, state="closed", closed_at__lt=before).first()
    if case is None:
        return False
    paths = [path for row in case.files.filter(removed_at__isnull=True) for path in paths_of(row)]
    closed_at = case.closed_at.isoformat() if case.closed_at else ""
    case.delete()
    record(Verb.REMOVE_CASE, by=by, on=f"case:{case_id}", purpose=case.purpose, closed_at=closed_at, files=len(paths))
    transaction.on_commit(lambda: files.discard(paths))
    return True
