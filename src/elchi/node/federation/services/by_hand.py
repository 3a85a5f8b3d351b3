"""What is carried by hand: files on a stick, codes on a screen. It is a copy: the outbox goes on as if there were none.

So nothing waits for a stick that is on its way when the line comes back, and what is on both arrives once. Receipts are
given along once: whoever does not get one says his message again, and gets it again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from elchi.errors import NotFound
from elchi.exchange.batch import WIRE, Item, Limits, fill_batch
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Partner, ReceiptDocument
from elchi.node.federation.queries.ways import connected
from elchi.node.federation.services.accepting import accept
from elchi.node.federation.services.feeding import STICK_WINDOW, feed_files
from elchi.node.federation.services.handing import hand_out


def items_by_hand(party: str, *, limits: Limits, at: dt.datetime) -> tuple[Item, ...]:
    """Give what waits for a partner, receipts and urgent lanes first, as much as goes at a time.

    Args:
        party: code.
        limits: how much that is.
        at: now.

    Raises:
        NotFound: `partner_unknown`.
    """
    partner = _partner(party)
    if partner.state == "active" and limits.content > WIRE.content and Keyring(at).is_fresh(party):
        feed_files(partner, at=at, window=STICK_WINDOW)
    found: list[Item] = []
    while more := hand_out(partner, limit=WIRE.items, skip=[item.sha256 for item in found], at=at):
        found += more
        taken = fill_batch(found, limits=limits)
        if len(taken) < len(found):
            return taken
    return tuple(found)


def note_given_by_hand(items: Sequence[Item]) -> None:
    """Write down that receipts are on a stick, or were scanned: they wait no more."""
    receipts = [item.sha256 for item in items if item.kind == "receipt"]
    ReceiptDocument.objects.filter(sha256__in=receipts, is_ours=True).update(waits=False)


def take_by_hand(items: Sequence[Item], *, party: str, at: dt.datetime) -> Counter[str]:
    """Take what a partner, or the relay before him, gave by hand; receipts leave by the next way there is.

    Args:
        items: of one bundle.
        party: who wrote it.
        at: now.

    Returns:
        How many items had which result; `rejected:CODE` for those that were not taken.

    Raises:
        NotFound: `partner_unknown`.
    """
    _partner(party)
    results: Counter[str] = Counter()
    left = tuple(items)
    while left:
        batch = fill_batch(left)
        left = left[len(batch) :]
        taken = accept(items=batch, peer=party, carrier="bundle", at=at)
        back = [item.sha256 for item in taken.back]
        ReceiptDocument.objects.filter(sha256__in=back, is_ours=True).update(waits=True)
        results.update(f"{one.result}:{one.code}" if one.code else one.result for one in taken.outcomes)
    return results


def _partner(code: str) -> Partner:
    partner = connected().filter(code=code).first()
    if partner is None:
        raise NotFound("partner_unknown", partner=code)
    return partner
