"""To give out evidence: what this node can prove of one message, in a file for somebody who has no node.

The content of a leaf is not kept; it is made again from the rows that it tells of and held against its hash. One that
cannot be made again, because the message was sealed anew, is left out: the receipt speaks for it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import NotFound
from elchi.exchange.evidence import Evidence, ShownLeaf, StampedHead, write_evidence
from elchi.exchange.message import BODY
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import Incoming, KeyVersion, Leaf, Outgoing, ReceiptDocument
from elchi.node.federation.tree import prove_leaf, tree_now
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import decode_bytes, write_time
from elchi.seal.part import Part
from elchi.seal.tree import TreeHead, leaf_hash, sign_head

MAX_SOUGHT: Final = 200
"""Documents of a partner among which one is sought that names a head with our leaf."""
_OUTCOMES: Final = ("delivered", "rejected", "expired")


@transaction.atomic
def export_evidence(*, by: Acting, message_id: str, partner: str = "") -> bytes:
    """Give what is proven of a message that this node has sent or received: a file for `elchi evidence verify`.

    Args:
        by: who asks.
        message_id: of the message.
        partner: code of the other side, where it went to several.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `message_unknown`.
    """
    by.require(Right.MESSAGE_SEE)
    row = _find(message_id, partner)
    now = timezone.now()
    documents = list(_receipts(row))
    tree = tree_now()
    head = TreeHead(here().code, tree.size, tree.root, now)
    body = bytes(row.body) if row.body is not None else None
    content = write_evidence(
        Evidence(
            party=here().code,
            made_at=now,
            message=bytes(row.proof),
            parts=(Part(BODY, "application/json", body),) if body is not None else (),
            receipts=tuple(bytes(one.content) for one in documents),
            heads=(StampedHead(sign_head(head, signers=own_signers(now)[:1])),),
            leaves=tuple(_leaves(row, documents, head)),
            keys=tuple(_key_documents(row.partner.code)),
        )
    )
    told: dict[str, Any] = {"partner": row.partner.code, "kind": row.kind, "bytes": len(content)}
    record(Verb.EXPORT_EVIDENCE, by=by, on=f"message:{row.message_id}", agreement=row.agreement, **told)
    return content


def _find(message_id: str, partner: str) -> Outgoing | Incoming:
    asked = {"message_id": message_id, **({"partner__code": partner} if partner else {})}
    out = Outgoing.objects.filter(**asked).select_related("partner").first()
    row = out or Incoming.objects.filter(**asked).select_related("partner", "receipt").first()
    if row is None:
        raise NotFound("message_unknown", id=message_id[:36])
    return row


def _receipts(row: Outgoing | Incoming) -> Iterator[ReceiptDocument]:
    """Give the receipts for a message, and one with which the partner names a head of our log with our leaf."""
    if isinstance(row, Outgoing):
        mine = ReceiptDocument.objects.filter(receipts__outgoing=row, receipts__party=row.partner.code, is_ours=False)
        found = list(mine.distinct().order_by("id"))
    else:
        found = [row.receipt]
    yield from found
    if not any(_seen(one) > row.leaf for one in found):
        theirs = ReceiptDocument.objects.filter(partner=row.partner, is_ours=False).order_by("id")
        since = row.created_at if isinstance(row, Outgoing) else row.received_at
        later = theirs.filter(at__gte=since - dt.timedelta(minutes=10)).exclude(pk__in=[one.pk for one in found])
        yield from [one for one in later[:MAX_SOUGHT] if _seen(one) > row.leaf][:1]


def _seen(document: ReceiptDocument) -> int:
    """Give the size of our log in the head that a partner's document names; 0 for none."""
    if document.is_ours:
        return 0
    told = json.loads(decode_bytes(json.loads(bytes(document.content))["payload"]))
    size: int = told.get("seen", {}).get("size", 0)
    return size


def _leaves(row: Outgoing | Incoming, documents: Iterable[ReceiptDocument], head: TreeHead) -> Iterator[ShownLeaf]:
    """Give the leaves of our log, in our newest head and in the heads that the partner has named."""
    contents = {row.leaf: _told(row)}
    sizes = {head.size}
    for one in documents:
        sizes.add(_seen(one))
        if leaf := Leaf.objects.filter(what="receipt", ref=one.sha256).first():
            told = {"what": "receipt", "from": row.partner.code, "sha256": one.sha256, "at": write_time(leaf.at)}
            contents[leaf.index] = [told]
    hashes = dict(Leaf.objects.filter(index__in=list(contents)).values_list("index", "hash"))
    for index, candidates in contents.items():
        content = next((one for one in candidates if leaf_hash(one).hex() == hashes[index]), None)
        for size in sorted(sizes) if content else ():
            if index < size <= head.size:
                proof = prove_leaf(index, size)
                yield ShownLeaf(party=here().code, index=index, size=size, content=content or {}, proof=proof)


def _told(row: Outgoing | Incoming) -> list[Mapping[str, Any]]:
    """Give what the leaf of a message may have said."""
    hashes = {"id": row.message_id, "sha256": row.sha256, "manifest_sha256": row.manifest_sha256}
    if isinstance(row, Outgoing):
        told = {**hashes, "what": "sent", "from": here().code, "to": row.partner.code}
        return [{**told, "at": write_time(row.created_at)}]
    told = {**hashes, "what": "received", "from": row.partner.code, "to": here().code}
    told |= {"code": row.code, "at": write_time(row.received_at)}
    return [{**told, "outcome": outcome} for outcome in _OUTCOMES]


def _key_documents(partner: str) -> Iterator[bytes]:
    for party in (here().code, partner):
        rows = KeyVersion.objects.filter(party=party).order_by("version")
        yield from (bytes(one) for one in rows.values_list("document", flat=True))
