"""A parent and its children: each is started again when it dies, and none outlives the parent."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

GRACE: Final = 15.0
"""Seconds that children have to end what they are at; then they are killed."""
SHORTEST, LONGEST = 1.0, 30.0
"""Seconds of waiting before a child that died is started again: twice as long each time."""
STEADY: Final = 60.0
"""Seconds after which a child counts as started well."""
_WAKE: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_PR_SET_PDEATHSIG: Final = 1
_log = logging.getLogger("elchi.run")


@dataclass(slots=True)
class Child:
    """A process of the tree."""

    name: str
    work: Callable[[], None]
    """Runs in the child, until it gets SIGTERM."""
    pid: int = 0
    """0 while it is not running."""
    started_at: float = 0.0
    start_at: float = 0.0
    waits: float = SHORTEST


def supervise(children: Sequence[Child]) -> None:
    """Run children until SIGTERM or SIGINT; then stop them, and return when all have ended.

    The caller has one thread and no open connection: children begin as copies of it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAKE)
    try:
        while True:
            _start_those_due(children)
            due = min((child.start_at for child in children if not child.pid), default=time.monotonic() + STEADY)
            woken = signal.sigtimedwait(_WAKE, max(due - time.monotonic(), 0.01))
            if woken and woken.si_signo != signal.SIGCHLD:
                return
            _bury(children)
    finally:
        _stop(children)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAKE)


def die_with_parent(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when its parent dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)


def _start_those_due(children: Sequence[Child]) -> None:
    now = time.monotonic()
    for child in children:
        if not child.pid and child.start_at <= now:
            child.started_at = now
            child.pid = _fork(child)
            _log.info("started", extra={"child": child.name})


def _fork(child: Child) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        _run(child, parent)
    return pid


def _run(child: Child, parent: int) -> NoReturn:
    status = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C on a terminal is the parent's matter
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAKE)
        die_with_parent(parent)
        child.work()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except Exception:  # noqa: BLE001  told, and the parent starts it again
        _log.exception("failed", extra={"child": child.name})
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _bury(children: Sequence[Child]) -> None:
    """Take note of who died, and when he is to be started again."""
    for child in children:
        if child.pid and (ended := os.waitpid(child.pid, os.WNOHANG))[0]:
            now = time.monotonic()
            if now - child.started_at > STEADY:
                child.waits = SHORTEST
            told = {"child": child.name, "exit": os.waitstatus_to_exitcode(ended[1]), "seconds": child.waits}
            _log.error("died", extra=told)
            child.pid, child.start_at = 0, now + child.waits
            child.waits = min(child.waits * 2, LONGEST)


def _stop(children: Sequence[Child]) -> None:
    ends_at = time.monotonic() + GRACE
    for child in children:
        if child.pid:
            os.kill(child.pid, signal.SIGTERM)
    for child in children:
        while child.pid and not os.waitpid(child.pid, os.WNOHANG)[0]:
            if time.monotonic() > ends_at:
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                break
            time.sleep(0.02)
        child.pid = 0
