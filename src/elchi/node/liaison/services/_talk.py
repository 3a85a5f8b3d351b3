"""What the verbs of the desk share: a conversation taken to be written to, a thing said kept and sent."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.conversation import Act, Said, next_number, state_of
from elchi.exchange.message import new_id
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.federation.models import Outgoing
from elchi.node.federation.services import send_message
from elchi.node.here import here
from elchi.node.liaison.basis import REPLY, REQUEST, draft_of, permit_for
from elchi.node.liaison.models import Conversation, Party, SharedFile, Utterance
from elchi.node.liaison.queries import conversation_for
from elchi.node.liaison.rules import FILES, FILES_SIZE, TEMPLATES, TEXT
from elchi.node.liaison.wire import Spoken, subject_wire
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.part import Part


@dataclass(frozen=True, slots=True)
class Given:
    """A file that goes with what is said."""

    name: str
    media_type: str
    content: bytes


def take(by: Acting, conversation_id: int) -> Conversation:
    """Give a conversation that an officer sees, locked for a change in the transaction of the caller.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`, `conversation_no_officer`.
    """
    by.require(Right.DESK_WORK)
    if by.officer is None:
        raise NotAllowed("conversation_no_officer")
    wait_turn()
    Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    return conversation_for(by, conversation_id)


def own_agency(by: Acting) -> Agency:
    """Give the row of the officer's agency."""
    agency: Agency = by.himself.agency
    return agency


def checked_text(text: str, *, limit: int = TEXT, field: str = "text", needed: bool = True) -> str:
    """Give a text without blanks around it.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > limit:
        raise InvalidInput("talk_invalid", field=field, rule="max_length", maximum=limit)
    if not text and needed:
        raise InvalidInput("talk_invalid", field=field, rule="empty")
    if text and not text.replace("\n", " ").replace("\t", " ").isprintable():
        raise InvalidInput("talk_invalid", field=field, rule="text")
    return text


def one_of(value: str, allowed: Sequence[str], *, field: str) -> str:
    """Give a value that is one of those allowed.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    if value not in allowed:
        raise InvalidInput("talk_invalid", field=field, rule="one_of", allowed=list(allowed))
    return value


def checked_template(template: str) -> str:
    """Give a template, or none.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    return one_of(template, ("", *TEMPLATES), field="template")


def checked_files(files: Sequence[Given]) -> tuple[Given, ...]:
    """Give files that may go with what is said, each under a name of its own.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    if len(files) > FILES:
        raise InvalidInput("talk_invalid", field="files", rule="number_in_range", maximum=FILES)
    if sum(len(one.content) for one in files) > FILES_SIZE:
        raise InvalidInput("talk_invalid", field="files", rule="max_bytes", maximum=FILES_SIZE)
    named: dict[str, Given] = {}
    for place, one in enumerate(files, 1):
        name = "".join(letter for letter in one.name.rpartition("/")[2] if letter.isprintable())[-90:] or "file"
        name = name if name not in named and name != "body" else f"{place}-{name}"
        named[name] = replace(one, name=name)
    return tuple(named.values())


def speak(by: Acting, row: Conversation, spoken: Spoken, files: Sequence[Given] = ()) -> Utterance:
    """Say something in a conversation: number it, send it where there is a partner, keep it, and move the state.

    Raises:
        NotAllowed: `not_covered`; what `send_message` raises.
        InvalidInput: `conversation_full`.
    """
    now = timezone.now()
    spoken = replace(
        spoken, place=next_number(row.highest), agency=by.agency, officer=by.himself.name, called=row.number
    )
    message, at = _send(by, row, spoken, files, now) if row.partner is not None else (new_id(), now)
    said = keep(row, spoken, party=here().code, message=message, of_asker=is_asker(row, by.agency), at=at, by=by.name)
    keep_files(said, files)
    row.parties.filter(agency__code=by.agency).update(read_number=row.newest, read_at=now)
    mark = next(iter(marks_of(spoken.subject)), "") if spoken.subject else ""
    record(
        Verb.SAY_AT_DESK, by=by, on=f"conversation:{row.pk}", subject=mark, purpose=row.purpose,
        agreement=row.agreement, act=str(spoken.act), partner=row.partner.code if row.partner else "",
    )  # fmt: skip
    return said


def _send(
    by: Acting, row: Conversation, spoken: Spoken, files: Sequence[Given], now: dt.datetime
) -> tuple[str, dt.datetime]:
    """Seal what is said; give the id of the message, and when it was sent as both sides know it."""
    opens = spoken.act is Act.ASK and row.highest == 0
    permit = permit_for(row, spoken, kind=REQUEST if opens else REPLY, files=bool(files), at=now)
    first = row.said.order_by("number").values_list("message", flat=True).first() or ""
    parts = [Part(one.name, one.media_type, one.content) for one in files]
    sent = send_message(by=by, draft=draft_of(row, spoken, permit, re=first, files=parts))
    if opens:
        row.thread, row.agreement, row.clause = sent.thread, permit.agreement, permit.clause
        row.keep_until = permit.conditions.retention_until
    return sent.message_id, Outgoing.objects.values_list("created_at", flat=True).get(pk=sent.row)


def keep(  # noqa: PLR0913  a thing said is what, where, by whom, on which side, when
    row: Conversation, spoken: Spoken, *, party: str, message: str, of_asker: bool, at: dt.datetime, by: str = ""
) -> Utterance:
    """Write down a thing said, and what becomes of the conversation by it."""
    said = Utterance.objects.create(
        conversation=row, number=spoken.place, party=party, message=message, act=str(spoken.act), of_asker=of_asker,
        agency=spoken.agency, officer=spoken.officer, by=by, text=spoken.text, language=spoken.language,
        template=spoken.template, subject=subject_wire(spoken.subject), clause=spoken.clause,
        agencies=list(spoken.agencies), read_to=spoken.read_to, at=at,
    )  # fmt: skip
    row.highest = max(row.highest, spoken.place)
    if spoken.act is not Act.READ:
        row.newest, row.last_at = max(row.newest, spoken.place), timezone.now()
    settle(row)
    return said


def settle(row: Conversation) -> None:
    """Work out the state of a conversation from all that was said, and save it."""
    if row.state != "arriving":
        row.state = state_of(map(said_of, row.said.all()), ends_at=row.ends_at, at=timezone.now())
    row.save()


def said_of(one: Utterance) -> Said:
    """Give a thing said as the rule of the conversation takes it."""
    return Said(number=one.number, party=one.party, id=one.message, act=Act(one.act), of_asker=one.of_asker, at=one.at)


def is_asker(row: Conversation, agency: str) -> bool:
    """Tell whether an agency of this node is on the side that asked: with a partner all of them are on ours."""
    if row.partner is not None:
        return row.is_ours
    return bool(row.agency and row.agency.code == agency)


def keep_files(said: Utterance, files: Sequence[Given | Part]) -> None:
    """Keep the files that go or came with a thing said."""
    SharedFile.objects.bulk_create(
        SharedFile(
            said=said, name=one.name[-100:], media_type=one.media_type[:100], size=len(one.content),
            sha256=hashlib.sha256(one.content).hexdigest(), content=one.content,
        )
        for one in files
    )  # fmt: skip


def not_over(row: Conversation) -> None:
    """Do nothing if something may still be said.

    Raises:
        Conflict: `conversation_over`, `conversation_draft`.
    """
    if row.state == "draft":
        raise Conflict("conversation_draft", conversation=row.pk)
    if row.state == "withdrawn":
        raise Conflict("conversation_over", state=row.state)


def released(row: Conversation, agencies: Sequence[Any], by: str) -> None:
    """Release a conversation to agencies of this node, each once."""
    have = set(row.parties.values_list("agency_id", flat=True))
    Party.objects.bulk_create(
        Party(conversation=row, agency=one, released_by=by) for one in agencies if one.pk not in have
    )
