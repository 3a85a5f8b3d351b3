"""`elchi lists`: load, show, compare, remove, refresh and export the lists in force."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from elchi.cli import node_lists, show
from elchi.cli.door import Door, Share, shared
from elchi.cli.exits import Exit
from elchi.cli.progress import Progress
from elchi.errors import ElchiError, InvalidInput, NotFound
from elchi.lists import (
    FORMATS,
    Diff,
    ListVersion,
    LoadPolicy,
    LoadReport,
    ShippedList,
    Store,
    issued_at,
    read_list,
    read_mapping,
    read_shipped,
    refreshed_source,
    shipped_list,
    shipped_lists,
)
from elchi.screening.screener import load_list

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@shared
@click.pass_context
def lists(context: click.Context, door: Door) -> None:
    """Show, load, compare and remove lists.

    Without a command: the lists in force.

    In the folder of a node all goes through the node: a list under four eyes waits there for an officer.
    """
    if context.invoked_subcommand is None:
        versions = node_lists.in_force() if door.is_node else _in_force(Store(door.home))
        wire = {"lists": [show.list_as_dict(one) | {"source": dict(one.source)} for one in versions]}
        door.answer(wire, show.table(door.words, versions, door.now))


def refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say when a new version is refused."""
    command = click.option(
        "--max-shrink",
        type=Share(),
        default=LoadPolicy().max_shrink,
        show_default=True,
        help="Refuse a list that lost more than this share of its entries.",
    )(command)
    return click.option("--force", is_flag=True, help="Take it although it shrank or has many bad lines.")(command)


@lists.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--list", "name", metavar="NAME", help="Name of the list here.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Of the file.")
@click.option("--mapping", type=_FILE, help="With csv: which column is what.")
@click.option("--shipped", is_flag=True, help="Load the dated copies that travel with Elchi; --list chooses one.")
@refusing
@shared
def load(
    door: Door,
    file: Path | None,
    name: str | None,
    format_: str | None,
    mapping: Path | None,
    *,
    shipped: bool,
    force: bool,
    max_shrink: float,
) -> None:
    """Load a new version of a list.

    It is whole before it is in force; a file that is broken, empty or suspiciously small is refused and the version in
    force stays. Bad lines are told with their number and the reason.
    """
    policy = LoadPolicy(force=force, max_shrink=max_shrink)
    if shipped:
        if file or format_ or mapping:
            raise click.UsageError("--shipped takes no file.")
        chosen = [shipped_list(name)] if name else shipped_lists()
        if door.is_node:
            node_lists.tell(door, [node_lists.load_shipped(one.name, None, policy) for one in chosen])
        else:
            _tell(door, [_load_shipped(door, one, policy) for one in chosen])
        return
    if not (file and name and format_):
        raise click.UsageError("Give FILE, --list and --format, or --shipped.")
    columns = read_mapping(mapping) if mapping else None
    if door.is_node:
        node_lists.load(door, name, file, format_, columns, policy)
        return
    with _reading(door, name) as progress:
        size = file.stat().st_size if file.is_file() else None
        items = read_list(file, format_, mapping=columns, progress=lambda done: progress.at(done, size))
        source = _source_of(file, format_)
        _tell(door, [load_list(door.home, name, items, source=source, now=door.now, policy=policy)])


@lists.command(name="diff")
@click.argument("name")
@click.option("--from", "older", type=int, metavar="N", help="Older version; else the one before the newer.")
@click.option("--to", "newer", type=int, metavar="N", help="Newer version; else the one in force.")
@shared
def show_diff(door: Door, name: str, older: int | None, newer: int | None) -> None:
    """Tell what changed from one version of a list to another."""
    store = _store(door, name)
    kept = {version.version: version for version in store.versions(name)}
    newer = max(kept) if newer is None else newer
    older = max((number for number in kept if number < newer), default=newer) if older is None else older
    changes = store.diff(name, older, newer)
    captions = _captions(store, changes, kept[older], kept[newer])
    wire = show.diff_as_dict(name, (older, newer), changes)
    door.answer(wire, show.diff(door.words, name, (older, newer), changes, captions))


@lists.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def remove(door: Door, name: str, *, yes: bool) -> int:
    """Take a list out of force and delete its versions."""
    store, words = _store(door, name), door.words
    version = store.current(name)
    if not yes:
        if not sys.stdin.isatty():
            raise InvalidInput("confirmation_missing", field="yes", rule="needs_terminal_or_yes")
        question = words.text("remove.question", list=name, count=version.total)
        if not click.confirm(question, err=True):
            return Exit.FAILED
    if door.is_node:
        node_lists.remove(name)
    else:
        store.remove(name)
    door.answer({"removed": name}, [words.text("remove.done", list=name)])
    return Exit.DONE


