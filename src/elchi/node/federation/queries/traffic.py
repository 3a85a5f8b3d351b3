"""Reads of what went and came: that it did, and how far it is; never what it says."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

from django.db.models import QuerySet

from elchi.errors import NotFound
from elchi.node.federation.models import Incoming, Outgoing

_SAID: Final = ("body", "envelope", "proof")


def traffic(way: str) -> QuerySet[Any]:
    """Give messages without their content.

    Args:
        way: `waiting` (ours, in the order in which they leave), `sent` (all of ours) or `received`, newest first.
    """
    if way == "received":
        return Incoming.objects.select_related("partner").defer("body", "proof").order_by("-pk")
    rows = Outgoing.objects.select_related("partner").defer(*_SAID)
    if way == "waiting":
        return rows.filter(state__in=("queued", "carried", "relayed")).order_by("rank", "pk")
    return rows.order_by("-pk")


def conversation_of(message_id: str) -> list[Any]:
    """Give the messages of the conversation of one, ours and theirs, in the order in which they were said.

    Raises:
        NotFound: `message_unknown`.
    """
    sent = Outgoing.objects.select_related("partner").defer(*_SAID)
    came = Incoming.objects.select_related("partner").defer("body", "proof")
    asked = sent.filter(message_id=message_id).first() or came.filter(message_id=message_id).first()
    if asked is None:
        raise NotFound("message_unknown", id=message_id[:36])
    rows = [*sent.filter(thread=asked.thread), *came.filter(thread=asked.thread)]
    return sorted(rows, key=attrgetter("leaf"))
