"""The commands of modules. They are found by their place, because the command line starts without Django."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files

import click

_HOUSE = "elchi.modules"


def module_commands() -> Iterator[click.Command]:
    """Give the group of each module that has one: in its `commands.py`, called as its folder is."""
    for folder in sorted(files(_HOUSE).iterdir(), key=lambda one: one.name):
        if folder.joinpath("commands.py").is_file():
            yield getattr(import_module(f"{_HOUSE}.{folder.name}.commands"), folder.name)
