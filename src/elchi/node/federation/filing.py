"""The kind `file`: pieces of files that partners send."""

from __future__ import annotations

from dataclasses import asdict
from typing import NamedTuple

from django.db.models import Sum

from elchi.errors import Conflict, InvalidInput
from elchi.exchange.file import FILE, FileTold, Pieces, read_piece
from elchi.exchange.message import Lane, Message
from elchi.node.federation import disk
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import Incoming, Outgoing, Partner, SharedFile
from elchi.node.federation.services import files
from elchi.node.federation.services._files import told_of
from elchi.node.federation.services.feeding import settle_piece
from elchi.node.federation.uses import use_of
from elchi.node.here import file_limits

_LYING = ("coming", "whole", "kept")


class _Piece(NamedTuple):
    told: FileTold
    number: int
    content: bytes


class Filing(Handler):
    """A piece is written to its place; the file counts when all of it is here (`services.files.check_files`)."""

    lane = Lane.FILE

    def prepare(self, message: Message, partner: Partner) -> _Piece:
        """Read it, and decide whether a file like this may come.

        Raises:
            InvalidInput: `shared_file_invalid`, `shared_file_too_large`.
        """
        piece = _Piece(*read_piece(message.body, message.files))
        most = file_limits().file
        if piece.told.size > most:
            raise InvalidInput("shared_file_too_large", field="size", rule="max_bytes", maximum=most)
        if message.thread != piece.told.id:
            raise InvalidInput("shared_file_invalid", field="id", rule="same_file")
        use = use_of(piece.told.use)
        if use is None:
            raise InvalidInput("shared_file_invalid", field="use", rule="word")
        use.check(piece.told, message, partner)
        return piece

    def effect(self, message: Message, partner: Partner, prepared: _Piece) -> None:
        """Write it to its place, which changes nothing if it is done again, and count it.

        Raises:
            InvalidInput: `shared_file_invalid`: another piece told of another file under this name.
            Conflict: `shared_file_over`, `shared_files_full`.
        """
        told = prepared.told
        row = SharedFile.objects.filter(partner=partner, file_id=told.id, is_ours=False).first()
        row = row or _begin(told, message, partner)
        if told_of(row) != told:
            raise InvalidInput("shared_file_invalid", field=FILE, rule="same_file")
        if row.state != "coming":
            raise Conflict("shared_file_over", file=told.id, state=row.state)
        place = disk.path_of(partner.pk, told.id, is_ours=False)
        disk.write_piece(place, prepared.number, prepared.content)
        done = Pieces(told.pieces, bytes(row.done))
        done.add(prepared.number)
        row.done = bytes(done)
        row.state = "whole" if done.whole else "coming"
        row.expires_at = max(row.expires_at, message.expires_at)
        row.save(update_fields=["done", "state", "expires_at"])

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        """Count what the partner has of a file of ours."""
        settle_piece(outgoing, outcome, code)

    def withdrawn(self, message_id: str, partner: Partner) -> None:
        """Remove the file: whoever takes back a piece takes back the whole."""
        row = Incoming.objects.filter(partner=partner, message_id=message_id).first()
        if row is not None:
            files.take_back(partner, row.thread)


def _begin(told: FileTold, message: Message, partner: Partner) -> SharedFile:
    """Give the row of a file of which nothing was here before."""
    lying = SharedFile.objects.filter(partner=partner, is_ours=False, state__in=_LYING).aggregate(bytes=Sum("size"))
    most = file_limits().partner
    if (lying["bytes"] or 0) + told.size > most:
        raise Conflict("shared_files_full", partner=partner.code, maximum=most)
    return SharedFile.objects.create(
        partner=partner, is_ours=False, file_id=told.id, use=told.use, about=told.about, name=told.name,
        media_type=told.media_type, size=told.size, sha256=told.sha256, state="coming", purpose=message.purpose,
        handling=asdict(message.handling), onward=message.onward, agreement=message.agreement,
        expires_at=message.expires_at, retention_until=message.retention_until,
    )  # fmt: skip


def register_kinds() -> None:
    """Have pieces handled."""
    register(FILE, Filing())
