"""What may stand in the log of an office, and for how long: tables to be read aloud."""

from __future__ import annotations

import datetime as dt
from typing import Final

KINDS: Final = ("event", "contact", "order", "fault", "traffic", "visit", "result", "note")
"""What an officer writes down."""
HAND_OVER: Final = "hand_over"
TAKE_OVER: Final = "take_over"
OF_SHIFTS: Final = (HAND_OVER, TAKE_OVER)
"""Kinds that their verbs alone write."""
REFERENCES: Final = ("check", "case", "request", "alert", "incident")
"""What an entry may point at, by its number."""
MOST_REFERENCES: Final = 10
NUMBER: Final = 48
"""Characters of a number that an entry points at."""
TEXT: Final = 4_000
"""Characters of an entry."""
EARLIEST: Final = dt.timedelta(days=7)
"""So long after it happened something is still written down."""
SHIFT: Final = dt.timedelta(hours=12)
"""What changed in this time stands on the page of a hand-over."""
MOST_OPEN: Final = 200
"""Of each kind, that a hand-over names."""
KEPT_DAYS: Final = 365
"""For how long the words of an entry are kept; that it was there stays, as long as the chain."""
