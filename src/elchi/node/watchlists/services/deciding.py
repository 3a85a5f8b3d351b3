"""Verbs that decide about versions: approve, reject, roll back, and take a list out of use."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from elchi.errors import NotAllowed, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.queries import version_for
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services.mending import mend_list
from elchi.node.watchlists.staging import changing, clear_stage, staged, store
from elchi.node.watchlists.states import VERSION, next_state


def approve_version(*, by: Acting, version_id: int) -> Version:
    """Put a waiting version in force, as another officer than the one who loaded it.

    Raises:
        NotAllowed: `right_missing`; `four_eyes` for who loaded it.
        NotFound: `version_missing`.
        Conflict: `list_busy`; `state_refuses` when it does not wait any more.
    """
    by.require(Right.LIST_APPROVE)
    name = version_for(by, version_id).watchlist_id
    with changing(name):
        mend_list(name)
        version = version_for(by, version_id)
        if version.loaded_by == by.name:
            raise NotAllowed("four_eyes")
        with transaction.atomic():
            version.state = next_state(VERSION, version.state, "approve")
            version.decided_at, version.decided_by = timezone.now(), by.name
            version.save(update_fields=["state", "decided_at", "decided_by"])
        offered = staged(name)
        if offered is None:
            raise NotFound("version_missing", field="version", version=version_id)
        step.compare(version, offered, step.in_force(name))
        step.enforce(version, step.adopt(version, offered), by=by, verb=Verb.APPROVE_VERSION)
        clear_stage(name)
        return version


def reject_version(*, by: Acting, version_id: int, reason: str) -> Version:
    """Refuse a waiting version. Who loaded it may take it back so.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `version_missing`.
        Conflict: `list_busy`, `state_refuses`.
    """
    name = version_for(by, version_id).watchlist_id
    with changing(name):
        mend_list(name)
        version = version_for(by, version_id)
        by.require(Right.LIST_LOAD if version.loaded_by == by.name else Right.LIST_APPROVE)
        with transaction.atomic():
            version.state = next_state(VERSION, version.state, "reject")
            version.decided_at, version.decided_by, version.reason = timezone.now(), by.name, reason[:500]
            version.save(update_fields=["state", "decided_at", "decided_by", "reason"])
            record(Verb.REJECT_VERSION, by=by, on=f"list:{name}", offer=version.pk, reason=version.reason)
        clear_stage(name)
        return version


def roll_back_list(*, by: Acting, name: str, to_version: int, reason: str) -> Version:
    """Load the entries of an older version that is still kept as a new one.

    One officer does it: that version was approved when it came.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `list_unknown`, `version_unknown`.
        Conflict: `list_busy`, `own_list`, `version_waiting`.
    """
    by.require(Right.LIST_APPROVE)
    row = step.find_list(name, by)
    step.refuse_own(row)
    with changing(name):
        mend_list(name)
        kept = {version.version: version for version in store().versions(name)[:-1]}
        if to_version not in kept:
            raise NotFound("version_unknown", field="version", list=name, version=to_version, kept=sorted(kept))
        older = kept[to_version]
        version = step.begin(row, by=by, source={**older.source, "rolled_back_to": to_version}, reason=reason)
        step.compare(version, older, step.in_force(name))
        stored = step.adopt(version, older)
        return step.enforce(version, stored, by=by, verb=Verb.ROLL_BACK_LIST, to=to_version, reason=reason[:500])


def remove_list(*, by: Acting, name: str, reason: str) -> Watchlist:
    """Take a list out of use and delete its entries; what was done with it stays on record.

    Raises:
        NotAllowed: `right_missing`: of a list under four eyes who may not approve does not remove either.
        NotFound: `list_unknown`.
        Conflict: `list_busy`, `own_list`.
    """
    by.require(Right.LIST_LOAD)
    row = step.find_list(name, by)
    step.refuse_own(row)
    if row.retired_at is not None:
        raise NotFound("list_unknown", field="list", list=name)
    if row.four_eyes:
        by.require(Right.LIST_APPROVE)
    with changing(name):
        mend_list(name)
        with transaction.atomic():
            step.end_versions(row, by=by, reason=reason)
            row.retired_at = timezone.now()
            row.save(update_fields=["retired_at"])
            record(Verb.REMOVE_LIST, by=by, on=f"list:{name}", reason=reason[:500])
        tell_change()
        mend_list(name)  # a retired list has nothing on the disk
        tell_change()
        return row
