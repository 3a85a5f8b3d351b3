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
from elchi.exchange.message import LANES, Lane
from elchi.node.audit.services import wait_turn
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.models import Outgoing, OwnKey, Partner, ReceiptDocument
from elchi.node.federation.queries.messages import manifest_in, message_of
from elchi.node.federation.sealing import seal_again
from elchi.node.federation.services.accepting import receipt_items
from elchi.node.federation.services.feeding import STICK_WINDOW, WINDOW, feed_files
from elchi.node.federation.services.sending import sent_leaf
from elchi.node.federation.states import ALWAYS, GOODBYE, KNOWN
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
    if partner.state == "active" and keyring.is_fresh(partner.code):
        feed_files(partner, at=at, window=STICK_WINDOW if _by_stick(partner) else WINDOW)
    receipts = ReceiptDocument.objects.filter(partner=partner, waits=True).exclude(sha256__in=skip)
    items = receipt_items(list(receipts.values_list("pk", flat=True)[:limit])) if partner.state in KNOWN else []
    waiting = due_rows(partner, keyring).exclude(sha256__in=skip)
    chosen: list[int] = []
    total = 0
    for pk, size in waiting.annotate(size=Length("envelope")).values_list("pk", "size")[:limit]:
        total += size
        if chosen and total > WIRE.content:
            break
        chosen.append(pk)
    items += _items(partner, chosen, keyring) if chosen else []
    return sorted(items, key=lambda item: LANES.index(item.lane))[:limit]


def _by_stick(partner: Partner) -> bool:
    """Tell whether what goes to a partner is carried: a way on which much goes at once, and receipts take days."""
    return any(way.get("kind") == "bundle" for way in partner.carriers)


def due_rows(partner: Partner, keyring: Keyring) -> QuerySet[Outgoing]:
    """Give the rows of the outbox that may leave for a partner now, in their order."""
    rows = Outgoing.objects.filter(
        partner=partner, state__in=WAITING, next_at__lte=keyring.at, expires_at__gt=keyring.at, envelope__isnull=False
    ).order_by("rank", "id")
    if partner.state not in KNOWN:
        return rows.filter(kind=GOODBYE) if partner.state == "ended" else rows.none()
    if partner.state != "active" or not keyring.is_fresh(partner.code):
        return rows.filter(kind__in=ALWAYS)
    return rows


def note_outcomes(outcomes: Iterable[Outcome], *, partner: Partner, carrier: str, at: dt.datetime) -> None:
    """Write down what a carrier says became of what it was given; it proves nothing, and settles nothing.

    Args:
        outcomes: by hash; those of messages that have a receipt by now, or are not ours, do not matter.
        partner: to whom it was given, or for whom his relay took it.
        carrier: that took it.
        at: now.
    """
    told = {outcome.sha256: outcome for outcome in outcomes}
    receipts = ReceiptDocument.objects.filter(sha256__in=_taken(told.values()), waits=True).order_by()
    handed = list(receipts.values_list("pk", flat=True))
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    # The partner is compared here: asked for as well, he is what SQLite looks for, and reads all he was ever sent.
    rows = Outgoing.objects.filter(sha256__in=list(told), state__in=WAITING).order_by()
    for pk, receiver, sha256, state in rows.values_list("pk", "partner_id", "sha256", "state"):
        outcome = told[sha256]
        if receiver != partner.pk or (state == "relayed" and outcome.result != "rejected"):
            continue
        alike[outcome.result, outcome.code if outcome.result == "rejected" else ""].append(pk)
    if not handed and not alike:  # mostly: a receipt came with it
        return
    with transaction.atomic():
        ReceiptDocument.objects.filter(pk__in=handed).update(waits=False)
        for (result, code), found in alike.items():
            _note(found, result, code, carrier, at)
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
    rows = Outgoing.objects.filter(pk__in=chosen).order_by("rank", "id")
    spoiled = (
        {pk for pk, proof in rows.values_list("pk", "proof") if _signers(bytes(proof)) & revoked} if revoked else ()
    )
    items = []
    for pk, lane, until, kid, content in rows.values_list("pk", "lane", "expires_at", "sealed_to", "envelope"):
        is_stale = pk in spoiled or (good and kid not in good)
        envelope = _sealed_anew(pk, partner, keyring) if is_stale else bytes(content or b"")
        if envelope:
            items.append(Item(partner.code, Lane(lane), until, "envelope", envelope))
    return items


def _signers(proof: bytes) -> set[str]:
    return set(manifest_in(proof).get("signers", ()))


def _sealed_anew(pk: int, partner: Partner, keyring: Keyring) -> bytes:
    row = Outgoing.objects.get(pk=pk)
    try:
        _seal_again(row, partner, keyring)
    except ElchiError as error:
        _log.error("not sealed anew", extra={"message": row.message_id, "code": error.code})
        return b""
    return bytes(row.envelope or b"")


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
