"""Files on disk that belong to rows of tables, each room in a folder of its own, readable by the node only.

What officers bring is named by its SHA-256 and the number of the row that owns it.

Nothing is shared between rows, so taking one away can never take another's. A file that was received and not kept is
gone when `received` ends; what a power cut left lying is swept a day later.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from elchi.errors import Conflict, InvalidInput
from elchi.node.here import here

_SWEPT_AFTER: Final = 86_400.0
"""Seconds: longer than it takes from a file to its row."""
_BLOCK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come in and is not yet kept."""

    path: Path
    size: int
    digest: str


@contextmanager
def received(chunks: Iterable[bytes], *, limit: int, room: str) -> Iterator[Received]:
    """Write bytes to a file while hashing them; it is gone at the end unless `keep` took it.

    Raises:
        InvalidInput: `case_file` if there are no bytes or too many.
    """
    folder = folder_of(room)
    handle, name = tempfile.mkstemp(prefix="incoming-", dir=folder)  # mode 0600
    path, size, digest = Path(name), 0, hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise InvalidInput("case_file", field="file", rule="too_large", limit=limit)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise InvalidInput("case_file", field="file", rule="empty")
        yield Received(path, size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def keep(one: Received, row: int, *, room: str) -> Path:
    """Give a file to a row, and tell where it lies now."""
    path = path_of(one.digest, row, room=room)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    one.path.replace(path)
    sync_folder(path.parent)
    return path


def path_of(digest: str, row: int, *, room: str) -> Path:
    """Give where the file of a row lies."""
    return folder_of(room) / digest[:2] / f"{digest}-{row}"


def open_kept(digest: str, row: int, *, room: str) -> BinaryIO:
    """Open a file for reading, after its hash was compared.

    Raises:
        Conflict: `case_file_damaged` if it is not what was kept, or gone.
    """
    try:
        file = path_of(digest, row, room=room).open("rb")
    except OSError:
        raise Conflict("case_file_damaged", file=row) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != digest:
        file.close()
        raise Conflict("case_file_damaged", file=row)
    file.seek(0)
    return file


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Give what is in a file, and close it."""
    with file:
        while block := file.read(_BLOCK):
            yield block


def discard(paths: Iterable[Path]) -> None:
    """Remove files that no row owns any more."""
    for path in paths:
        path.unlink(missing_ok=True)


def sweep(known: Collection[Path], *, room: str) -> int:
    """Remove files older than a day that no row owns; give how many."""
    before, gone = time.time() - _SWEPT_AFTER, 0
    for path in folder_of(room).rglob("*"):
        if path.is_file() and path not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def folder_of(room: str) -> Path:
    """Give the folder of a room; it is made if it is not there."""
    folder = here().files / room
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sync_folder(folder: Path) -> None:
    """Have the names of what lies in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
