"""A node for tests of the exchange, seen from the test; `exchange_steps` is what runs in it."""

from __future__ import annotations

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

from tests.running_node import Node, free_port, new_database

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
    _steps: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, folder: Path, code: str, *, called: bool = True, address: str = "") -> ExchangeNode:
        """Make a node with keys; one that is not called has no address."""
        node = Node(folder / code, new_database(), free_port())
        done = node.call(
            "init", "--code", code, "--name", f"Node {code}", "--country", code[:2], "--organisation", "Border Service",
            "--languages", "ru,en", "--listen", f"127.0.0.1:{node.port}",
        )  # fmt: skip
        assert done.status == 0, done.err
        made = cls(code, node, free_port())
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

    @contextmanager
    def carrying(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the courier until the block ends."""
        process = self.start()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the courier."""
        return self._open("carry", f"127.0.0.1:{self.port}")

    def _open(self, *what: str, **pipes: Any) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-c", BEGIN, *what, ""],
                env=self._environ(),
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
