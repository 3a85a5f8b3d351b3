"""Verbs that bring a version of a list: load, approve, reject, roll back, and take a list out of use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, NotAllowed, NotFound
from elchi.lists import (
    LoadPolicy,
    ShippedList,
    TableMapping,
    issued_at,
    read_list,
    read_shipped,
    refreshed_source,
    shipped_list,
)
from elchi.lists.store import LoadReport
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services.mending import mend_list
from elchi.node.watchlists.services.rules_of_use import found_list
from elchi.node.watchlists.staging import changing, clear_stage, staged, staged_store, store
from elchi.node.watchlists.states import VERSION, next_state
from elchi.screening.screener import load_list as load_into_store


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A file and how to read it."""

    path: Path
    format: str
    """One of `elchi.lists.FORMATS`."""
    mapping: TableMapping | None = None
    """With `csv`: which column is what."""
    called: str = ""
    """The name by which people know it; else that of the path."""


def load_list(
    *, by: Acting, name: str, file: ListFile, force: bool = False, max_shrink: float = LoadPolicy().max_shrink
) -> Version:
    """Offer a file as the new version of a list: in force at once, or waiting where four eyes decide.

    A name that is not known becomes a national list. Whatever fails, the version in force stays.

    Args:
        by: may LIST_LOAD.
        name: of the list.
        file: what to read.
        force: take it although it shrank or has many bad lines.
        max_shrink: share of the version in force that may be missing.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `file_unknown`.
        InvalidInput: `list_name`, `list_format`, `list_broken`, `list_empty`, `mapping_invalid`.
        Conflict: `list_busy`, `list_shrunk`, `own_list`, `version_waiting`.
    """
    by.require(Right.LIST_LOAD)
    policy = LoadPolicy(force=force, max_shrink=max_shrink)
    items = step.Watched(())
    source = {"file": file.called or file.path.name, "format": file.format, "sha256": _digest(file.path)}
    found_list(by=by, name=name)
    with changing(name):
        version = _begin(by, name, source)
        try:
            items.items = read_list(file.path, file.format, mapping=file.mapping)
            version.source = {**source, "issued_at": issued_at(file.path, file.format)}
            version.issued_at = version.source["issued_at"] or ""
            version.save(update_fields=["source", "issued_at"])  # a load that is cut off from here on is told whole
            return _take(version, items, policy, by)
        except ElchiError as error:
            step.refuse(version, error, items.lines, by=by)
            raise


def load_shipped(
    *, by: Acting, name: str, folder: Path | None = None, force: bool = False,
    max_shrink: float = LoadPolicy().max_shrink,
) -> Version:  # fmt: skip
    """Load a list that travels with Elchi, or a newer copy of its files from a folder; see `load_list`.

    Raises:
        NotFound: `list_not_shipped`, `file_unknown`.
    """
    by.require(Right.LIST_LOAD)
    shipped = shipped_list(name)
    found_list(by=by, name=name, title=shipped.title, origin="international")
    items = step.Watched(read_shipped(shipped, folder))
    with changing(name):
        version = _begin(by, name, _shipped_source(shipped, folder))
        try:
            return _take(version, items, LoadPolicy(force=force, max_shrink=max_shrink), by)
        except ElchiError as error:
            step.refuse(version, error, items.lines, by=by)
            raise


def approve_version(*, by: Acting, version_id: int) -> Version:
    """Put a waiting version in force, as another officer than the one who loaded it.

    Raises:
        NotAllowed: `right_missing`; `four_eyes` for who loaded it.
        NotFound: `version_missing`.
        Conflict: `list_busy`; `state_refuses` when it does not wait any more.
    """
    by.require(Right.LIST_APPROVE)
    name = _found(version_id).watchlist_id
    with changing(name):
        mend_list(name)
        version = _found(version_id)
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
        report = _put(version, staged_store(name).entries(offered), LoadPolicy(force=True))
        step.enforce(version, report.version, by=by, verb=Verb.APPROVE_VERSION)
        clear_stage(name)
        return version


def reject_version(*, by: Acting, version_id: int, reason: str) -> Version:
    """Refuse a waiting version. Who loaded it may take it back so.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `version_missing`.
        Conflict: `list_busy`, `state_refuses`.
    """
    name = _found(version_id).watchlist_id
    with changing(name):
        mend_list(name)
        version = _found(version_id)
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
    row = step.find_list(name)
    step.refuse_own(row)
    with changing(name):
        mend_list(name)
        kept = {version.version: version for version in store().versions(name)[:-1]}
        if to_version not in kept:
            raise NotFound("version_unknown", field="version", list=name, version=to_version, kept=sorted(kept))
        older = kept[to_version]
        version = step.begin(row, by=by, source={**older.source, "rolled_back_to": to_version}, reason=reason)
        step.compare(version, older, step.in_force(name))
        report = _put(version, store().entries(older), LoadPolicy(force=True))
        return step.enforce(
            version, report.version, by=by, verb=Verb.ROLL_BACK_LIST, to=to_version, reason=reason[:500]
        )


def remove_list(*, by: Acting, name: str, reason: str) -> Watchlist:
    """Take a list out of use and delete its entries; what was done with it stays on record.

    Raises:
        NotAllowed: `right_missing`: of a list under four eyes who may not approve does not remove either.
        NotFound: `list_unknown`.
        Conflict: `list_busy`, `own_list`.
    """
    by.require(Right.LIST_LOAD)
    row = step.find_list(name)
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


def _begin(by: Acting, name: str, source: Mapping[str, Any]) -> Version:
    mend_list(name)
    row = step.find_list(name)
    step.refuse_own(row)
    return step.begin(row, by=by, source=source)


def _take(version: Version, items: step.Watched, policy: LoadPolicy, by: Acting) -> Version:
    """Stage or enforce what a reader gives, as the list's rules say."""
    name = version.watchlist_id
    if not version.watchlist.four_eyes:
        report = _put(version, items, policy)
        step.take_counts(version, report)
        return step.enforce(version, report.version, by=by, verb=Verb.LOAD_LIST)
    clear_stage(name)
    report = staged_store(name).load(name, items, source=step.source_of(version), now=version.loaded_at, policy=policy)
    try:
        _refuse_shrunk(name, report, policy)
    except Conflict:
        clear_stage(name)
        raise
    step.take_counts(version, report)
    step.compare(version, report.version, step.in_force(name))
    return step.wait(version, by=by)


def _put(version: Version, items: Any, policy: LoadPolicy) -> LoadReport:
    source = step.source_of(version)
    return load_into_store(store().root, version.watchlist_id, items, source=source, now=timezone.now(), policy=policy)


def _refuse_shrunk(name: str, report: LoadReport, policy: LoadPolicy) -> None:
    """Hold the list that waits against the one in force, as the store does where nobody waits."""
    if policy.force or name not in store().names():
        return
    old = store().current(name).total
    if old - report.total > max(policy.grace, policy.max_shrink * old):
        raise Conflict("list_shrunk", field="file", list=name, old=old, new=report.total)


def _found(version_id: int) -> Version:
    version = Version.objects.select_related("watchlist").filter(pk=version_id).first()
    if version is None:
        raise NotFound("version_missing", field="version", version=version_id)
    return version


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        raise NotFound("file_unknown", field="file", file=path.name) from None


def _shipped_source(shipped: ShippedList, folder: Path | None) -> dict[str, Any]:
    return shipped.source if folder is None else refreshed_source(shipped, folder)
