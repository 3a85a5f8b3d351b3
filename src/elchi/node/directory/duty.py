"""Whether a desk answers at a moment: the hours on its wall clock, on its weekdays."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)


class Hours(Protocol):
    """The hours of a desk."""

    days: str
    from_time: dt.time | None
    to_time: dt.time | None
    time_zone: str


def answers_at(hours: Hours, at: dt.datetime) -> bool:
    """Tell whether a desk answers.

    Hours that end at or before they begin run over midnight and belong to the day on which they begin. What counts is
    clock on the wall: an hour that comes twice, when clocks go back, is answered twice.

    Args:
        hours: of the desk.
        at: with a time zone.
    """
    local = at.astimezone(ZoneInfo(hours.time_zone))
    today, yesterday = (str(day.isoweekday()) in hours.days for day in (local, local - DAY))
    begins, ends = hours.from_time, hours.to_time
    if begins is None or ends is None:
        return today
    time = local.time().replace(fold=0)
    if begins < ends:
        return today and begins <= time < ends
    return (today and time >= begins) or (yesterday and time < ends)
