"""Lists on disk, in versions: the one in force is whole at every moment, whatever stops the machine.

    <root>/.locks/<list>            one change at a time (flock)
    <root>/<list>/versions/<n>/     the files of a version (version.py), and what `build` puts beside them
    <root>/<list>/current           {"version": n}: replaced atomically, the only thing that puts a version in force

A version is written and synced whole before `current` names it. Folders that `current` has not reached are leftovers
of a load that was cut off; the next load clears them. No clock: the caller says when it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.lists.diff import Diff, compare_rows, diff_versions
from elchi.lists.entry import BadLine, Entry
from elchi.lists.version import ListVersion, Writer, iterate, open_version, read_meta, write_meta

MAX_REPORTED = 1_000
"""Bad lines, and as many skipped ones, that a report tells one by one; all are counted."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LoadPolicy:
    """When a new version is refused, and how many are kept."""

    max_shrink: float = 0.2
    """Share of the version in force that may be missing from the new one."""
    max_bad: float = 0.05
    """Share of the lines that may be bad."""
    grace: int = 2
    """As many entries or lines may always be missing or bad: short lists change in large shares."""
    force: bool = False
    """Take it all the same. An empty list is never taken: remove the list instead."""
    keep: int = 3
    """Versions kept, the one in force among them; at least 1."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did."""

    version: ListVersion
    added: int
    changed: int
    removed: int
    unchanged: int
    bad_lines: tuple[BadLine, ...]
    """The first `MAX_REPORTED`; `version.bad` counts them all."""
    skipped_lines: tuple[BadLine, ...]
    """The first `MAX_REPORTED`; `version.skipped` counts them all."""

    @property
    def total(self) -> int:
        """Entries of the new version."""
        return self.version.total


@dataclass(slots=True)
class _Tally:
    bad: int = 0
    skipped: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)
    skipped_lines: list[BadLine] = field(default_factory=list)

    def count(self, line: BadLine) -> None:
        shown = self.skipped_lines if line.skipped else self.bad_lines
        self.skipped += line.skipped
        self.bad += not line.skipped
        if len(shown) < MAX_REPORTED:
            shown.append(line)


