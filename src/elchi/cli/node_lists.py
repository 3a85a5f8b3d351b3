"""`elchi lists` in the folder of a node: through its services, so that four eyes and the audit hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from elchi.cli import show
from elchi.cli.door import Door
from elchi.cli.node import open_node, who_is_here
from elchi.lists import BadLine, ListVersion, LoadPolicy, LoadReport, Store, TableMapping


def load(door: Door, name: str, file: Path, format_: str, mapping: TableMapping | None, policy: LoadPolicy) -> None:
    """Offer a file as a new version."""
    open_node()
    from elchi.node.watchlists import services
    from elchi.node.watchlists.offers import ListFile

    taken = ListFile(path=file, format=format_, mapping=mapping)
    version = services.load_list(
        by=who_is_here(), name=name, file=taken, force=policy.force, max_shrink=policy.max_shrink
    )
    tell(door, [version])


def load_shipped(name: str, folder: Path | None, policy: LoadPolicy) -> Any:
    """Offer a list that travels with Elchi, or newer files of it, and give its row."""
    open_node()
    from elchi.node.watchlists import services

    return services.load_shipped(
        by=who_is_here(), name=name, folder=folder, force=policy.force, max_shrink=policy.max_shrink
    )


def remove(name: str) -> None:
    """Take a list out of use."""
    open_node()
    from elchi.node.watchlists import services

    services.remove_list(by=who_is_here(), name=name, reason="")


def store(name: str) -> Store:
    """Give the store of a list that whoever keeps the machine may read: none of own or discreet entries.

    Raises:
        NotFound: `list_unknown`.
        Conflict: `own_list`.
    """
    open_node()
    from elchi.errors import Conflict
    from elchi.node.here import here
    from elchi.node.watchlists.queries import list_for

    if list_for(who_is_here(), name).origin == "own":
        raise Conflict("own_list", field="list", list=name)
    return Store(here().lists)


def in_force() -> list[ListVersion]:
    """Give the lists in force, but for own entries."""
    open_node()
    from elchi.node.here import here
    from elchi.node.watchlists.queries import lists_for

    kept = Store(here().lists)
    lines = lists_for(who_is_here())
    return sorted(
        (kept.current(line.row.name) for line in lines if line.age and not line.is_own), key=lambda one: one.name
    )


def tell(door: Door, versions: Iterable[Any]) -> None:
    """Tell what loads did: in force, or waiting for an officer."""
    told = [(version, _report(version)) for version in versions]
    wire = [show.report_as_dict(report) | {"state": version.state} for version, report in told]
    for one in wire:
        one["version"] = one["version"] or None
    door.answer({"loaded": wire}, (line for version, report in told for line in _lines(door, version, report)))


def _lines(door: Door, version: Any, report: LoadReport) -> Iterator[str]:
    lines = show.report(door.words, report)
    if version.state == "waiting":
        next(lines)
        counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "unchanged", "total")}
        yield door.words.text("load.waits", list=version.watchlist_id, **counts)
    yield from lines


def _report(version: Any) -> LoadReport:
    """Give a version of the node as what a load reports."""
    lines = [BadLine(**line) for line in version.bad_lines]
    listed = ListVersion(
        version.watchlist_id, version.number or 0, version.loaded_at, version.source, version.total,
        version.issued_at or None, version.bad, version.skipped, Path(),
    )  # fmt: skip
    unchanged = version.total - version.added - version.changed
    bad = tuple(line for line in lines if not line.skipped)
    skipped = tuple(line for line in lines if line.skipped)
    return LoadReport(listed, version.added, version.changed, version.removed, unchanged, bad, skipped)
