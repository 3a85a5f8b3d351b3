"""SQLite whose writers of one process wait in a queue.

Left to itself SQLite makes a writer sleep and try again, up to a tenth of a second although the one before him ended
long ago. Writers of other processes still wait so; they are few.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from django.db.backends.sqlite3 import base

_queue: Final = threading.Lock()
_PATIENCE: Final = 30.0
"""Seconds; then SQLite itself is asked, and says that it is locked."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that has the queue's lock from the beginning of a transaction to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_first = False

    def _start_transaction_under_autocommit(self) -> None:
        if not self._is_first:
            self._is_first = _queue.acquire(timeout=_PATIENCE)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_next()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs lack it; where it fails, a rollback follows
        self._let_next()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_next()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._let_next()

    def _let_next(self) -> None:
        if self._is_first:
            self._is_first = False
            _queue.release()