class Store:
    """The lists under one folder. Any number of processes may read while one loads."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> tuple[str, ...]:
        """Give the names of the lists in force, in alphabetical order.

        Raises:
            OSError: a list may not be read. It is not passed over: nobody would know that it was not searched.
        """
        folders = self.root.iterdir() if self.root.is_dir() else ()
        return tuple(sorted(path.name for path in folders if _NAME.fullmatch(path.name) and _is_in_force(path)))

    def current(self, name: str) -> ListVersion:
        """Give the version in force.

        Raises:
            NotFound: `list_unknown`.
            Conflict: `list_damaged`.
        """
        folder = self._folder(name)
        try:
            number = int(json.loads((folder / "current").read_bytes())["version"])
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("list_unknown", field="list", list=name) from None
        except (ValueError, TypeError, KeyError):
            raise Conflict("list_damaged", list=name, version="current") from None
        return read_meta(folder / "versions" / str(number))

    def versions(self, name: str) -> tuple[ListVersion, ...]:
        """Give the versions kept, oldest first; the last is the one in force."""
        current = self.current(name)
        numbers = sorted(int(path.parent.name) for path in current.path.parent.glob("*/meta.json"))
        return tuple(read_meta(current.path.parent / str(number)) for number in numbers if number <= current.version)

    def entries(self, version: ListVersion) -> Iterator[Entry]:
        """Give the entries of a version in its order, read one at a time."""
        return iterate(version)

    def entry_at(self, version: ListVersion, ordinal: int) -> Entry:
        """Give the entry at a place of a version, from 0.

        Raises:
            NotFound: `entry_unknown`.
        """
        return open_version(version).entry(ordinal)

    def entry_by_id(self, version: ListVersion, entry_id: str) -> Entry:
        """Give the entry of an id.

        Raises:
            NotFound: `entry_unknown`.
        """
        return open_version(version).entry_by_id(entry_id)

    def diff(self, name: str, older: int | None = None, newer: int | None = None) -> Diff:
        """Tell what changed from one version to another: unless said, from the one before to the one in force.

        Raises:
            NotFound: `list_unknown`, `version_unknown`.
        """
        kept = {version.version: version for version in self.versions(name)}
        newer = max(kept) if newer is None else newer
        older = max((number for number in kept if number < newer), default=newer) if older is None else older
        for number in (older, newer):
            if number not in kept:
                raise NotFound("version_unknown", field="version", list=name, version=number, kept=sorted(kept))
        return diff_versions(open_version(kept[older]), open_version(kept[newer]))

    def load(
        self,
        name: str,
        items: Iterable[Entry | BadLine],
        *,
        source: Mapping[str, Any],
        now: datetime,
        policy: LoadPolicy | None = None,
        build: Callable[[Path], None] | None = None,
    ) -> LoadReport:
        """Take a new version of a list; whatever fails, the version in force stays.

        Args:
            name: lower-case letters, digits, `_` and `-`.
            items: what a reader gives. An error it raises goes through.
            source: JSON values that say where it came from; `issued_at` becomes `ListVersion.issued_at`.
            now: time of loading, with its zone.
            policy: when to refuse.
            build: gets the folder of the new version, not yet in force, to put an index beside the entries.

        Raises:
            InvalidInput: `list_name`, `list_empty`, `list_broken` (rule `bad_lines`).
            Conflict: `list_busy`, `list_shrunk` with the counts.
        """
        policy = policy or LoadPolicy()
        with self._locked(name):
            before = self._in_force(name)
            self._clear_leftovers(name, before)
            folder = self._folder(name) / "versions" / str(before.version + 1 if before else 1)
            tally = _Tally()
            with _made(folder):
                total = _write_entries(folder, name, items, tally)
                _refuse_doubtful(total, before, tally, policy)
                counts = (total, source.get("issued_at"), tally.bad, tally.skipped)
                version = ListVersion(name, int(folder.name), now, source, *counts, folder)
                write_meta(version)
                if build:
                    build(folder)
                report = _report(before, version, tally)
            self._put_in_force(version)
            self._prune(version, max(policy.keep, 1))
            return report

    def adopt(self, version: ListVersion, *, source: Mapping[str, Any], now: datetime, keep: int = 3) -> ListVersion:
        """Put in force a version that is whole already: an older one, or one of another store. Its files are copied.

        Args:
            version: which one; what a `build` put beside its entries comes with it.
            source: as for `load`.
            now: time of loading, with its zone.
            keep: versions kept, the one in force among them.

        Raises:
            Conflict: `list_busy`.
        """
        with self._locked(version.name):
            before = self._in_force(version.name)
            self._clear_leftovers(version.name, before)
            folder = self._folder(version.name) / "versions" / str(before.version + 1 if before else 1)
            with _made(folder):
                shutil.copytree(version.path, folder, dirs_exist_ok=True)
                adopted = replace(version, version=int(folder.name), loaded_at=now, source=source, path=folder)
                write_meta(adopted)
            self._put_in_force(adopted)
            self._prune(adopted, keep)
            return adopted

    def remove(self, name: str) -> None:
        """Take a list out of force at once, then its files.

        Raises:
            NotFound: `list_unknown`.
            Conflict: `list_busy`.
        """
        with self._locked(name):
            folder = self._folder(name)
            try:
                (folder / "current").unlink()
            except (FileNotFoundError, NotADirectoryError):
                raise NotFound("list_unknown", field="list", list=name) from None
            _sync(folder)
            shutil.rmtree(folder)

    def _folder(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise InvalidInput("list_name", field="list", rule="lower_case_letters_digits")
        return self.root / name

    def _in_force(self, name: str) -> ListVersion | None:
        try:
            return self.current(name)
        except NotFound:
            return None

    def _clear_leftovers(self, name: str, before: ListVersion | None) -> None:
        for path in (self._folder(name) / "versions").glob("*"):
            whole = path.name.isdecimal() and (path / "meta.json").exists()
            if not (before and whole and int(path.name) <= before.version):
                shutil.rmtree(path)

    def _put_in_force(self, version: ListVersion) -> None:
        for path in version.path.rglob("*"):
            _sync(path)
        folder = self._folder(version.name)
        for path in (version.path, version.path.parent, folder, self.root):
            _sync(path)
        new = folder / "current.new"
        new.write_bytes(json.dumps({"version": version.version}).encode() + b"\n")
        _sync(new)
        new.replace(folder / "current")
        _sync(folder)

    def _prune(self, version: ListVersion, keep: int) -> None:
        for old in self.versions(version.name)[:-keep]:
            (old.path / "meta.json").unlink()  # first: without it the folder is a leftover
            shutil.rmtree(old.path)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self._folder(name)  # refuses a bad name
        # The locks stand beside the lists: a lock inside a folder that is being removed would hold nobody off.
        locks = self.root / ".locks"
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)  # lists name people; who shares them makes the folder
        locks.mkdir(exist_ok=True)
        with (locks / name).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("list_busy", field="list", list=name) from None
            yield


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and take it away again if what is done in it fails."""
    folder.mkdir(parents=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_entries(folder: Path, name: str, items: Iterable[Entry | BadLine], tally: _Tally) -> int:
    writer = Writer(folder, name)
    try:
        for item in items:
            if isinstance(item, BadLine):
                tally.count(item)
            else:
                writer.add(item)
        taken = writer.finish()
    finally:
        writer.close()
    for line in taken:
        tally.count(line)
    return len(writer) - len(taken)


def _refuse_doubtful(total: int, before: ListVersion | None, tally: _Tally, policy: LoadPolicy) -> None:
    first = tally.bad_lines[0] if tally.bad_lines else None
    where = {"line": first.line, "reason": first.reason} if first else {}
    if not total:
        raise InvalidInput("list_empty", field="file", rule="no_entry", bad=tally.bad, **where)
    if policy.force:
        return
    if tally.bad > max(policy.grace, policy.max_bad * (total + tally.bad)):
        raise InvalidInput("list_broken", field="file", rule="bad_lines", bad=tally.bad, total=total, **where)
    if before and before.total - total > max(policy.grace, policy.max_shrink * before.total):
        raise Conflict("list_shrunk", field="file", list=before.name, old=before.total, new=total)


def _report(before: ListVersion | None, version: ListVersion, tally: _Tally) -> LoadReport:
    bad, skipped = tuple(tally.bad_lines), tuple(tally.skipped_lines)
    if before is None:
        return LoadReport(version, version.total, 0, 0, 0, bad, skipped)
    rows = compare_rows(open_version(before).rows, open_version(version).rows)
    return LoadReport(version, len(rows.added), len(rows.changed), len(rows.removed), rows.unchanged, bad, skipped)


def _is_in_force(folder: Path) -> bool:
    try:
        (folder / "current").stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
