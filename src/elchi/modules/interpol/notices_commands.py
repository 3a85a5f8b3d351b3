"""`elchi interpol notices`: fetch the public notices, and load them as a list."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import httpx

from elchi.cli.door import Door, shared
from elchi.cli.fetch import fetch, open_client
from elchi.cli.lists import load, refusing
from elchi.cli.progress import Progress
from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.modules.interpol.notices import ADDRESS, COLOURS, Gathered, gather

PAUSE: Final = 1.0
"""Seconds between two questions: who reads a public service must not be felt there."""
_WAITS: Final = (30.0, 120.0)
"""Seconds after which is tried again when the service is busy."""
_BUSY: Final = ("HTTP 429", "HTTP 503")
_MAX_PAGE: Final = 8 << 20
_FILE: Final = click.Path(path_type=Path)


@click.command()
@click.argument("colour", type=click.Choice(COLOURS))
@click.option("--output", type=_FILE, metavar="FILE", help="Only write them to this file, to load on another machine.")
@refusing
@shared
@click.pass_context
def notices(
    context: click.Context, door: Door, colour: str, output: Path | None, *, force: bool, max_shrink: float
) -> None:
    """Fetch the public notices of a colour and load them as a list.

    Page after page, one a second. What the service does not show whole is not loaded, unless forced: a list that lacks
    somebody looks like one that has everybody.
    """
    with tempfile.TemporaryDirectory(prefix="elchi-") as folder:
        file = output or Path(folder) / f"{colour}.json"
        found = _fetch(door, colour, Path(folder))
        if not found.is_whole and not force:
            raise Conflict("notices_incomplete", list=f"interpol_{colour}", found=len(found.notices), total=found.total)
        file.write_text(json.dumps(list(found.notices.values()), ensure_ascii=False), encoding="utf-8")
        if output:
            told = {"notices": len(found.notices), "total": found.total, "requests": found.requests}
            said = door.words.text("notices.written", count=found.total, found=len(found.notices), file=output.name)
            door.answer(told, [said])
            return
        context.invoke(
            load, file=file, name=f"interpol_{colour}", format_="interpol", mapping=None, shipped=False, force=force,
            max_shrink=max_shrink,
        )  # fmt: skip


def _fetch(door: Door, colour: str, folder: Path) -> Gathered:
    words = door.words
    label = words.text("progress.fetching", file=colour)
    with open_client() as client, Progress(words, label, count=words.number) as progress:
        return gather(lambda query: _ask(client, colour, query, folder / "page"), progress.at)


def _ask(client: httpx.Client, colour: str, query: Mapping[str, str], page: Path) -> Any:
    address = str(httpx.URL(f"{ADDRESS}{colour}", params=dict(query)))
    for wait in (*_WAITS, None):
        time.sleep(PAUSE)
        try:
            fetch(client, address, page, max_bytes=_MAX_PAGE)
            return json.loads(page.read_bytes())
        except NotFound as error:
            if wait is None or error.params["reason"] not in _BUSY:
                raise
            time.sleep(wait)
        except (ValueError, RecursionError):
            raise InvalidInput("list_broken", field="file", rule="json") from None
    raise AssertionError  # the last try has answered or raised
