"""Own entries, from the table into the store: the table is the truth, and the list is written anew from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from elchi.lists import Entry, LoadPolicy
from elchi.node.audit.actor import Actor
from elchi.node.watchlists.live import own_stamp, tell_change
from elchi.node.watchlists.models import OwnEntry, Watchlist
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.staging import changing, store

_POLICY: Final = LoadPolicy(force=True, keep=1)
"""What was withdrawn is not kept on the disk; the table has the history."""


def write_own(name: str, *, by: Actor) -> bool:
    """Make the list of an agency's own entries say what the table says; tell whether it did not before.

    The table is read under the list's lock: of two officers who write at once the second writes both changes.
    """
    row = Watchlist.objects.get(pk=name)
    with changing(name, patient=True):
        _finish(row, by)
        entries = list(OwnEntry.objects.filter(watchlist=row, state="in_force").order_by("key"))
        stored = step.in_force(name)
        stamp = own_stamp(entries) if entries else None
        if stamp == (stored.source.get("own") if stored else None):
            return False
        if entries:
            version = step.begin(row, by=by, source={"own": stamp})
            listed = (Entry(entry.key, entry.schema, _values(entry.properties)) for entry in entries)
            report = step.put(version, listed, _POLICY)
            step.take_counts(version, report)
            step.enforce(version, report.version, by=by, verb=None)
        else:
            step.end_versions(row, by=by, reason="")
            store().remove(name)
            tell_change()
        return True


def _finish(row: Watchlist, by: Actor) -> None:
    """Finish the rows of writings that were cut off."""
    stored = step.in_force(row.name)
    for version in row.versions.filter(state="reading"):
        if stored is not None and step.is_offer(stored, version):
            step.compare(version, stored, None)  # the version before is gone: all are screened again
            step.enforce(version, stored, by=by, verb=None)
        else:
            step.end_cut_off(version, "fail")


def _values(properties: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(properties[name]) for name in sorted(properties)}
