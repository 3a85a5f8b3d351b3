"""The states of partners, agreements and messages, and which follows which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.errors import Conflict

PARTNER: Final[Mapping[str, tuple[str, ...]]] = {
    "invited": ("active", "ended"),
    "active": ("suspended", "ended"),
    "suspended": ("active", "ended"),
    "ended": ("invited",),
}
"""Invited: its keys are here, nobody has compared the fingerprint yet. Only with an active one is anything shared.
Suspended: by either side, until the side that did it lifts it; what waits is kept."""
KNOWN: Final = ("active", "suspended")
"""States of a partner from whom anything is taken at all."""
KEYS: Final = "keys"
"""Kind of message that brings a key document."""
GOODBYE: Final = "partner_state"
"""The kind of message that still leaves for a partner that has ended: it says so."""
ALWAYS: Final = frozenset((KEYS, GOODBYE))
"""Kinds of message that pass a suspension: how else would a partner learn of it, or of new keys."""
AGREEMENT: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("proposed", "dropped"),
    "proposed": ("agreed", "refused", "dropped"),
    "received": ("reviewed", "refused", "dropped"),
    "reviewed": ("countersigned", "refused", "dropped"),
    "countersigned": ("agreed", "dropped"),
    "agreed": ("in_force", "ended"),
    "in_force": ("suspended", "superseded", "ended"),
    "suspended": ("in_force", "superseded", "ended"),
    "superseded": (),
    "ended": (),
    "refused": (),
    "dropped": (),
}
"""Of one version. Draft: being written; proposed: a second officer of ours has read it, this node signed and sent it.
Received: signed by them; reviewed: one officer of ours has read it, a second one signs; countersigned: signed by both,
on its way. Agreed: both nodes have both signatures, its day has not come; in force: it has. Dropped: taken back by who
proposed it."""
OUTGOING: Final[Mapping[str, tuple[str, ...]]] = {
    "queued": ("carried", "relayed", "delivered", "rejected", "expired", "withdrawn"),
    "carried": ("queued", "relayed", "delivered", "rejected", "expired", "withdrawn"),
    "relayed": ("delivered", "rejected", "expired", "withdrawn"),
    "delivered": ("opened", "withdrawn"),
    "opened": ("withdrawn",),
    "rejected": (),
    "expired": ("delivered", "rejected"),
    "withdrawn": (),
}
"""Expired: by our clock; a receipt that comes late still says what became of it.
Carried: a carrier took it, which proves nothing; relayed, delivered, opened, rejected: a signed receipt says so."""
INCOMING: Final[Mapping[str, tuple[str, ...]]] = {
    "accepted": ("opened", "withdrawn"),
    "opened": ("withdrawn",),
    "rejected": (),
    "withdrawn": (),
}
"""Accepted: on disk with its effect and receipt, in one transaction; opened: an officer has seen it;
withdrawn: its sender took it back, and what it said is removed."""

SENT_FILE: Final[Mapping[str, tuple[str, ...]]] = {
    "sending": ("delivered", "refused", "expired", "withdrawn"),
    "delivered": ("withdrawn",),
    "refused": (),
    "expired": (),
    "withdrawn": (),
}
"""Delivered: receipts say that every piece is there."""
GOT_FILE: Final[Mapping[str, tuple[str, ...]]] = {
    "coming": ("whole", "expired", "withdrawn"),
    "whole": ("kept", "damaged", "withdrawn"),
    "kept": ("removed", "withdrawn"),
    "damaged": (),
    "expired": (),
    "removed": (),
    "withdrawn": (),
}
"""Whole: all pieces are here and nobody sees it yet; kept: its hash is the one told; damaged: it is not. Removed: its
retention is over, or what it was for has taken it."""


def next_state(states: Mapping[str, tuple[str, ...]], state: str, wanted: str) -> str:
    """Give the state wanted, if it may follow or is the present one.

    Raises:
        Conflict: `state_refuses`.
    """
    if wanted != state and wanted not in states[state]:
        raise Conflict("state_refuses", state=state, to=wanted)
    return wanted
