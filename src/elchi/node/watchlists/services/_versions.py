"""The steps that all changes of a list share.

A version goes through three steps, each whole by itself: a row says what is about to happen (`begin`), the disk is
written, a row says that it happened (`enforce`, `wait`). The disk's version carries the number of the row as `offer`,
so that a change cut off between two steps is told apart and finished or taken back (`mending`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, ElchiError, NotFound
from elchi.lists import BadLine, Entry, ListVersion, LoadPolicy, LoadReport, Store
from elchi.lists.diff import compare_rows
from elchi.lists.store import MAX_REPORTED
from elchi.lists.version import open_version
from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.offers import drop_read
from elchi.node.watchlists.rules import knows_list
from elchi.node.watchlists.staging import store
from elchi.node.watchlists.states import VERSION, next_state
from elchi.screening.screener import load_list as load_into_store

TELL_EVERY: Final = 1.0
"""Seconds between two times that the row of a version is told how far its reading is."""
UNDECIDED: Final = ("queued", "waiting")


@dataclass(slots=True)
class Watched:
    """What a reader gives: the row is told how far it is, and bad lines are remembered also of a file that fails."""

    version: Version
    items: Iterable[Entry | BadLine] = ()
    size: int = 0
    """Bytes of the file; 0 where that is not known."""
    lines: list[BadLine] = field(default_factory=list)
    bytes_read: int = 0

    def mark(self, bytes_read: int) -> None:
        """Note how many bytes were read."""
        self.bytes_read = bytes_read

    def __iter__(self) -> Iterator[Entry | BadLine]:
        told_at = time.monotonic()
        for item in self.items:
            self.version.lines_read += 1
            if isinstance(item, BadLine) and len(self.lines) < MAX_REPORTED:
                self.lines.append(item)
            yield item
            if time.monotonic() - told_at >= TELL_EVERY:
                self._tell()
                told_at = time.monotonic()

    def _tell(self) -> None:
        self.version.percent_read = min(100, 100 * self.bytes_read // self.size) if self.size else 0
        self.version.save(update_fields=["lines_read", "percent_read"])


def find_list(name: str, by: Acting | None = None) -> Watchlist:
    """Give a list of this node, retired ones too.

    Args:
        name: of the list.
        by: who changes it; None for the node itself.

    Raises:
        NotFound: `list_unknown`, also of a discreet list of another agency. The machine's account may change those too.
    """
    row = Watchlist.objects.select_related("owner").filter(pk=name).first()
    if row is None or (by is not None and by.officer is not None and not knows_list(by, row)):
        raise NotFound("list_unknown", field="list", list=name)
    return row


def refuse_own(row: Watchlist) -> None:
    """Do nothing unless a list is made of own entries: those are changed one by one.

    Raises:
        Conflict: `own_list`.
    """
    if row.origin == "own":
        raise Conflict("own_list", field="list", list=row.name)


@transaction.atomic
def begin(row: Watchlist, *, by: Actor, source: Mapping[str, Any], **given: Any) -> Version:
    """Write that a version of a list is about to be made, with what else is given of its row.

    Raises:
        Conflict: `version_waiting`: what waits is decided first.
    """
    if row.versions.filter(state__in=UNDECIDED).exists():
        raise Conflict("version_waiting", field="list", list=row.name)
    issued = str(source.get("issued_at") or "")[:40]
    return Version.objects.create(watchlist=row, loaded_by=by.name, source=dict(source), issued_at=issued, **given)


def source_of(version: Version) -> dict[str, Any]:
    """Give what the store is told of a version: where it came from, and its row."""
    return {**version.source, "offer": version.pk}


def put(
    version: Version, items: Iterable[Entry | BadLine], policy: LoadPolicy, into: Store | None = None
) -> LoadReport:
    """Put entries in force on the disk, or into the store where they wait."""
    root, source = (into or store()).root, source_of(version)
    return load_into_store(root, version.watchlist_id, items, source=source, now=timezone.now(), policy=policy)


def adopt(version: Version, stored: ListVersion) -> ListVersion:
    """Put a version in force on the disk that was read and indexed before: nobody waits for that again."""
    return store().adopt(stored, source=source_of(version), now=timezone.now())


def take_counts(version: Version, report: LoadReport) -> None:
    """Put into a row what a load found."""
    version.total, version.bad, version.skipped = report.total, report.version.bad, report.version.skipped
    version.added, version.changed, version.removed = report.added, report.changed, report.removed
    version.bad_lines = told_lines((*report.bad_lines, *report.skipped_lines))


def in_force(name: str) -> ListVersion | None:
    """Give the version of the store that is in force; None when there is none."""
    try:
        return store().current(name)
    except NotFound:
        return None


def compare(version: Version, offered: ListVersion, before: ListVersion | None) -> None:
    """Put into a row how an offered version differs from the one before it."""
    if before is None:
        version.added, version.changed, version.removed = offered.total, 0, 0
        return
    rows = compare_rows(open_version(before).rows, open_version(offered).rows)
    version.added, version.changed, version.removed = len(rows.added), len(rows.changed), len(rows.removed)


def is_offer(stored: ListVersion | None, version: Version) -> bool:
    """Tell whether a version on the disk is the one that a row tells of."""
    return stored is not None and stored.source.get("offer") == version.pk


def end_cut_off(version: Version, verb: str) -> None:
    """Write that a version came to nothing: the machine stopped, or what waited is gone from the disk."""
    version.state, version.error = next_state(VERSION, version.state, verb), told_error(cut_off(version))
    version.save(update_fields=["state", "error"])


def cut_off(version: Version) -> Conflict:
    """Give the error that tells of a version whose making was cut off."""
    return Conflict("load_cut_off", list=version.watchlist_id)


def told_error(error: ElchiError) -> dict[str, Any]:
    """Give an error as JSON."""
    return {"code": error.code, "params": error.params}


def told_lines(lines: Iterable[BadLine]) -> list[dict[str, Any]]:
    """Give bad lines as JSON."""
    return [
        {"line": line.line, "reason": line.reason, "params": dict(line.params), "skipped": line.skipped}
        for line in lines
    ]


def enforce(version: Version, stored: ListVersion, *, by: Actor, verb: Verb | None, **detail: Any) -> Version:
    """Write that a version is in force, and let every check know.

    Args:
        version: its row.
        stored: as the store has it in force.
        by: who did it.
        verb: what is recorded; None where what was done is recorded already.
        detail: of the record.
    """
    with transaction.atomic():
        _replace(version.watchlist)
        version.state = next_state(VERSION, version.state, "enforce")
        version.number, version.total = stored.version, stored.total
        if version.added == version.changed == 0:
            version.rescreened_at = timezone.now()  # nobody can be found whom the version before did not have
        version.save()
        Watchlist.objects.filter(pk=version.watchlist_id).update(retired_at=None)
        if verb is not None:
            _record(verb, version, by, detail)
    tell_change()
    return version


def wait(version: Version, *, by: Actor, **detail: Any) -> Version:
    """Write that a version waits for a second officer."""
    with transaction.atomic():
        version.state = next_state(VERSION, version.state, "stage")
        version.save()
        _record(Verb.LOAD_LIST, version, by, detail)
    return version


def fail(version: Version, error: ElchiError, lines: Iterable[BadLine], *, by: Actor) -> None:
    """Write that a file became no version, and why."""
    with transaction.atomic():
        version.state = next_state(VERSION, version.state, "fail")
        version.error, version.bad_lines = told_error(error), told_lines(lines)
        version.bad = int(str(error.params.get("bad", len(version.bad_lines))))
        version.save()
        _record(Verb.LOAD_LIST, version, by, {"error": error.code})


def _replace(row: Watchlist) -> None:
    for old in row.versions.filter(state="in_force"):
        old.state = next_state(VERSION, old.state, "replace")
        old.save(update_fields=["state"])


def end_versions(row: Watchlist, *, by: Actor, reason: str) -> None:
    """Let no version of a list be in force or wait any more."""
    _replace(row)
    for version in row.versions.filter(state__in=UNDECIDED):
        version.state = next_state(VERSION, version.state, "reject" if version.state == "waiting" else "cancel")
        version.decided_at, version.decided_by, version.reason = timezone.now(), by.name, reason[:500]
        version.save(update_fields=["state", "decided_at", "decided_by", "reason"])
        drop_read(version)


def _record(verb: Verb, version: Version, by: Actor, detail: Mapping[str, Any]) -> None:
    record(
        verb,
        by=by,
        on=f"list:{version.watchlist_id}",
        state=version.state,
        version=version.number,
        offer=version.pk,
        total=version.total,
        added=version.added,
        changed=version.changed,
        removed=version.removed,
        bad=version.bad,
        loaded_by=version.loaded_by,
        sha256=version.source.get("sha256", ""),
        **detail,
    )
