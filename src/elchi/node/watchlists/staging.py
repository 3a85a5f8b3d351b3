"""Where versions wait for a second officer, and the lock under which a list is changed.

<lists>/.staged/<list>/          a `Store` of its own, with the version that waits
<lists>/.locks/<list>.change     held from the first row written to the last, and let go by the system if the
process dies: what is found half done under it was cut off
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from elchi.errors import Conflict
from elchi.lists import ListVersion, Store
from elchi.node.here import here

_PATIENCE: Final = 10.0
"""Seconds that a change of an own entry waits for another: each takes far less than one."""
_STEP: Final = 0.02


def store() -> Store:
    """Give the lists in force."""
    return Store(here().lists)


def staged_store(name: str) -> Store:
    """Give the store in which a version of a list waits."""
    return Store(_place(name))


def staged(name: str) -> ListVersion | None:
    """Give the version of a list that waits; None when none does."""
    waiting = staged_store(name)
    return waiting.current(name) if name in waiting.names() else None


def clear_stage(name: str) -> None:
    """Delete what waits of a list."""
    shutil.rmtree(_place(name), ignore_errors=True)


@contextmanager
def changing(name: str, *, patient: bool = False) -> Iterator[None]:
    """Hold a list so that nobody else changes it.

    Raises:
        Conflict: `list_busy`; of the patient only after ten seconds.
    """
    locks = here().lists / ".locks"
    locks.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + (_PATIENCE if patient else 0)
    with (locks / f"{name}.change").open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Conflict("list_busy", field="list", list=name) from None
                time.sleep(_STEP)
        yield


@contextmanager
def if_free(name: str) -> Iterator[bool]:
    """Hold a list if nobody else changes it, and tell whether it is held."""
    with ExitStack() as held:
        try:
            held.enter_context(changing(name))
            is_held = True
        except Conflict:
            is_held = False
        yield is_held


def _place(name: str) -> Path:
    return here().lists / ".staged" / name
