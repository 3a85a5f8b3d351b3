"""What sending, feeding and ending of shared files have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Agreement, Permit
from elchi.exchange.file import FILE, FileTold
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation import disk
from elchi.node.federation.models import Outgoing, SharedFile
from elchi.node.federation.queries.agreements import agreement_for, own_party, party_of
from elchi.node.federation.states import GOT_FILE, SENT_FILE, next_state
from elchi.node.federation.uses import use_of

WAITING: Final = ("queued", "carried", "relayed")
"""States of pieces that no receipt has settled."""


def agreement_of_file(row: SharedFile, at: dt.datetime) -> Agreement:
    agreement = agreement_for(row.partner.code, purpose=row.purpose, kind=FILE, at=at, outgoing=True)
    if agreement is None:
        raise NotAllowed("agreement_missing", kind=FILE, partner=row.partner.code)
    return agreement


def permit_of(row: SharedFile, told: FileTold, agreement: Agreement, at: dt.datetime, number: int = 0) -> Permit:
    details: Mapping[str, Any] = {FILE: told.describe(number), "files": True}
    permit = agreement.permit(
        None, sender=own_party(), receiver=party_of(row.partner), purpose=row.purpose, kind=FILE, at=at, details=details
    )
    if dict(permit.details) != details:
        raise NotAllowed(
            "not_covered", agreement=permit.agreement, rule="agreed_field", clause=permit.clause, field=FILE
        )
    return permit


def told_of(row: SharedFile) -> FileTold:
    """Give what is said of a file."""
    return FileTold(
        id=row.file_id, use=row.use, about=row.about, name=row.name, media_type=row.media_type, size=row.size,
        sha256=row.sha256,
    )  # fmt: skip


def end_file(row: SharedFile, state: str, code: str) -> None:
    """End a file of ours: pieces that wait leave no more, and our copy is removed when that is written."""
    row.state = next_state(SENT_FILE, row.state, state)
    row.code, row.ended_at = code, timezone.now()
    row.save(update_fields=["state", "code", "ended_at"])
    if state != "delivered":
        waiting = Outgoing.objects.filter(partner=row.partner, thread=row.file_id, kind=FILE, state__in=WAITING)
        waiting.update(state="withdrawn", envelope=None)
    record(Verb.END_FILE, by=NODE, on=f"file:{row.file_id}", partner=row.partner.code, state=state, code=code)
    _drop_later(row)
    if use := use_of(row.use):
        use.ended(row)


def drop_file(row: SharedFile, *, because: str) -> None:
    """Remove a file of a partner's, since what it was for has taken it or may not have it any more; in a transaction.

    Raises:
        Conflict: `state_refuses`.
    """
    row.state = next_state(GOT_FILE, row.state, because)
    row.ended_at = timezone.now()
    row.save(update_fields=["state", "ended_at", "code"])
    record(Verb.DROP_FILE, by=NODE, on=f"file:{row.file_id}", partner=row.partner.code, because=because)
    _drop_later(row)


def _drop_later(row: SharedFile) -> None:
    place = disk.path_of(row.partner_id, row.file_id, is_ours=row.is_ours)
    transaction.on_commit(lambda: place.unlink(missing_ok=True))
