"""Reads of the desk: each shows only what is released to the agency of who looks."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from elchi.errors import NotFound
from elchi.exchange.conversation import OPEN, Act
from elchi.node.directory.models import Agency
from elchi.node.federation.models import Outgoing
from elchi.node.here import here
from elchi.node.liaison.models import Conversation, Party, SharedFile, Utterance
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Right, Role, rights_of

SOUGHT: Final = 100
"""Characters of what is searched for."""
REACHED: Final = {
    "queued": "queued", "carried": "queued", "relayed": "sent", "delivered": "delivered", "opened": "read",
    "rejected": "refused", "expired": "expired", "withdrawn": "withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a thing said has come, for an agency or the whole office of the partner."""

    whom: str
    """Code of an agency, or of the partner."""
    name: Any
    """Row that has its names, or None."""
    state: str
    """`queued`, `sent`, `delivered`, `read`, `refused`, `expired`, `withdrawn`."""
    at: dt.datetime | None
    code: str = ""
    """Why it was refused there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing said with how far it has come."""

    said: Utterance
    is_ours: bool
    agency: Any
    """Row of the agency that said it, or None where the directory does not know it."""
    reach: tuple[Reach, ...]
    """Of what this node said; empty for what came."""
    files: tuple[SharedFile, ...]
    """Without their bytes."""


def conversations_for(by: Acting) -> QuerySet[Conversation]:
    """Give the conversations that are released to an officer's agency; an auditor sees all but drafts."""
    rows = Conversation.objects.select_related("partner", "agency", "partner__country")
    if by.officer is None or not by.may(Right.DESK_SEE):
        return rows.none()
    if Role.AUDITOR in by.officer.roles:
        return rows.exclude(state="draft")
    mine = Party.objects.filter(conversation=OuterRef("pk"), agency=by.officer.agency_id)
    rows = rows.annotate(read_number=Subquery(mine.values("read_number")[:1])).filter(read_number__isnull=False)
    return rows.exclude(Q(state="draft") & ~Q(agency=by.officer.agency_id))


def conversations_found(by: Acting, *, which: str = "open", sought: str = "") -> QuerySet[Conversation]:
    """Give the conversations that an officer sees and that fit.

    Args:
        by: who looks.
        which: `open`, in which something is waited for; `owed` by this side; `mine`, asked by his agency; `closed`;
            `all`.
        sought: part of a number or of a title.
    """
    rows = conversations_for(by)
    agency = by.himself.agency_id if by.officer else None
    asked_here = Q(is_ours=True, agency=agency)
    if which == "open":
        rows = rows.filter(Q(state__in=[*OPEN, "arriving"]) | (Q(state="draft") & asked_here))
    elif which == "owed":
        rows = rows.filter(state__in=OPEN).exclude(asked_here | Q(is_ours=True, partner__isnull=False))
    elif which == "mine":
        rows = rows.filter(asked_here)
    elif which == "closed":
        rows = rows.exclude(state__in=[*OPEN, "arriving", "draft"])
    if sought.strip():
        text = sought.strip()[:SOUGHT]
        rows = rows.filter(Q(number__icontains=text) | Q(title__icontains=text))
    return rows


def count_waiting(by: Acting) -> int:
    """Count the conversations in which an officer's agency has something unread, or owes an answer that is due."""
    rows = conversations_for(by)
    if by.officer is None or Role.AUDITOR in by.officer.roles:
        return 0
    return rows.exclude(state="draft").filter(newest__gt=F("read_number")).count()


def conversation_for(by: Acting, conversation_id: int) -> Conversation:
    """Give a conversation that an officer sees.

    Raises:
        NotFound: `conversation_unknown`, also for one that is not released to his agency.
        NotAllowed: `right_missing`.
    """
    by.require(Right.DESK_SEE)
    row = conversations_for(by).filter(pk=conversation_id).first()
    if row is None:
        raise NotFound("conversation_unknown", conversation=conversation_id)
    return row


def spoken_in(by: Acting, row: Conversation) -> list[Shown]:
    """Give what was said in a conversation and is released to an officer's agency, in the order that both sides see."""
    said = list(row.said.order_by("number", "party", "message"))
    reads = [one for one in said if one.act == Act.READ]
    shown = [one for one in said if one.act != Act.READ and _is_released(by, row, one)]
    files: dict[int, list[SharedFile]] = {}
    for one in SharedFile.objects.filter(said__in=shown).defer("content"):
        files.setdefault(one.said_id, []).append(one)
    codes = {one.agency for one in said} | {code for one in said for code in one.agencies}
    agencies = {one.code: one for one in Agency.objects.filter(code__in=codes)}
    reached = _reached(row, shown, reads, agencies)
    return [
        Shown(one, one.party == here().code, agencies.get(one.agency), reached.get(one.pk, ()),
               tuple(files.get(one.pk, ())))
        for one in shown
    ]  # fmt: skip


