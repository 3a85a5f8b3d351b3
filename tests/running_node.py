"""A real node for tests: its own folder and database, its own processes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import psycopg

_NOWHERE = 9  # the port of the discard protocol: nobody listens there
PASSPHRASE = "four words for tests"
INIT = (
    "--code", "KZ-KOR-1", "--name", "Korday post", "--country", "KZ", "--organisation", "Border Service",
    "--agency", "kz-border", "--languages", "ru,kk,en",
)  # fmt: skip


@dataclass
class Node:
    """The folder of a node, and how commands reach it."""

    home: Path
    database: str = ""
    port: int = 0
    scheme: str = "https"
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ELCHI_", "DJANGO_", "LC_"))}
        told = {"ELCHI_HOME": str(self.home), "LANG": "C.UTF-8", "ELCHI_PASSPHRASE": PASSPHRASE}
        self.environ = {**kept, **told, **({"ELCHI_DATABASE": self.database} if self.database else {})}

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    def call(self, *args: object, plain: bool = False, **environ: str) -> Done:
        """Run a command; its answer and error as JSON unless they are wanted plain."""
        program = str(Path(sys.executable).with_name("elchi"))
        command = [program, *map(str, args), *(() if plain else ("--json",))]
        env = {**self.environ, **environ}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        return Done(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Run the node until the block ends, if it has not ended by then."""
        program, log = str(Path(sys.executable).with_name("elchi")), self.home.with_suffix(".log")
        with log.open("ab") as file:
            process = subprocess.Popen([program, "run"], env=self.environ, stdout=subprocess.DEVNULL, stderr=file)
        running = Running(self, process, log)
        try:
            running.started_after = running.wait_for_answer()
            yield running
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err.strip().splitlines()[-1])["error"]


@dataclass
class Running:
    """A node that runs."""

    node: Node
    process: subprocess.Popen[bytes]
    log: Path
    started_after: float = 0.0

    def client(self, **given: Any) -> httpx.Client:
        """Make a client; the certificate is the node's own."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return httpx.Client(base_url=self.node.address, verify=context, trust_env=False, timeout=15, **given)

    def wait_for_answer(self, seconds: float = 30) -> float:
        """Wait until the node answers; give how long it took."""
        began = time.monotonic()
        with self.client() as client:
            while time.monotonic() - began < seconds:
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                try:
                    if client.get("healthz").status_code == httpx.codes.OK:
                        return time.monotonic() - began
                except httpx.TransportError:
                    time.sleep(0.02)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def lines(self) -> list[dict[str, Any]]:
        """Give the lines of the log."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def children(self) -> list[int]:
        """Give the processes below, all the way down."""
        return descendants(self.process.pid)


def descendants(pid: int) -> list[int]:
    """Give the processes below a process."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [one for child in map(int, below) for one in (child, *descendants(child))]


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has waited for yet has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def new_database() -> str:
    """Give the address of an empty database where the tests run on PostgreSQL; nothing where they run on SQLite."""
    address = os.environ.get("ELCHI_DATABASE", "")
    if not address:
        return ""
    name = f"elchi_{uuid4().hex[:12]}"
    parts = urlsplit(address)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


def make_node(home: Path, *more: str) -> tuple[Node, Mapping[str, Any]]:
    """Make a node by `elchi init`; give it and what the command told."""
    node = Node(home, new_database(), free_port())
    done = init(node, *INIT, *more)
    assert done.status == 0, done.err
    return node, done.json


_made: dict[tuple[str, ...], tuple[Path, Done]] = {}


def init(node: Node, *args: str) -> Done:
    """Run `elchi init`, once for all nodes of this process that are to be alike: the others are copies on other ports.

    What they have in common does not matter between tests: each test has nodes of different codes.
    """
    if node.database:
        return node.call("init", *args, "--listen", f"127.0.0.1:{node.port}")
    if args not in _made:
        folder = Path(tempfile.mkdtemp(prefix="elchi-made-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        first = Node(folder / "node")
        _made[args] = first.home, first.call("init", *args, "--listen", f"127.0.0.1:{_NOWHERE}")
    home, done = _made[args]
    if done.status == 0:
        shutil.copytree(home, node.home)
        file = node.home / "node.toml"
        told = file.read_text(encoding="utf-8")
        file.write_text(told.replace(f"127.0.0.1:{_NOWHERE}", f"127.0.0.1:{node.port}"), encoding="utf-8")
    return done
