"""Reads of the log of this node, and of the times that an authority gave it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography.x509 import Certificate, load_der_x509_certificate
from django.db.models import QuerySet

from elchi.errors import SealBroken
from elchi.node.federation.models import Head
from elchi.node.federation.tree import tree_now
from elchi.node.here import here, time_authority
from elchi.seal.stamp import Stamp, read_stamp


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log of this node stands."""

    size: int
    """Entries."""
    is_stamped: bool
    """Whether an authority is named."""
    stamped_size: int = 0
    """Entries that the newest stamp stands for."""
    stamp: Stamp | None = None
    """The newest; None where there is none, or not of the authority that is trusted now."""
    waits_since: dt.datetime | None = None
    """Since when a head waits for the authority to answer."""


def own_heads() -> QuerySet[Head]:
    """Give the heads of our log that are stamped or wait for it, newest first."""
    return Head.objects.filter(party=here().code).order_by("-size")


def stamped_head(leaf: int) -> Head | None:
    """Give the oldest stamped head of our log that holds a leaf."""
    return own_heads().filter(size__gt=leaf).exclude(token=b"").order_by("size").first()


def roots_of_time() -> tuple[Certificate, ...]:
    """Give the root certificates of the authority that stamps for this node."""
    authority = time_authority()
    return tuple(map(load_der_x509_certificate, authority.roots)) if authority else ()


def log_state() -> LogState:
    """Give how the log of this node stands."""
    size, newest = tree_now().size, own_heads().first()
    waits_since = newest.at if newest and not bytes(newest.token) else None
    stamped = own_heads().exclude(token=b"").first()
    if stamped is None:
        return LogState(size, time_authority() is not None, waits_since=waits_since)
    try:
        stamp = read_stamp(bytes(stamped.token), document=bytes(stamped.document), authorities=roots_of_time())
    except SealBroken:
        stamp = None
    return LogState(size, time_authority() is not None, stamped.size, stamp, waits_since)
