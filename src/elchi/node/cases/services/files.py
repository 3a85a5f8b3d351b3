"""Files of a case: received, told apart by content, kept by hash, given out and never run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.node import files
from elchi.node.audit.queries import is_noted
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import FILE_NOTE, FILE_SIZE, FILES_SIZE, ROOM
from elchi.node.cases.media import media_type_of, name_of, picture_of
from elchi.node.cases.models import Case, CaseFile
from elchi.node.cases.queries import file_for
from elchi.node.cases.services._work import take, tell, text_of, to_work
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """A file that is given out."""

    name: str
    media_type: str
    size: int
    file: BinaryIO

    def blocks(self) -> Iterator[bytes]:
        """Give the bytes, and close the file."""
        return files.blocks(self.file)


def add_file(*, by: Acting, case_id: int, name: str, chunks: Iterable[bytes], note: str = "") -> CaseFile:
    """Take a file into a case. Nothing of it is left when it is refused.

    Args:
        by: who adds it.
        case_id: the case.
        name: as the officer's machine calls it.
        chunks: the bytes, which are hashed while they are written.
        note: what it is; optional.

    Raises:
        InvalidInput: `case_file`, `case_file_type`, `case_text`.
        Conflict: `case_full`, `case_file_known`, `case_closed`.
        NotFound, NotAllowed: as of `take`.
    """
    to_work(by, case_id)  # before the bytes are read: who may not is not waited for
    note = text_of(note, field="note", limit=FILE_NOTE) if note.strip() else ""
    with files.received(chunks, limit=FILE_SIZE, room=ROOM) as one:
        media_type = media_type_of(one.path)
        if not media_type.startswith("image/"):
            return _keep(by, case_id, CaseFile(name=name_of(name, media_type), media_type=media_type, note=note), [one])
        with files.received([picture_of(one.path)], limit=FILE_SIZE, room=ROOM) as shown:
            row = CaseFile(name=name_of(name, media_type), media_type=media_type, note=note, preview=shown.digest)
            return _keep(by, case_id, row, [one, shown])


def _keep(by: Acting, case_id: int, row: CaseFile, parts: list[files.Received]) -> CaseFile:
    kept: list[Path] = []
    try:
        with transaction.atomic():
            row.case = take(by, case_id)
            _check_room(row.case, parts[0])
            row.size, row.digest, row.added_by = parts[0].size, parts[0].digest, by.name
            row.save()
            for part in parts:
                kept.append(files.keep(part, row.pk, room=ROOM))  # noqa: PERF401  what was kept before one failed is taken away
            tell(row.case, by, "file_added", name=row.name, size=row.size, digest=row.digest)
            record(Verb.ADD_FILE, by=by, on=f"case:{case_id}", purpose=row.case.purpose, file=row.pk, digest=row.digest)
    except BaseException:
        files.discard(kept)
        raise
    return row


def _check_room(case: Case, one: files.Received) -> None:
    files = case.files.filter(removed_at__isnull=True)
    if files.filter(digest=one.digest).exists():
        raise Conflict("case_file_known", case=case.pk)
    if (files.aggregate(total=Sum("size"))["total"] or 0) + one.size > FILES_SIZE:
        raise Conflict("case_full", case=case.pk, limit=FILES_SIZE)


@transaction.atomic
def read_file(*, by: Acting, file_id: int) -> Given:
    """Give out a file as it came. Each time is a line of the audit: a copy leaves the node.

    Raises:
        NotFound: `case_file_unknown`.
        NotAllowed: `right_missing`.
        Conflict: `case_file_damaged`.
    """
    by.require(Right.CASE_SEE)
    row = file_for(by, file_id)
    file = files.open_kept(row.digest, row.pk, room=ROOM)
    record(Verb.READ_FILE, by=by, on=f"case:{row.case_id}", purpose=row.case.purpose, file=row.pk)
    return Given(row.name, row.media_type, row.size, file)


@transaction.atomic
def show_picture(*, by: Acting, file_id: int) -> Given:
    """Give a picture as it was encoded again; one line of the audit in ten minutes.

    Raises:
        NotFound: `case_file_unknown` for what is no picture too.
        NotAllowed: `right_missing`.
        Conflict: `case_file_damaged`.
    """
    by.require(Right.CASE_SEE)
    row = file_for(by, file_id)
    if not row.preview:
        raise NotFound("case_file_unknown", file=file_id)
    file = files.open_kept(row.preview, row.pk, room=ROOM)
    if not is_noted(by, Verb.READ_FILE, f"case:{row.case_id}", file=row.pk):
        record(Verb.READ_FILE, by=by, on=f"case:{row.case_id}", purpose=row.case.purpose, file=row.pk, shown=True)
    return Given(row.name, "image/jpeg", files.path_of(row.preview, row.pk, room=ROOM).stat().st_size, file)


@transaction.atomic
def remove_file(*, by: Acting, file_id: int, reason: str) -> CaseFile:
    """Take a file out of a case: its bytes are deleted, its line with name and hash stays.

    Raises:
        InvalidInput: `case_text` without a reason.
        NotFound: `case_file_unknown`.
        NotAllowed, Conflict: as of `take`.
    """
    row = file_for(by, file_id)
    case = take(by, row.case_id)
    reason = text_of(reason, field="reason", limit=FILE_NOTE)
    paths = paths_of(row)
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    tell(case, by, "file_removed", reason, name=row.name, digest=row.digest)
    record(Verb.REMOVE_FILE, by=by, on=f"case:{case.pk}", purpose=case.purpose, file=row.pk, digest=row.digest)
    transaction.on_commit(lambda: files.discard(paths))
    return row


def paths_of(row: CaseFile) -> list[Path]:
    """Give where the bytes of a row lie."""
    return [files.path_of(digest, row.pk, room=ROOM) for digest in (row.digest, row.preview) if digest]
