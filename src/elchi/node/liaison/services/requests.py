"""To ask: a request is drafted, shown with what of it may go, and sent; or taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.agreement import Permit
from elchi.exchange.conversation import STATES, Act
from elchi.exchange.message import HANDLING, TLP, Evaluation, new_id
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.federation.models import Partner
from elchi.node.here import here
from elchi.node.liaison.basis import REQUEST, evaluation_text, permit_for
from elchi.node.liaison.models import Conversation, Utterance
from elchi.node.liaison.queries import desk_agencies
from elchi.node.liaison.rules import FURTHEST, KEPT_DAYS, KINDS, TITLE, URGENCIES, WAITS_AFTER
from elchi.node.liaison.services._talk import (
    Given,
    checked_files,
    checked_template,
    checked_text,
    is_asker,
    keep_files,
    not_over,
    one_of,
    own_agency,
    released,
    speak,
    take,
)
from elchi.node.liaison.wire import Spoken, subject_wire
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.subjects import Subject, from_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of whom, how soon, and why."""

    to: str = ""
    """Code of a partner; empty for agencies of this office."""
    agencies: Sequence[str] = ()
    """Codes of those it is for: of this office, or at the partner; at the partner, empty for all."""
    kind: str
    """Of `rules.KINDS`."""
    urgency: str
    """Of `rules.URGENCIES`."""
    due_at: dt.datetime | None = None
    """Of urgency `by_date`; of a meeting, when it is."""
    title: str
    text: str = ""
    language: str = ""
    template: str = ""
    purpose: str
    subject: Subject | None = None
    handling: str = "H1"
    tlp: str = "AMBER"
    conditions: str = ""
    evaluation: Evaluation | None = None
    files: Sequence[Given] = ()


