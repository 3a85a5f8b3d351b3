"""Verbs of the log: write, correct, hand a shift over, acknowledge it, give the log out, remove old words."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node.audit.actor import Actor
from elchi.node.audit.queries import is_noted, signing_key
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.here import here
from elchi.node.officelog.entry import (
    checked_references,
    checked_time,
    checked_words,
    hash_of,
    released_to,
    said_of,
    signed_content,
)
from elchi.node.officelog.models import LogEntry
from elchi.node.officelog.open_now import keys_open
from elchi.node.officelog.queries import (
    AT_PAGE,
    Verification,
    Wanted,
    agencies_at,
    entry_for,
    held_of,
    kept_since,
    office_for,
    public_key,
    verify,
)
from elchi.node.officelog.rules import HAND_OVER, KINDS, OF_SHIFTS, TAKE_OVER
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.seal.evidence import START

AT_ONCE: Final = 500
"""Entries whose words are removed in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an officer writes down."""

    kind: str
    """Of `rules.KINDS`."""
    text: str
    happened_at: dt.datetime | None = None
    """Now where it is not said."""
    agencies: Sequence[str] = ()
    """Codes of agencies of the office that may read it; his own may always."""
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Kind of `rules.REFERENCES` to numbers as officers call them."""


@transaction.atomic
def write_entry(*, by: Acting, written: Written) -> LogEntry:
    """Write an entry into the log of the officer's office.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        InvalidInput: `log_invalid`.
        Conflict: `key_damaged`, `key_locked`.
    """
    by.require(Right.LOG_WRITE)
    if written.kind not in KINDS:
        raise InvalidInput("log_invalid", field="kind", rule="one_of", allowed=list(KINDS))
    words, references = checked_words(written.text), checked_references(written.references)
    row = _begun(by, written.kind, words, written.agencies)
    row.references = list(references)
    row.happened_at = checked_time(written.happened_at, row.at)
    return _put(by, row, Verb.WRITE_LOG)


@transaction.atomic
def correct_entry(*, by: Acting, number: int, text: str) -> LogEntry:
    """Correct an entry by a new one that names it: who could read the old one can read the new one, and nobody else.

    Raises:
        NotFound: `log_entry_unknown`.
        NotAllowed: `right_missing`, `officers_only`, `log_of_others`.
        InvalidInput: `log_invalid`.
        Conflict: `log_corrected`; `log_not_corrected`: it hands a shift over, or acknowledges that.
    """
    by.require(Right.LOG_WRITE)
    words = checked_words(text)
    wait_turn()
    old = entry_for(by, office_for(by), number)
    if old.agency != by.agency:
        raise NotAllowed("log_of_others", number=number)
    if old.kind in OF_SHIFTS:
        raise Conflict("log_not_corrected", number=number)
    newer = LogEntry.objects.filter(office=old.office, re=number).first()
    if newer is not None:
        raise Conflict("log_corrected", number=number, by=newer.number)
    row = _begun(by, old.kind, words, ())
    row.happened_at, row.references, row.released, row.re = old.happened_at, old.references, old.released, number
    return _put(by, row, Verb.WRITE_LOG)


@transaction.atomic
def hand_over_shift(*, by: Acting, remarks: str = "", agencies: Sequence[str] = ()) -> LogEntry:
    """Hand the shift over: what is open and the officer sees is named with it, and waits for the next one's word.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        InvalidInput: `log_invalid`.
        Conflict: `key_damaged`, `key_locked`.
    """
    by.require(Right.DESK_WORK)
    row = _begun(by, HAND_OVER, checked_words(remarks, needed=False), agencies)
    row.references = keys_open(by)
    return _put(by, row, Verb.HAND_OVER_SHIFT)


