"""A file between the page that takes it and the page that says what its columns are.

It lies in the node's folder under a random name, known to one session and gone after an hour. It is never sent back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

from elchi.errors import InvalidInput, NotFound
from elchi.node.here import here

MAX_BYTES: Final = 64 * 1024 * 1024
"""Of a file that comes through the console; larger ones are loaded by `elchi lists load` at the machine."""
_KEPT_SECONDS: Final = 3600
_KEY: Final = "list_upload"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits."""

    token: str
    list: str
    file: str
    """Its name as the officer knows it; never part of a path."""
    force: bool = False

    @property
    def path(self) -> Path:
        """Where it lies, with the ending that tells a workbook."""
        return _folder() / f"{self.token}{'.xlsx' if self.file.lower().endswith('.xlsx') else ''}"


def take(session: SessionBase, name: str, file: Any, *, force: bool) -> Upload:
    """Keep a file for the next page of this session, instead of one that waited before.

    Raises:
        InvalidInput: `upload_too_large`.
    """
    if (file.size or 0) > MAX_BYTES:
        raise InvalidInput("upload_too_large", field="file", rule="file_size", maximum=MAX_BYTES)
    drop(session)
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_old()
    upload = Upload(secrets.token_hex(16), name, " ".join(str(file.name).split())[:120], force)
    _write(upload.path, file.chunks())
    session[_KEY] = asdict(upload)
    return upload


def waiting(session: SessionBase, name: str) -> Upload:
    """Give the file of this session that waits for a list.

    Raises:
        NotFound: `upload_missing`.
    """
    told = session.get(_KEY)
    upload = Upload(**told) if told else None
    if upload is None or upload.list != name or not upload.path.is_file():
        raise NotFound("upload_missing", field="file")
    return upload


def drop(session: SessionBase) -> None:
    """Delete the file of this session that waits."""
    told = session.pop(_KEY, None)
    if told:
        Upload(**told).path.unlink(missing_ok=True)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("xb") as out:
        out.writelines(chunks)


def _clear_old() -> None:
    for path in _folder().iterdir():
        if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return here().files / "lists"
