"""SQLite whose writers of one process wait in a queue, and reach the disk together.

Left to itself SQLite makes a writer sleep and try again, up to a tenth of a second although the one before him ended
long ago; and each writes to the disk alone while all others wait. Here a transaction has the queue's lock from its
beginning until SQLite has it in its log (WAL); then the next one begins, and `atomic` returns once the log is on the
disk. One `fsync` serves all who came before it began. So with `synchronous=NORMAL` what was answered survives a power
cut as it does with FULL, where SQLite itself would do the same, one after another.

A statement outside a transaction is on the disk with the next one that is in one: no verb is such a statement.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from contextlib import suppress
from typing import Any, Final

from django.db.backends.sqlite3 import base

_queues: Final[defaultdict[str, threading.Lock]] = defaultdict(threading.Lock)
"""By name of the database."""
_PATIENCE: Final = 30.0
"""Seconds; then SQLite itself is asked, and says that it is locked."""


class _Disk:
    """Puts a file on the disk, once for all who ask at one time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._is_busy = False

    def sync(self, path: str) -> None:
        """Return when all that was written to the file before is on the disk."""
        with self._changed:
            self._asked += 1
            mine = self._asked
            while self._done < mine:
                if self._is_busy:
                    self._changed.wait()
                else:
                    self._sync_all(path)

    def _sync_all(self, path: str) -> None:
        served, self._is_busy = self._asked, True
        self._changed.release()
        try:
            with suppress(FileNotFoundError):  # what it said is in the database and on the disk; or there is no disk
                file = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(file)
                finally:
                    os.close(file)
        except OSError:
            served = self._done  # each who waits tries himself, and hears of it
            raise
        finally:
            self._changed.acquire()
            self._done, self._is_busy = max(self._done, served), False
            self._changed.notify_all()


_disk: Final = _Disk()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions wait for each other, and not for each other's disk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self._queue is None:
            queue = _queues[str(self.settings_dict["NAME"])]
            self._queue = queue if queue.acquire(timeout=_PATIENCE) else None
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs lack it
        except BaseException:
            self._let_next()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs lack it; where it fails, a rollback follows
        self._let_next()
        _disk.sync(f"{self.settings_dict['NAME']}-wal")

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs lack it
        finally:
            self._let_next()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs lack it
        finally:
            self._let_next()

    def _let_next(self) -> None:
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.release()
