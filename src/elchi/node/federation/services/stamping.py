"""To have the log of this node stamped with the time by an authority (RFC 3161): one token stands for all before it.

Nothing waits for a stamp, and nothing is believed because of one here: it is kept for whoever reads an evidence file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import SealBroken
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import Head
from elchi.node.federation.queries.log import own_heads, roots_of_time
from elchi.node.federation.tree import tree_now
from elchi.node.here import here, time_authority
from elchi.seal.stamp import read_stamp, request_stamp
from elchi.seal.tree import TreeHead, sign_head

EVERY: Final = dt.timedelta(days=1)
"""So often a log that grows is stamped."""
AHEAD: Final = dt.timedelta(minutes=10)
"""So far the authority's clock may be from ours: one that is wrong, or lies, would only do harm in an evidence file."""


def want_stamp(at: dt.datetime) -> None:
    """Have the log stamped as it is now, as soon as the authority answers; in the transaction of what asks for it."""
    tree = tree_now()
    if time_authority() is None or not tree.size or own_heads().filter(size=tree.size).exists():
        return
    head = TreeHead(here().code, tree.size, tree.root, at)
    document = sign_head(head, signers=own_signers(at)[:1])
    Head.objects.create(party=head.party, size=head.size, root=head.root, at=at, document=document)


def stamp_heads(*, by: Actor, ask: Callable[[bytes], bytes]) -> int:
    """Have the newest head of the log stamped, if a day has passed or somebody wants it; give how many were.

    Args:
        by: the node.
        ask: brings a request (DER) to the authority and gives its answer.

    Raises:
        NotFound: `address_unreachable`.
        SealBroken: `stamp_wrong`: not granted, over something else, of another time, or by whom nobody trusts.
    """
    authority, at = time_authority(), timezone.now()
    if authority is None:
        return 0
    newest = own_heads().first()
    if newest is None or at - newest.at >= EVERY:
        with transaction.atomic():
            wait_turn()
            want_stamp(at)
        newest = own_heads().first()
    if newest is None or bytes(newest.token):
        return 0
    document = bytes(newest.document)
    token = ask(request_stamp(document))
    stamp = read_stamp(token, document=document, authorities=roots_of_time())
    if abs(stamp.at - timezone.now()) > AHEAD:
        raise SealBroken("stamp_wrong", rule="stamp_time")
    with transaction.atomic():
        wait_turn()
        Head.objects.filter(pk=newest.pk).update(token=token)
        own_heads().filter(size__lt=newest.size, token=b"").delete()  # what they would prove, this one does
        told: dict[str, Any] = {"size": newest.size, "at": stamp.at.isoformat(), "authority": stamp.authority}
        record(Verb.STAMP_HEAD, by=by, on="log:own", **told)
    return 1
