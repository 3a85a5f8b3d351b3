"""To hand out what is due: the rows of the outbox as they leave, and what carriers say became of them."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Length

from elchi.errors import ElchiError
from elchi.exchange.batch import WIRE, Item, Outcome
from elchi.exchange.message import Lane
from elchi.node.audit.services import wait_turn
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Outgoing, OwnKey, Partner, ReceiptDocument
from elchi.node.federation.queries.messages import manifest_of, message_of
from elchi.node.federation.sealing import seal_again
from elchi.node.federation.services.accepting import receipt_items
from elchi.node.federation.services.sending import sent_leaf
from elchi.node.federation.states import ALWAYS, KNOWN
from elchi.node.federation.tree import append_leaves

WAITING: Final = ("queued", "carried", "relayed")
"""States of what no receipt of its receiver has settled."""
SOON: Final = dt.timedelta(seconds=30)
"""After which what was given away and has no receipt leaves once more."""
RELAYED: Final = dt.timedelta(hours=1)
"""After which what a relay holds is given away once more: it may have lost it."""
LATEST: Final = dt.timedelta(minutes=10)
"""Between two tries of what is sent back."""
_log = logging.getLogger("elchi.federation")


def hand_out(partner: Partner, *, limit: int, skip: Collection[str], at: dt.datetime) -> list[Item]:
    """Give what should leave now for a partner, urgent lanes first, then oldest first.

    What was sealed to a key that he has given up, or signed with one that we revoked, is sealed anew before it leaves.
    While he is suspended, or his key document has expired, only what nodes say of themselves leaves; the rest waits.

    Args:
        partner: to whom.
        limit: how many at most.
        skip: hashes of what is under way.
        at: now.
    """
    keyring = Keyring(at)
    receipts = ReceiptDocument.objects.filter(partner=partner, waits=True).exclude(sha256__in=skip)
    items = receipt_items(list(receipts.values_list("pk", flat=True)[:limit])) if partner.state in KNOWN else []
    waiting = due_rows(partner, keyring).exclude(sha256__in=skip)
    chosen: list[int] = []
    total = 0
    for pk, size in waiting.annotate(size=Length("envelope")).values_list("pk", "size")[: limit - len(items)]:
        total += size
        if chosen and total > WIRE.content:
            break
        chosen.append(pk)
    return items + _items(partner, chosen, keyring) if chosen else items


def due_rows(partner: Partner, keyring: Keyring) -> QuerySet[Outgoing]:
    """Give the rows of the outbox that may leave for a partner now, in their order."""
    rows = Outgoing.objects.filter(
        partner=partner, state__in=WAITING, next_at__lte=keyring.at, expires_at__gt=keyring.at, envelope__isnull=False
    ).order_by("rank", "id")
    if partner.state not in KNOWN:
        return rows.none()
    if partner.state != "active" or not keyring.is_fresh(partner.code):
        return rows.filter(kind__in=ALWAYS)
    return rows


def note_outcomes(outcomes: Iterable[Outcome], *, partner: Partner, carrier: str, at: dt.datetime) -> None:
    """Write down what a carrier says became of what it was given; it proves nothing, and settles nothing.

    Args:
        outcomes: by hash; those of messages that have a receipt by now, or are not ours, do not matter.
        partner: to whom it was given, or his relay.
        carrier: that took it.
        at: now.
    """
    told = {outcome.sha256: outcome for outcome in outcomes}
    ReceiptDocument.objects.filter(sha256__in=_taken(told.values()), waits=True).update(waits=False)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, sha256, state in Outgoing.objects.filter(sha256__in=list(told), state__in=WAITING).values_list(
        "pk", "sha256", "state"
    ):
        outcome = told[sha256]
        if outcome.result == "rejected":
            alike["rejected", outcome.code].append(pk)
        elif state != "relayed":
            alike[outcome.result, ""].append(pk)
    with transaction.atomic():
        for (result, code), rows in alike.items():
            _note(rows, result, code, carrier, at)
    if any(result == "rejected" for result, _ in alike):
        _log.warning("not taken", extra={"partner": partner.code, "codes": sorted({code for _, code in alike if code})})


def note_given(hashes: Collection[str], *, at: dt.datetime) -> None:
    """Write down that a partner fetches messages: they are not pushed to him meanwhile."""
    if hashes:
        Outgoing.objects.filter(sha256__in=hashes, state__in=WAITING).update(next_at=at + SOON)


def _taken(outcomes: Iterable[Outcome]) -> list[str]:
    return [one.sha256 for one in outcomes if one.result != "rejected"]


def _note(rows: Sequence[int], result: str, code: str, carrier: str, at: dt.datetime) -> None:
    found = Outgoing.objects.filter(pk__in=rows, state__in=WAITING)
    if result != "rejected":
        again = RELAYED if result == "carried" else SOON
        found.update(state="carried", code="", carrier=carrier, attempts=F("attempts") + 1, next_at=at + again)
        return
    for pk, attempts in found.values_list("pk", "attempts"):
        wait = min(LATEST, dt.timedelta(seconds=2.0 ** min(attempts, 12)))
        Outgoing.objects.filter(pk=pk).update(code=code, carrier=carrier, attempts=attempts + 1, next_at=at + wait)


def _items(partner: Partner, chosen: Sequence[int], keyring: Keyring) -> list[Item]:
    """Give rows as they leave."""
    document = keyring.document(partner.code)
    good = {key.kid for key in document.encryption_keys(keyring.at)} if document else set()
    revoked = set(OwnKey.objects.filter(use="sign").exclude(revoked_at=None).values_list("kid", flat=True))
    items = []
    for row in Outgoing.objects.filter(pk__in=chosen).order_by("rank", "id"):
        if (good and row.sealed_to not in good) or (revoked and _signed_by(row) & revoked):
            try:
                _seal_again(row, partner, keyring)
            except ElchiError as error:
                _log.error("not sealed anew", extra={"message": row.message_id, "code": error.code})
                continue
        content = bytes(row.envelope or b"")
        items.append(Item(partner.code, Lane(row.lane), row.expires_at, "envelope", content))
    return items


def _signed_by(row: Outgoing) -> set[str]:
    return set(manifest_of(row).get("signers", ()))


def _seal_again(row: Outgoing, partner: Partner, keyring: Keyring) -> None:
    """Seal a message to the key that the partner has now; the log tells of the new envelope too."""
    key = keyring.to_seal(partner.code)
    sealed = seal_again(row, key, keyring)
    with transaction.atomic():
        wait_turn()
        leaf, _ = append_leaves(
            [sent_leaf(message_of(row), sealed.sha256, sealed.manifest_sha256, keyring.at)], at=keyring.at
        )
        row.envelope, row.proof, row.sealed_to = sealed.content, sealed.proof, key.kid
        row.sha256, row.manifest_sha256, row.leaf = sealed.sha256, sealed.manifest_sha256, leaf
        row.save(update_fields=["envelope", "proof", "sealed_to", "sha256", "manifest_sha256", "leaf"])
