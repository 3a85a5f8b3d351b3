"""What all commands share: where the state lies, the language, `--json`, the clock, and how screening is asked for."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from platformdirs import user_data_path

from elchi.cli.exits import Exit, exit_of_error
from elchi.errors import Conflict, ElchiError
from elchi.locale import LANGUAGES, Words, best_language
from elchi.screening.finding import ThresholdTable
from elchi.screening.thresholds import read_thresholds

Command = Callable[..., Any]
_ACTING: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_LOCALE: Final = ("ELCHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(slots=True)
class Door:
    """One call of the command line and its surroundings."""

    json: bool = False
    """Whether answers and errors are JSON."""
    language: str = ""
    """As asked for with `--language`."""

    @property
    def home(self) -> Path:
        """The folder of the state: ELCHI_HOME, else below the user's data folder.

        Raises:
            Conflict: `folder_is_node`: there every check is written down with who asks and why, and none goes past it.
        """
        if self.is_node:
            raise Conflict("folder_is_node", field="ELCHI_HOME")
        return self.folder

    @property
    def folder(self) -> Path:
        """The same folder, for what is no question about anybody: a node may be there."""
        return _folder()

    @property
    def is_node(self) -> bool:
        """Whether the folder is that of a node; told without Django, which other commands do not load."""
        return (_folder() / "node.toml").is_file()

    @property
    def thresholds(self) -> ThresholdTable:
        """What `thresholds.toml` in the folder of the state says; without that file the defaults."""
        path = self.home / "thresholds.toml"
        # A link that leads nowhere is a file that cannot be read, and no reason to fall back to the defaults.
        return read_thresholds(path) if os.path.lexists(path) else ThresholdTable()

    @property
    def words(self) -> Words:
        """The words of `--language`, else ELCHI_LANGUAGE, else the system's locale, else English."""
        return Words(best_language([self.language, *(os.environ.get(name, "") for name in _LOCALE)]))

    @property
    def now(self) -> dt.datetime:
        """The time, in the zone of this machine."""
        return dt.datetime.now(dt.UTC).astimezone()

    def answer(self, wire: Any, lines: Iterable[str]) -> None:
        """Print an answer: the JSON value, or the lines for people."""
        if self.json:
            click.echo(_as_json(wire, indent=2))
        else:
            for line in lines:
                click.echo(line)

    def refuse(self, error: ElchiError) -> Exit:
        """Print an error on stderr, and give its exit code."""
        message = self.words.error(error.code, error.params)
        if self.json:
            write_error(error.code, error.params, message)
        else:
            click.echo(f"elchi: {message}", err=True)
        return exit_of_error(error)


def _folder() -> Path:
    chosen = os.environ.get("ELCHI_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("elchi")


def write_error(code: str, params: Mapping[str, Any], message: str) -> None:
    """Print an error as one JSON object on stderr."""
    error = {"code": code, "params": params, "message": message}
    click.echo(_as_json({"error": error}), err=True)


def _as_json(wire: Any, indent: int | None = None) -> str:
    """Write JSON of which nothing acts on a terminal: json itself escapes only the controls below 0x20."""
    text = json.dumps(wire, ensure_ascii=False, default=str, indent=indent)
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Share(click.FloatRange):
    """A number from 0 to 1; "nan" is none, and would let everything or nothing through."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number from 0 to 1.", param, ctx)
        return number


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be screened against, and how much of it is told."""

    lists: tuple[str, ...] | None
    top: int
    min_score: float | None
    purpose: str


pass_door = click.make_pass_decorator(Door, ensure=True)


def shared(command: Command) -> Command:
    """Give a command the options that every command has, and the door as its first argument."""
    for option in (
        click.option("--json", is_flag=True, expose_value=False, callback=_take_json, help="Answer in JSON."),
        click.option(
            "--language",
            type=click.Choice(LANGUAGES),
            expose_value=False,
            callback=_take_language,
            help="Language of answers and errors; else ELCHI_LANGUAGE, else that of the system.",
        ),
        pass_door,
    ):
        command = option(command)
    return command


def asking(command: Command) -> Command:
    """Give a command the options of screening, as its argument `asking`."""

    @wraps(command)
    def gathered(
        *args: Any, lists: tuple[str, ...] | None, top: int, min_score: float | None, purpose: str, **kwargs: Any
    ) -> Any:
        return command(*args, asking=Asking(lists, top, min_score, purpose), **kwargs)

    for option in (
        click.option("--purpose", default="border_check", metavar="PURPOSE", help="Chooses the thresholds."),
        click.option(
            "--min-score",
            type=Share(),
            help="Show findings from this score on, CLEAR ones too; else those of REVIEW and STOP.",
        ),
        click.option(
            "--top", type=click.IntRange(1, 1_000), default=10, show_default=True, help="Most findings shown."
        ),
        click.option("--lists", metavar="A,B", callback=_split, help="Only these lists; else all."),
    ):
        gathered = option(gathered)
    return gathered


def _take_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's order
    context.ensure_object(Door).json |= value


def _take_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        context.ensure_object(Door).language = value


def _split(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    return names or None