@lists.command()
@click.argument("name", required=False)
@click.option("--from", "files", type=_FILE, multiple=True, metavar="FILE", help="Take this file instead of fetching.")
@refusing
@shared
def refresh(door: Door, name: str | None, files: tuple[Path, ...], *, force: bool, max_shrink: float) -> int:
    """Fetch the shipped lists anew from their official addresses.

    Without internet, give the files of one list with --from, once for each: un: consolidated.xml; ofac: SDN.CSV,
    ALT.CSV and ADD.CSV.
    """
    policy = LoadPolicy(force=force, max_shrink=max_shrink)
    if files and not name:
        raise click.UsageError("--from needs the NAME of the list.")
    chosen = [shipped_list(name)] if name else shipped_lists()
    reports: list[Any] = []
    status = Exit.DONE
    for one in chosen:
        try:
            reports.append(_refresh(door, one, files, policy))
        except ElchiError as error:  # the other lists are refreshed all the same
            status = door.refuse(error)
    (node_lists.tell if door.is_node else _tell)(door, reports)
    return status


@lists.command()
@click.argument("name")
@shared
def export(door: Door, name: str) -> None:
    """Print the version in force in FollowTheMoney lines."""
    version = _store(door, name).current(name)
    with (version.path / "entries.jsonl").open("rb") as lines:
        shutil.copyfileobj(lines, sys.stdout.buffer)


def _store(door: Door, name: str) -> Store:
    return node_lists.store(name) if door.is_node else Store(door.home)


def _in_force(store: Store) -> list[ListVersion]:
    return [store.current(name) for name in store.names()]


def _tell(door: Door, reports: Iterable[LoadReport]) -> None:
    reports = list(reports)
    lines = (line for one in reports for line in show.report(door.words, one))
    door.answer({"loaded": [show.report_as_dict(one) for one in reports]}, lines)


def _reading(door: Door, name: str) -> Progress:
    return Progress(door.words, door.words.text("progress.reading", list=name))


def _source_of(file: Path, format_: str) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    issued = issued_at(file, format_)
    return {"file": file.name, "format": format_, "sha256": digest, "issued_at": issued}


def _load_shipped(door: Door, shipped: ShippedList, policy: LoadPolicy) -> LoadReport:
    with _reading(door, shipped.name) as progress:
        items = read_shipped(shipped, progress=progress.at)
        return load_list(door.home, shipped.name, items, source=shipped.source, now=door.now, policy=policy)


def _refresh(door: Door, shipped: ShippedList, files: tuple[Path, ...], policy: LoadPolicy) -> Any:
    """Give what the load did: a report, or at a node the row of the version."""
    with tempfile.TemporaryDirectory(prefix="elchi-") as folder:
        gathered = Path(folder)
        if files:
            _gather(shipped, files, gathered)
        else:
            _fetch(door, shipped, gathered)
        if door.is_node:
            return node_lists.load_shipped(shipped.name, gathered, policy)
        with _reading(door, shipped.name) as progress:
            size = (gathered / shipped.files[0].name).stat().st_size
            items = read_shipped(shipped, gathered, progress=lambda done: progress.at(done, size))
            source = refreshed_source(shipped, gathered)
            return load_list(door.home, shipped.name, items, source=source, now=door.now, policy=policy)


def _gather(shipped: ShippedList, files: tuple[Path, ...], folder: Path) -> None:
    """Put given files where the reader looks for them: a list of one file takes any name, others go by their names."""
    for file in files:
        if not file.is_file():
            raise NotFound("file_unknown", field="file", file=file.name)
    given = {file.name.lower(): file for file in files}
    if len(shipped.files) == len(files) == 1:
        given = {shipped.files[0].name: files[0]}
    wanted = [one.name for one in shipped.files]
    if sorted(given) != sorted(wanted):
        raise InvalidInput("refresh_files", field="file", rule="one_of", allowed=wanted)
    for name in wanted:
        (folder / name).symlink_to(given[name].resolve())


def _fetch(door: Door, shipped: ShippedList, folder: Path) -> None:
    from elchi.cli.fetch import fetch, open_client

    with open_client() as client:
        for file in shipped.files:
            with Progress(door.words, door.words.text("progress.fetching", file=file.name)) as progress:
                fetch(client, file.address, folder / file.name, progress.at)


def _captions(store: Store, changes: Diff, older: ListVersion, newer: ListVersion) -> dict[str, str]:
    """Give what each entry that differs is called."""
    in_newer = [*changes.added, *(change.id for change in changes.changed)]
    called = {id_: store.entry_by_id(newer, id_).caption for id_ in in_newer}
    return called | {id_: store.entry_by_id(older, id_).caption for id_ in changes.removed}
