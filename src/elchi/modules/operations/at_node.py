"""What the commands of this module share: the node they ask, as the token of an officer, and rows as lines.

They go through the API and not to the tables: whoever keeps the machine sees no incident and sends no unit (ADR 0040).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import shared
from elchi.client import Client, Unreachable
from elchi.errors import Conflict, PartnerUnreachable
from elchi.locale import Words

FILE: Final = click.Path(path_type=Path, dir_okay=False)
DAY: Final = click.DateTime(["%Y-%m-%d"])
MOST: Final = 1_000
"""Rows that a command shows."""
Row = Mapping[str, Any]
Column = tuple[str, str]
"""Field of a row, and the vocabulary of its words; without one it is shown as it is."""


def at_node(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which node is asked and by whose token, and the node as `node`."""

    @wraps(command)
    def asked(door: Any, *args: Any, address: str, token_file: Path | None, **kwargs: Any) -> Any:
        token = token_file.read_text(encoding="ascii").strip() if token_file else os.environ.get("ELCHI_TOKEN", "")
        if not address or not token:
            raise click.UsageError("Say the node (--node, ELCHI_NODE) and the token (--token-file, ELCHI_TOKEN).")
        if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise click.BadParameter("A token goes by https only.", param_hint="--node")
        try:
            with Client(address, token, language=door.words.language) as node:
                return command(door, *args, node=node, **kwargs)
        except Unreachable as error:
            raise PartnerUnreachable("node_unreachable", reason=str(error.params["reason"])) from error

    for option in (
        click.option("--token-file", type=FILE, metavar="FILE", help="Has the officer's token; else ELCHI_TOKEN."),
        click.option("--node", "address", envvar="ELCHI_NODE", default="", metavar="ADDRESS", help="Else ELCHI_NODE."),
    ):
        asked = option(asked)
    return shared(asked)


def period(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a period, as its argument `wanted`: days on the clock of this machine."""

    @wraps(command)
    def said(
        door: Any, *args: Any, begins: dt.datetime | None, ends: dt.datetime | None, known: dt.datetime | None,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        days = (("from_at", begins, 0), ("until", ends, 1), ("as_of", known, 1))
        zone = door.now.tzinfo
        wanted = {
            name: (day + dt.timedelta(days=more)).replace(tzinfo=zone).isoformat() for name, day, more in days if day
        }
        return command(door, *args, wanted=wanted, **kwargs)

    for option in (
        click.option("--as-of", "known", type=DAY, metavar="DAY", help="As it was known at the end of that day."),
        click.option("--until", "ends", type=DAY, metavar="DAY", help="Last day."),
        click.option("--from", "begins", type=DAY, metavar="DAY", help="First day."),
    ):
        said = option(said)
    return said


def write_table(node: Client, path: str, file: Path, wanted: Mapping[str, str]) -> None:
    """Write a table of the node to a new file, whole or not at all.

    Raises:
        Conflict: `file_exists`.
    """
    if file.exists():
        raise Conflict("file_exists", file=file.name)
    partly = file.with_name(f"{file.name}.part")
    try:
        with partly.open("xb") as out:
            out.writelines(node.table(path, **wanted))
        partly.rename(file)
    finally:
        partly.unlink(missing_ok=True)


def some(rows: Iterable[Row]) -> list[Row]:
    """Give the first of rows that may be many."""
    return [row for row, _ in zip(rows, range(MOST), strict=False)]


def lines(words: Words, rows: Iterable[Row], *columns: Column) -> Iterator[str]:
    """Give rows as lines for people; where there are none, that."""
    empty = True
    for row in rows:
        empty = False
        yield "  ".join(filter(None, (_cell(words, row[name], vocabulary) for name, vocabulary in columns)))
    if empty:
        yield words.text("operations.no_rows")


def _cell(words: Words, value: Any, vocabulary: str) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(words, one, vocabulary) for one in value)
    return words.text(f"{vocabulary}.{value}") if vocabulary else str(value)
