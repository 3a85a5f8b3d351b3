"""How a module plugs into the node: one class in its `apps.py`, and one line in INSTALLED_APPS.

The node and its doors never name a module. They ask `modules()` what there is, and each takes its own part: the table
of rights its rows, the audit its verbs, the console pages and lines of the menu, the API routers, the worker duties.
What needs tables is given by its dotted name, because apps come before tables. The command line starts without Django
and finds `commands.py` by its place (`cli.modules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.utils.module_loading import import_string


class AnyRight(StrEnum):
    """One thing that may be done: a member of `officers.rules.Right`, or of such a list in a module."""


class AnyVerb(StrEnum):
    """What was done, as the audit writes it down: of `audit.verbs.Verb`, or of such a list in a module."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    word: str
    """Key of its words, `menu.check`."""
    address: str
    """Name of the page in `urls`; the addresses of its room begin with it."""
    right: AnyRight
    icon: str
    """Of the console's icons, or a path of SVG in a square of 24."""
    count: Callable[[Any], int] | None = None
    """How many wait there for an officer (`Acting`), as the number beside the line; one query at most."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at the top of the results, and where what it counts is listed."""

    said: str
    value: str
    under: str = ""
    address: str = ""
    """Of the list; empty for who may not see it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that the worker does again and again."""

    name: str
    every: float
    """Seconds; 0 for each time around."""
    do: Callable[[], Any]
    """Gives how much was done."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a module draws on the map: marks and borders, and how to choose among them."""

    title: str
    """Of the table of its marks."""
    marks: Sequence[Mark] = ()
    borders: Mapping[str, str] = field(default_factory=dict)
    """`KG-KZ` to the look of the line, a class of the style sheet."""
    filters: Sequence[Filter] = ()
    key: Sequence[tuple[str, str, str]] = ()
    """What the signs mean: class of the style sheet, path of SVG in a square of 16, words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the map and a row of the table below it."""

    title: str
    kind: str
    """In words."""
    address: str
    place: tuple[float, float]
    """Longitude and latitude."""
    css: str
    path: str
    """Of SVG, around the point 0 0."""
    state: str = ""
    """In words, for the table."""
    count: int = 1
    error_km: float | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A field above the map; what is chosen comes back in the address under its name."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str


class ModuleConfig(AppConfig):
    """A module: what it adds to the node. What it leaves empty it does not have."""

    default_auto_field = "django.db.models.BigAutoField"

    rights: ClassVar[Mapping[AnyRight, frozenset[str]]] = {}
    """Its part of the table: each right and the roles that have it (`officers.rules.Role`)."""
    verbs: ClassVar[Sequence[AnyVerb]] = ()
    """What its services write into the audit."""
    menu: ClassVar[Sequence[Entry]] = ()
    pages: ClassVar[str] = ""
    """Its addresses in the console, a module with `urlpatterns`."""
    routers: ClassVar[Mapping[str, str]] = {}
    """Noun to the router of the API."""
    duties: ClassVar[str] = ""
    """A function without parameters that gives what the worker does for it, `Duty`."""
    tiles: ClassVar[str] = ""
    """A function of who asks, the words and the period (`checks.figures.Period`) that gives `Tile`."""
    layer: ClassVar[str] = ""
    """A function of who asks, the words and what the address of the map asks for that gives a `Layer`."""
    story: ClassVar[str] = ""
    """A function of the nodes of the demonstration (`cli.demo_border.Border`), which run, that gives a context manager:
    it tells a part of its own, gives it as a JSON value, and keeps up what it needs until the demonstration ends."""

    def part(self, name: str) -> Any:
        """Give what one of the dotted names means."""
        return import_string(getattr(self, name))


@cache
def modules() -> tuple[ModuleConfig, ...]:
    """Give the modules of this node, in the order of INSTALLED_APPS."""
    return tuple(one for one in apps.get_app_configs() if isinstance(one, ModuleConfig))
