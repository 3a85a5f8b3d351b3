"""What a partner says in a conversation, in whatever order it comes."""

from __future__ import annotations

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.conversation import Act, may_do
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.federation.models import Partner
from elchi.node.liaison.basis import evaluation_text
from elchi.node.liaison.models import Conversation, Utterance
from elchi.node.liaison.queries import desk_agencies
from elchi.node.liaison.services._talk import keep, keep_files, released, settle
from elchi.node.liaison.wire import Spoken


def check_request(spoken: Spoken, message: Message, partner: Partner) -> None:
    """Do nothing if what opens a conversation says all that it must.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    if spoken.act is not Act.ASK or spoken.place != 1 or message.thread == "":
        raise InvalidInput("talk_invalid", field="act", rule="one_of", allowed=[str(Act.ASK)])
    for name in ("called", "kind", "urgency", "ends_at"):
        if not getattr(spoken, name):
            raise InvalidInput("talk_invalid", field=name, rule="missing")
    if not spoken.called.startswith(f"{partner.code}-R-"):
        raise InvalidInput("talk_invalid", field="called", rule="as_given")
    if message.deadline is None:
        raise InvalidInput("talk_invalid", field="deadline", rule="missing")


def hear_request(*, message: Message, partner: Partner, spoken: Spoken) -> Conversation:
    """Open the conversation that a partner begins, in the transaction in which his message is accepted.

    It is released to the agencies that he names, as far as they have a desk here; to all that have one where he names
    none of them, so that no request lies unseen.

    Raises:
        Conflict: `conversation_known`: its number or thread is that of another one.
    """
    row = _begun(message, partner)
    if row.state != "arriving":
        raise Conflict("conversation_known", thread=message.thread)
    if Conversation.objects.filter(partner=partner, number=spoken.called).exclude(pk=row.pk).exists():
        raise Conflict("conversation_known", thread=message.thread)
    row.number, row.kind, row.urgency, row.title = spoken.called, spoken.kind, spoken.urgency, spoken.title
    row.purpose, row.agreement = message.purpose, message.agreement
    row.handling, row.tlp = message.handling.code, message.handling.tlp
    row.conditions = message.handling.conditions[:500]
    row.evaluation = evaluation_text(message.evaluation)
    row.opened_at, row.due_at, row.ends_at = message.sent_at, message.deadline, spoken.ends_at
    row.state = "sent"
    _hear(row, message, partner, spoken)
    desks = desk_agencies()
    released(row, [one for one in desks if one.code in spoken.agencies] or desks, NODE.name)
    return row


def hear_reply(*, message: Message, partner: Partner, spoken: Spoken) -> Utterance:
    """Keep what a partner says in a conversation, in the transaction in which his message is accepted.

    It may come before the message that opened the conversation: then it waits for it, in its place.

    Raises:
        NotAllowed: `talk_side`: not for his side to do.
        InvalidInput: `talk_invalid`.
    """
    row = _begun(message, partner)
    if not may_do(spoken.act, of_asker=not row.is_ours):
        raise NotAllowed("talk_side", act=str(spoken.act))
    return _hear(row, message, partner, spoken)


def forget_said(*, message_id: str, partner: Partner) -> None:
    """Remove what a message said that its sender took back; its place in the conversation stays, empty."""
    for said in Utterance.objects.filter(conversation__partner=partner, party=partner.code, message=message_id):
        said.files.all().delete()
        said.text, said.subject, said.officer = "", None, ""
        said.save()
        if said.number == 1:
            Conversation.objects.filter(pk=said.conversation_id).update(title="")
        settle(Conversation.objects.get(pk=said.conversation_id))


def _begun(message: Message, partner: Partner) -> Conversation:
    """Give the conversation of a message, begun here if nothing of it has come yet."""
    row = Conversation.objects.select_for_update(of=("self",)).filter(partner=partner, thread=message.thread).first()
    if row is not None:
        return row
    return Conversation.objects.create(
        partner=partner, thread=message.thread, is_ours=False, state="arriving", purpose=message.purpose,
        agreement=message.agreement, opened_at=message.sent_at, keep_until=message.retention_until,
    )  # fmt: skip


def _hear(row: Conversation, message: Message, partner: Partner, spoken: Spoken) -> Utterance:
    said = keep(
        row, spoken, party=partner.code, message=message.id, of_asker=not row.is_ours, at=message.sent_at
    )  # fmt: skip
    keep_files(said, message.files)
    if message.retention_until and row.keep_until:
        row.keep_until = max(row.keep_until, message.retention_until)
        row.save(update_fields=["keep_until"])
    if spoken.act is not Act.READ:  # what comes late is unread, though later things were read
        row.parties.filter(read_number__gte=spoken.place).update(read_number=spoken.place - 1)
    mark = next(iter(marks_of(spoken.subject)), "") if spoken.subject else ""
    record(
        Verb.HEAR_AT_DESK, by=NODE, on=f"conversation:{row.pk}", subject=mark, purpose=row.purpose,
        agreement=message.agreement, act=str(spoken.act), partner=partner.code,
    )  # fmt: skip
    return said
