"""To seal the pieces of files as they leave: the outbox holds some of them at a time, and never a whole large file."""

from __future__ import annotations

import datetime as dt
import json
from typing import Final

from django.db import transaction
from django.db.models import F

from elchi.errors import NotAllowed
from elchi.exchange.agreement import Agreement
from elchi.exchange.file import FILE, PIECE, FileTold, Pieces, piece_part
from elchi.exchange.message import ONWARD, Handling, Lane
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import wait_turn
from elchi.node.federation import disk
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Outgoing, Partner, SharedFile
from elchi.node.federation.services._files import (
    WAITING,
    agreement_of_file,
    end_file,
    permit_of,
    told_of,
)
from elchi.node.federation.services.sending import send_messages

WINDOW: Final = 48
"""Pieces of a partner's files in the outbox at a time: 12 MiB, some seconds of a good line."""
STICK_WINDOW: Final = 900
"""As many as go on a stick at once."""
_GROUP: Final = 12
"""Pieces sealed in one transaction."""


def feed_files(partner: Partner, *, at: dt.datetime, window: int) -> None:
    """Seal more pieces of the files that go to a partner, so many that about a window of them waits or is under way.

    Each piece goes under the agreement that is in force when it is sealed; while none is, the file waits.
    """
    while True:
        row = _next_file(partner)
        if row is None:
            return
        under_way = Outgoing.objects.filter(partner=partner, kind=FILE, state__in=WAITING).count()
        if window - under_way < _GROUP or not _seal_group(row.pk, at):
            return


def _next_file(partner: Partner) -> SharedFile | None:
    rows = SharedFile.objects.filter(partner=partner, is_ours=True, state="sending")
    return rows.filter(next_piece__lt=(F("size") + PIECE - 1) / PIECE).first()


def _seal_group(pk: int, at: dt.datetime) -> bool:
    """Seal some pieces; tell whether any could be."""
    with transaction.atomic():
        wait_turn()
        row = SharedFile.objects.select_related("partner").get(pk=pk)
        told = told_of(row)
        numbers = range(row.next_piece, min(row.next_piece + _GROUP, told.pieces))
        if row.state != "sending" or not numbers:
            return False
        try:
            agreement = agreement_of_file(row, at)
            drafts = [_piece(row, told, number, agreement, at) for number in numbers]
        except NotAllowed:
            return False
        except OSError:
            end_file(row, "expired", "file_lost")
            return False
        sent = send_messages(by=NODE, drafts=drafts)
        Outgoing.objects.filter(pk__in=[one.row for one in sent]).update(next_at=at)  # due to who asks just now
        SharedFile.objects.filter(pk=pk).update(next_piece=numbers.stop)
    return True


def _piece(row: SharedFile, told: FileTold, number: int, agreement: Agreement, at: dt.datetime) -> Draft:
    permit = permit_of(row, told, agreement, at, number)
    place = disk.path_of(row.partner_id, row.file_id, is_ours=True)
    conditions = permit.conditions
    return Draft(
        to=row.partner.code,
        kind=FILE,
        body={"v": 1, FILE: permit.details[FILE]},
        files=(piece_part(disk.read_piece_at(place, number, told.length(number))),),
        lane=Lane.FILE,
        agreement=permit.agreement,
        purpose=row.purpose,
        thread=row.file_id,
        lifetime=max(row.expires_at - at, dt.timedelta(minutes=1)),
        handling=Handling(**row.handling).stricter(conditions.handling),
        retention_until=conditions.retention_until,
        onward=min(row.onward, conditions.onward, key=ONWARD.index),
        on=row.on,
    )


def settle_piece(outgoing: Outgoing, outcome: str, code: str) -> None:
    """Take note how a piece of ours ended, in the transaction that does."""
    row = SharedFile.objects.select_related("partner").filter(
        partner=outgoing.partner, file_id=outgoing.thread, is_ours=True, state="sending"
    ).first()  # fmt: skip
    if row is None:
        return
    if outcome != "delivered":
        end_file(row, "refused" if outcome == "rejected" else "expired", code)
        return
    told, number = told_of(row), int(json.loads(bytes(outgoing.body or b"{}"))[FILE]["number"])
    done = Pieces(told.pieces, bytes(row.done))
    done.add(number)
    SharedFile.objects.filter(pk=row.pk).update(done=bytes(done))
    if done.whole:
        end_file(row, "delivered", "")
