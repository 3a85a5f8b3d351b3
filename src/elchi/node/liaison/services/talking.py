"""To say something in a conversation, to read it, and to release it to another agency of the office."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed
from elchi.exchange.conversation import Act, may_do
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.models import Incoming
from elchi.node.federation.services import open_message
from elchi.node.liaison.models import Conversation, SharedFile, Utterance
from elchi.node.liaison.queries import conversation_for, desk_agencies, file_for
from elchi.node.liaison.rules import DONE
from elchi.node.liaison.services._talk import (
    Given,
    checked_files,
    checked_template,
    checked_text,
    is_asker,
    not_over,
    one_of,
    released,
    speak,
    take,
)
from elchi.node.liaison.wire import Spoken
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject


@transaction.atomic
def say(  # noqa: PLR0913  what is said: what it does, in words, about whom, to whom, with which files
    *,
    by: Acting,
    conversation_id: int,
    act: str,
    text: str = "",
    template: str = "",
    language: str = "",
    clause: str = "",
    subject: Subject | None = None,
    agencies: Sequence[str] = (),
    files: Sequence[Given] = (),
) -> Utterance:
    """Say something in a conversation; to a partner it goes when there is a link.

    Args:
        by: who says it.
        conversation_id: the conversation.
        act: of `rules.DONE`, one of his side.
        text: in words; may be empty where a template or a subject says it.
        template: of `rules.TEMPLATES`.
        language: of the text, ISO 639-1.
        clause: by which something is refused; a refusal needs one.
        subject: whom or what it is about too.
        agencies: codes of those of its receivers to whom it is released; empty for all that the conversation is.
        files: at most `rules.FILES`.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`, `talk_side`; `agreement_missing`, `not_covered`; what `send_message` raises.
        InvalidInput: `talk_invalid`, `conversation_full`.
        Conflict: `conversation_over`, `conversation_draft`.
    """
    row = take(by, conversation_id)
    not_over(row)
    done = Act(one_of(act, [str(one) for one in DONE], field="act"))
    if not may_do(done, of_asker=is_asker(row, by.agency)) or done is Act.WITHDRAW:
        raise NotAllowed("talk_side", act=act)
    if done is Act.REFUSE and not clause.strip():
        raise InvalidInput("talk_invalid", field="clause", rule="empty")
    given = checked_files(files)
    is_enough = done is Act.ACKNOWLEDGE or bool(template or subject or given)
    spoken = Spoken(
        act=done,
        text=checked_text(text, needed=not is_enough),
        template=checked_template(template),
        language=language[:3],
        clause=checked_text(clause, limit=80, field="clause", needed=False) if done is Act.REFUSE else "",
        subject=subject,
        agencies=tuple(dict.fromkeys(agencies)),
    )
    return speak(by, row, spoken, given)


@transaction.atomic
def read_conversation(*, by: Acting, conversation_id: int) -> Conversation:
    """Open a conversation to read it: for the officer's agency all of it is read, and those who said it are told.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`.
    """
    row = conversation_for(by, conversation_id)
    if row.state == "draft" or not _unread(by, row):
        return row
    wait_turn()
    Conversation.objects.select_for_update().filter(pk=row.pk).first()
    row = conversation_for(by, conversation_id)
    mine = row.parties.filter(agency__code=by.agency)
    read_to = mine.values_list("read_number", flat=True)[0]
    new = row.said.filter(number__gt=read_to, party=row.partner.code if row.partner else "")
    ids = list(new.exclude(act=str(Act.READ)).values_list("message", flat=True))
    mine.update(read_number=row.newest, read_at=timezone.now())
    record(Verb.READ_CONVERSATION, by=by, on=f"conversation:{row.pk}", purpose=row.purpose, to=row.newest)
    if ids and by.may(Right.DESK_WORK):
        for message in Incoming.objects.filter(partner=row.partner, message_id__in=ids, state="accepted"):
            open_message(by=by, incoming=message.pk)
        with suppress(ElchiError), transaction.atomic():  # where it may not be told, the receipt says that somebody has
            speak(by, row, Spoken(act=Act.READ, read_to=row.newest))
    return row


def _unread(by: Acting, row: Conversation) -> bool:
    return row.parties.filter(agency__code=by.agency, read_number__lt=row.newest).exists()


@transaction.atomic
def release_conversation(*, by: Acting, conversation_id: int, agency: str) -> Conversation:
    """Let another agency of this office see a conversation, all of it that is not for named agencies only.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`.
        InvalidInput: `talk_invalid`.
        Conflict: `conversation_draft`.
    """
    row = take(by, conversation_id)
    if row.state == "draft":
        raise Conflict("conversation_draft", conversation=row.pk)
    found = [one for one in desk_agencies() if one.code == agency]
    if not found:
        raise InvalidInput("talk_invalid", field="agency", rule="not_offered")
    released(row, found, by.name)
    record(Verb.RELEASE_CONVERSATION, by=by, on=f"conversation:{row.pk}", purpose=row.purpose, agency=agency)
    return row


@transaction.atomic
def read_shared_file(*, by: Acting, file_id: int) -> SharedFile:
    """Give out a file that came or went with a thing said. Each time is a line of the audit.

    Raises:
        NotFound: `conversation_file_unknown`.
        NotAllowed: `right_missing`.
    """
    row = file_for(by, file_id)
    record(Verb.READ_SHARED_FILE, by=by, on=f"conversation:{row.said.conversation_id}", file=row.pk, sha256=row.sha256)
    return row
