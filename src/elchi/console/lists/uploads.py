"""The file of a session between the page that takes it and the page that says what its columns are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

from elchi.errors import NotFound
from elchi.node.watchlists.offers import drop_file, keep_file, kept_file, plain_name

_KEY: Final = "list_upload"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits."""

    kept: str
    """The name under which the node keeps it."""
    list: str
    file: str
    """Its name as the officer knows it."""
    force: bool = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return kept_file(self.kept)


def take(session: SessionBase, name: str, file: Any, *, force: bool) -> Upload:
    """Keep a file for the next page of this session, instead of one that waited before.

    Raises:
        InvalidInput: `upload_too_large`.
    """
    drop(session)
    upload = Upload(keep_file(file.chunks()), name, plain_name(file.name), force)
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


def let_go(session: SessionBase) -> None:
    """Forget the file of this session: a version names it from now on."""
    session.pop(_KEY, None)


def drop(session: SessionBase) -> None:
    """Delete the file of this session that waits."""
    told = session.pop(_KEY, None)
    if told:
        drop_file(Upload(**told).kept)
