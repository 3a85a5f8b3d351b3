"""Verbs of the audit. `record` is the one that all others call: write down what was done."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from elchi.node.audit.actor import Actor
from elchi.node.audit.insert import insert_row, insert_rows
from elchi.node.audit.models import AuditLine, DayRoot
from elchi.node.audit.queries import Filter, content_of, root_content, signing_key
from elchi.node.audit.verbs import Verb
from elchi.node.here import here
from elchi.node.plug import AnyVerb
from elchi.seal.evidence import START, chain_hash, merkle_root

_LOCK: Final = 0x656C636869  # "elchi"


def record(  # noqa: PLR0913  who, what, on what, why: what an audit line is
    verb: AnyVerb,
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
        detail: JSON values; numbers with decimals are kept as text, because databases write them each in their way.
            Never a person's name, a document's number or a secret.

    Raises:
        django.db.transaction.TransactionManagementError: outside a transaction.
    """
    before = _last_line()
    told = Line(verb=verb, on=on, subject=subject, purpose=purpose, agreement=agreement, task=task, detail=detail)
    line = _row(told, by, timezone.now(), before)
    insert_row(line)
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one line tells, for many that are written at once; the same as the parameters of `record`."""

    verb: AnyVerb
    on: str
    subject: str = ""
    purpose: str = ""
    agreement: str = ""
    task: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def record_all(lines: Sequence[Line], *, by: Actor) -> None:
    """Append many lines in the order given, in the transaction of what they tell of; see `record`.

    Raises:
        django.db.transaction.TransactionManagementError: outside a transaction.
    """
    before, at = _last_line(), timezone.now()
    rows: list[AuditLine] = []
    for told in lines:
        row = _row(told, by, at, before)
        rows.append(row)
        before = row.sequence, row.hash
    names = [column.attname for column in AuditLine._meta.local_concrete_fields]  # noqa: SLF001  Django documents it
    insert_rows(AuditLine, names, [[getattr(row, name) for name in names] for row in rows])


def wait_turn() -> None:
    """Wait until nobody else is writing lines; whoever asks after this waits until this transaction has ended.

    A verb that locks rows of its own as well comes here before it does, so that no two wait for each other.

    Raises:
        django.db.transaction.TransactionManagementError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit line is written with what it tells of")
    if connection.vendor == "postgresql":  # with SQLite the transaction itself is the queue
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _row(told: Line, by: Actor, at: dt.datetime, before: tuple[int, str]) -> AuditLine:
    line = AuditLine(
        sequence=before[0] + 1,
        at=at,
        actor=by.name,
        agency=by.agency,
        office=by.office,
        via=by.via,
        verb=told.verb,
        on=told.on,
        subject=told.subject,
        purpose=told.purpose,
        agreement=told.agreement,
        task=told.task,
        detail=json.loads(json.dumps(told.detail), parse_float=str),
        previous=before[1],
    )
    line.hash = chain_hash(line.previous, content_of(line))
    return line


def _last_line() -> tuple[int, str]:
    """Give number and hash of the last line; who asks after this waits until the transaction has ended."""
    wait_turn()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence, hash FROM audit_auditline ORDER BY sequence DESC LIMIT 1")
        return cursor.fetchone() or (0, START)


def sign_days(*, by: Actor) -> list[DayRoot]:
    """Sign every day (UTC) that is over and has lines: the Merkle root of their hashes, in order of their numbers.

    Raises:
        Conflict: `key_damaged`, `key_locked`.
    """
    today = dt.datetime.combine(timezone.now().astimezone(dt.UTC).date(), dt.time(), tzinfo=dt.UTC)
    signed: list[DayRoot] = []
    while True:
        with transaction.atomic():
            root = _next_day(today)
            if root is None:
                return signed
            root.save(force_insert=True)
            record(Verb.SIGN_DAY, by=by, on=f"day:{root.date.isoformat()}", lines=root.last - root.first + 1)
        signed.append(root)


def note_search(*, by: Actor, wanted: Filter, rows: int) -> None:
    """Write down that somebody searched the audit, and for what."""
    with transaction.atomic():
        record(Verb.SEARCH_AUDIT, by=by, on="audit:lines", rows=rows, wanted=_as_json(wanted))


def note_export(*, by: Actor, wanted: Filter, rows: int) -> None:
    """Write down that somebody took lines of the audit away."""
    with transaction.atomic():
        record(Verb.EXPORT_AUDIT, by=by, on="audit:lines", rows=rows, wanted=_as_json(wanted))


def _next_day(today: dt.datetime) -> DayRoot | None:
    """Give the first day that is over and not signed yet, with its signature; None when there is none."""
    before = DayRoot.objects.order_by("-last").first()
    open_lines = AuditLine.objects.filter(sequence__gt=before.last if before else 0).order_by("sequence")
    first = open_lines.first()
    if first is None or first.at >= today:
        return None
    # A clock that was set back gives no second root of a day: its lines go with the days that follow.
    date = max(first.at.astimezone(dt.UTC).date(), before.date + dt.timedelta(days=1)) if before else first.at.date()
    end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    if end > today:
        return None
    later = open_lines.filter(at__gte=end).values_list("sequence", flat=True).first()
    lines = open_lines.filter(sequence__lt=later) if later else open_lines
    hashes = list(lines.values_list("hash", flat=True))
    root = merkle_root([bytes.fromhex(one) for one in hashes]).hex()
    last = first.sequence + len(hashes) - 1
    key = signing_key()
    signature = key.sign(root_content(here().code, date, first.sequence, last, root)).hex()
    return DayRoot(
        date=date, first=first.sequence, last=last, root=root, signature=signature, key=key.fingerprint,
        signed_at=timezone.now(),
    )  # fmt: skip


def _as_json(wanted: Filter) -> dict[str, Any]:
    told = {name: getattr(wanted, name) for name in wanted.__slots__}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in told.items() if value}
