"""The one verb of the audit that others call: write down what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from elchi.node.audit.actor import Actor
from elchi.node.audit.models import AuditLine
from elchi.node.audit.verbs import Verb
from elchi.seal.evidence import START, chain_hash

_LOCK = 0x656C636869  # "elchi"


def record(  # noqa: PLR0913  who, what, on what, why: what an audit line is
    verb: Verb,
    *,
    by: Actor,
    on: str,
    subject: str = "",
    purpose: str = "",
    agreement: str = "",
    task: str = "",
    **detail: Any,
) -> AuditLine:
    """Append a line, in the transaction of what it tells of: either both stay or neither.

    Args:
        verb: what was done.
        by: who did it.
        on: what it was done on, as `noun:id`.
        subject: keyed hash of the subject; see `elchi.node.audit.marks`.
        purpose: the legal reason.
        agreement: under which agreement something was disclosed.
        task: what ordered it.
        detail: JSON values. Never a person's name, a document's number or a secret.

    Raises:
        django.db.transaction.TransactionManagementError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit line is written with what it tells of")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # writers queue here; with SQLite the transaction itself is the queue
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    before = AuditLine.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, START)
    line = AuditLine(
        sequence=before[0] + 1,
        at=timezone.now(),
        actor=by.name,
        agency=by.agency,
        office=by.office,
        via=by.via,
        verb=verb,
        on=on,
        subject=subject,
        purpose=purpose,
        agreement=agreement,
        task=task,
        detail=detail,
        previous=before[1],
    )
    line.hash = chain_hash(line.previous, content_of(line))
    line.save(force_insert=True)
    return line


def content_of(line: AuditLine) -> dict[str, Any]:
    """Give what the hash of a line is made over."""
    at: datetime = line.at
    return {
        "sequence": line.sequence,
        "at": at.isoformat(),
        "actor": line.actor,
        "agency": line.agency,
        "office": line.office,
        "via": line.via,
        "verb": str(line.verb),
        "on": line.on,
        "subject": line.subject,
        "purpose": line.purpose,
        "agreement": line.agreement,
        "task": line.task,
        "detail": line.detail,
    }
