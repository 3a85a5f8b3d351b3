"""To take receipts: what their signer says became of messages of ours, and of the logs."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import transaction

from elchi.errors import SealBroken
from elchi.exchange.receipt import Receipt, ReceiptEntry, decode_receipt
from elchi.node.audit.actor import NODE
from elchi.node.audit.insert import insert_rows
from elchi.node.audit.services import Line, record_all, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.kinds import Handler, handler_of
from elchi.node.federation.models import Outgoing, Partner, ReceiptDocument
from elchi.node.federation.models import Receipt as ReceiptRow
from elchi.node.federation.services._documents import keep_document
from elchi.node.federation.services._witness import note_heads
from elchi.node.federation.states import KNOWN, OUTGOING
from elchi.node.federation.tree import LeafContent, append_leaves
from elchi.node.here import here
from elchi.seal.canonical import write_time
from elchi.seal.public_key import check_signed_at

RELAYED_PATIENCE: Final = dt.timedelta(hours=1)
"""So long a relay has to deliver; then the message is handed out again, which does no harm."""
_log = logging.getLogger("elchi.federation")


class _Waiting(NamedTuple):
    """A message of ours, as much as a receipt is held against."""

    pk: int
    partner: int
    message_id: str
    sha256: str
    manifest_sha256: str
    state: str
    kind: str


def take_receipt(*, content: bytes, partners: Mapping[str, Partner], keyring: Keyring) -> Partner:
    """Take a document of receipts, once however often it comes; give who signed it.

    Raises:
        SealBroken: it is not signed by a partner, or not for us, or his key does not count any more.
    """
    receipt, signed_by = decode_receipt(content, key_of=keyring.key)
    partner = partners.get(receipt.sender)
    if partner is None or partner.state not in (*KNOWN, "ended") or receipt.to != here().code:
        raise SealBroken("receipt_invalid", field="from", rule="partner")
    for kid in signed_by:
        if key := keyring.key(partner.code, kid):
            check_signed_at(key, keyring.at)
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        wait_turn()
        if not ReceiptDocument.objects.filter(sha256=sha256).exists():
            _take(partner, receipt, content, sha256, keyring.at)
    return partner


def _take(partner: Partner, receipt: Receipt, content: bytes, sha256: str, at: dt.datetime) -> None:
    document = keep_document(partner, content, is_ours=False, at=receipt.at)
    changes = _changes(partner, receipt)
    _update(changes, at)
    names = ("outgoing_id", "outcome", "code", "clause", "party", "at", "leaf", "document_id")
    rows = [
        (row.pk, entry.outcome, entry.code, entry.clause, partner.code, receipt.at, entry.leaf, document)
        for row, entry in changes
    ]
    insert_rows(ReceiptRow, names, rows)
    if receipt.entries:
        told = {"what": "receipt", "from": partner.code, "sha256": sha256, "at": write_time(at)}
        append_leaves([LeafContent("receipt", sha256, told)], at=at)
        record_all(_lines(partner, changes, sha256), by=NODE)
    note_heads(partner, receipt, document, content)
    Partner.objects.filter(pk=partner.pk).update(seen_at=at)
    _settle(changes)


def _changes(partner: Partner, receipt: Receipt) -> list[tuple[_Waiting, ReceiptEntry]]:
    """Give the messages whose state a receipt changes: only its receiver speaks for a message, a relay says so much as
    that it has it.
    """
    entries = {entry.id: entry for entry in receipt.entries if entry.outcome != "relayed"}
    relayed = {entry.sha256: entry for entry in receipt.entries if entry.outcome == "relayed"}
    ours = Outgoing.objects.order_by()
    found: list[tuple[_Waiting, ReceiptEntry]] = []
    for values in ours.filter(partner=partner, message_id__in=list(entries)).values_list(*_WAITING):
        row = _Waiting(*values)
        entry = entries[row.message_id]
        if row.manifest_sha256 == entry.manifest_sha256 and entry.outcome in OUTGOING[row.state]:
            found.append((row, entry))
    settled = {row.pk for row, _ in found}
    through = _reached_through(partner) if relayed else []
    for values in ours.filter(partner__in=through, sha256__in=list(relayed)).values_list(*_WAITING) if relayed else ():
        row = _Waiting(*values)
        if "relayed" in OUTGOING[row.state] and row.pk not in settled:
            found.append((row, relayed[row.sha256]))
    return found


def _reached_through(relay: Partner) -> list[int]:
    """Give the keys of the partners to whom a way leads through this one."""
    rows = Partner.objects.values_list("pk", "carriers")
    return [pk for pk, ways in rows if any(way.get("through") == relay.code for way in ways)]


_WAITING: Final = ("pk", "partner_id", "message_id", "sha256", "manifest_sha256", "state", "kind")


def _update(changes: Sequence[tuple[_Waiting, ReceiptEntry]], at: dt.datetime) -> None:
    """Write the new states, those that are alike at once. What was delivered needs no envelope any more."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, entry in changes:
        alike[entry.outcome, entry.code].append(row.pk)
    for (outcome, code), rows in alike.items():
        values: dict[str, Any] = {"state": outcome, "code": code}
        if outcome == "relayed":
            values["next_at"] = at + RELAYED_PATIENCE
        elif outcome == "opened":
            values["opened_at"] = at
        else:
            values |= {"envelope": None, "delivered_at": at if outcome == "delivered" else None}
        Outgoing.objects.filter(pk__in=rows).update(**values)


def _lines(partner: Partner, changes: Sequence[tuple[_Waiting, ReceiptEntry]], sha256: str) -> list[Line]:
    """Give a line for the document, and one for each message that was refused."""
    lines = [
        Line(
            verb=Verb.TAKE_RECEIPT, on=f"partner:{partner.code}", detail={"messages": len(changes), "document": sha256}
        )
    ]
    return lines + [
        Line(
            verb=Verb.NOTE_REFUSED,
            on=f"message:{row.message_id}",
            detail={"partner": partner.code, "kind": row.kind, "code": entry.code, "clause": entry.clause},
        )
        for row, entry in changes
        if entry.outcome in ("rejected", "expired")
    ]


def _settle(changes: Sequence[tuple[_Waiting, ReceiptEntry]]) -> None:
    """Tell the rooms that want to know how their messages ended."""
    asked = {
        row.pk: entry
        for row, entry in changes
        if entry.outcome in ("delivered", "rejected", "expired")
        and (handler := handler_of(row.kind)) is not None
        and type(handler).settled is not Handler.settled
    }
    for row in Outgoing.objects.filter(pk__in=list(asked)).select_related("partner") if asked else ():
        handler = handler_of(row.kind)
        if handler is not None:
            handler.settled(row, asked[row.pk].outcome, asked[row.pk].code)
