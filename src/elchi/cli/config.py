"""`elchi config`: what the node was told, and by whom."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node
from elchi.locale import Words

_SECRET: Final = ("ELCHI_METRICS_TOKEN",)
_PASSWORD: Final = re.compile(r"(?<=://)([^:/@]*):[^@]*@")


@click.group()
@shared
def config(_door: Door) -> None:
    """Look at the settings of the node."""


@config.command()
@shared
def check(door: Door) -> int:
    """Tell every setting, its value and who said it, and what is wrong.

    Passwords and tokens are not shown. Ends with exit code 2 for a variable ELCHI_.. that is no setting, and for files
    that others than the node may read.
    """
    open_node()
    from django.conf import settings

    told = settings.ELCHI
    said = [{"name": one.name, "value": _shown(one.name, one.value), "source": one.source} for one in told.said]
    faults = [{"fault": "unknown_setting", "place": name} for name in told.unknown]
    faults += [{"fault": "open_to_others", "place": name} for name in _open_to_others(told)]
    wire = {"home": str(told.here.home), "demo": told.here.demo, "settings": said, "faults": faults}
    door.answer(wire, _lines(door.words, wire))
    return Exit.INVALID_INPUT if faults else Exit.DONE


def _shown(name: str, value: str) -> str:
    if name in _SECRET and value:
        return "•••"
    return _PASSWORD.sub(r"\1:•••@", value)


def _open_to_others(told: Any) -> Iterator[str]:
    """Give what others than the account of the node may read or change."""
    home: Path = told.here.home
    private = [home, home / "node.toml", told.here.keys, *sorted(told.here.keys.iterdir()), Path(told.certificate_key)]
    for path in dict.fromkeys(private):
        # Below a closed folder the rights of a file do not matter; the first of these is the folder of all.
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) and _is_reached(path, home):
            yield os.fsdecode(path)


def _is_reached(path: Path, home: Path) -> bool:
    return path == home or home not in path.parents or bool(home.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _lines(words: Words, wire: dict[str, Any]) -> Iterator[str]:
    yield words.text("config.home", home=wire["home"])
    wide = max(len(one["name"]) for one in wire["settings"])
    for one in wire["settings"]:
        source = words.text(f"said_by.{one['source']}")
        yield f"  {one['name']:<{wide}}  {one['value'] or '–'}  ({source})"
    for fault in wire["faults"]:
        yield click.style(
            f"✗ {words.text('config_fault.' + fault['fault'], place=fault['place'])}", fg="red", bold=True
        )
    if not wire["faults"]:
        yield words.text("config.fine")
