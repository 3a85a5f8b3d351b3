"""Logs that watch each other: what our receipts say of our log, and whether what a partner says of his holds.

Each receipt carries the head of its signer's log with the proof that it grew from a head that the other has named, and
names the newest head of the other's log that was found to fit. A node that changes its history contradicts a head that
it signed, or one that a partner has named: both are kept as evidence.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any, Final

from elchi.exchange.receipt import Receipt
from elchi.node.federation.models import Head, Partner
from elchi.node.federation.services._documents import keep_equivocation
from elchi.node.federation.tree import prove_growth, root_at, tree_now
from elchi.node.here import here
from elchi.seal.tree import Tree, TreeHead, is_consistent

LATE: Final = dt.timedelta(minutes=10)
"""A smaller head may come so long after a larger one: receipts overtake each other."""


def standing(partner: Partner, tree: Tree, *, at: dt.datetime) -> dict[str, Any]:
    """Give what every receipt for a partner says of logs: its fields `head`, `since`, `proof` and `seen`."""
    told: dict[str, Any] = {"head": TreeHead(here().code, tree.size, tree.root, at)}
    if 0 < partner.witnessed_size <= tree.size:
        told |= {"since": partner.witnessed_size, "proof": prove_growth(partner.witnessed_size, tree.size)}
    if newest := _newest(partner):
        told["seen"] = _head(newest)
    return told


_log = logging.getLogger("elchi.federation")


def note_heads(partner: Partner, receipt: Receipt, document: int, content: bytes) -> bool:
    """Hold what a receipt says of logs against what is known of them.

    Args:
        partner: who signed it.
        receipt: what it says.
        document: key of `ReceiptDocument`.
        content: the document.

    Returns:
        Whether its head is new, and fits.
    """
    if receipt.seen:
        _note_seen(partner, receipt.seen, content, receipt.at)
    head, newest = receipt.head, _newest(partner)
    if newest is None:
        _keep(partner, head, document)
        return True
    same = newest if newest.size == head.size else _at(partner, head.size)
    if same:
        if same.root != head.root:
            _contradicts(partner, same, head, content)
        return False
    if head.size < newest.size:
        if head.at - newest.at > LATE:
            _contradicts(partner, newest, head, content)
        return False
    known = _at(partner, receipt.since)
    if known is None:
        return False  # he does not know yet which head we know: the next receipts show it
    if not is_consistent(_head(known), head, receipt.proof):
        _contradicts(partner, known, head, content)
        return False
    _keep(partner, head, document)
    return True


def _note_seen(partner: Partner, seen: TreeHead, content: bytes, at: dt.datetime) -> None:
    """Note up to where a partner knows our log; he may name only heads that it had."""
    if seen.size <= partner.witnessed_size:
        return
    if seen.size > tree_now().size:  # this node came back from an older backup
        _log.warning("a partner knows more of our log than we do", extra={"partner": partner.code})
    elif root_at(seen.size) == seen.root:
        partner.witnessed_size = seen.size
        Partner.objects.filter(pk=partner.pk).update(witnessed_size=seen.size)
    else:
        keep_equivocation(partner, "own_tree_head", str(seen.size), b"", content, at=at)


def _keep(partner: Partner, head: TreeHead, document: int) -> None:
    values = {"root": head.root, "at": head.at, "receipt_id": document}
    Head.objects.create(party=partner.code, size=head.size, **values)


def _contradicts(partner: Partner, known: Head, head: TreeHead, content: bytes) -> None:
    first = bytes(known.receipt.content) if known.receipt else bytes(known.document)
    keep_equivocation(partner, "tree_head", str(head.size), first, content, at=head.at)


def _newest(partner: Partner) -> Head | None:
    return Head.objects.filter(party=partner.code).order_by("-size").first()


def _at(partner: Partner, size: int) -> Head | None:
    return Head.objects.filter(party=partner.code, size=size).first()


def _head(row: Head) -> TreeHead:
    return TreeHead(row.party, row.size, row.root, row.at)
