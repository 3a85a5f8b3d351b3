"""The tables of partners, agreements, messages and their proof."""

from __future__ import annotations

from elchi.node.federation.models.carrying import Held, Link, SharedFile
from elchi.node.federation.models.log import Equivocation, Head, Leaf, Subtree
from elchi.node.federation.models.messages import Incoming, Outgoing, Receipt, ReceiptDocument, Sequence
from elchi.node.federation.models.partners import AgreementVersion, Invitation, KeyVersion, OwnKey, Partner

__all__ = [
    "AgreementVersion",
    "Equivocation",
    "Head",
    "Held",
    "Incoming",
    "Invitation",
    "KeyVersion",
    "Leaf",
    "Link",
    "Outgoing",
    "OwnKey",
    "Partner",
    "Receipt",
    "ReceiptDocument",
    "Sequence",
    "SharedFile",
    "Subtree",
]
