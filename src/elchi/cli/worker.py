"""What the node does without being asked: manifests, screening again, expiry, retention, signing of days."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from elchi.node.plug import Duty, modules

PAUSE: Final = 1.0
"""Seconds between two looks at what waits."""
BEAT: Final = 10.0
"""Seconds between two signs of life."""
_log = logging.getLogger("elchi.worker")


def duties() -> tuple[Duty, ...]:
    """Give the duties of a node, those of its modules last."""
    from django.core.management import call_command

    from elchi.cli.stamping import ask_authority  # httpx: the other children start without it
    from elchi.node.audit.actor import NODE
    from elchi.node.audit.services import sign_days
    from elchi.node.checks import services as checks
    from elchi.node.federation import services as federation
    from elchi.node.liaison import services as liaison
    from elchi.node.officelog import services as officelog
    from elchi.node.watchlists import services as watchlists

    return (
        Duty("screen_manifests", 0, lambda: checks.screen_manifests(by=NODE)),
        Duty("load_queued", 0, lambda: watchlists.load_queued(by=NODE)),
        Duty("rescreen_pending", 0, lambda: checks.rescreen_pending(by=NODE)),
        Duty("check_files", 0, lambda: federation.check_files(by=NODE)),
        Duty("mend_lists", 300, lambda: watchlists.mend_lists(by=NODE)),
        Duty("expire_messages", 60, lambda: federation.expire_messages(by=NODE)),
        Duty("expire_files", 300, lambda: federation.expire_files(by=NODE)),
        Duty("expire_alerts", 5, lambda: liaison.expire_alerts(by=NODE)),
        Duty("remind_due", 15, lambda: liaison.remind_due(by=NODE)),
        Duty("expire_entries", 3600, lambda: watchlists.expire_entries(by=NODE)),
        Duty("apply_retention", 86_400, lambda: checks.apply_retention(by=NODE)),
        Duty("remove_kept_messages", 86_400, lambda: federation.remove_kept_messages(by=NODE)),
        Duty("remove_kept_conversations", 86_400, lambda: liaison.remove_kept_conversations(by=NODE)),
        Duty("remove_log_words", 86_400, lambda: officelog.remove_kept_words(by=NODE)),
        Duty("clear_sessions", 86_400, lambda: call_command("clearsessions")),
        Duty("start_agreements", 60, lambda: federation.start_agreements(by=NODE)),
        Duty("renew_keys", 3600, lambda: federation.renew_keys(by=NODE)),
        Duty("stamp_heads", 60, lambda: federation.stamp_heads(by=NODE, ask=ask_authority)),
        Duty("sign_days", 3600, lambda: sign_days(by=NODE)),
        *(duty for module in modules() if module.duties for duty in module.part("duties")()),
    )


class Worker:
    """Does duties in turn, one at a time, and leaves a sign of life in a file."""

    def __init__(self, duties: tuple[Duty, ...], beats: Path) -> None:
        """Take over.

        Args:
            duties: in order of urgency.
            beats: the file; what it says of an earlier worker goes on to hold.
        """
        self._duties = duties
        self._beats = beats
        self._done: dict[str, dict[str, Any]] = _read(beats, {duty.name for duty in duties})
        self._next = {duty.name: self._due(duty) for duty in duties}
        self._writing = threading.Lock()
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM. A duty that has begun is left at once: its transaction is rolled back, and it is resumed.

        Raises:
            SystemExit: at SIGTERM.
        """
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGINT, _end)
        beating = threading.Thread(target=self._beat_on, daemon=True)
        beating.start()
        try:
            while True:
                if not sum(self._turn(duty) for duty in self._duties):
                    time.sleep(PAUSE)
        finally:
            self._ended.set()
            beating.join()
            self._beat()

    def _turn(self, duty: Duty) -> bool:
        """Do a duty if it is due; tell whether there may be more of it at once."""
        if time.time() < self._next[duty.name]:
            return False
        began = time.perf_counter()
        try:
            count = _count(duty.do())
        except Exception as error:  # noqa: BLE001  the other duties go on, and this one is tried again
            self._failed(duty, error)
            return False
        self._next[duty.name] = time.time() + duty.every
        if count or duty.every or not self._done.get(duty.name, {}).get("done"):
            self._note(duty.name, done=True)
        if count:
            told = {"duty": duty.name, "count": count, "ms": round(1000 * (time.perf_counter() - began))}
            _log.info("done", extra=told)
        return bool(count) and not duty.every

    def _failed(self, duty: Duty, error: Exception) -> None:
        from django.db import connections

        _log.error("failed", exc_info=error, extra={"duty": duty.name, "code": getattr(error, "code", "")})
        connections.close_all()
        before = self._done.get(duty.name, {}).get("failures", 0)
        self._next[duty.name] = time.time() + min(2.0**before, 600)
        self._note(duty.name, done=False, failures=before + 1)

    def _note(self, name: str, **told: Any) -> None:
        self._done[name] = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), **told}
        self._beat()

    def _due(self, duty: Duty) -> float:
        """Give when a duty is due: what an earlier worker did today is not done again."""
        before = self._done.get(duty.name, {})
        return dt.datetime.fromisoformat(before["at"]).timestamp() + duty.every if before.get("done") else 0.0

    def _beat_on(self) -> None:
        self._beat()
        while not self._ended.wait(BEAT):
            self._beat()

    def _beat(self) -> None:
        """Write the sign of life, one thread at a time: an older one must not come to lie over a newer one."""
        with self._writing:
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            new = self._beats.with_suffix(f".{os.getpid()}")
            new.write_text(json.dumps({"at": now, "process": os.getpid(), "duties": self._done}), encoding="utf-8")
            new.replace(self._beats)


def _end(*_: object) -> None:
    raise SystemExit(0)


def _count(done: Any) -> int:
    if isinstance(done, Mapping):
        return sum(done.values())
    return len(done) if isinstance(done, Sequence) else int(done or 0)


def _read(beats: Path, names: set[str]) -> dict[str, dict[str, Any]]:
    try:
        told = json.loads(beats.read_bytes())["duties"]
        return {name: one for name, one in told.items() if name in names and dt.datetime.fromisoformat(one["at"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
