"""The copy that answers: a whole file and the changes that follow it, in one folder.

    0000000012.copy      version 12, whole
    0000000013.changes   what is different in version 13
    0000000014.changes

Nothing in the folder was made here: each file is as the bureau signed it, and is verified whenever it is opened. A file
comes into the folder whole, by its name, and is never written to, so who reads goes on undisturbed. Changes say by its
fingerprint which file they follow: none can be left out, put in or told otherwise to two places.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from elchi.errors import Conflict, NotFound
from elchi.modules.interpol.offline.copy_file import (
    WHOLE,
    CopyHead,
    Words,
    WordTable,
    make_table,
    open_copy_file,
    read_copy_head,
)
from elchi.modules.interpol.offline.document_key import HASH, REPORTED, WITHDRAWN, DocumentKey, Reported
from elchi.seal.document import KeyOf
from elchi.seal.public_key import check_signed_at

STALE: Final = dt.timedelta(hours=48)
"""A copy is stale when it is older: INTERPOL's own are made anew each 24 to 48 hours."""
SKEW: Final = dt.timedelta(minutes=5)
"""How far the clock of a bureau may go before ours."""
_NAME: Final = re.compile(r"\d{10}\.(copy|changes)", re.ASCII)


@dataclass(frozen=True, slots=True)
class CopyAnswer:
    """What the copy says of a document, and how old what it says is."""

    reported: Reported | None
    """None: not reported in this copy."""
    version: int
    issued_at: dt.datetime

    def age(self, now: dt.datetime) -> dt.timedelta:
        """Give how old the copy is; below zero where the clock of this machine is behind."""
        return now - self.issued_at

    def is_stale(self, now: dt.datetime) -> bool:
        """Tell whether it is older than `STALE`, or of a time that has not come yet, so that no age can be told."""
        return not -SKEW <= self.age(now) <= STALE


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The files of a folder, opened."""

    files: tuple[str, ...]
    heads: tuple[CopyHead, ...]
    whole: WordTable
    changes: WordTable
    """Of all files of changes; of one document the newest counts."""
    types: str
    answers: tuple[CopyAnswer, ...]
    """By code, made once: there are six. The last one is for -1, which is nowhere."""

    @property
    def last(self) -> CopyHead:
        return self.heads[-1]


class OfflineCopy:
    """The copy in a folder. One object serves all threads of a process; it holds no lock while it answers."""

    def __init__(self, folder: Path, *, key_of: KeyOf) -> None:
        """Open it.

        Args:
            folder: where `apply_file` puts files.
            key_of: keys of the bureau. That they counted when the files came was decided then.

        Raises:
            NotFound: `copy_missing`: there is none.
            SealBroken: as `open_copy_file`.
            Conflict: `copy_not_following`: a file of changes is missing.
        """
        self._folder, self._key_of = folder, key_of
        self._loading = threading.Lock()
        self._touched = _touched(folder)
        self._loaded = _load(folder, key_of, None)

    @property
    def head(self) -> CopyHead:
        """What the newest file says of itself."""
        return self._loaded.last

    @property
    def counts(self) -> tuple[int, int]:
        """Documents in the whole copy, and those that changed since."""
        return len(self._loaded.whole.words), len(self._loaded.changes.words)

    def look_up(self, key: DocumentKey) -> CopyAnswer:
        """Say what is reported of a document. Of a key without a type: of any type that the copy has."""
        loaded = self._loaded
        if key.kind:
            return loaded.answers[_find(loaded, key)]
        codes = (_find(loaded, DocumentKey(key.issuer, kind, key.number)) for kind in loaded.types)
        return loaded.answers[min((code for code in codes if code > WITHDRAWN), default=WITHDRAWN)]

    def refresh(self) -> bool:
        """Take in what came into the folder since. Costs a microsecond when nothing did; readers are not stopped.

        Returns:
            Whether there is a newer version.

        Raises:
            NotFound, SealBroken, Conflict: as when it is opened; the version before goes on to answer, with its age.
        """
        touched = _touched(self._folder)
        if touched == self._touched or not self._loading.acquire(blocking=False):
            return False
        try:
            before = self._loaded
            self._loaded = _load(self._folder, self._key_of, before)
            self._touched = touched
        finally:
            self._loading.release()
        return self._loaded.last.version != before.last.version


def apply_file(folder: Path, file: Path, *, key_of: KeyOf, at: dt.datetime) -> CopyHead:
    """Put a whole copy or a file of changes into the folder, if it is what must come next.

    Args:
        folder: of the copy; is made when it is not there.
        file: as it came.
        key_of: keys of the bureau.
        at: now.

    Raises:
        SealBroken: as `open_copy_file`; `key_expired`, `key_revoked`.
        Conflict: `copy_not_newer`: we have this version or a newer one; `copy_not_following`: changes of another
            version than ours; `copy_from_future`: one of the clocks is wrong.
        NotFound: `copy_missing`: changes, and nothing that they change.
    """
    with _alone(folder) as work:
        aside = work / "coming"
        try:
            shutil.copyfile(file, aside)  # what is verified is what is kept
            head = open_copy_file(aside, key_of=key_of).head
            _check_signed(head, key_of, at)
            _check_next(folder, head, key_of)
            _settle(aside, folder / f"{head.version:010}.{'copy' if head.kind == WHOLE else 'changes'}")
        finally:
            aside.unlink(missing_ok=True)
        for name in _names(folder) if head.kind == WHOLE else ():
            if _version(name) < head.version:
                (folder / name).unlink()
    return head


def _check_signed(head: CopyHead, key_of: KeyOf, at: dt.datetime) -> None:
    if head.issued_at > at + SKEW:
        raise Conflict("copy_from_future", version=head.version)
    for kid in head.signed_by:
        if key := key_of(kid):
            check_signed_at(key, at)


def _check_next(folder: Path, head: CopyHead, key_of: KeyOf) -> None:
    names = _names(folder)
    if names and head.version <= _version(names[-1]):
        raise Conflict("copy_not_newer", version=head.version, ours=_version(names[-1]))
    if head.kind == WHOLE:  # takes the place of anything, also of what the disk has damaged
        return
    if not names:
        raise NotFound("copy_missing")
    last = read_copy_head(folder / names[-1], key_of=key_of)
    _check_follows(head, last)


def _check_follows(head: CopyHead, last: CopyHead) -> None:
    if head.follows != last.fingerprint or head.version != last.version + 1:
        raise Conflict("copy_not_following", version=head.version, ours=last.version)


def _find(loaded: _Loaded, key: DocumentKey) -> int:
    hashed = key.hashed
    code = loaded.changes.find(hashed)
    return code if code >= 0 else loaded.whole.find(hashed)


def _load(folder: Path, key_of: KeyOf, before: _Loaded | None) -> _Loaded:
    """Open what is not opened yet: all of it, or the changes that came after `before`."""
    names = _names(folder)
    begin = max((at for at, name in enumerate(names) if name.endswith(".copy")), default=None)
    if begin is None:
        raise NotFound("copy_missing")
    names = names[begin:]
    if before is None or names[: len(before.files)] != before.files:
        opened = open_copy_file(folder / names[0], key_of=key_of)
        none = make_table(np.empty(0, np.uint64))
        answers = _answers(opened.head)
        before = _Loaded(names[:1], (opened.head,), opened.table, none, opened.head.types, answers)
    heads, parts, types = list(before.heads), [before.changes.words], set(before.types)
    for name in names[len(before.files) :]:
        came = open_copy_file(folder / name, key_of=key_of)
        _check_follows(came.head, heads[-1])
        heads.append(came.head)
        parts.append(came.table.words)
        types |= set(came.head.types)
    if len(parts) == 1:
        return before
    changes, answers = make_table(_newest(parts)), _answers(heads[-1])
    return _Loaded(names, tuple(heads), before.whole, changes, "".join(sorted(types)), answers)


def _answers(head: CopyHead) -> tuple[CopyAnswer, ...]:
    return tuple(CopyAnswer(one, head.version, head.issued_at) for one in (*REPORTED, None))


def _newest(parts: Sequence[Words]) -> Words:
    """Give the words of all parts in order, of each hash the one of the last part that has it."""
    words = np.concatenate(parts[::-1])
    _, first = np.unique(words & np.uint64(HASH), return_index=True)
    newest: Words = words[first]
    return newest


def _names(folder: Path) -> tuple[str, ...]:
    """Give the files of the copy by version."""
    try:
        return tuple(sorted(one.name for one in folder.iterdir() if _NAME.fullmatch(one.name)))
    except FileNotFoundError:
        return ()


def _version(name: str) -> int:
    return int(name.partition(".")[0])


def _touched(folder: Path) -> int:
    """Give when a file came into the folder or went out of it."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _settle(aside: Path, path: Path) -> None:
    """Move a file to its place, and be sure that it stays there."""
    _sync(aside)
    aside.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    at = os.open(path, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Let one process at a time put files there. Gives a folder for what is not whole; readers watch the one above."""
    work = folder / "work"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (work / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield work
