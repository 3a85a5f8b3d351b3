"""Verbs that read a file into a version of a list: at once at the machine, else by the worker, in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError
from elchi.lists import LoadPolicy
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Right
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.offers import ListFile, Offer, ShippedFiles, drop_read, offer_of, wire_of
from elchi.node.watchlists.queries import version_for
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services.mending import mend_list
from elchi.node.watchlists.services.rules_of_use import found_list
from elchi.node.watchlists.staging import changing, clear_stage, if_free, staged_store, store
from elchi.node.watchlists.states import VERSION, next_state

MOST_TRIES: Final = 5
"""So often the worker begins to read a file that it does not live to the end of."""


def load_list(
    *, by: Acting, name: str, file: Offer, force: bool = False, max_shrink: float = LoadPolicy().max_shrink
) -> Version:
    """Offer a file as the new version of a list and read it: in force at once, or waiting where four eyes decide.

    A name that is not known becomes a national list. Whatever fails, the version in force stays.

    Args:
        by: may LIST_LOAD.
        name: of the list.
        file: what to read.
        force: take it although it shrank or has many bad lines.
        max_shrink: share of the version in force that may be missing.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `file_unknown`, `list_not_shipped`.
        InvalidInput: `list_name`, `list_format`, `list_broken`, `list_empty`, `mapping_invalid`.
        Conflict: `list_busy`, `list_shrunk`, `own_list`, `version_waiting`.
    """
    by.require(Right.LIST_LOAD)
    source = file.source
    _find(by, name, file)
    with changing(name):
        version = step.begin(_mended(name), by=by, source=source)
        error = _read(version, file, LoadPolicy(force=force, max_shrink=max_shrink), by)
    if error is not None:
        raise error
    return version


def load_shipped(*, by: Acting, name: str, folder: Path | None = None, **given: Any) -> Version:
    """Load a list that travels with Elchi, or a newer copy of its files from a folder; see `load_list`."""
    return load_list(by=by, name=name, file=ShippedFiles(name, folder), **given)


def offer_list(*, by: Acting, name: str, file: Offer, force: bool = False) -> Version:
    """Hand in a file as the new version of a list; the worker reads it (`load_queued`).

    Args:
        by: may LIST_LOAD.
        name: of the list; one that is not known becomes a national list.
        file: a shipped list, or a file kept by `offers.keep_file`. It is deleted once it was read.
        force: take it although it shrank or has many bad lines.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `file_unknown`, `list_not_shipped`.
        InvalidInput: `list_name`, `list_format`.
        Conflict: `list_busy`, `own_list`, `version_waiting`.
    """
    by.require(Right.LIST_LOAD)
    wire = {**wire_of(file), "force": force}
    source = file.source
    _find(by, name, file)
    with changing(name):
        row = _mended(name)
        with transaction.atomic():
            version = step.begin(row, by=by, source=source, state="queued", to_read=wire)
            digest = source.get("sha256", "")
            record(Verb.OFFER_LIST, by=by, on=f"list:{name}", offer=version.pk, sha256=digest, force=force)
    return version


def cancel_offer(*, by: Acting, version_id: int) -> Version:
    """Take back a file that is not read yet.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `version_missing`.
        Conflict: `list_busy` while it is read; `state_refuses`.
    """
    by.require(Right.LIST_LOAD)
    name = version_for(by, version_id).watchlist_id
    with changing(name):
        version = version_for(by, version_id)
        with transaction.atomic():
            version.state = next_state(VERSION, version.state, "cancel")
            version.decided_at, version.decided_by = timezone.now(), by.name
            version.save(update_fields=["state", "decided_at", "decided_by"])
            record(Verb.CANCEL_OFFER, by=by, on=f"list:{name}", offer=version.pk)
        drop_read(version)
    return version


def load_queued(*, by: Actor = NODE, limit: int = 1) -> int:
    """Read files that were handed in, oldest first, each as the officer who did.

    What a worker began and did not end is taken up again: the list's lock goes with the process that held it.

    Returns:
        How many were read.
    """
    waiting = Version.objects.filter(state__in=("queued", "reading")).exclude(to_read={})
    ended = 0
    for version_id, name in waiting.order_by("pk").values_list("pk", "watchlist_id"):
        if ended == limit:
            break
        with if_free(name) as is_free:
            if is_free:
                mend_list(name, by=by)
                ended += _read_queued(Version.objects.select_related("watchlist__owner").get(pk=version_id))
    return ended


def _read_queued(version: Version) -> bool:
    """Read one whose list is held; tell whether it was still to be read."""
    if version.state != "queued":
        return False
    version.state, version.tries = next_state(VERSION, version.state, "read"), version.tries + 1
    version.lines_read = version.percent_read = 0
    version.save(update_fields=["state", "tries", "lines_read", "percent_read"])
    try:
        if version.tries > MOST_TRIES:
            raise step.cut_off(version)
        by = _who_offered(version)
    except ElchiError as error:
        step.fail(version, error, (), by=NODE)
    else:
        _read(version, offer_of(version.to_read), LoadPolicy(force=version.to_read["force"]), by)
    drop_read(version)
    return True


def _who_offered(version: Version) -> Acting:
    rows = Officer.objects.select_related("agency", "office")
    officer = rows.filter(sign_in_name=version.loaded_by, is_active=True).first()
    if officer is None:
        raise Conflict("officer_left")
    by = acting_of(officer, via="node")
    by.require(Right.LIST_LOAD)
    return by


def _find(by: Acting, name: str, file: Offer) -> Watchlist:
    if isinstance(file, ListFile):
        return found_list(by=by, name=name)
    return found_list(by=by, name=name, titles=file.shipped.titles, origin="international")


def _mended(name: str) -> Watchlist:
    mend_list(name)
    row = step.find_list(name)
    step.refuse_own(row)
    return row


def _read(version: Version, file: Offer, policy: LoadPolicy, by: Acting) -> ElchiError | None:
    """Read what was offered; give why it became no version."""
    items = step.Watched(version)
    try:
        items.items, items.size = file.read(items.mark), file.size
        version.source = {**version.source, "issued_at": file.issued_at}
        version.issued_at = version.source["issued_at"] or ""
        version.save(update_fields=["source", "issued_at"])  # a load that is cut off from here on is told whole
        _take(version, items, policy, by)
    except ElchiError as error:
        step.fail(version, error, items.lines, by=by)
        return error
    return None


def _take(version: Version, items: step.Watched, policy: LoadPolicy, by: Acting) -> Version:
    """Stage or enforce what a reader gives, as the list's rules say."""
    name = version.watchlist_id
    if not version.watchlist.four_eyes:
        report = step.put(version, items, policy)
        step.take_counts(version, report)
        return step.enforce(version, report.version, by=by, verb=Verb.LOAD_LIST)
    clear_stage(name)
    report = step.put(version, items, policy, staged_store(name))
    try:
        _refuse_shrunk(name, report.total, policy)
    except Conflict:
        clear_stage(name)
        raise
    step.take_counts(version, report)
    step.compare(version, report.version, step.in_force(name))
    return step.wait(version, by=by)


def _refuse_shrunk(name: str, total: int, policy: LoadPolicy) -> None:
    """Hold the list that waits against the one in force, as the store does where nobody waits."""
    if policy.force or name not in store().names():
        return
    old = store().current(name).total
    if old - total > max(policy.grace, policy.max_shrink * old):
        raise Conflict("list_shrunk", field="file", list=name, old=old, new=total)
