"""Finishing what was cut off: run when the node starts, by `elchi status`, and before each change of a list."""

from __future__ import annotations

from django.db import transaction

from elchi.errors import Conflict
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.offers import can_be_read, drop_read
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services.writing import write_own
from elchi.node.watchlists.staging import clear_stage, if_free, staged, store
from elchi.node.watchlists.states import VERSION, next_state


def mend_lists(*, by: Actor = NODE) -> tuple[str, ...]:
    """Bring tables and disk together where a change was cut off between the two.

    A list that is being changed right now is left alone.

    Returns:
        The names of the lists that were mended.
    """
    mended = []
    for name, origin in list(Watchlist.objects.values_list("name", "origin")):
        if origin == "own":
            done = _mend_own(name, by)
        else:
            with if_free(name) as is_free:
                done = is_free and mend_list(name, by=by)
        if done:
            mended.append(name)
    if mended:
        tell_change()
        with transaction.atomic():
            record(Verb.MEND_LISTS, by=by, on="lists", lists=mended)
    return tuple(mended)


def _mend_own(name: str, by: Actor) -> bool:
    try:
        return write_own(name, by=by)
    except Conflict as error:
        if error.code != "list_busy":
            raise
        return False


def mend_list(name: str, *, by: Actor = NODE) -> bool:
    """Do so for one list, whose lock is held; tell whether anything was mended."""
    row = Watchlist.objects.get(pk=name)
    half_done = list(row.versions.filter(state__in=("reading", "approving")))
    for version in half_done:
        _finish_or_take_back(version, by)
    mended = bool(half_done)
    waiting = row.versions.filter(state="waiting").first()
    if waiting is not None and not step.is_offer(staged(name), waiting):
        step.end_cut_off(waiting, "reject")
        waiting, mended = None, True
    if waiting is None:
        clear_stage(name)
    row.refresh_from_db(fields=["retired_at"])
    if row.retired_at is not None and name in store().names():
        store().remove(name)
        mended = True
    return mended


def _finish_or_take_back(version: Version, by: Actor) -> None:
    name = version.watchlist_id
    kept = store().versions(name) if name in store().names() else ()
    if kept and step.is_offer(kept[-1], version):
        verb = Verb.LOAD_LIST if version.state == "reading" else Verb.APPROVE_VERSION
        step.compare(version, kept[-1], kept[-2] if len(kept) > 1 else None)
        step.enforce(version, kept[-1], by=by, verb=verb, mended=True)
    elif version.state == "approving":
        version.state = next_state(VERSION, version.state, "return")
        version.decided_at, version.decided_by = None, ""
        version.save(update_fields=["state", "decided_at", "decided_by"])
    elif (offered := staged(name)) is not None and step.is_offer(offered, version):
        version.total, version.bad, version.skipped = offered.total, offered.bad, offered.skipped
        step.compare(version, offered, kept[-1] if kept else None)
        step.wait(version, by=by, mended=True)
    elif can_be_read(version):
        version.state = next_state(VERSION, version.state, "return")
        version.save(update_fields=["state"])
        return
    else:
        step.end_cut_off(version, "fail")
    drop_read(version)
