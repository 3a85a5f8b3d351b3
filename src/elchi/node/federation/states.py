"""The states of partners, agreements and messages, and which follows which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PARTNER: Final[Mapping[str, tuple[str, ...]]] = {
    "invited": ("active", "ended"),
    "active": ("suspended", "ended"),
    "suspended": ("active", "ended"),
    "ended": (),
}
"""Invited: his keys are here, nobody has compared the fingerprint yet. Only with an active one is anything shared."""
AGREEMENT: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("approved", "dropped"),
    "approved": ("proposed", "draft", "dropped"),
    "proposed": ("in_force", "refused", "dropped"),
    "received": ("countersigned", "refused"),
    "countersigned": ("in_force",),
    "in_force": ("suspended", "superseded", "ended"),
    "suspended": ("in_force", "superseded", "ended"),
    "superseded": (),
    "ended": (),
    "refused": (),
    "dropped": (),
}
"""Of one version. Draft: being written; approved: a second officer of ours has read it; proposed: signed by us, sent;
received: signed by them, to be reviewed here; countersigned: signed by both, on its way; in force: both nodes know."""
OUTGOING: Final[Mapping[str, tuple[str, ...]]] = {
    "queued": ("carried", "delivered", "rejected", "expired", "withdrawn"),
    "carried": ("queued", "relayed", "delivered", "rejected", "expired", "withdrawn"),
    "relayed": ("delivered", "rejected", "expired", "withdrawn"),
    "delivered": ("opened", "withdrawn"),
    "opened": ("withdrawn",),
    "rejected": (),
    "expired": (),
    "withdrawn": (),
}
"""Carried: a carrier took it, which proves nothing; relayed, delivered, opened, rejected: a signed receipt says so."""
INCOMING: Final[Mapping[str, tuple[str, ...]]] = {
    "accepted": ("opened", "withdrawn"),
    "opened": ("withdrawn",),
    "rejected": (),
    "withdrawn": (),
}
"""Accepted: on disk with its effect and receipt, in one transaction; opened: an officer has seen it;
withdrawn: its sender took it back, and what it said is removed."""
