"""What is kept as proof: documents of receipts, and what contradicts itself."""

from __future__ import annotations

import datetime as dt
import hashlib

from elchi.exchange.receipt import Receipt, encode_receipt
from elchi.node.audit.actor import NODE
from elchi.node.audit.insert import insert_row
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Equivocation, Partner, ReceiptDocument


def keep_receipts(partner: Partner, receipt: Receipt, keyring: Keyring, *, waits: bool = False) -> int:
    """Sign receipts for a partner and keep them; give the key of the document."""
    content = encode_receipt(receipt, signers=[keyring.signer])
    return keep_document(partner, content, is_ours=True, at=receipt.at, waits=waits)


def keep_document(partner: Partner, content: bytes, *, is_ours: bool, at: dt.datetime, waits: bool = False) -> int:
    """Keep a document of receipts; give its key."""
    row = ReceiptDocument(
        partner_id=partner.pk,
        is_ours=is_ours,
        at=at,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        waits=waits,
    )
    insert_row(row)
    return row.pk


def keep_equivocation(partner: Partner, what: str, ref: str, first: bytes, second: bytes, *, at: dt.datetime) -> None:
    """Keep two signed things that contradict each other, once, and write it down: administrators are told."""
    values = {"first": first, "second": second, "at": at}
    _, is_new = Equivocation.objects.get_or_create(partner=partner, what=what, ref=ref[:80], defaults=values)
    if is_new:
        record(Verb.KEEP_EQUIVOCATION, by=NODE, on=f"partner:{partner.code}", what=what, ref=ref)
