"""A case as a bundle: a ZIP with `case.json`, its files, and `manifest.json` with the SHA-256 of every part.

The order and the bytes depend on the case only, so that two bundles of one case in one state are the same but for the
manifest, which says who made it and when.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from elchi.node.cases.limits import ROOM
from elchi.node.cases.models import Case, CaseFile
from elchi.node.cases.queries import files_of, timeline_of
from elchi.node.files import blocks, open_kept
from elchi.node.here import here

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

FORMAT: Final = "elchi-case/1"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""ZIP begins here; the times of a case stand in `case.json`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle."""

    path: str
    size: int
    digest: str
    blocks: Callable[[], Iterator[bytes]]


def parts_of(case: Case) -> list[Part]:
    """Give the parts of a bundle but for its manifest; the files that the case holds are compared with their hashes.

    Raises:
        Conflict: `case_file_damaged`.
    """
    files = [row for row in files_of(case) if row.removed_at is None]
    for row in files:
        open_kept(row.digest, row.pk, room=ROOM).close()
    return [_part("case.json", _json(_told(case))), *map(_file_part, files)]


def manifest_of(case: Case, parts: Iterable[Part], *, by: str, at: str) -> Part:
    """Give the manifest."""
    told = {
        "format": FORMAT,
        "number": case.number,
        "node": here().code,
        "exported_by": by,
        "exported_at": at,
        "parts": [{"path": part.path, "size": part.size, "sha256": part.digest} for part in parts],
    }
    return _part("manifest.json", _json(told))


def zip_parts(parts: Iterable[Part]) -> Iterator[bytes]:
    """Write a ZIP as it is read: no more than a block of it is ever held."""
    tap = _Tap()
    with zipfile.ZipFile(tap, "w") as archive:
        for part in parts:
            entry = zipfile.ZipInfo(part.path, _NO_TIME)
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w") as file:
                for block in part.blocks():
                    file.write(block)
                    yield tap.take()
    yield tap.take()


class _Tap(io.RawIOBase):
    """What ZipFile writes to; it cannot seek, so ZipFile never goes back."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        self._held.append(bytes(data))
        return len(self._held[-1])

    def take(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def _told(case: Case) -> dict[str, Any]:
    fields = ("number", "title", "state", "classification", "handling", "threats", "purpose", "origin",
              "closing_reason", "closing_note", "version")  # fmt: skip
    return {
        "format": FORMAT,
        **{name: getattr(case, name) for name in fields},
        "agency": case.agency.code,
        "office": case.office.code,
        **{name: _time(getattr(case, name)) for name in ("opened_at", "due_at", "closed_at")},
        "subjects": [
            {"role": row.role, "added_at": _time(row.added_at), "subject": row.subject} for row in case.subjects.all()
        ],
        "timeline": [_event(told) for told in timeline_of(case)],
        "tasks": [
            {"text": row.text, "state": row.state, "officer": row.officer.sign_in_name if row.officer else "",
             "added_at": _time(row.added_at), "due_at": _time(row.due_at), "ended_at": _time(row.ended_at)}
            for row in case.tasks.select_related("officer")
        ],
        "people": [
            {"officer": row.officer.sign_in_name, "name": row.officer.name, "part": row.part,
             "from_at": _time(row.from_at), "to_at": _time(row.to_at)}
            for row in case.people.select_related("officer").order_by("pk")
        ],
        "files": [_file(row) for row in files_of(case)],
    }  # fmt: skip


def _event(told: Any) -> dict[str, Any]:
    event = told.event
    shown = {"at": _time(event.at), "by": event.by, "name": told.name, "kind": event.kind}
    return {**shown, "text": event.text, "params": event.params}


def _file(row: CaseFile) -> dict[str, Any]:
    fields = ("name", "media_type", "size", "note", "added_by")
    path = "" if row.removed_at else _path(row)
    times = {name: _time(getattr(row, name)) for name in ("added_at", "removed_at")}
    return {"path": path, **{name: getattr(row, name) for name in fields}, "sha256": row.digest, **times}


def _path(row: CaseFile) -> str:
    return f"files/{row.pk}-{row.name}"


def _file_part(row: CaseFile) -> Part:
    return Part(_path(row), row.size, row.digest, lambda: blocks(open_kept(row.digest, row.pk, room=ROOM)))


def _part(path: str, data: bytes) -> Part:
    return Part(path, len(data), hashlib.sha256(data).hexdigest(), lambda: iter((data,)))


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=False).encode()


def _time(at: Any) -> str | None:
    return at.isoformat() if at else None
