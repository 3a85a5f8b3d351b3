"""The clock of the demonstration: its day is yesterday, and each deed is done at its hour.

Services ask `django.utils.timezone.now` what time it is, and so do the defaults of tables, which hold that function
itself: what can be set for both is where it reads the time. This is done in the process that tells the story, which
ends with it, at a node that is a demonstration for good; no other code knows of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone


class DemoClock:
    """A clock that is set forward, hour by hour, through one day."""

    def __init__(self, day: dt.date, zone: dt.tzinfo) -> None:
        """Set it to the first minute of a day at a place."""
        self._zone, self._day = zone, day
        self.at = self.on("00:00")

    def on(self, hour: str, *, after: int = 0) -> dt.datetime:
        """Give the time of the day, `08:33`, and so many minutes after."""
        return dt.datetime.combine(self._day, dt.time.fromisoformat(hour), self._zone) + dt.timedelta(minutes=after)

    def set(self, at: dt.datetime) -> None:
        """Set it forward; it is never set back, as no clock of a node should be."""
        self.at = max(self.at, at)

    @contextmanager
    def told(self) -> Iterator[DemoClock]:
        """Let all services read this clock until the block ends."""
        real, clock = timezone.datetime, self  # type: ignore[attr-defined]

        class _Told(type):
            def __instancecheck__(cls, value: object) -> bool:
                return isinstance(value, real)

        class _Datetime(real, metaclass=_Told):  # type: ignore[misc, valid-type]
            @classmethod
            def now(cls, tz: Any = None) -> dt.datetime:
                return clock.at.astimezone(tz)

        timezone.datetime = _Datetime  # type: ignore[attr-defined]
        try:
            yield self
        finally:
            timezone.datetime = real  # type: ignore[attr-defined]
