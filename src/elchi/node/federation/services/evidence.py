"""To give out evidence: what this node can prove of one message, in a file for somebody who has no node.

The content of a leaf is not kept; it is made again from the rows that it tells of and held against its hash. One that
cannot be made again, because the message was sealed anew, is left out: the receipt speaks for it.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import InvalidInput, NotFound
from elchi.exchange.evidence import Evidence, ShownLeaf, StampedHead, write_evidence
from elchi.exchange.message import BODY
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.keys import own_signers
from elchi.node.federation.kinds import handler_of
from elchi.node.federation.models import Head, Incoming, KeyVersion, Leaf, Outgoing, ReceiptDocument
from elchi.node.federation.queries.log import stamped_head
from elchi.node.federation.queries.traffic import conversation_of
from elchi.node.federation.services.stamping import want_stamp
from elchi.node.federation.tree import prove_leaf, tree_now
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import decode_bytes, write_time
from elchi.seal.part import Part
from elchi.seal.tree import TreeHead, leaf_hash, sign_head

MAX_SOUGHT: Final = 200
"""Documents of a partner among which one is sought that names a head with our leaf."""
MAX_CONVERSATION: Final = 100
"""Messages whose evidence goes into one file."""
_OUTCOMES: Final = ("delivered", "rejected", "expired")


@transaction.atomic
def export_evidence(*, by: Acting, message_id: str, partner: str = "") -> bytes:
    """Give what is proven of a message that this node has sent or received: a file for `elchi evidence verify`.

    Args:
        by: who asks.
        message_id: of the message.
        partner: code of the other side, where it went to several.

    The body is left out where it is not kept any more, and where it is not for who asks (`Handler.may_read`).

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `message_unknown`.
    """
    by.require(Right.MESSAGE_PROVE)
    row = _find(message_id, partner)
    now = timezone.now()
    documents = list(_receipts(row))
    tree = tree_now()
    head = TreeHead(here().code, tree.size, tree.root, now)
    stamped = stamped_head(row.leaf)
    handler = handler_of(row.kind)
    is_shown = row.body is not None and (handler is None or handler.may_read(by, row))
    body = bytes(row.body) if row.body is not None and is_shown else None
    content = write_evidence(
        Evidence(
            party=here().code,
            made_at=now,
            message=bytes(row.proof),
            parts=(Part(BODY, "application/json", body),) if body is not None else (),
            receipts=tuple(bytes(one.content) for one in documents),
            heads=tuple(_heads(head, stamped)),
            leaves=tuple(_leaves(row, documents, head, stamped)),
            keys=tuple(_key_documents(row.partner.code)),
        )
    )
    want_stamp(now)
    told: dict[str, Any] = {"partner": row.partner.code, "kind": row.kind, "bytes": len(content)}
    record(Verb.EXPORT_EVIDENCE, by=by, on=f"message:{row.message_id}", agreement=row.agreement, **told)
    return content


def export_conversation(*, by: Acting, message_id: str) -> bytes:
    """Give the evidence of every message of a conversation: a ZIP file with one file for `elchi evidence verify` each.

    Args:
        by: who asks.
        message_id: of one of its messages.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `message_unknown`.
        InvalidInput: `evidence_unwritable`: more than `MAX_CONVERSATION` messages.
    """
    rows = conversation_of(message_id)
    if len(rows) > MAX_CONVERSATION:
        raise InvalidInput("evidence_unwritable", field="messages", rule="number_in_range", maximum=MAX_CONVERSATION)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file, transaction.atomic():
        for number, row in enumerate(rows, start=1):
            content = export_evidence(by=by, message_id=row.message_id, partner=row.partner.code)
            file.writestr(f"{number:03}-{row.kind}-{row.partner.code}-{row.message_id}.json", content)
    return written.getvalue()


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


def _heads(newest: TreeHead, stamped: Head | None) -> Iterator[StampedHead]:
    """Give the newest head of our log, signed now, and the first that an authority has stamped with the message."""
    yield StampedHead(sign_head(newest, signers=own_signers(newest.at)[:1]))
    if stamped:
        yield StampedHead(bytes(stamped.document), bytes(stamped.token))


def _leaves(
    row: Outgoing | Incoming, documents: Iterable[ReceiptDocument], head: TreeHead, stamped: Head | None
) -> Iterator[ShownLeaf]:
    """Give the leaves of our log, in our newest head, a stamped one and the heads that the partner has named."""
    contents = {row.leaf: _told(row)}
    sizes = {head.size, *([stamped.size] if stamped else [])}
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