def parties_of(row: Conversation) -> list[Party]:
    """Give the agencies of this node to which a conversation is released."""
    return list(row.parties.select_related("agency"))


def stamp_of(by: Acting, row: Conversation) -> str:
    """Give what tells whether a page shows the newest of a conversation: it changes with all that the page shows."""
    moved = Outgoing.objects.filter(thread=row.thread).exclude(thread="").order_by()
    states = sorted(moved.values_list("sequence", "state"))
    read = sorted(row.parties.values_list("agency_id", "read_number"))
    told = f"{row.pk} {row.highest} {row.state} {row.reminded_at} {row.escalated_at} {states} {read} {by.agency}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def stamp_of_list(rows: Sequence[Conversation]) -> str:
    """Give what tells whether a page shows a list of conversations as it is: it changes with all that the page shows.

    Args:
        rows: of `conversations_for`, in the order of the page.
    """
    told = [(row.pk, row.state, row.newest, getattr(row, "read_number", 0), row.title, row.due_at) for row in rows]
    return hashlib.sha256(str(told).encode()).hexdigest()[:16]


def file_for(by: Acting, file_id: int) -> SharedFile:
    """Give a file of a thing said that is released to an officer's agency.

    Raises:
        NotFound: `conversation_file_unknown`.
        NotAllowed: `right_missing`.
    """
    by.require(Right.DESK_SEE)
    rows = SharedFile.objects.select_related("said__conversation__partner")
    row = rows.filter(pk=file_id, said__conversation__in=conversations_for(by).values("pk")).first()
    if row is None or not _is_released(by, row.said.conversation, row.said):
        raise NotFound("conversation_file_unknown", file=file_id)
    return row


def is_released(by: Acting, message: str) -> bool:
    """Tell whether what a message said at the desk is released to an officer's agency; no where nothing is kept."""
    said = Utterance.objects.filter(message=message, conversation__in=conversations_for(by).values("pk"))
    return any(_is_released(by, one.conversation, one) for one in said.select_related("conversation"))


def desk_agencies() -> list[Agency]:
    """Give the agencies of this node that have somebody who works at the desk."""
    officers = Officer.objects.filter(is_active=True).select_related("agency")
    working = {one.agency_id: one.agency for one in officers if Right.DESK_WORK in rights_of(one.roles)}
    return sorted(working.values(), key=lambda agency: agency.code)


def _is_released(by: Acting, row: Conversation, one: Utterance) -> bool:
    """Tell whether a thing said is for an agency: all are for who said it, and for the agencies it names, if any."""
    if by.officer is not None and Role.AUDITOR in by.officer.roles:
        return True
    ours = one.party == here().code
    if row.partner_id is not None and ours:
        return True  # the agencies that it names are the partner's
    return not one.agencies or by.agency in one.agencies or (ours and one.agency == by.agency)


def _reached(
    row: Conversation, shown: Sequence[Utterance], reads: Sequence[Utterance], agencies: dict[str, Agency]
) -> dict[int, tuple[Reach, ...]]:
    ours = [one for one in shown if one.party == here().code]
    if row.state == "draft":
        return {}
    if row.partner_id is None:
        parties = parties_of(row)
        return {one.pk: tuple(_inside(one, party) for party in parties if _is_told(one, party)) for one in ours}
    rows = {one.message_id: one for one in Outgoing.objects.filter(message_id__in=[one.message for one in ours])}
    return {one.pk: tuple(_across(row, one, rows.get(one.message), reads, agencies)) for one in ours}


def _is_told(one: Utterance, party: Party) -> bool:
    code = party.agency.code
    return code != one.agency and (not one.agencies or code in one.agencies)


def _inside(one: Utterance, party: Party) -> Reach:
    is_read = party.read_number >= one.number
    return Reach(
        party.agency.code, party.agency, "read" if is_read else "delivered", party.read_at if is_read else one.at
    )


def _across(
    row: Conversation, one: Utterance, sent: Outgoing | None, reads: Sequence[Utterance], agencies: dict[str, Agency]
) -> list[Reach]:
    """Say how far a message has come: the receipt speaks for the whole office, what agencies read they say."""
    state = REACHED[sent.state] if sent else "withdrawn"
    at = (sent.opened_at or sent.delivered_at) if sent else None
    heard = {
        read.agency: Reach(read.agency, agencies.get(read.agency), "read", read.at)
        for read in sorted(reads, key=lambda read: read.number, reverse=True)
        if read.party != here().code and read.read_to >= one.number
    }
    named = [code for code in one.agencies if code not in heard]
    quiet = [Reach(code, agencies.get(code), "delivered" if state == "read" else state, at) for code in named]
    if heard or named:
        return [*heard.values(), *quiet]
    return [Reach(row.partner.code, row.partner, state, at, sent.code if sent else "")]
