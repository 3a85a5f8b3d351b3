"""What is to be said to a partner, before it has a number and a seal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.exchange.message import Evaluation, Handling, Lane
from elchi.seal.part import Part

LIFETIME: Final = dt.timedelta(days=30)
"""So long a message waits for a link, unless its draft says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to one partner."""

    to: str
    """Code of the partner."""
    kind: str
    body: Mapping[str, Any]
    """JSON values."""
    lane: Lane | None = None
    """None: that of the kind."""
    agreement: str = ""
    """`id:version`."""
    purpose: str = ""
    legal_basis: str = ""
    thread: str = ""
    """Empty: it begins one."""
    re: str = ""
    """Id of the message that it answers."""
    deadline: dt.datetime | None = None
    lifetime: dt.timedelta = LIFETIME
    handling: Handling = field(default_factory=Handling)
    evaluation: Evaluation | None = None
    retention_until: dt.date | None = None
    """Both copies are removed after this day."""
    onward: str = "none"
    files: tuple[Part, ...] = ()
    on: str = ""
    """What it is about here, as in the audit: `check:12`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that lies in the outbox."""

    message_id: str
    thread: str
    row: int
    """Key of `Outgoing`."""
    sequence: int
    leaf: int
