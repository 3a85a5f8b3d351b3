"""Impact levels of border sections and the reaction that each asks for, as EUROSUR has them.

Low, medium and high, and critical for a time (Regulation (EU) 2019/1896, articles 34 and 35). The states of the region
are not bound by it: it is used because both sides of a border can read the same word the same way. A section is the
border between two states; the lines shipped know no shorter ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from elchi.errors import InvalidInput

LEVELS: Final = ("low", "medium", "high", "critical")
REACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "low": ("regular_control",),
    "medium": ("regular_control", "appropriate_measures", "tell_coordination"),
    "high": ("regular_control", "reinforced_measures", "tell_coordination", "ask_help"),
    "critical": ("reinforced_measures", "tell_coordination", "ask_help", "tell_neighbours", "review_daily"),
}
"""What each level asks of those who work along the section."""
LOOKS: Final = {"medium": "lv2", "high": "lv3", "critical": "lv4"}
"""Lines of the map; low is drawn as any border."""
LONGEST_CRITICAL: Final = dt.timedelta(days=30)
"""Critical is temporary."""


def check_level(level: str, from_at: dt.datetime, until: dt.datetime | None) -> None:
    """Do nothing if a section may be this.

    Raises:
        InvalidInput: `operations_invalid`: critical needs an end within 30 days.
    """
    if level not in LEVELS:
        raise InvalidInput("operations_invalid", field="level", rule="one_of", allowed=list(LEVELS))
    if until is not None and until <= from_at:
        raise InvalidInput("operations_invalid", field="until", rule="ends_later")
    if level == "critical" and (until is None or until - from_at > LONGEST_CRITICAL):
        raise InvalidInput("operations_invalid", field="until", rule="critical_is_temporary")