@transaction.atomic
def take_over_shift(*, by: Acting, number: int, remarks: str = "") -> LogEntry:
    """Acknowledge a hand-over: another officer says that he has read it and goes on.

    Raises:
        NotFound: `log_entry_unknown`.
        NotAllowed: `right_missing`, `officers_only`, `shift_own`: he handed it over himself.
        InvalidInput: `log_invalid`.
        Conflict: `shift_taken`: somebody was first.
    """
    by.require(Right.DESK_WORK)
    words = checked_words(remarks, needed=False)
    wait_turn()
    handed = entry_for(by, office_for(by), number)
    if handed.kind != HAND_OVER:
        raise NotFound("log_entry_unknown", number=number)
    if handed.by == by.name:
        raise NotAllowed("shift_own", number=number)
    taken = LogEntry.objects.filter(office=handed.office, re=number).first()
    if taken is not None:
        raise Conflict("shift_taken", number=number, officer=taken.officer)
    row = _begun(by, TAKE_OVER, words, ())
    row.released, row.re = _with(handed.released, by.agency), number
    return _put(by, row, Verb.TAKE_OVER_SHIFT)


def note_reading(*, by: Acting, office: str, wanted: Wanted) -> None:
    """Write down that somebody reads the log of an office; looking again within minutes is the same reading.

    That he searched is told, not for what: it may be somebody's name.
    """
    told: dict[str, str | bool] = {
        name: str(getattr(wanted, name)) for name in ("day", "agency", "kind") if getattr(wanted, name)
    }
    if wanted.sought:
        told["searched"] = True
    with transaction.atomic():
        if wanted.sought or not is_noted(by, Verb.READ_LOG, f"log:{office}"):
            record(Verb.READ_LOG, by=by, on=f"log:{office}", wanted=told)


@transaction.atomic
def note_export(*, by: Acting, office: str, rows: int) -> None:
    """Write down that somebody took entries away, as CSV or on paper."""
    by.require(Right.LOG_SEE)
    record(Verb.EXPORT_LOG, by=by, on=f"log:{office}", rows=rows)


@transaction.atomic
def verify_log(*, by: Acting, office: str = "", most: int | None = AT_PAGE) -> Verification:
    """Verify the log of an office, the newest entries of it or all.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `office_unknown`.
        Conflict: `key_damaged`, `key_locked`.
    """
    told = verify(office_for(by, office), public_key(), most=most)
    record(Verb.VERIFY_LOG, by=by, on=f"log:{told.office}", entries=told.entries, faults=len(told.faults))
    return told


def remove_kept_words(*, by: Actor) -> int:
    """Remove the words of entries whose retention is over; the chain goes on to hold. Give of how many."""
    with transaction.atomic():
        wait_turn()
        rows = LogEntry.objects.filter(at__lt=kept_since()).exclude(salt="")
        keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            LogEntry.objects.filter(pk__in=keys).update(text="", folded="", references=[], salt="")
            record(Verb.REMOVE_LOG_WORDS, by=by, on="log:words", entries=len(keys))
    return len(keys)


def _begun(by: Acting, kind: str, words: str, agencies: Sequence[str]) -> LogEntry:
    """Begin an entry in the officer's office, after the last one there; nobody else writes until this is done."""
    wait_turn()
    office = by.himself.office
    now = timezone.now()
    last = LogEntry.objects.filter(office=office).order_by("-number").first()
    present = [one.code for one in agencies_at(office)]
    return LogEntry(
        office=office, number=last.number + 1 if last else 1, kind=kind, text=words, folded=words.casefold(),
        salt=secrets.token_hex(32), happened_at=now, at=now, agency=by.agency, by=by.name, officer=by.himself.name,
        released=f",{','.join(released_to(by.agency, agencies, present))},", previous=last.hash if last else START,
    )  # fmt: skip


def _put(by: Acting, row: LogEntry, verb: Verb) -> LogEntry:
    """Close an entry: hash, signature, row, and the line of the audit, which knows its hash as well."""
    row.said = said_of(row.text, row.references, row.salt)
    entry = held_of(row)
    row.hash = hash_of(row.previous, entry)
    row.signature = signing_key().sign(signed_content(here().code, entry, row.hash)).hex()
    row.save(force_insert=True)
    record(verb, by=by, on=f"log:{row.office.code}", number=row.number, hash=row.hash, kind=row.kind, re=row.re)
    return row


def _with(released: str, agency: str) -> str:
    codes = sorted({*released.strip(",").split(","), agency})
    return f",{','.join(codes)},"
