"""What may be asked at the desk, how soon, and to whom: tables to be read aloud."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from elchi.exchange.conversation import Act

KINDS: Final = (
    "person", "vehicle", "document", "organisation", "phone", "situation", "assistance", "controlled_delivery",
    "hit_confirmation", "meeting", "free_text",
)  # fmt: skip
"""What is asked for."""
URGENCIES: Final[Mapping[str, dt.timedelta | None]] = {
    "flash": dt.timedelta(minutes=15),
    "urgent": dt.timedelta(hours=2),
    "routine": dt.timedelta(hours=24),
    "by_date": None,
}
"""How soon an answer is wanted; by date: when the request says."""
FAST: Final = frozenset(("flash", "urgent"))
"""Go in the lane of questions; the others in that of reports."""
TEMPLATES: Final = (
    "received", "checking", "not_on_our_lists", "on_our_lists", "seen_at_crossing", "not_seen", "stopped", "call_us",
    "need_more", "not_competent",
)  # fmt: skip
"""Sentences that each reader has in his own language, whatever language they were chosen in."""
WAITS_AFTER: Final = dt.timedelta(days=7)
"""So long after its time a request is still answered; then it is expired."""
FURTHEST: Final = dt.timedelta(days=90)
"""Latest time by which an answer may be asked for."""
REMINDED: Final = 0.5
"""Part of the time after which whoever owes an answer is reminded."""
ESCALATED: Final = 0.75
"""Part of the time after which the next desk in order of call is named."""
KEPT_DAYS: Final = 365
"""For how long what was said inside the office is kept."""
TITLE: Final = 200
TEXT: Final = 8_000
"""Characters of one thing said."""
FILES: Final = 5
"""With one thing said."""
FILES_SIZE: Final = 3 << 20
"""Bytes of all of them: they travel in the message itself."""
DONE: Final = {
    Act.ACKNOWLEDGE: "asked", Act.PART: "asked", Act.ANSWER: "asked", Act.REFUSE: "asked", Act.ASK: "asker",
    Act.WITHDRAW: "asker", Act.SAY: "both", Act.DECIDE: "both",
}  # fmt: skip
"""What an officer may do in words, and on which side."""
ALERT_ACTIONS: Final = ("stop", "refer", "inform")
"""What an alert asks for; the words are those of entries of lists."""
ALERT_LONGEST: Final = dt.timedelta(days=30)
ALERT_OFFICES: Final = 40
"""Partners to whom one alert goes."""
