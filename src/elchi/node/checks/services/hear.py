"""What became of a question of ours: it was delivered, refused, answered."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from elchi.errors import Conflict, NotFound
from elchi.exchange.agreement import unmasked
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.answers import Reply, read_reply
from elchi.node.checks.models import Alert, Asked, FoundEntry, RememberedNegative
from elchi.node.checks.queries import retention_in_force
from elchi.node.checks.rules import DUE_AFTER
from elchi.node.checks.services.follow import follow_hit
from elchi.node.checks.states import ASKED, WAITING
from elchi.node.federation.models import Outgoing, Partner
from elchi.subjects import Subject, from_wire, to_wire

_VERBS: Final = {"hit": "hit", "no_hit": "no_hit", "refused": "refuse"}
_SETTLED: Final = {"delivered": "deliver", "rejected": "refuse", "expired": "expire"}


def record_answer(*, message: Message, partner: Partner, at: dt.datetime) -> Asked:
    """Write down what a partner answers, in the transaction in which it is accepted.

    A hit becomes a finding for the second line and opens a case, unless somebody has judged before that this document's
    holder is not the one that the partner means; also where the officer has long gone on: nothing is lost with his
    page.

    Raises:
        InvalidInput: `answer_invalid`.
        NotFound: `answer_unasked` where this node has not asked that, or the check is gone.
        Conflict: `answered_already`.
    """
    reply = read_reply(message.body)
    rows = Asked.objects.select_for_update().filter(partner=partner, message_id=message.re)
    asked = rows.order_by("pk").first()  # the usual order would lock the partner too
    if asked is None or not message.re:
        raise NotFound("answer_unasked")
    verb = _VERBS[reply.outcome]
    if verb not in ASKED[asked.state]:
        raise Conflict("answered_already", state=asked.state)
    asked.state, asked.answered_at = ASKED[asked.state][verb], at
    asked.code, asked.clause = reply.code, reply.clause
    if reply.outcome == "hit":
        asked.reference, asked.contact = reply.reference, dict(reply.contact)
        asked.finding = _found(asked, partner, message, reply, at)
    asked.save()
    if asked.finding and asked.finding.state == "open":
        follow_hit(asked.finding)
    check = asked.owner
    mark = check.marks[0] if check.marks else ""
    record(
        Verb.RECORD_ANSWER, by=NODE, on=f"check:{check.pk}", subject=mark, purpose=check.purpose,
        agreement=message.agreement, task=check.task, partner=partner.code, outcome=reply.outcome,
    )  # fmt: skip
    return asked


def note_settled(*, outgoing: Outgoing, outcome: str, code: str, at: dt.datetime) -> None:
    """Take note of what a receipt says of a question: delivered, refused with a clause, or too late."""
    asked = Asked.objects.filter(partner=outgoing.partner, message_id=outgoing.message_id, state__in=WAITING).first()
    if asked is None or _SETTLED[outcome] not in ASKED[asked.state]:
        return
    asked.state = ASKED[asked.state][_SETTLED[outcome]]
    if outcome != "delivered":
        receipt = outgoing.receipts.filter(outcome=outcome).order_by("-id").first()
        asked.code, asked.clause = code, receipt.clause if receipt else ""
        asked.answered_at = at
    asked.save()


def _found(asked: Asked, partner: Partner, message: Message, reply: Reply, at: dt.datetime) -> FoundEntry:
    """Make a hit something that the second line judges. It is called by its reference, else by the answer.

    Only what was judged of the very subject that was asked about stands for it, not what was of others in the check.
    """
    check, band, entry = asked.owner, reply.band or "review", reply.reference or message.id
    subject = _asked_about(asked)
    if asked.place and check.asked.filter(partner=partner, reference=entry, finding__isnull=False).exists():
        entry = f"{entry} #{asked.place + 1}"  # the same entry, met by another traveller of the check
    negative = RememberedNegative.objects.filter(
        mark__in=marks_of(subject) if subject else (), watchlist=partner.code, entry=entry, expires_at__gt=at,
        forgotten_at=None,
    ).first()  # fmt: skip
    terms: dict[str, Any] = {
        "owner": check, "watchlist": partner.code, "entry": entry, "version": 0, "caption": partner.name,
        "schema": "", "score": 1.0, "band": band, "action": "refer", "handling": message.handling.code,
        "partner": partner.code,
        "subject": to_wire(subject) if subject else None,
        "state": "remembered" if negative else "open",
        "due_at": None if negative else at + DUE_AFTER[band],
        "remembered": negative,
    }  # fmt: skip
    finding, is_new = FoundEntry.objects.get_or_create(owner=check, watchlist=partner.code, entry=entry, defaults=terms)
    if negative is None and is_new:
        if check.keep_until is not None:  # as long as one with findings
            check.keep_until = max(check.keep_until, at + dt.timedelta(days=retention_in_force().finding_days))
            check.save(update_fields=["keep_until"])
        Alert.objects.create(kind="hit", finding=finding, agency=check.officer.agency if check.officer else None)
    return finding


def _asked_about(asked: Asked) -> Subject | None:
    """Give the subject of a question as it was presented, or as it was asked where the check keeps nobody."""
    kept = asked.owner.subjects
    if kept:
        return from_wire(kept[asked.place])
    question = Outgoing.objects.filter(message_id=asked.message_id, partner=asked.partner).first()
    if question is None or question.body is None:
        return None
    return unmasked(from_wire(json.loads(bytes(question.body))["subject"]))
