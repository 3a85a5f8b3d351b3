"""SQLite with a queue before it: many writers of one process, and a disk that fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from elchi.node.sqlite3.base import _Disk

WRITERS, TIMES = 8, 25


@pytest.fixture
def queued(tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own, on the disk."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 1, "init_command": "PRAGMA journal_mode=WAL;"}
    database = {"ENGINE": "elchi.node.sqlite3", "NAME": str(tmp_path / "queue.sqlite3"), "OPTIONS": options}
    connections.databases["queued"] = connections.configure_settings({"default": {}, "queued": database})["queued"]
    with django_db_blocker.unblock():
        with connections["queued"].cursor() as cursor:
            cursor.execute("CREATE TABLE counted (n INTEGER)")
            cursor.execute("INSERT INTO counted VALUES (0)")
        yield "queued"
        connections["queued"].close()
    del connections["queued"], connections.databases["queued"]


def _count(using: str) -> int:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT n FROM counted")
        return int(cursor.fetchone()[0])


def _add(using: str) -> None:
    for _ in range(TIMES):
        with transaction.atomic(using):
            now = _count(using)
            with connections[using].cursor() as cursor:
                cursor.execute("UPDATE counted SET n = %s", [now + 1])
    connections[using].close()


def test_writers_wait_for_each_other_and_none_is_refused(queued: str) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(_add, [queued] * WRITERS))
    assert _count(queued) == WRITERS * TIMES


def test_who_fails_lets_the_next_one_in(queued: str) -> None:
    def fail() -> None:
        with transaction.atomic(queued), connections[queued].cursor() as cursor:
            cursor.execute("UPDATE counted SET n = 99")
            cursor.execute("no such statement")

    with pytest.raises(OperationalError):
        fail()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_add, queued).result(timeout=20)
    assert _count(queued) == TIMES


def test_a_disk_that_fails_is_told_to_each_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_bytes(b"x")

    def broken(_file: int) -> None:
        raise OSError(5, "no")

    disk = _Disk()
    monkeypatch.setattr(os, "fsync", broken)

    def sync(_: Any) -> str:
        try:
            disk.sync(str(tmp_path / "log"))
        except OSError as error:
            return str(error.errno)
        return "written"

    with ThreadPoolExecutor(WRITERS) as pool:
        told = list(pool.map(sync, range(WRITERS)))
    assert told == ["5"] * WRITERS
    monkeypatch.undo()
    assert sync(0) == "written"


def test_a_log_that_is_gone_was_written(tmp_path: Path) -> None:
    assert _Disk().sync(str(tmp_path / "gone")) is None  # type: ignore[func-returns-value]  # it does not raise
