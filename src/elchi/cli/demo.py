"""`elchi demo`: a shift at a crossing, a question across the border, and the consoles in a browser.

Nodes for training: one where the shift is, one across the border, two at another crossing, and the hub of a regional
centre that carries for all. What it tells is done by the services of real nodes. Only the names on the lists of the UN
and of OFAC are real. Nothing of the user's own state is touched.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from elchi.cli.demo_border import Border
from elchi.cli.demo_side import Side
from elchi.cli.door import Door, shared
from elchi.cli.node import open_node
from elchi.errors import Conflict

if TYPE_CHECKING:
    from elchi.cli.demo_story import Story

PASSWORD: Final = "steppe-river-pass-71"  # noqa: S105  told to everybody: a demo node is on this machine only
"""Of every invented officer."""
CODE: Final = "KZ-DEMO-1"
_PLATE: Final = "01 KG 777 ABC"
"""Of the car on the invented ministry's list."""


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make the node of the shift in this folder and keep it; else it is temporary.",
)
@shared
def demo(door: Door, home: Path | None) -> None:
    """Make nodes for training on both sides of a border, work a shift, ask across, and run them.

    On a terminal they run until Ctrl-C, and it is told how to sign in. Without one a check is made over HTTP as the
    officer of the first line, and all ends.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the nodes below end too
    folder = Path(tempfile.mkdtemp(prefix="elchi-demo-"))
    ports = _free_ports()
    try:
        side = Side(
            home=home or folder / "kordai", code=CODE, name="Kordai (training)", country="KZ",
            organisation="Border Service (training)", agency="kz-border", listen=f"127.0.0.1:{next(ports)}",
            exchange=f"127.0.0.1:{next(ports)}", languages="en,ru,kk",
        )  # fmt: skip
        side.make()
        story = _open(side, door, folder)
        told = story.tell() | {"address": side.address, "password": PASSWORD}
        hub = _hub(story, folder, ports)
        border = Border.around(story, side, hub, folder, ports)
        with hub.running(), border.running() as crossed, _modules(border) as modules:
            told["border"] = crossed
            told["modules"] = modules
            told["sign_ins"] = story.tell_sign_ins(side, border.there, hub)
            if sys.stdout.isatty() and not door.json:
                _stay(door)
            else:
                told["verdict"] = _check_over_http(side.address)
                _say(door, door.words.text("demo.checked", plate=_PLATE, verdict=door.words.band(told["verdict"])))
        lines = [door.words.text("demo.kept", home=str(side.home))] if home else []
        door.answer(told, lines)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _modules(border: Border) -> Iterator[dict[str, Any]]:
    """Have the modules tell their parts; give them by module."""
    from elchi.node.plug import modules

    with ExitStack() as kept_up:
        yield {one.label: kept_up.enter_context(one.part("story")(border)) for one in modules() if one.story}


def _hub(story: Story, folder: Path, ports: Iterator[int]) -> Side:
    """Make the node of a regional centre."""
    hub = Side(
        home=folder / "hub", code="RC-DEMO-1", name="Regional centre (training)", country="",
        organisation="Regional centre (training)", agency="caricc", listen=f"127.0.0.1:{next(ports)}",
        exchange=f"127.0.0.1:{next(ports)}", crossings=(),
    )  # fmt: skip
    hub.make()
    hub.begin(password=story.password, language=story.words.language)
    return hub


def _open(side: Side, door: Door, folder: Path) -> Story:
    """Open the node in this process, which then is one of its own."""
    environ = side.environ
    os.environ.clear()  # a database or a certificate of the user is not for a demo
    os.environ.update(environ)
    open_node()
    from elchi.cli.demo_clock import DemoClock
    from elchi.cli.demo_story import SHIFT_ENDS, Story
    from elchi.node.here import here

    zone = zoneinfo.ZoneInfo(here().time_zone)
    now = door.now.astimezone(zone)
    # The last day whose shift is over: today in the afternoon, else yesterday.
    day = now.date() - dt.timedelta(days=now.time() <= dt.time.fromisoformat(SHIFT_ENDS))
    return Story(door, folder, PASSWORD, DemoClock(day, zone))


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
    click.echo(line, err=door.json)


def _free_ports() -> Iterator[int]:
    """Give the usual port if nobody has it, then others that are free."""
    for port in (8181, *[0] * 9):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            yield int(tried.getsockname()[1])
    raise Conflict("address_taken", field="ELCHI_LISTEN", address="127.0.0.1", reason="")
