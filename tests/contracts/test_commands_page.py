"""docs/commands.md and the command line say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from elchi.cli.exits import Exit
from elchi.cli.main import elchi

EVERYWHERE = {"--json", "--language", "--help", "-h"}
SCREENING = {"--lists", "--top", "--min-score", "--purpose"}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/commands.md").read_text(encoding="utf-8")


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            yield from _commands(inner, f"{name} {part}")


COMMANDS = dict(_commands(elchi, "elchi"))
RUNNABLE = {
    name: command
    for name, command in COMMANDS.items()
    if not isinstance(command, click.Group) or command.invoke_without_command
}


def _options(command: click.Command) -> set[str]:
    context = click.Context(command, **elchi.context_settings)
    own = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    return own | set(command.get_help_option_names(context))


def _rows(text: str) -> set[str]:
    """The options that the tables of a piece of the page name."""
    cells = re.findall(r"^\| (`-.*?) \|", text, re.MULTILINE)
    return {option for cell in cells for option in re.findall(r"`(--?[a-z-]+)", cell)}


def _sections(page: str) -> dict[str, str]:
    pieces = re.split(r"^#+ ", page, flags=re.MULTILINE)
    titled = ((piece.split("\n", 1)[0].strip("`"), piece) for piece in pieces)
    return {title: piece for title, piece in titled if title.startswith("elchi ")}


def test_every_command_has_a_section_and_every_section_a_command(page: str) -> None:
    assert set(_sections(page)) == set(RUNNABLE)


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_section_names_the_options_of_its_command(page: str, name: str) -> None:
    options = _options(RUNNABLE[name]) - EVERYWHERE
    shared = SCREENING if name == "elchi screen" or name.startswith("elchi check ") else set()
    assert _rows(_sections(page)[name]) == options - shared
    assert shared <= options


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_options_of_every_command(page: str, name: str) -> None:
    assert _options(COMMANDS[name]) & EVERYWHERE == EVERYWHERE
    assert _rows(page.split("## Options of every command")[1].split("## Exit codes", maxsplit=1)[0]) == EVERYWHERE


def test_the_options_of_screening_are_told_once(page: str) -> None:
    assert _rows(page.split("\n## Check\n")[1].split("### ", maxsplit=1)[0]) == SCREENING


def test_every_exit_code_is_told(page: str) -> None:
    table = page.split("## Exit codes")[1].split("## Lists", maxsplit=1)[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(Exit)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_says_what_the_command_does(name: str) -> None:
    command = COMMANDS[name]
    assert re.fullmatch(r"[A-Z].{10,90}[.?]", command.get_short_help_str(limit=95))
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or one.metavar)] == []
