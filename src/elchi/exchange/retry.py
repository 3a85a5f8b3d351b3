"""When a partner that did not answer is tried again, and how much it is given at a time. Rules: no clock, no chance.

Waits double from 0.2 s to 5 s for the first ten minutes, then to 60 s, each cut to a random share (full jitter, Brooker
2015), and begin anew as soon as anything comes from there. They never grow to days: a partner whose link returns must
not find that we look once a day (synapse #14513, #17769).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

FIRST: Final = 0.2
"""Seconds."""
SHORT, LONG = 5.0, 60.0
HEARD: Final = dt.timedelta(seconds=1)
PATIENT: Final = dt.timedelta(minutes=10)
"""For so long the short limit holds."""
LEAST, MOST = 16 << 10, 1 << 20
"""Bytes of a batch."""
START: Final = 64 << 10
FAST, SLOW = 1.0, 4.0
"""Seconds that a batch takes: below the one it may grow, above the other it shrinks."""
FAR: Final = 0.2
"""Seconds of a round trip from which on more batches are under way at once."""
NEAR, WIDTH = 2, 4
"""Batches under way at once: of a near partner two, so that one is made ready while he takes the other."""


@dataclass(frozen=True, slots=True)
class Retry:
    """What is known of failures in a row."""

    failures: int = 0
    since: dt.datetime | None = None
    """When the first of them was."""
    last: dt.datetime | None = None
    """When the newest of them was."""
    next_at: dt.datetime | None = None
    """Before this nothing is tried."""

    def failed(self, at: dt.datetime, *, share: float) -> Retry:
        """Count a failure.

        Args:
            at: when it was.
            share: of the longest wait that is waited, from 0 to 1, drawn by chance.
        """
        since = self.since or at
        most = SHORT if at - since < PATIENT else LONG
        wait = min(most, FIRST * 2 ** min(self.failures, 16)) * share
        return Retry(self.failures + 1, since, at, at + dt.timedelta(seconds=wait))

    def heard(self) -> Retry:
        """Count something that came from there: it is tried at once, though not more often than once a second.

        Who can call us may be out of reach for our calls all the same, behind a firewall.
        """
        if self.last is None:
            return self
        return Retry(failures=1, last=self.last, next_at=self.last + HEARD)

    def ready(self, at: dt.datetime) -> bool:
        """Tell whether it may be tried now."""
        return self.next_at is None or self.next_at <= at


FRESH: Final = Retry()


@dataclass(frozen=True, slots=True)
class Pace:
    """How much goes over a way at a time, so that an alert never waits long behind a file."""

    bytes: int = START
    """Of one batch."""
    width: int = 1
    """Batches under way at once."""

    def went(self, size: int, seconds: float) -> Pace:
        """Count a batch that arrived.

        Args:
            size: its bytes.
            seconds: from its first byte to the answer.
        """
        width = WIDTH if seconds > FAR else NEAR
        if seconds > SLOW:
            return Pace(max(LEAST, self.bytes // 2), width)
        if seconds < FAST and 2 * size > self.bytes:
            return Pace(min(MOST, self.bytes * 2), width)
        return Pace(self.bytes, width)

    def failed(self) -> Pace:
        """Count a batch that did not arrive."""
        return Pace(max(LEAST, self.bytes // 2), self.width)
