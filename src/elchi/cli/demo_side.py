"""A node of the demonstration seen from outside: made, run, cut off; its staff works in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from elchi.errors import Conflict

READY: Final = 30.0
"""Seconds that a node may take to answer."""


@dataclass(slots=True)
class Side:
    """A node of the demonstration."""

    home: Path
    code: str
    name: str
    country: str
    organisation: str
    agency: str
    listen: str
    """Of its console."""
    exchange: str
    """Where partners call it."""
    languages: str = "ru,en"
    time_zone: str = "Asia/Almaty"
    crossings: tuple[str, ...] = ("BCP001",)
    """Codes, of its office."""
    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _staff: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Of its console."""
        return f"http://{self.listen}/"

    @property
    def environ(self) -> dict[str, str]:
        """What its processes find: nothing of the user's own settings but his language."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ELCHI_")}
        language = {name: os.environ[name] for name in ("ELCHI_LANGUAGE",) if name in os.environ}
        return {**kept, **language, "ELCHI_HOME": str(self.home.absolute()), "ELCHI_EXCHANGE_LISTEN": self.exchange}

    def make(self) -> None:
        """Make it by `elchi init`, and say where partners call it.

        Raises:
            Conflict: `demo_not_made`.
        """
        self.call(
            "init", "--demo", "--code", self.code, "--name", self.name, "--country", self.country,
            "--organisation", self.organisation, "--agency", self.agency, "--languages", self.languages,
            "--time-zone", self.time_zone, "--listen", self.listen,
        )  # fmt: skip
        self.call("keys", "addresses", f"https://{self.exchange}")

    def call(self, command: str, *args: str) -> Any:
        """Run a command of `elchi` at it, and give its answer.

        Raises:
            Conflict: `demo_not_made`.
        """
        done = subprocess.run(  # noqa: S603  ours
            [sys.executable, "-m", "elchi.cli.main", command, *args, "--json"], env=self.environ, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Conflict("demo_not_made", reason=_why(done.stderr))
        return json.loads(done.stdout)

    def do(self, step: str, *, book: str = "elchi.cli.demo_steps", **told: Any) -> Any:
        """Have its staff do a step of a book, a module with `STEPS`; they work in one process until the node is closed.

        Raises:
            Conflict: `demo_not_made`.
        """
        if self._staff is None:
            with (self.home / "staff.log").open("ab") as log:
                self._staff = subprocess.Popen(
                    [sys.executable, "-m", "elchi.cli.demo_steps"], env=self.environ, stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
                )  # fmt: skip
        if self._staff.stdin is None or self._staff.stdout is None:
            raise TypeError  # they are pipes
        self._staff.stdin.write(json.dumps([book, step, told]) + "\n")
        self._staff.stdin.flush()
        line = self._staff.stdout.readline()
        if not line:
            raise Conflict("demo_not_made", reason=_why((self.home / "staff.log").read_text(encoding="utf-8")))
        return json.loads(line)

    def begin(self, *, password: str, language: str) -> None:
        """Hire its staff, who speak a language."""
        self.do("begin", agency=self.agency, password=password, language=language, crossings=self.crossings)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the block ends; then its staff goes home too."""
        self.start()
        try:
            yield
        finally:
            self.stop()
            if self._staff is not None:
                self._staff.communicate()
                self._staff = None

    def start(self) -> None:
        """Run it, its log in a file of its folder, and wait until it answers.

        Raises:
            Conflict: `demo_not_made`.
        """
        with (self.home / "run.log").open("ab") as log:
            command = [sys.executable, "-m", "elchi.cli.main", "run"]
            self._running = subprocess.Popen(  # noqa: S603  ours
                command, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        import httpx

        ends_at = time.monotonic() + READY
        while self._running.poll() is None and time.monotonic() < ends_at:
            try:
                if httpx.get(f"{self.address}healthz", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.stop()
        raise Conflict("demo_not_made", reason="run.log")

    def stop(self) -> None:
        """Stop it: for its partners the line is cut."""
        if self._running is not None:
            self._running.send_signal(signal.SIGTERM)
            self._running.wait()
            self._running = None


def _why(said: str) -> str:
    last = said.strip().splitlines()[-1:] or [""]
    try:
        return str(json.loads(last[0])["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return last[0]
