"""To take what came: each message once, however often it comes; a bad one does not stop the others."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Final

from django.db import InterfaceError, OperationalError, transaction

from elchi.errors import SealBroken
from elchi.exchange.batch import Item, Outcome
from elchi.exchange.carrier import Pushed
from elchi.exchange.message import Lane
from elchi.node.audit.actor import NODE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.arriving import Arrived, Later, arrive
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Incoming, Partner, ReceiptDocument
from elchi.node.federation.queries.ways import HUB
from elchi.node.federation.services._inbox import take
from elchi.node.federation.services.receipts import take_receipt
from elchi.node.federation.services.relaying import hold
from elchi.node.federation.states import KNOWN
from elchi.node.here import here

LIFETIME: Final = dt.timedelta(days=30)
"""So long a receipt is carried."""
TOLD_AGAIN: Final = dt.timedelta(hours=1)
"""A partner that is sent back tries again and again; the audit hears of it once in this time."""
_told: Final[dict[tuple[str, str], dt.datetime]] = {}
_log = logging.getLogger("elchi.federation")


def accept(*, items: Sequence[Item], peer: str, carrier: str, at: dt.datetime) -> Pushed:
    """Take what came: envelopes and receipts for this node, and what it carries on for others.

    Everything is on disk when this returns. What is answered here proves nothing; the receipts in it do.

    Args:
        items: from one batch.
        peer: code of the node that handed them over, known by its certificate: their sender, or a relay; `HUB` for the
            hub, which is no node, and for which nothing is carried on.
        carrier: what brought them.
        at: now.

    Returns:
        What became of each, and receipts for their senders.
    """
    partners = {partner.code: partner for partner in Partner.objects.all()}
    giver = partners.get(peer)
    if peer != HUB and (giver is None or giver.state not in (*KNOWN, "ended")):
        return Pushed(tuple(Outcome(item.sha256, "rejected", "partner_unknown") for item in items))
    keyring, me = Keyring(at), here().code
    ours = [item for item in items if item.to == me]
    outcomes = {item.sha256: _receipt(item, partners, keyring) for item in ours if item.kind == "receipt"}
    envelopes = {item.sha256: item for item in ours if item.kind == "envelope"}
    told, documents = _envelopes(list(envelopes.values()), partners, peer, carrier, keyring)
    outcomes |= told
    others = {item.sha256: item for item in items if item.to != me}
    if giver is None or giver.state not in KNOWN:
        outcomes |= {sha256: Outcome(sha256, "rejected", "not_carried") for sha256 in others}
    elif others:
        told, relayed = hold(list(others.values()), giver=giver, partners=partners, keyring=keyring)
        outcomes |= told
        documents |= set(relayed)
    return Pushed(tuple(outcomes[item.sha256] for item in items), tuple(receipt_items(documents)))


def _receipt(item: Item, partners: Mapping[str, Partner], keyring: Keyring) -> Outcome:
    try:
        take_receipt(content=item.content, partners=partners, keyring=keyring)
    except SealBroken as error:
        _log.warning("receipt refused", extra={"code": error.code})
        return Outcome(item.sha256, "rejected", error.code)
    except Exception as error:  # noqa: BLE001  one item must not hold up those behind it
        return _failed(item, error)
    return Outcome(item.sha256, "accepted")


def _failed(item: Item, error: Exception) -> Outcome:
    """Send one item back with which this node cannot deal, so that those behind it are not held up.

    A database that is away is no fault of the item: that is raised again, and all is brought once more.
    """
    if isinstance(error, (OperationalError, InterfaceError)):
        raise error
    _log.error("an item could not be taken", exc_info=error, extra={"item": item.sha256})
    return Outcome(item.sha256, "rejected", "handler_failed")


def _envelopes(
    items: Sequence[Item], partners: Mapping[str, Partner], peer: str, carrier: str, keyring: Keyring
) -> tuple[dict[str, Outcome], set[int]]:
    """Take envelopes for this node; give what became of each by its hash, and keys of the receipts."""
    outcomes: dict[str, Outcome] = {}
    groups: dict[tuple[bool, str], list[Arrived]] = defaultdict(list)
    later: list[Later] = []
    known = _known({item.sha256 for item in items})
    for item in items:
        if item.sha256 in known:
            outcomes[item.sha256] = Outcome(item.sha256, "duplicate")
            continue
        try:
            one = arrive(item, partners, keyring)
        except Later as error:
            outcomes[item.sha256] = Outcome(item.sha256, "rejected", error.code)
            later.append(error)
        except Exception as error:  # noqa: BLE001  one item must not hold up those behind it
            outcomes[item.sha256] = _failed(item, error)
        else:
            groups[bool(one.handler and one.handler.afterwards), one.partner.code].append(one)
    documents = set(known.values())
    for (_, code), arrived in sorted(groups.items(), key=itemgetter(0)):
        told, signed = _take_all(partners[code], arrived, carrier, keyring)
        outcomes |= told
        documents |= signed
    if later:
        _note_later(later, peer, keyring.at)
    return outcomes, documents


def _take_all(
    partner: Partner, arrived: Sequence[Arrived], carrier: str, keyring: Keyring
) -> tuple[dict[str, Outcome], set[int]]:
    """Take messages of one partner together; if that fails one by one, so that only the faulty one is sent back."""
    try:
        taken = take(partner, arrived, carrier=carrier, keyring=keyring)
    except Exception as error:  # noqa: BLE001  one item must not hold up those behind it
        if len(arrived) == 1:
            return {arrived[0].item.sha256: _failed(arrived[0].item, error)}, set()
        each = [_take_all(partner, [one], carrier, keyring) for one in arrived]
        return {k: v for told, _ in each for k, v in told.items()}, {key for _, keys in each for key in keys}
    return taken.outcomes, taken.documents


def receipt_items(documents: Collection[int]) -> list[Item]:
    """Give documents of receipts as they are carried to those whose messages they are about."""
    rows = ReceiptDocument.objects.filter(pk__in=documents).values_list("partner__code", "at", "content")
    return [Item(code, Lane.ANSWER, at + LIFETIME, "receipt", bytes(content)) for code, at, content in rows]


def _known(hashes: Collection[str]) -> dict[str, int]:
    """Give the receipts of envelopes that had come before."""
    rows = Incoming.objects.filter(sha256__in=hashes).order_by()
    return dict(rows.values_list("sha256", "receipt_id"))


def _note_later(later: Sequence[Later], peer: str, at: dt.datetime) -> None:
    """Write down who is sent back and why, once in a while."""
    counts = Counter((one.partner.code if one.partner else peer, one.code) for one in later)
    new = {
        what: count
        for what, count in counts.items()
        if at - _told.get(what, dt.datetime.min.replace(tzinfo=dt.UTC)) >= TOLD_AGAIN
    }
    for (code, why), count in counts.items():
        _log.warning("sent back", extra={"partner": code, "code": why, "count": count})
    if not new:
        return
    with transaction.atomic():
        for (code, why), count in new.items():
            record(Verb.SEND_BACK, by=NODE, on=f"partner:{code}", code=why, count=count, peer=peer)
    _told.update(dict.fromkeys(new, at))
