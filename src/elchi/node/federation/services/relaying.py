"""To carry for others what this node cannot read: the mailbox of a relay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, Sum

from elchi.exchange.batch import Item, Limits, Outcome
from elchi.exchange.message import LANES, Lane
from elchi.exchange.quota import Quota
from elchi.exchange.receipt import Receipt, ReceiptEntry
from elchi.node.audit.insert import insert_rows
from elchi.node.audit.services import wait_turn
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Held, Partner
from elchi.node.federation.services._documents import keep_receipts
from elchi.node.federation.services._witness import standing
from elchi.node.federation.states import KNOWN
from elchi.node.federation.tree import tree_now
from elchi.node.here import here

QUOTA: Final = Quota()
_COLUMNS: Final = (
    "partner_id", "giver_id", "lane", "rank", "kind", "content", "size", "sha256", "received_at", "expires_at"
)  # fmt: skip


def hold(
    items: Sequence[Item], *, giver: Partner, partners: Mapping[str, Partner], keyring: Keyring
) -> tuple[dict[str, Outcome], list[int]]:
    """Put items for others into their mailboxes, in one transaction.

    Args:
        items: for partners of whom this node is the relay.
        giver: who handed them over.
        partners: by code.
        keyring: its time is now.

    Returns:
        What became of each by its hash, and keys of the receipts for the giver, which say that they lie here.
    """
    with transaction.atomic():
        wait_turn()
        outcomes = _choose(items, giver, partners, keyring.at)
        carried = [item for item in items if outcomes[item.sha256].result == "carried"]
        insert_rows(
            Held,
            _COLUMNS,
            [
                (
                    partners[item.to].pk, giver.pk, str(item.lane), LANES.index(item.lane), item.kind, item.content,
                    len(item.content), item.sha256, keyring.at, item.expires_at,
                )
                for item in carried
            ],
        )  # fmt: skip
        entries = tuple(
            ReceiptEntry(id="", sha256=item.sha256, outcome="relayed") for item in carried if item.kind == "envelope"
        )
        if not entries:
            return outcomes, []
        told = Receipt(
            sender=here().code, to=giver.code, at=keyring.at, entries=entries,
            **standing(giver, tree_now(), at=keyring.at),
        )  # fmt: skip
        return outcomes, [keep_receipts(giver, told, keyring)]


def held_items(partner: Partner, *, limits: Limits, at: dt.datetime) -> list[Item]:
    """Give what lies here for a partner, urgent lanes first; a little more than fits into the limits."""
    rows = Held.objects.filter(partner=partner, expires_at__gt=at).order_by("rank", "id")
    chosen: list[int] = []
    total = 0
    for pk, size in rows.values_list("pk", "size")[: limits.items + 1]:
        chosen.append(pk)
        total += size
        if total > limits.content:
            break
    found = rows.filter(pk__in=chosen).values_list("lane", "expires_at", "kind", "content") if chosen else ()
    return [Item(partner.code, Lane(lane), until, kind, bytes(content)) for lane, until, kind, content in found]


def let_go(partner: Partner, hashes: Collection[str]) -> None:
    """Remove what a partner has now."""
    Held.objects.filter(partner=partner, sha256__in=hashes).delete()


def _choose(
    items: Sequence[Item], giver: Partner, partners: Mapping[str, Partner], at: dt.datetime
) -> dict[str, Outcome]:
    lying = Held.objects.filter(giver=giver).aggregate(items=Count("pk"), bytes=Sum("size"))
    count, total = lying["items"], lying["bytes"] or 0
    room = _room({item.to for item in items}, giver, partners)
    owners, hashes = [partners[code].pk for code in room], [item.sha256 for item in items]
    lies = Held.objects.filter(partner_id__in=owners, sha256__in=hashes)
    held = set(lies.values_list("partner__code", "sha256"))
    outcomes: dict[str, Outcome] = {}
    for item in items:
        size = len(item.content)
        if item.to not in room:
            result, code = "rejected", "not_carried"
        elif (item.to, item.sha256) in held:
            result, code = "duplicate", ""
        elif size > room[item.to]:
            result, code = "rejected", "quota_exceeded"
        else:
            code = QUOTA.refusal(item, held_items=count, held_bytes=total, at=at)
            result = "rejected" if code else "carried"
        if result == "carried":
            held.add((item.to, item.sha256))
            count, total, room[item.to] = count + 1, total + size, room[item.to] - size
        outcomes[item.sha256] = Outcome(item.sha256, result, code)
    return outcomes


def _room(codes: Collection[str], giver: Partner, partners: Mapping[str, Partner]) -> dict[str, int]:
    """Give how many bytes each mailbox still takes of a giver: half of it at most, so that nobody fills it alone."""
    owners = [partners[code] for code in codes if code in partners]
    owners = [owner for owner in owners if owner.relayed_bytes and owner.state in KNOWN]
    lying = Held.objects.filter(partner__in=owners).values_list("partner").order_by()
    sums, own = dict(lying.annotate(Sum("size"))), dict(lying.filter(giver=giver).annotate(Sum("size")))
    return {
        owner.code: min(owner.relayed_bytes - sums.get(owner.pk, 0), owner.relayed_bytes // 2 - own.get(owner.pk, 0))
        for owner in owners
    }
