"""A machine that stops at any step of a load leaves the old version whole.

This file is both the test and the process that is stopped: run as a script it forks a child for every step, which kills
itself with SIGKILL just before its n-th act on the file system (audit hook and a counted fsync), or is killed by the
kernel in the middle of a write (RLIMIT_FSIZE), and prints what was found after each.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from elchi.errors import NotFound
from elchi.lists import Entry, LoadPolicy, Store

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
OLD = [Entry(f"p-{number}", "Person", {"name": (f"Old {number}",)}) for number in range(30)]
NEW = [Entry(f"p-{number}", "Person", {"name": (f"New {number}",)}) for number in range(5, 40)]
LAST = [Entry("p-1", "Person", {"name": ("Last",)})]
INDEX = b"index" * 100
ACTS = frozenset(("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"))


def build(folder: Path) -> None:
    (folder / "index").mkdir()
    (folder / "index" / "names.bin").write_bytes(INDEX)


def load(store: Store, entries: list[Entry], keep: int = 3) -> None:
    store.load("un", entries, source={}, now=NOW, policy=LoadPolicy(force=True, keep=keep), build=build)


def state(store: Store) -> str:
    """Say which version is in force, having compared every byte of it."""
    try:
        version = store.current("un")
    except NotFound:
        return "none"
    entries = list(store.entries(version))
    name = {30: "old", 35: "new", 1: "last"}.get(len(entries), "odd")
    whole = entries == {"old": OLD, "new": NEW, "last": LAST}.get(name)
    whole = whole and [store.entry_by_id(version, entry.id) for entry in entries] == entries
    whole = whole and (version.path / "index" / "names.bin").read_bytes() == INDEX
    return name if whole else f"{name}, not whole"


def stop_at(step: int) -> None:
    """Make this process kill itself just before its act number `step`, counted from 0."""
    left = step

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def hook(event: str, _args: tuple[Any, ...]) -> None:
        if event in ACTS:
            count()

    real = os.fsync

    def fsync(file: int) -> None:
        count()
        real(file)

    os.fsync = fsync  # type: ignore[assignment]
    sys.addaudithook(hook)


def cut_writes_at(size: int) -> None:
    """Make the kernel kill this process in the middle of the write that would make a file larger than `size`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fill_the_disk_at(size)


def fill_the_disk_at(size: int) -> None:
    """Make writes fail that would make a file larger than `size`, as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run_stopped(act: Callable[[], None], stop: Callable[[], None]) -> str:
    """Run an act in a child that is stopped; tell how it ended."""
    child = os.fork()
    if child == 0:
        try:
            stop()
            act()
            os._exit(0)
        except OSError:
            os._exit(1)
        finally:
            os._exit(2)
    status = os.waitpid(child, 0)[1]
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def try_every_step(folder: Path, start: Path, act: Callable[[Store], None]) -> list[str]:
    """Stop the act before each of its steps; after each give what is in force then, and after one more load."""
    seen: list[str] = []
    while True:
        store = Store(folder / str(len(seen)))
        shutil.copytree(start, store.root)
        ended = run_stopped(partial(act, store), partial(stop_at, len(seen)))
        if ended == "exit 0":
            return seen
        seen.append(f"{ended} {state(store)} {state_after_next_load(store)}")


def try_every_size(folder: Path, start: Path, limit: Callable[[int], None]) -> list[str]:
    """Let no file grow beyond a size, for several sizes; tell how it ended, its folders, and what is in force."""
    seen = []
    for size in (0, 1, 13, 100, 499, 500, 800, 2000):
        store = Store(folder / str(size))
        shutil.copytree(start, store.root)
        ended = run_stopped(partial(load, store, NEW), partial(limit, size))
        before = sorted(path.name for path in (store.root / "un" / "versions").iterdir())
        seen.append(f"{ended} {len(before)} {state(store)} {state_after_next_load(store)}")
    return seen


def state_after_next_load(store: Store) -> str:
    load(store, LAST, keep=1)
    folders = [path.name for path in (store.root / "un" / "versions").iterdir()]
    return state(store) if len(folders) == 1 else f"leftovers: {sorted(folders)}"


def main(root: Path) -> None:
    """Print, for each scenario, what was found after each stop."""
    start, nothing = root / "start", root / "nothing"
    nothing.mkdir(parents=True)
    load(Store(start), OLD)
    found = {
        "first": try_every_step(root / "first", nothing, partial(load, entries=NEW)),
        "load": try_every_step(root / "load", start, partial(load, entries=NEW)),
        "load_and_prune": try_every_step(root / "prune", start, partial(load, entries=NEW, keep=1)),
        "remove": try_every_step(root / "remove", start, lambda store: store.remove("un")),
        "cut": try_every_size(root / "cut", start, cut_writes_at),
        "full": try_every_size(root / "full", start, fill_the_disk_at),
    }
    print(json.dumps(found))  # noqa: T201  it is what the test reads


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    command = [sys.executable, __file__, str(tmp_path_factory.mktemp("crash"))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("scenario", "states"),
    [
        ("first", ["SIGKILL none last", "SIGKILL new last"]),
        ("load", ["SIGKILL old last", "SIGKILL new last"]),
        ("load_and_prune", ["SIGKILL old last", "SIGKILL new last"]),
        ("remove", ["SIGKILL old last", "SIGKILL none last"]),
    ],
)
def test_killed_at_any_step_the_list_is_whole(found: dict[str, list[str]], scenario: str, states: list[str]) -> None:
    assert [state for state, _ in groupby(found[scenario])] == states
    assert len(found[scenario]) > (4 if scenario == "remove" else 25)


def test_killed_in_the_middle_of_a_write_the_list_is_whole(found: dict[str, list[str]]) -> None:
    assert found["cut"] == ["SIGXFSZ 2 old last"] * 8


def test_a_full_disk_leaves_the_old_version_and_nothing_else(found: dict[str, list[str]]) -> None:
    assert found["full"] == ["exit 1 1 old last"] * 8


if __name__ == "__main__":
    main(Path(sys.argv[1]))
