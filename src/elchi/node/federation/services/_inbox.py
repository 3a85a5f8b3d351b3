"""The transaction in which messages of one partner are accepted."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from django.db import transaction

from elchi.errors import ElchiError
from elchi.exchange.batch import Outcome
from elchi.exchange.receipt import MAX_ENTRIES, Receipt, ReceiptEntry
from elchi.node.audit.actor import NODE
from elchi.node.audit.insert import insert_rows
from elchi.node.audit.services import Line, record_all, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.arriving import Arrived, Refusal, refusal_of
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Incoming, Partner
from elchi.node.federation.models import Sequence as Counting
from elchi.node.federation.numbers import note_numbers
from elchi.node.federation.queries.messages import said
from elchi.node.federation.services._documents import keep_equivocation, keep_receipts
from elchi.node.federation.services._witness import standing
from elchi.node.federation.tree import LeafContent, append_leaves
from elchi.node.here import here
from elchi.seal.canonical import write_time

EQUIVOCATION: Final = Refusal("equivocation")
WITHDRAWN: Final = Refusal("withdrawn")
"""Its sender took it back before it came."""
_COLUMNS: Final = (
    "message_id", "partner_id", "lane", "sequence", "kind", "thread", "re", "agreement", "body", "proof", "sha256",
    "manifest_sha256", "sent_at", "received_at", "deadline", "state", "code", "clause", "carrier", "leaf", "receipt_id",
    "opened_at", "retention_until",
)  # fmt: skip
_log = logging.getLogger("elchi.federation")


class _Before(NamedTuple):
    """A message that had come, under the id of one that comes."""

    manifest_sha256: str
    proof: bytes | memoryview
    receipt_id: int | None = None
    code: str = ""
    clause: str = ""


class _EffectFailed(Exception):
    """One of several effects in a transaction failed: the transaction is left, and each is tried alone."""


@dataclass(slots=True)
class Taken:
    """What became of messages of one partner."""

    partner: Partner
    carrier: str
    keyring: Keyring
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By hash of the envelope."""
    documents: set[int] = field(default_factory=set)
    """Keys of the receipts for its sender."""
    written: list[tuple[Arrived, Refusal | None]] = field(default_factory=list)
    """In the order of their leaves, with the reason of those that are refused."""
    unkept: set[str] = field(default_factory=set)
    """Hashes of those for which there is no row: their id is another message's, or they cannot be read."""

    @property
    def at(self) -> dt.datetime:
        """Now."""
        return self.keyring.at


def take(partner: Partner, arrived: Sequence[Arrived], *, carrier: str, keyring: Keyring) -> Taken:
    """Accept messages of one partner, or refuse them for good, in one transaction."""
    with suppress(_EffectFailed), transaction.atomic():
        return _take(Taken(partner, carrier, keyring), arrived, alone=len(arrived) == 1)
    with transaction.atomic():
        return _take(Taken(partner, carrier, keyring), arrived, alone=True)


def _take(taken: Taken, arrived: Sequence[Arrived], *, alone: bool) -> Taken:
    wait_turn()
    for one in _unknown(taken, arrived):
        refusal = one.refusal
        if refusal is None:
            done, refusal = _effect(one, alone=alone)
            if not done:
                taken.outcomes[one.item.sha256] = Outcome(one.item.sha256, "rejected", "handler_failed")
                continue
        _note(taken, one, refusal)
    if taken.written:
        _write(taken)
    return taken


