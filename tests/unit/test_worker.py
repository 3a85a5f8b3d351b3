"""The worker does what is due, goes on when something fails, and remembers across a start."""

from __future__ import annotations

import datetime as dt
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from elchi.cli import worker as room
from elchi.cli.worker import Worker
from elchi.node.plug import Duty


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look again at once; leave the signals of this process as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(room, "PAUSE", 0.001)
    yield
    for number, action in before.items():
        signal.signal(number, action)


def times(count: int, done: list[str], name: str, gives: Any = 0) -> Callable[[], Any]:
    """Do something so many times, then end the worker."""

    def do() -> Any:
        done.append(name)
        if done.count(name) == count:
            signal.raise_signal(signal.SIGTERM)
        return gives

    return do


def run(beats: Path, *duties: Duty) -> dict[str, Any]:
    with pytest.raises(SystemExit):
        Worker(duties, beats).run()
    told: dict[str, Any] = json.loads(beats.read_bytes())
    return told


def test_duties_are_done_each_in_its_time(tmp_path: Path) -> None:
    done: list[str] = []
    run(
        tmp_path / "worker.json",
        Duty("hourly", 3600, times(9, done, "hourly")),
        Duty("always", 0, times(5, done, "always")),
    )
    assert (done.count("hourly"), done.count("always")) == (1, 5)


def test_one_that_fails_is_tried_again_and_the_others_go_on(tmp_path: Path) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fails")
        raise ZeroDivisionError

    told = run(tmp_path / "worker.json", Duty("fails", 3600, fail), Duty("always", 0, times(5, done, "always")))
    assert (done.count("fails"), done.count("always")) == (1, 5)
    assert (told["duties"]["fails"]["done"], told["duties"]["fails"]["failures"]) == (False, 1)
    assert told["duties"]["always"]["done"] is True


def test_what_was_done_today_is_not_done_again_after_a_start(tmp_path: Path) -> None:
    beats, done = tmp_path / "worker.json", list[str]()
    for _ in range(2):
        run(beats, Duty("daily", 86_400, times(9, done, "daily")), Duty("always", 0, times(1, done, f"always{_}")))
    assert done.count("daily") == 1
    told = json.loads(beats.read_bytes())
    told["duties"]["daily"]["at"] = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).isoformat()
    beats.write_text(json.dumps(told), encoding="utf-8")
    run(beats, Duty("daily", 86_400, times(9, done, "daily")), Duty("always", 0, times(1, done, "last")))
    assert done.count("daily") == 2


@pytest.mark.parametrize("content", [b"", b"[]", b'{"duties": {"daily": {"at": "soon", "done": true}}}', b"\xff"])
def test_signs_that_cannot_be_read_are_no_sign(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "worker.json").write_bytes(content)
    done: list[str] = []
    run(tmp_path / "worker.json", Duty("daily", 86_400, times(1, done, "daily")))
    assert done == ["daily"]


def test_an_older_sign_of_life_never_lies_over_a_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that shows life is held while it puts its file in place: what is done meanwhile is not forgotten."""
    beats, real, held = tmp_path / "worker.json", Path.replace, threading.Event()

    def slowly(new: Path, place: Path) -> Path:
        if threading.current_thread() is not threading.main_thread():
            held.set()
            time.sleep(0.2)
        return real(new, place)

    def daily() -> None:
        assert held.wait(5)

    monkeypatch.setattr(Path, "replace", slowly)
    told = run(beats, Duty("daily", 86_400, daily), Duty("always", 0, times(1, [], "always")))
    assert told["duties"]["daily"]["done"] is True
    time.sleep(0.3)  # whoever still writes has written
    assert json.loads(beats.read_bytes()) == told
    assert list(tmp_path.iterdir()) == [beats]
