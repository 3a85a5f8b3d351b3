"""What may leave under an agreement, and on what conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elchi.exchange.agreement.sift import FieldDecision
from elchi.exchange.message import Handling
from elchi.subjects import Subject, to_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the receiver has to observe; the message carries them."""

    handling: Handling
    """At least this."""
    retention_until: dt.date
    """He removes it after this day (UTC), if not before."""
    onward: str
    """Of `elchi.exchange.message.ONWARD`: at most this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What may go. Nothing else may: who sends a message takes its body from here."""

    agreement: str
    """`id:version`."""
    clause: str
    """That allows the message as such."""
    subject: Subject | None
    """With the fields that may go, some masked; None when none was given, or nothing of it may go that says who or
    what it is."""
    details: Mapping[str, Any]
    """What else of the body may go."""
    decisions: tuple[FieldDecision, ...]
    """One for each field that the subject has."""
    detail_decisions: tuple[FieldDecision, ...]
    """One for each of the details."""
    conditions: Conditions

    @property
    def body(self) -> dict[str, Any]:
        """The body of the message."""
        return {**({"subject": to_wire(self.subject)} if self.subject else {}), **self.details}