def _unknown(taken: Taken, arrived: Sequence[Arrived]) -> list[Arrived]:
    """Give the messages that had not come before; what contradicts an earlier one is noted and kept as evidence."""
    ids = [one.message.id for one in arrived if one.message]
    rows = Incoming.objects.filter(partner=taken.partner, message_id__in=ids).order_by()
    known = {row[0]: _Before(*row[1:]) for row in rows.values_list("message_id", *_Before._fields)}
    numbers = _numbers_taken(taken.partner, arrived)
    withdrawn = _withdrawn(taken.partner, ids)
    new: dict[str, Arrived] = {}
    for one in arrived:
        message = one.message
        if message is None:
            taken.unkept.add(one.item.sha256)
            _note(taken, one, one.refusal)
        elif message.id in known:
            _again(taken, one, known[message.id])
        elif message.id in new:
            first = new[message.id].opened
            _again(taken, one, _Before(first.manifest_sha256, first.proof))
        elif (other := numbers.get((str(message.lane), message.sequence.get(here().code, 0)))) is not None:
            ref = f"{message.lane}:{message.sequence.get(here().code, 0)}"
            keep_equivocation(taken.partner, "sequence", ref, other, one.opened.proof, at=taken.at)
            _note(taken, one, EQUIVOCATION)
        else:
            new[message.id] = replace(one, refusal=WITHDRAWN) if message.id in withdrawn else one
            numbers[str(message.lane), message.sequence.get(here().code, 0)] = one.opened.proof
    return list(new.values())


def _withdrawn(partner: Partner, ids: Sequence[str]) -> set[str]:
    """Give which messages their sender took back before they came.

    The partner is compared here: asked for as well, he is what SQLite looks for, and reads all that ever came from him.
    """
    rows = Incoming.objects.filter(re__in=ids, kind="withdrawal").order_by()
    return {re for re, sender in rows.values_list("re", "partner_id") if sender == partner.pk}


def _numbers_taken(partner: Partner, arrived: Sequence[Arrived]) -> dict[tuple[str, int], bytes]:
    """Give the signed manifests under whose numbers something comes again."""
    by_lane: dict[str, list[int]] = defaultdict(list)
    for one in arrived:
        if one.message and (number := one.message.sequence.get(here().code)):
            by_lane[str(one.message.lane)].append(number)
    taken: dict[tuple[str, int], bytes] = {}
    ids = [one.message.id for one in arrived if one.message]
    for lane, numbers in by_lane.items():
        rows = Incoming.objects.filter(partner=partner, lane=lane, sequence__in=numbers).exclude(message_id__in=ids)
        taken |= {(lane, number): bytes(proof) for number, proof in rows.order_by().values_list("sequence", "proof")}
    return taken


def _again(taken: Taken, one: Arrived, before: _Before) -> None:
    """Answer a message that had come before, or keep the proof that it is another one."""
    if one.opened.manifest_sha256 == before.manifest_sha256:
        taken.outcomes[one.item.sha256] = Outcome(one.item.sha256, "duplicate")
        if before.receipt_id is not None:
            taken.documents.add(before.receipt_id)
        return
    taken.unkept.add(one.item.sha256)
    if said(bytes(before.proof)) == said(one.opened.proof):  # signed anew, since a key was revoked: so is the receipt
        _note(taken, one, Refusal(before.code, before.clause) if before.code else None)
        return
    ref = one.message.id if one.message else ""
    keep_equivocation(taken.partner, "message", ref, bytes(before.proof), one.opened.proof, at=taken.at)
    _note(taken, one, EQUIVOCATION)


def _effect(one: Arrived, *, alone: bool) -> tuple[bool, Refusal | None]:
    """Do what a message asks for; tell whether that is settled, and if it is refused, why."""
    if one.handler is None or one.message is None:
        return True, one.refusal
    if not alone:
        try:
            one.handler.effect(one.message, one.partner, one.prepared)
        except Exception as error:
            raise _EffectFailed from error
        return True, None
    try:
        with transaction.atomic():
            one.handler.effect(one.message, one.partner, one.prepared)
    except ElchiError as error:
        return error.permanent, refusal_of(error)
    except Exception:  # noqa: BLE001  told, and its sender tries again; the others are taken
        _log.exception("effect failed", extra={"kind": one.message.kind, "id": one.message.id})
        return False, None
    return True, None


def _note(taken: Taken, one: Arrived, refusal: Refusal | None) -> None:
    result, code = ("rejected", refusal.code) if refusal else ("accepted", "")
    taken.outcomes[one.item.sha256] = Outcome(one.item.sha256, result, code)
    taken.written.append((one, refusal))


