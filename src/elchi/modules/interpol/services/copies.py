"""The offline copy at a node: given out by the bureau when reports change, taken in by those that it serves."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotAllowed, NotFound
from elchi.exchange.message import Message
from elchi.modules.interpol import queries
from elchi.modules.interpol.bodies import VERSION
from elchi.modules.interpol.models import AccessPoint
from elchi.modules.interpol.offline.build import read_changes, read_whole
from elchi.modules.interpol.offline.copy_file import CHANGES, WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.offline.offline_copy import OfflineCopy, apply_file
from elchi.modules.interpol.reporting import table_of_changes
from elchi.modules.interpol.rules import InterpolRight
from elchi.modules.interpol.services.reports import report_in
from elchi.modules.interpol.sides import check_giver, copy_folder, giver_key, offline_copy
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.federation.drafts import Draft
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import Partner
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.federation.services import send_messages
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.seal.part import Part

KIND: Final = "interpol.changes"
PURPOSE: Final = "border_check"
"""For which copies are given out."""
FILE: Final = "changes"
MEDIA_TYPE: Final = "application/vnd.elchi.offline-copy"
MOST_SENT: Final = 3 << 20
"""Bytes of a file that goes as a message; a larger one is carried by hand."""
AT_ONCE: Final = 200


def publish_changes(*, by: Acting) -> CopyHead:
    """Give out what changed in the reports: sign the next file of the copy, take it in here, send it to the points.

    The file follows the newest one of this node, which must be its own; where there is none, it is a whole copy of the
    reports. A node whose agreement lets no copies go is sent none.

    Raises:
        NotAllowed: `right_missing`.
        Conflict: `nothing_to_publish`; `copy_not_ours`: the copy here is another's; `keys_missing`.
        SealBroken: the copy here is damaged.
    """
    by.require(InterpolRight.REPORT_WRITE)
    now = timezone.now()
    with transaction.atomic(), _next_file(now) as (file, head, rows):
        for row in rows:
            row.published, row.copy_version = row.state, head.version
            row.save(update_fields=["published", "copy_version"])
        content = file.read_bytes()
        told = _send(by, content, now) if len(content) <= MOST_SENT else 0
        record(InterpolVerb.PUBLISH_CHANGES, by=by, on=f"offline_copy:{head.version}", kind=head.kind,
               changes=head.count, sent=told)  # fmt: skip
        apply_file(copy_folder(), file, key_of=giver_key, at=now)  # last: what is in the folder cannot be rolled back
    return head


def take_copy(*, by: Actor, file: Path, at: dt.datetime) -> CopyHead:
    """Take in a whole copy or changes, signed by this node or by a bureau that it may ask.

    Raises:
        NotFound: `copy_giver_unknown`; `copy_missing`.
        SealBroken: `copy_giver_wrong`; as `offline_copy.apply_file`.
        Conflict: as `offline_copy.apply_file`.
    """
    check_giver(file)
    head = apply_file(copy_folder(), file, key_of=giver_key, at=at)
    with transaction.atomic():
        record(InterpolVerb.TAKE_COPY, by=by, on=f"offline_copy:{head.version}", kind=head.kind, changes=head.count,
               giver=head.issuer)  # fmt: skip
    return head


def take_message(*, message: Message, partner: Partner, at: dt.datetime) -> None:
    """Take in a file that a bureau sent. Come twice, it is taken in once.

    Raises:
        NotAllowed: `copy_giver_unlike`: another party signed the file than the one that sent it.
        NotFound, SealBroken, Conflict: as `take_copy`; `copy_missing` where the message has no file.
    """
    part = next((one for one in message.files if one.name == FILE), None)
    if part is None:
        raise NotFound("copy_missing")
    with tempfile.TemporaryDirectory(prefix="elchi-") as folder:
        file = Path(folder) / FILE
        file.write_bytes(part.content)
        if check_giver(file).issuer != partner.code:
            raise NotAllowed("copy_giver_unlike", partner=partner.code)
        try:
            take_copy(by=NODE, file=file, at=at)
        except Conflict as error:
            if error.code != "copy_not_newer":  # it has come before
                raise


@contextmanager
def _next_file(now: dt.datetime) -> Iterator[tuple[Path, CopyHead, list[Any]]]:
    last = _last_head()
    rows = list(queries.unpublished().select_for_update()) if last else list(queries.reports(["in_force"]))
    if not rows:
        raise Conflict("nothing_to_publish")
    table = io.BytesIO(table_of_changes(report_in(row) for row in rows).encode())
    built = read_changes(table) if last else read_whole(table)
    head = CopyHead(
        kind=CHANGES if last else WHOLE, version=last.version + 1 if last else 1, issued_at=now,
        issuer=here().code, types=built.types, follows=last.fingerprint if last else "",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="elchi-") as folder:
        file = Path(folder) / FILE
        yield file, write_copy_file(file, head, built.words, signers=own_signers(now)[:1]), rows


def _last_head() -> CopyHead | None:
    copy = offline_copy()
    if copy is None:
        return None
    if not isinstance(copy, OfflineCopy):
        raise Conflict("copy_not_ours", giver="")
    if copy.head.issuer != here().code:
        raise Conflict("copy_not_ours", giver=copy.head.issuer)
    return copy.head


def _send(by: Acting, content: bytes, now: dt.datetime) -> int:
    served = set(AccessPoint.objects.filter(state__in=("approved", "serving")).values_list("partner_id", flat=True))
    drafts = []
    for agreed in agreed_partners():
        agreement = agreed.covering(purpose=PURPOSE, kind=KIND, at=now)
        if agreed.partner not in served or agreement is None:
            continue
        permit = agreement.permit(
            None, sender=own_party(), receiver=agreed.party, purpose=PURPOSE, kind=KIND, at=now,
            details={"files": True},
        )  # fmt: skip
        if not permit.details:
            continue
        conditions = permit.conditions
        drafts.append(Draft(
            to=agreed.party.node, kind=KIND, body={"v": VERSION}, agreement=permit.agreement, purpose=PURPOSE,
            files=(Part(FILE, MEDIA_TYPE, content),), handling=conditions.handling,
            retention_until=conditions.retention_until, onward=conditions.onward,
        ))  # fmt: skip
    for first in range(0, len(drafts), AT_ONCE):
        send_messages(by=by, drafts=drafts[first : first + AT_ONCE])
    return len(drafts)