@transaction.atomic
def draft_request(*, by: Acting, request: Request) -> Conversation:
    """Write a request down; nobody else sees it before it is sent.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `talk_invalid`, `message_invalid`.
        NotFound: `partner_unknown`, `agency_unknown`.
    """
    by.require(Right.DESK_WORK)
    agency, now = own_agency(by), timezone.now()
    partner = _partner(request.to) if request.to else None
    inside = () if partner else _asked(request.agencies, agency)
    one_of(request.kind, KINDS, field="kind")
    one_of(request.urgency, tuple(URGENCIES), field="urgency")
    text = checked_text(request.text, needed=request.subject is None and not request.template)
    row = Conversation.objects.create(
        thread=new_id(), partner=partner, is_ours=True, agency=agency, opened_at=now,
        kind=request.kind, urgency=request.urgency, due_at=_due(request, now),
        title=checked_text(request.title.replace("\n", " "), limit=TITLE, field="title"),
        purpose=request.purpose[:40],
        handling=one_of(request.handling, HANDLING, field="handling"),
        tlp=one_of(request.tlp, TLP, field="tlp"),
        conditions=checked_text(request.conditions, limit=500, field="conditions", needed=False),
        evaluation=evaluation_text(request.evaluation),
        keep_until=now.date() + dt.timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    row.number = f"{here().code}-R-{row.pk:04d}"
    row.save()
    released(row, [agency, *inside], by.name)
    said = Utterance.objects.create(
        conversation=row, number=1, party=here().code, message=row.thread, act=str(Act.ASK), of_asker=True,
        agency=agency.code, officer=by.himself.name, by=by.name, text=text, language=request.language[:3],
        template=checked_template(request.template), subject=subject_wire(request.subject),
        agencies=list(request.agencies) if partner else [], at=now,
    )  # fmt: skip
    keep_files(said, checked_files(request.files))
    record(Verb.DRAFT_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose, partner=request.to)
    return row


def preview_request(*, by: Acting, conversation_id: int) -> Permit | None:
    """Give what of a draft may go to the partner, field by field with the clause; None inside the office.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`; `agreement_missing`, `not_covered`: no agreement lets it go.
        Conflict: `conversation_sent`.
    """
    with transaction.atomic():
        row = take(by, conversation_id)
        spoken, files = _drafted(row)
        record(Verb.PREVIEW_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
    if row.partner is None:
        return None
    return permit_for(row, spoken, kind=REQUEST, files=bool(files), at=timezone.now())


@transaction.atomic
def send_request(*, by: Acting, conversation_id: int) -> Conversation:
    """Send a draft: inside the office it is there at once, to a partner it goes when there is a link.

    Its time begins now.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`; `agreement_missing`, `not_covered`; what `send_message` raises.
        Conflict: `conversation_sent`.
        InvalidInput: `talk_invalid`: its time is over.
    """
    row = take(by, conversation_id)
    spoken, files = _drafted(row)
    draft = row.said.get()
    now = timezone.now().replace(microsecond=0)  # both sides know these times to the millisecond
    wait = URGENCIES[row.urgency]
    row.opened_at, row.due_at = now, row.due_at if wait is None else now + wait
    if row.due_at is None or row.due_at <= now:
        raise InvalidInput("talk_invalid", field="due_at", rule="ends_later")
    row.ends_at = row.due_at + WAITS_AFTER
    draft.delete()
    speak(by, row, replace(spoken, ends_at=row.ends_at), files)
    record(
        Verb.SEND_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose, agreement=row.agreement,
        partner=row.partner.code if row.partner else "", urgency=row.urgency,
    )  # fmt: skip
    return row


@transaction.atomic
def drop_draft(*, by: Acting, conversation_id: int) -> None:
    """Throw a draft away.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`.
        Conflict: `conversation_sent`.
    """
    row = take(by, conversation_id)
    _drafted(row)
    record(Verb.DROP_DRAFT, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
    row.delete()


@transaction.atomic
def withdraw_request(*, by: Acting, conversation_id: int, reason: str = "") -> Conversation:
    """Take a request back: nobody need answer any more; what was said stays, as it is known on both sides.

    Raises:
        NotFound: `conversation_unknown`.
        NotAllowed: `right_missing`, `talk_side`, `not_covered`.
        Conflict: `state_refuses` when it is answered, refused or over; `conversation_draft`.
    """
    row = take(by, conversation_id)
    not_over(row)
    if not is_asker(row, by.agency):
        raise NotAllowed("talk_side", act=str(Act.WITHDRAW))
    if Act.WITHDRAW not in STATES[row.state]:
        raise Conflict("state_refuses", state=row.state, to="withdrawn")
    text = checked_text(reason, needed=False)
    speak(by, row, Spoken(act=Act.WITHDRAW, text=text))
    record(Verb.WITHDRAW_REQUEST, by=by, on=f"conversation:{row.pk}", purpose=row.purpose)
    return row


def _partner(code: str) -> Partner:
    partner = Partner.objects.filter(code=code[:32]).first()
    if partner is None:
        raise NotFound("partner_unknown", partner=code[:32])
    return partner


def _asked(codes: Sequence[str], own: Agency) -> list[Agency]:
    """Give the agencies of this office that are asked."""
    have = {agency.code: agency for agency in desk_agencies()}
    if not codes or own.code in codes:
        raise InvalidInput("talk_invalid", field="agencies", rule="another")
    for code in codes:
        if code not in have:
            raise NotFound("agency_unknown", field="agencies", agency=code[:64])
    return [have[code] for code in dict.fromkeys(codes)]


def _due(request: Request, now: dt.datetime) -> dt.datetime | None:
    wait = URGENCIES[request.urgency]
    if wait is not None:
        return now + wait
    if request.due_at is None or not now < request.due_at <= now + FURTHEST:
        raise InvalidInput("talk_invalid", field="due_at", rule="ends_later")
    return request.due_at


def _drafted(row: Conversation) -> tuple[Spoken, tuple[Given, ...]]:
    """Give what a draft says, as it would be said now."""
    if row.state != "draft":
        raise Conflict("conversation_sent", conversation=row.pk)
    said = row.said.get()
    files = tuple(Given(one.name, one.media_type, bytes(one.content)) for one in said.files.all())
    spoken = Spoken(
        act=Act.ASK, place=1, agency=said.agency, agencies=tuple(said.agencies), officer=said.officer, text=said.text,
        language=said.language, template=said.template,
        subject=from_wire(said.subject) if said.subject else None, called=row.number, kind=row.kind,
        urgency=row.urgency, title=row.title, ends_at=row.due_at,
    )  # fmt: skip
    return spoken, files