def _write(taken: Taken) -> None:
    leaves = [_leaf(taken, one, refusal) for one, refusal in taken.written]
    first, state = append_leaves(leaves, at=taken.at)
    indices = list(range(first, first + len(leaves)))
    entries = [_entry(one, refusal, leaf) for (one, refusal), leaf in zip(taken.written, indices, strict=True)]
    known = standing(taken.partner, state, at=taken.at)
    receipts: list[int] = []
    for begin in range(0, len(entries), MAX_ENTRIES):
        some = tuple(entries[begin : begin + MAX_ENTRIES])
        told = Receipt(sender=here().code, to=taken.partner.code, at=taken.at, entries=some, **known)
        receipts += [keep_receipts(taken.partner, told, taken.keyring)] * len(some)
    taken.documents |= set(receipts)
    rows = [
        _row(taken, one, refusal, leaf, receipt)
        for (one, refusal), leaf, receipt in zip(taken.written, indices, receipts, strict=True)
        if one.item.sha256 not in taken.unkept
    ]
    insert_rows(Incoming, _COLUMNS, rows)
    _count(taken)
    record_all([_line(one, refusal) for one, refusal in taken.written], by=NODE)
    Partner.objects.filter(pk=taken.partner.pk).update(seen_at=taken.at, told_size=state.size)


def _leaf(taken: Taken, one: Arrived, refusal: Refusal | None) -> LeafContent:
    opened = one.opened
    told = {
        "what": "received", "id": _id(one), "from": taken.partner.code, "to": here().code, "sha256": opened.sha256,
        "manifest_sha256": opened.manifest_sha256, "outcome": refusal.outcome if refusal else "delivered",
        "code": refusal.code if refusal else "", "at": write_time(taken.at),
    }  # fmt: skip
    return LeafContent("received", _id(one), told)


def _entry(one: Arrived, refusal: Refusal | None, leaf: int) -> ReceiptEntry:
    return ReceiptEntry(
        id=_id(one),
        sha256=one.opened.sha256,
        manifest_sha256=one.opened.manifest_sha256,
        outcome=refusal.outcome if refusal else "delivered",
        leaf=leaf,
        code=refusal.code if refusal else "",
        clause=refusal.clause if refusal else "",
    )


def _id(one: Arrived) -> str:
    return one.message.id if one.message else str(one.opened.manifest.get("id", ""))[:36]


def _row(taken: Taken, one: Arrived, refusal: Refusal | None, leaf: int, receipt: int) -> tuple[Any, ...]:
    message, opened = one.message, one.opened
    assert message is not None  # noqa: S101  those that cannot be read have no row
    return (
        message.id, taken.partner.pk, str(message.lane), message.sequence.get(here().code, 0), message.kind,
        message.thread, message.re, message.agreement, None if refusal else one.body, opened.proof, opened.sha256,
        opened.manifest_sha256, message.sent_at, taken.at, message.deadline, "rejected" if refusal else "accepted",
        refusal.code if refusal else "", refusal.clause if refusal else "", taken.carrier, leaf, receipt, None,
        message.retention_until,
    )  # fmt: skip


def _count(taken: Taken) -> None:
    """Note the numbers that came, lane by lane."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for one, _ in taken.written:
        if one.message and (number := one.message.sequence.get(here().code)):
            numbers[str(one.message.lane)].append(number)
    for lane, came in numbers.items():
        row, _ = Counting.objects.get_or_create(partner=taken.partner, lane=lane)
        seen, missing = note_numbers(row.seen, row.missing, came)
        Counting.objects.filter(pk=row.pk).update(seen=seen, missing=missing)


def _line(one: Arrived, refusal: Refusal | None) -> Line:
    message = one.message
    detail = {"partner": one.partner.code, "kind": message.kind if message else ""}
    if refusal:
        detail |= {"code": refusal.code, "clause": refusal.clause}
    return Line(
        verb=Verb.REFUSE_MESSAGE if refusal else Verb.RECEIVE_MESSAGE,
        on=f"message:{_id(one)}",
        purpose=message.purpose if message else "",
        agreement=message.agreement if message else "",
        detail=detail,
    )
