"""A node for tests of the exchange, seen from the test; `exchange_steps` is what runs in it."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running_node import Node, free_port, init, new_database

BEGIN = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "elchi.settings"
django.setup()
from tests.exchange_steps import main
main(*sys.argv[1:3])
"""


@dataclass
class ExchangeNode:
    """A node, seen from a test."""

    code: str
    node: Node
    port: int
    document: str = ""
    errs: bool = False
    _steps: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(
        cls, folder: Path, code: str, *, called: bool = True, address: str = "", port: int = 0, errs: bool = False
    ) -> ExchangeNode:
        """Make a node with keys; one that is not called has no address, one that errs has a clock that may be wrong."""
        node = Node(folder / code, new_database(), free_port())
        done = init(
            node, "--code", code, "--name", f"Node {code}", "--country", code[:2], "--organisation", "Border Service",
            "--languages", "ru,en",
        )  # fmt: skip
        assert done.status == 0, done.err
        made = cls(code, node, port or free_port(), errs=errs)
        addresses = [address or f"https://127.0.0.1:{made.port}"] if called else []
        made.do("told")
        made.document = made.do("make_keys", addresses=addresses)
        return made

    def join(self, other: ExchangeNode, **told: Any) -> None:
        """Trust another node; the other one does it by itself."""
        self.do("join", code=other.code, document=other.document, **told)

    def do(self, step: str, **told: Any) -> Any:
        """Have a step of `exchange_steps.STEPS` done, in a process beside the courier."""
        if self._steps is None:
            self._steps = self._open("serve", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._steps.stdin
        assert self._steps.stdout
        self._steps.stdin.write(json.dumps([step, told]).encode() + b"\n")
        self._steps.stdin.flush()
        answer = self._steps.stdout.readline()
        assert answer, self.log.read_text(encoding="utf-8")[-4000:]
        return json.loads(answer)

    @property
    def pid(self) -> int:
        """Of the process that does steps."""
        self.do("told", what="waiting")
        assert self._steps is not None
        return self._steps.pid

    def end(self) -> None:
        """End the process that does steps."""
        if self._steps is not None:
            self._steps.communicate(timeout=20)
            self._steps = None

    @contextmanager
    def carrying(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the courier until the block ends."""
        process = self.start()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def start(self, *, kill_at: str = "") -> subprocess.Popen[bytes]:
        """Start the courier, which dies at a point of `fault_steps.POINTS` if one is named."""
        return self._open("carry", f"127.0.0.1:{self.port}", kill_at=kill_at)

    def die_at(self, kill_at: str, step: str, **told: Any) -> int:
        """Have a step done in a process of its own that dies at a point; give how it ended."""
        process = self._open("serve", stdin=subprocess.PIPE, stdout=subprocess.PIPE, kill_at=kill_at)
        process.communicate(json.dumps([step, told]).encode() + b"\n", timeout=30)
        return process.returncode

    def err_by(self, wrong: dt.timedelta) -> None:
        """Let the clock of all processes of the node be wrong from now on, those that run among them."""
        self._clock.write_text(str(wrong.total_seconds()), encoding="ascii")

    @property
    def _clock(self) -> Path:
        return self.node.home.with_suffix(".clock")

    def _open(self, *what: str, kill_at: str = "", **pipes: Any) -> subprocess.Popen[bytes]:
        if self.errs:
            self._clock.touch()
        faults = {"TEST_KILL_AT": kill_at, "TEST_CLOCK": str(self._clock) if self.errs else ""}
        with self.log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-c", BEGIN, *what, ""],
                env={**self._environ(), **faults},
                **{"stdout": file, "stderr": file, **pipes},
            )

    @property
    def log(self) -> Path:
        return self.node.home.with_suffix(".log")

    def wait_until(self, good: Callable[[Any], bool], seconds: float = 30, **told: Any) -> Any:
        """Wait until the tables hold what is waited for; give them."""
        ends = time.monotonic() + seconds
        while True:
            seen = self.do("told", **told)
            if good(seen):
                return seen
            time.sleep(0.05)
            assert time.monotonic() < ends, (seen, self.log.read_text(encoding="utf-8")[-4000:])

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in self.node.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}


def join_both(one: ExchangeNode, other: ExchangeNode) -> None:
    """Make two nodes partners."""
    one.join(other)
    other.join(one)
