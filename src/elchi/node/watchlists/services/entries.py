"""Verbs of own entries, and of reading any entry."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotAllowed, NotFound
from elchi.lists import Entry
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.models import ALERTS, EntryChange, OwnEntry, Watchlist
from elchi.node.watchlists.own import OwnDraft, checked_entry
from elchi.node.watchlists.queries import FoundOnList, entry_of, facts_of, own_list_name, search_list
from elchi.node.watchlists.rules import sees_entry
from elchi.node.watchlists.services.writing import write_own
from elchi.node.watchlists.states import ENTRY, next_state
from elchi.subjects import Subject

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEY_LETTERS: Final = 7


def create_entry(*, by: Acting, draft: OwnDraft) -> OwnEntry:
    """Put somebody or something on the list of the officer's own agency; the next check finds it.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `own_entry_invalid`, `entry_invalid`.
    """
    by.require(Right.ENTRY_WRITE)
    with transaction.atomic():
        row = _own_list(by)
        entry = checked_entry(_new_key(), draft, timezone.localdate())
        made = OwnEntry.objects.create(
            watchlist=row, key=entry.id, owner=row.owner, created_by=by.name, changed_by=by.name,
            **_values(entry, draft),
        )  # fmt: skip
        _record(Verb.CREATE_ENTRY, made, by)
    write_own(row.name, by=by)
    return made


def amend_entry(*, by: Acting, key: str, draft: OwnDraft, reason: str, seen: str = "") -> OwnEntry:
    """Change an own entry, or let it hold longer; what it said before is kept.

    Args:
        by: an officer of the agency whose entry it is, may ENTRY_WRITE.
        key: of the entry.
        draft: what it says from now on.
        reason: why.
        seen: `changed_at` in ISO form as the officer saw it, so that nobody overwrites what he has not read.

    Raises:
        NotAllowed: `right_missing`, `own_entry_of_others`.
        NotFound: `entry_unknown`.
        InvalidInput: `own_entry_invalid`, `entry_invalid`.
        Conflict: `state_refuses` when it was withdrawn; `entry_changed`.
    """
    by.require(Right.ENTRY_WRITE)
    with transaction.atomic():
        row = _held(by, key)
        state = next_state(ENTRY, row.state, "amend")
        if seen and row.changed_at.isoformat() != seen:
            raise Conflict("entry_changed", entry=key)
        entry = checked_entry(key, draft, timezone.localdate())
        _keep(row, by, reason)
        for name, value in _values(entry, draft).items():
            setattr(row, name, value)
        _change(row, state, by.name, reason)
        _record(Verb.AMEND_ENTRY, row, by, reason=reason[:500])
    write_own(row.watchlist_id, by=by)
    return row


def withdraw_entry(*, by: Acting, key: str, reason: str) -> OwnEntry:
    """Take an own entry out of force for good.

    Raises:
        NotAllowed: `right_missing`, `own_entry_of_others`.
        NotFound: `entry_unknown`.
        Conflict: `state_refuses`.
    """
    by.require(Right.ENTRY_WRITE)
    with transaction.atomic():
        row = _held(by, key)
        state = next_state(ENTRY, row.state, "withdraw")
        _keep(row, by, reason)
        _change(row, state, by.name, reason)
        _record(Verb.WITHDRAW_ENTRY, row, by, reason=reason[:500])
    write_own(row.watchlist_id, by=by)
    return row


def expire_entries(*, by: Actor = NODE) -> int:
    """Take own entries out of force whose day has passed; give how many. Run daily: checks pass over them before."""
    with transaction.atomic():
        ended = OwnEntry.objects.filter(state="in_force", expires_date__lt=timezone.localdate())
        rows = list(ended.select_for_update())
        for row in rows:
            _change(row, next_state(ENTRY, row.state, "expire"), by.name, "")
        for name in sorted({row.watchlist_id for row in rows}):
            keys = sorted(row.key for row in rows if row.watchlist_id == name)
            record(Verb.EXPIRE_ENTRIES, by=by, on=f"list:{name}", entries=keys)
    for name in sorted({row.watchlist_id for row in rows}):
        write_own(name, by=by)
    return len(rows)


def read_entry(*, by: Acting, name: str, version: int | None, entry_id: str, task: str = "") -> Entry:
    """Give an entry to an officer who looks at it.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `entry_unknown`, also where he may not know of it; `list_unknown`.
    """
    by.require(Right.LIST_SEE)
    facts = facts_of([(name, entry_id)]).get((name, entry_id))
    if facts is None or not sees_entry(by, facts):
        raise NotFound("entry_unknown", field="id", id=entry_id)
    entry = entry_of(name, version, entry_id)
    with transaction.atomic():
        record(Verb.READ_ENTRY, by=by, on=f"entry:{name}:{entry_id}"[:200], task=task, version=version)
    return entry


def search_entries(*, by: Acting, name: str, subjects: Sequence[Subject], task: str = "") -> tuple[FoundOnList, ...]:
    """Find entries of a list by a name or number, as far as the officer may know of them; best first.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `list_unknown`.
        InvalidInput: `subject_unusable`.
    """
    by.require(Right.LIST_SEE)
    found = search_list(by=by, name=name, subjects=subjects)
    marks = next((marks for subject in subjects for marks in [marks_of(subject)] if marks), ("",))
    with transaction.atomic():
        record(Verb.SEARCH_ENTRIES, by=by, on=f"list:{name}", subject=marks[0], task=task, found=len(found))
    return found


def _own_list(by: Acting) -> Watchlist:
    agency = Agency.objects.filter(code=by.agency).first()
    if agency is None:
        raise NotAllowed("agency_missing")
    row, _ = Watchlist.objects.get_or_create(
        name=own_list_name(agency.code),
        defaults={
            "title": agency.name, "titles": agency.names, "origin": "own", "owner": agency, "tlp": "AMBER",
            "handling": "H1",
        },
    )  # fmt: skip
    return row


def _held(by: Acting, key: str) -> OwnEntry:
    """Give an own entry to write on, or refuse."""
    rows = OwnEntry.objects.select_related("owner").select_for_update(of=("self",))
    row = rows.filter(key=key).first()
    if row is None or (row.action == "discreet" and row.owner.code != by.agency):
        raise NotFound("entry_unknown", field="id", id=key)
    if row.owner.code != by.agency or row.watchlist_id == ALERTS:
        raise NotAllowed("own_entry_of_others", agency=row.owner.code)
    return row


def _new_key() -> str:
    """Make an id that tells nothing: numbers in a row would tell how many discreet entries there are."""
    return f"{here().code}-E-{''.join(secrets.choice(_LETTERS) for _ in range(_KEY_LETTERS))}"


def _values(entry: Entry, draft: OwnDraft) -> dict[str, Any]:
    return {
        "schema": entry.schema, "properties": {name: list(values) for name, values in entry.properties.items()},
        "action": draft.action, "handling": draft.handling, "legal_basis": draft.legal_basis.strip(),
        "authority": draft.authority.strip(), "instructions": draft.instructions.strip(),
        "expires_date": draft.expires_date,
    }  # fmt: skip


def _keep(row: OwnEntry, by: Acting, reason: str) -> None:
    before = {
        "schema": row.schema, "properties": row.properties, "action": row.action, "handling": row.handling,
        "legal_basis": row.legal_basis, "authority": row.authority, "instructions": row.instructions,
        "expires_date": row.expires_date.isoformat(), "state": row.state,
    }  # fmt: skip
    EntryChange.objects.create(entry=row, by=by.name, reason=reason[:500], before=before)


def _change(row: OwnEntry, state: str, by: str, reason: str) -> None:
    row.state, row.changed_at, row.changed_by, row.reason = state, timezone.now(), by, reason[:500]
    row.save()


def _record(verb: Verb, row: OwnEntry, by: Acting, **detail: Any) -> None:
    # Not the action: who reads the audit of another agency does not learn which entries are discreet.
    told = {"schema": row.schema, "expires": row.expires_date.isoformat()}
    record(verb, by=by, on=f"entry:{row.watchlist_id}:{row.key}", **told, **detail)
