"""How far a long act has come, on one line of a terminal; nothing is written where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from elchi.locale import Words

_EVERY: Final = 0.1
"""Seconds between two writings."""
_MEGABYTE: Final = 1_000_000


class Progress:
    """Shows what was done of how much, how much a second, and the time left. Use it in a `with` block."""

    def __init__(self, words: Words, label: str, *, count: Callable[[int], str] | None = None) -> None:
        """Begin.

        Args:
            words: the language.
            label: what is being done.
            count: writes an amount; megabytes unless given.
        """
        self._words = words
        self._label = label
        self._count = count or self._megabytes
        self._watched = sys.stderr.isatty()
        self._began = self._written = time.monotonic()
        self._first: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._watched:
            self._write("\r\x1b[K")

    def at(self, done: int, total: int | None = None) -> None:
        """Say how much is done, and of how much if that is known."""
        now = time.monotonic()
        if self._first is None:  # what an earlier run did does not count into the rate
            self._first, self._began = done, now
        if not self._watched or now - self._written < _EVERY:
            return
        self._written = now
        rate = (done - self._first) / max(now - self._began, _EVERY)
        told = [self._words.text("progress.rate", amount=self._count(int(rate)))]
        if total:
            told.append(self._words.text("progress.share", done=self._count(done), total=self._count(total)))
            left = int(max(total - done, 0) / rate) if rate else 0
            told.append(self._words.text("progress.left", time=f"{left // 60}:{left % 60:02}"))
        else:
            told.append(self._count(done))
        self._write(f"\r{self._label}: {' · '.join(told[1:] + told[:1])}\x1b[K")

    def _megabytes(self, amount: int) -> str:
        return f"{self._words.number(amount / _MEGABYTE, 1)} MB"

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
