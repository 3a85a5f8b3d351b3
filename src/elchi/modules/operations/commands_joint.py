"""`elchi operations joint`: joint operations, as an officer's token may see and move them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.client import Client
from elchi.errors import InvalidInput
from elchi.modules.operations.at_node import FILE, at_node, lines, some

_MOST_BYTES: Final = 1 << 20
_OPERATION: Final = click.argument("operation", type=click.IntRange(1))


@click.group()
@shared
def joint(_door: Door) -> None:
    """Plan joint operations, move them, write into their log."""


@joint.command("list")
@click.option("--state", default="", metavar="STATE", help="planned, proposed, agreed, running, ended ..")
@at_node
def list_(door: Door, *, node: Client, state: str) -> None:
    """Show joint operations, newest first."""
    rows = some(node.pages("/joint-operations", state=state))
    shown = lines(
        door.words, rows, ("id", ""), ("number", ""), ("kind", "operation_kind"), ("state", "operation_at"),
        ("partner", ""), ("title", ""),
    )  # fmt: skip
    door.answer({"operations": rows}, shown)


@joint.command()
@_OPERATION
@at_node
def show(door: Door, operation: int, *, node: Client) -> None:
    """Show an OPERATION with its hand-overs and its log."""
    _tell(door, node.read(f"/joint-operations/{operation}"))


@joint.command()
@click.argument("file", type=FILE)
@click.option("--again", type=click.IntRange(1), metavar="ID", help="Write the plan of this one again.")
@at_node
def plan(door: Door, file: Path, *, node: Client, again: int | None) -> None:
    """Plan an operation from a FILE of JSON: `plan` as docs/api.md has it."""
    with file.open("rb") as given:
        content = given.read(_MOST_BYTES + 1)
    try:
        said = json.loads(content) if len(content) <= _MOST_BYTES else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise InvalidInput("request_unreadable", field="file", rule="json")
    _tell(door, node.do(f"/joint-operations/{again}/plan" if again else "/joint-operations", said))


@joint.command()
@_OPERATION
@click.argument("move")
@click.option("--unit", "units", multiple=True, metavar="NAME", help="A unit of this side, with agree.")
@at_node
def move(door: Door, operation: int, move: str, *, node: Client, units: tuple[str, ...]) -> None:
    """Move an OPERATION on: propose, agree, decline, start, end or cancel."""
    _tell(door, node.do(f"/joint-operations/{operation}/moves", {"move": move, "units": list(units)}))


@joint.command()
@_OPERATION
@click.argument("text")
@at_node
def log(door: Door, operation: int, text: str, *, node: Client) -> None:
    """Write a TEXT into the log that both sides read."""
    _tell(door, node.do(f"/joint-operations/{operation}/entries", {"text": text}))


@joint.command("hand-over")
@_OPERATION
@click.argument("number", type=click.IntRange(1))
@click.argument("what", type=click.Choice(["given", "taken"]))
@click.option("--at", type=click.DateTime(), metavar="TIME", help="When, on the clock of this machine; else now.")
@at_node
def hand_over(door: Door, operation: int, number: int, what: str, *, node: Client, at: dt.datetime | None) -> None:
    """Say that this side let go of the goods at a point, or took them."""
    when = at.replace(tzinfo=door.now.tzinfo).isoformat() if at else None
    _tell(door, node.do(f"/joint-operations/{operation}/hand-overs", {"number": number, "what": what, "at": when}))


@joint.command()
@_OPERATION
@click.argument("incident", type=click.IntRange(1))
@at_node
def result(door: Door, operation: int, incident: int, *, node: Client) -> None:
    """Say that an INCIDENT came of an operation; the other side is told without names."""
    _tell(door, node.do(f"/joint-operations/{operation}/results", {"incident": incident}))


def _tell(door: Door, told: Mapping[str, Any]) -> None:
    words = door.words
    kind, state = words.text(f"operation_kind.{told['kind']}"), words.text(f"operation_at.{told['state']}")
    shown = [f"{told['number']}  {kind}  {state}  {told['title']}"]
    if told["points"]:
        shown += lines(
            words, told["points"], ("number", ""), ("place", ""), ("giver", ""), ("taker", ""), ("due_at", ""),
            ("state", "clock"),
        )  # fmt: skip
    shown += lines(words, told["acts"], ("said_at", ""), ("node", ""), ("act", ""), ("state", "act_state"))
    door.answer(told, shown)
