"""How messages end without a receipt of their receiver: they expire, are taken back, or have been kept long enough."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.exchange.message import Lane, Message
from elchi.exchange.receipt import Receipt, ReceiptEntry
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.drafts import Draft, Sent
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.kinds import Handler, handler_of
from elchi.node.federation.models import Held, Incoming, Outgoing, Partner
from elchi.node.federation.rules import MAX_REASON, check_reason
from elchi.node.federation.services._documents import keep_receipts
from elchi.node.federation.services._witness import standing
from elchi.node.federation.services.handing import WAITING
from elchi.node.federation.services.sending import send_message
from elchi.node.federation.states import INCOMING, OUTGOING
from elchi.node.federation.tree import LeafContent, append_leaves
from elchi.node.federation.wake import wake_courier
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.canonical import write_time

AT_ONCE: Final = 200
WITHDRAWAL: Final = "withdrawal"


def expire_messages(*, by: Actor) -> int:
    """End messages whose time is over, and remove what lies here for others and has expired; give how many.

    A message that has expired may have been delivered: a receipt that comes late still says so.
    """
    at = timezone.now()
    Held.objects.filter(expires_at__lte=at).delete()
    with transaction.atomic():
        wait_turn()
        rows = Outgoing.objects.select_related("partner").filter(
            state__in=WAITING, envelope__isnull=False, expires_at__lte=at
        )[:AT_ONCE]
        for row in rows:
            row.state, row.envelope = "expired", None
            row.save(update_fields=["state", "envelope"])
            record(
                Verb.EXPIRE_MESSAGE, by=by, on=f"message:{row.message_id}", partner=row.partner.code, kind=row.kind,
                tries=row.attempts,
            )  # fmt: skip
            if handler := handler_of(row.kind):
                handler.settled(row, "expired", "")
        return len(rows)


def remove_kept_messages(*, by: Actor) -> int:
    """Remove what was said in messages whose retention is over, ours and theirs; give how many.

    The signed manifests and receipts stay: they prove that something was said, and not what.
    """
    today = timezone.now().date()
    with transaction.atomic():
        wait_turn()
        gone = {"body": None}
        received = Incoming.objects.filter(retention_until__lt=today, body__isnull=False).update(**gone)
        said = Outgoing.objects.filter(retention_until__lt=today, body__isnull=False).exclude(state__in=WAITING)
        sent = said.update(**gone)
        if received or sent:
            record(Verb.REMOVE_KEPT_MESSAGES, by=by, on="messages:kept", received=received, sent=sent)
    return received + sent


def take_back_message(*, by: Acting, message_id: str, to: str, because: str) -> Sent:
    """Take a question back that should not have been asked; the partner is told why.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `message_unknown`.
        InvalidInput: `partner_invalid`: no reason.
        Conflict: `message_stays`: of a kind that its own page takes back, or nobody; `message_over`.
    """
    by.require(Right.MESSAGE_WITHDRAW)
    check_reason(because)
    row = Outgoing.objects.filter(message_id=message_id, partner__code=to).first()
    handler = handler_of(row.kind) if row else None
    if row and not (handler and handler.may_be_taken_back):
        raise Conflict("message_stays", kind=row.kind)
    with transaction.atomic():
        sent = withdraw_message(by=by, message_id=message_id, to=to, because=because.strip())
        if row and handler:
            handler.settled(row, "expired", "withdrawn")
        return sent


def withdraw_message(*, by: Actor, message_id: str, to: str, because: str = "") -> Sent:
    """Take a message back: it does not leave any more, and where it has arrived it is removed.

    The receiver's receipt for what is sent here confirms that he has removed it.

    Args:
        by: who takes it back; whether he may, the verb decides that calls this one.
        message_id: of the message.
        to: code of its receiver.
        because: why; he is told.

    Raises:
        NotFound: `message_unknown`.
        Conflict: `message_over`: it was refused, has expired, or was taken back before.
    """
    with transaction.atomic():
        wait_turn()
        row = Outgoing.objects.select_related("partner").filter(message_id=message_id, partner__code=to).first()
        if row is None:
            raise NotFound("message_unknown", id=message_id[:36])
        if "withdrawn" not in OUTGOING[row.state]:
            raise Conflict("message_over", message=message_id, state=row.state)
        Outgoing.objects.filter(pk=row.pk).update(state="withdrawn", envelope=None)
        record(Verb.WITHDRAW_MESSAGE, by=by, on=f"message:{message_id}", partner=to, kind=row.kind, because=because)
        body = {"message": message_id, **({"because": because} if because else {})}
        draft = Draft(to=to, kind=WITHDRAWAL, body=body, thread=row.thread, re=message_id, on=row.on)
        return send_message(by=by, draft=draft)


def open_message(*, by: Actor, incoming: int) -> None:
    """Note that an officer has seen a message, and tell its sender by a receipt; the first time only.

    Raises:
        NotFound: `message_unknown`.
    """
    at = timezone.now()
    with transaction.atomic():
        wait_turn()
        row = Incoming.objects.select_related("partner").filter(pk=incoming).first()
        if row is None:
            raise NotFound("message_unknown", id=str(incoming))
        if "opened" not in INCOMING[row.state]:
            return
        row.state, row.opened_at = "opened", at
        row.save(update_fields=["state", "opened_at"])
        record(Verb.OPEN_MESSAGE, by=by, on=f"message:{row.message_id}", partner=row.partner.code, kind=row.kind)
        _tell_opened(row, row.partner, at)


def _tell_opened(row: Incoming, partner: Partner, at: dt.datetime) -> None:
    told = {
        "what": "opened", "id": row.message_id, "from": partner.code, "to": here().code, "sha256": row.sha256,
        "manifest_sha256": row.manifest_sha256, "at": write_time(at),
    }  # fmt: skip
    leaf, tree = append_leaves([LeafContent("opened", row.message_id, told)], at=at)
    entry = ReceiptEntry(
        id=row.message_id, sha256=row.sha256, manifest_sha256=row.manifest_sha256, outcome="opened", leaf=leaf
    )
    receipt = Receipt(
        sender=here().code, to=partner.code, at=at, entries=(entry,), **standing(partner, tree, at=at)
    )  # fmt: skip
    keep_receipts(partner, receipt, Keyring(at), waits=True)
    transaction.on_commit(lambda: wake_courier(partner.code))


class Withdrawal(Handler):
    """Its sender takes a message back: what it said is removed, and so is what came of it."""

    lane = Lane.ALERT
    needs_agreement = False
    afterwards = True

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:  # noqa: ARG002  nothing is prepared
        """Remove it. If it has not come yet it is refused when it does."""
        row = Incoming.objects.filter(partner=partner, message_id=message.re).first()
        if row is None or "withdrawn" not in INCOMING[row.state]:
            return
        row.state, row.body = "withdrawn", None
        row.save(update_fields=["state", "body"])
        told = {"partner": partner.code, "kind": row.kind, "because": str(message.body.get("because", ""))[:MAX_REASON]}
        record(Verb.HEAR_WITHDRAWAL, by=NODE, on=f"message:{message.re}", **told)
        if handler := handler_of(row.kind):
            handler.withdrawn(message.re, partner)
