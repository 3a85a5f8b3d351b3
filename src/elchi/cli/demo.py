"""`elchi demo`: a node for training with invented staff, a shift at a crossing, and the console in a browser.

What it tells is done by the services of a real node. Only the names on the lists of the UN and of OFAC are real.
Nothing of the user's own state is touched.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node
from elchi.errors import Conflict

PASSWORD: Final = "steppe-river-pass-71"  # noqa: S105  told to everybody: a demo node is on this machine only
"""Of every invented officer."""
CODE: Final = "KZ-DEMO-1"
_PLATE: Final = "01 KG 777 ABC"
"""Of the car on the invented ministry's list."""
_READY: Final = 30.0
"""Seconds that the node may take to answer."""


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make the node in this folder and keep it; else it is temporary.",
)
@shared
def demo(door: Door, home: Path | None) -> None:
    """Make a node for training, work a shift at it, and run it.

    On a terminal it runs until Ctrl-C, and tells how to sign in. Without one it makes a check over HTTP as the officer
    of the first line, and ends.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the node below ends too
    folder = Path(tempfile.mkdtemp(prefix="elchi-demo-"))
    try:
        address = f"127.0.0.1:{_free_port()}"
        _make(home or folder / "node", address)
        told = _tell(door, folder) | {"address": f"http://{address}/", "password": PASSWORD}
        with _running(Path(os.environ["ELCHI_HOME"]), told["address"]):
            if sys.stdout.isatty() and not door.json:
                _stay(door)
            else:
                told["verdict"] = _check_over_http(told["address"])
                _say(door, door.words.text("demo.checked", plate=_PLATE, verdict=door.words.band(told["verdict"])))
        lines = [door.words.text("demo.kept", home=os.environ["ELCHI_HOME"])] if home else []
        door.answer(told, lines)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(home: Path, address: str) -> None:
    """Make the node by `elchi init`, in a process of its own: this one then finds it where it stays."""
    command = [
        sys.executable, "-m", "elchi.cli.main", "init", "--demo", "--json", "--code", CODE,
        "--name", "Kordai (training)", "--country", "KZ", "--organisation", "Border Service (training)",
        "--agency", "kz-border", "--languages", "en,ru,kk", "--time-zone", "Asia/Almaty", "--listen", address,
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ELCHI_")}
    for name in set(os.environ) - set(kept) - {"ELCHI_LANGUAGE"}:
        del os.environ[name]  # a database or a certificate of the user is not for a demo
    os.environ["ELCHI_HOME"] = str(home.absolute())
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}  # it asks on a terminal
    done = subprocess.run(command, env=dict(os.environ), check=False, **quiet)  # noqa: S603  ours
    if done.returncode:
        told = json.loads(done.stderr.strip().splitlines()[-1])["error"]
        raise Conflict("demo_not_made", reason=told["message"])


def _tell(door: Door, folder: Path) -> dict[str, Any]:
    open_node()
    from elchi.cli.demo_clock import DemoClock
    from elchi.cli.demo_story import SHIFT_ENDS, Story
    from elchi.node.here import here

    zone = zoneinfo.ZoneInfo(here().time_zone)
    now = door.now.astimezone(zone)
    # The last day whose shift is over: today in the afternoon, else yesterday.
    day = now.date() - dt.timedelta(days=now.time() <= dt.time.fromisoformat(SHIFT_ENDS))
    return Story(door, folder, PASSWORD, DemoClock(day, zone)).tell()


@contextmanager
def _running(home: Path, address: str) -> Iterator[None]:
    """Run the node, its log in a file of its folder, until the block ends."""
    with (home / "run.log").open("ab") as log:
        command = [sys.executable, "-m", "elchi.cli.main", "run"]
        with subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as node:  # noqa: S603  ours
            try:
                _await(node, address)
                yield
            finally:
                node.send_signal(signal.SIGTERM)
                node.wait()


def _await(node: subprocess.Popen[bytes], address: str) -> None:
    import httpx

    ends_at = time.monotonic() + _READY
    while node.poll() is None and time.monotonic() < ends_at:
        try:
            if httpx.get(f"{address}healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Conflict("demo_not_made", reason="run.log")


def _check_over_http(address: str) -> str:
    """Sign in as the officer of the first line, check a plate, and give the verdict that the page shows."""
    import httpx

    with httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as client:

        def send(page: httpx.Response, **fields: str) -> httpx.Response:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            fields["csrfmiddlewaretoken"] = token[1] if token else ""
            return client.post(page.url, data=fields, headers={"Referer": str(page.url)}).raise_for_status()

        field = send(client.get("accounts/login/?next=/check/"), login="first.line", password=PASSWORD)
        page = send(field, q=_PLATE)
    found = re.search(r'class="verdict v-(\w+)', page.text)
    if not found:
        raise Conflict("demo_not_made", reason=page.url.path)
    return found[1].upper()


def _stay(door: Door) -> None:
    """Wait for Ctrl-C."""
    _say(door, door.words.text("demo.stays"))
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo()


def _say(door: Door, line: str) -> None:
    if not door.json:
        click.echo(line)


def _free_port() -> int:
    """Give the usual port if nobody has it, else any that is free."""
    for port in (8181, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise Conflict("address_taken", field="ELCHI_LISTEN", address="127.0.0.1", reason="")
