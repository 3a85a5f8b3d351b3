"""Checks of the past, as they would be asked of a partner: for the simulation of an agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from elchi.exchange.agreement import Party, PastMessage
from elchi.exchange.agreement.terms import QUESTION
from elchi.node.checks.models import Check
from elchi.subjects import from_wire

MAX_PAST: Final = 5_000
"""Checks of one simulation, the newest: each takes some tenths of a millisecond."""


def past_questions(since: dt.datetime, *, sender: Party, receiver: Party) -> tuple[list[PastMessage], int]:
    """Give the questions that checks since a time would have been.

    Args:
        since: time.
        sender: this node.
        receiver: the partner.

    Returns:
        The questions, and how many checks cannot be asked again, because nothing of their subject was kept: those that
        were CLEAR.
    """
    rows = Check.objects.filter(at__gte=since)
    kept = rows.filter(subjects__isnull=False).order_by("-pk")[:MAX_PAST]
    forgotten = rows.filter(subjects__isnull=True).count()
    return [one for row in kept for one in _questions(row, sender, receiver)], forgotten


def _questions(row: Check, sender: Party, receiver: Party) -> Iterator[PastMessage]:
    for number, wire in enumerate(row.subjects, 1):
        yield PastMessage(
            reference=f"check:{row.pk}:{number}",
            sender=sender,
            receiver=receiver,
            purpose=row.purpose,
            kind=QUESTION,
            subject=from_wire(wire),
        )
