"""Under which of several agreements a message goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from elchi.exchange.agreement.document import Agreement
from elchi.exchange.agreement.terms import Party


def choose_agreement(
    agreements: Iterable[Agreement], *, sender: Party, receiver: Party, purpose: str, kind: str, at: dt.datetime
) -> Agreement | None:
    """Give the agreement that covers a message of this kind; None when none does, and so nothing may go.

    Of the versions of one agreement only the newest that has begun counts, even where an older one would allow more.
    Of several agreements the one counts that names the two closest (nodes before offices before agencies before
    countries), then the later one, then the one whose name comes first: so both nodes choose alike.

    Args:
        agreements: signed by both and not suspended; of a suspended one no version may be among them.
        sender: who sends.
        receiver: who receives.
        purpose: of the message.
        kind: of the message.
        at: when it is sent.
    """
    newest: dict[str, Agreement] = {}
    for agreement in agreements:
        begun = agreement.valid_from <= at.astimezone(dt.UTC).date()
        if begun and (agreement.id not in newest or newest[agreement.id].version < agreement.version):
            newest[agreement.id] = agreement
    covering = [
        one
        for one in newest.values()
        if one.covers(sender=sender, receiver=receiver, purpose=purpose, kind=kind, at=at)
    ]
    return min(covering, key=_rank, default=None)


def _rank(agreement: Agreement) -> tuple[int, int, str]:
    narrowness = agreement.side_a.narrowness + agreement.side_b.narrowness
    return -narrowness, -agreement.valid_from.toordinal(), agreement.id
