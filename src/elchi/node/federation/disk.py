"""Files that go to partners and come from them, on the disk: each row of `SharedFile` owns one.

<files>/exchange/<id>      of a partner: `in-<partner>-<id>`; of ours: `out-<partner>-<id>`
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from elchi.errors import InvalidInput
from elchi.exchange.file import PIECE
from elchi.node.files import folder_of, sync_folder

ROOM: Final = "exchange"


def path_of(partner: int, file_id: str, *, is_ours: bool) -> Path:
    """Give where a file lies."""
    return folder_of(ROOM) / f"{'out' if is_ours else 'in'}-{partner}-{file_id}"


def copy_file(source: Path, place: Path, most: int) -> tuple[int, str]:
    """Copy a file, on the disk when this returns; give its size and its hash.

    Raises:
        InvalidInput: `shared_file_too_large`.
    """
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        while block := read.read(1 << 20):
            size += len(block)
            if size > most:
                raise InvalidInput("shared_file_too_large", field="size", rule="max_bytes", maximum=most)
            digest.update(block)
            to.write(block)
        to.flush()
        os.fsync(to.fileno())
    sync_folder(place.parent)
    return size, digest.hexdigest()


def write_piece(place: Path, number: int, content: bytes) -> None:
    """Write a piece to its place; it is on the disk when this returns. Written again it says the same."""
    is_new = not place.exists()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        left, at = memoryview(content), number * PIECE
        while left:
            written = os.pwrite(handle, left, at)
            left, at = left[written:], at + written
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        sync_folder(place.parent)


def read_piece_at(place: Path, number: int, length: int) -> bytes:
    """Read a piece.

    Raises:
        OSError: it is gone, or shorter than it was.
    """
    with place.open("rb") as file:
        file.seek(number * PIECE)
        content = file.read(length)
    if len(content) != length:
        raise OSError(f"short: {place.name}")
    return content


def hash_of(place: Path) -> tuple[int, str]:
    """Give size and hash of a file; of one that is gone neither."""
    try:
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return file.tell(), digest
    except FileNotFoundError:
        return 0, ""
