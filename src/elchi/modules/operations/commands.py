"""`elchi operations`: units, tasks, results, reviews, corridors and joint operations, as an officer's token may."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit, exit_of_error
from elchi.client import Client
from elchi.errors import NotAllowed
from elchi.modules.operations.at_node import FILE, at_node, lines, period, some, write_table
from elchi.modules.operations.commands_joint import joint

_STOP: Final = ("code", "checks", "stopped", "incidents", "seizures", "alerts", "waited", "longest")
_VOCABULARY: Final = {"act": "act", "reason": "mandate_reason", "state": "availability"}
"""Of what a refusal to send a unit names."""
_TABLES: Final = (
    ("kinds", "incident_kind"), ("units", ""), ("borders", ""), ("agencies", ""), ("routes", ""),
)  # fmt: skip


@click.group()
@shared
def operations(_door: Door) -> None:
    """Ask a node about units, tasks, results and joint operations."""


operations.add_command(joint)


@operations.command()
@click.option("--kind", default="", metavar="KIND", help="Of office: blo, interagency_mobile_team ..")
@click.option("--availability", default="", metavar="STATE", help="available, busy, resting, off.")
@at_node
def units(door: Door, *, node: Client, kind: str, availability: str) -> None:
    """Show units: whether each is free, and whose agencies its crew lacks."""
    rows = some(node.pages("/units", kind=kind, availability=availability))
    shown = lines(
        door.words, rows, ("code", ""), ("name", ""), ("availability", "availability"), ("crew_missing", "agency_kind")
    )
    door.answer({"units": rows}, shown)


@operations.command()
@click.option("--unit", default="", metavar="CODE", help="Of one unit only.")
@click.option("--state", default="", metavar="STATE", help="given, accepted, on_site, done, declined, cancelled.")
@at_node
def tasks(door: Door, *, node: Client, unit: str, state: str) -> None:
    """Show tasks, newest first."""
    rows = some(node.pages("/tasks", unit=unit, state=state))
    shown = lines(
        door.words, rows, ("id", ""), ("number", ""), ("unit", ""), ("state", "task_at"), ("acts", "act"),
        ("purpose", ""),
    )  # fmt: skip
    door.answer({"tasks": rows}, shown)


@operations.command()
@click.argument("unit")
@click.option("--act", "acts", multiple=True, required=True, metavar="ACT", help="stop, search, seize, arrest, pursue.")
@click.option("--purpose", required=True, metavar="TEXT", help="What for.")
@click.option("--crossing", default="", metavar="CODE", help="Where; or --at.")
@click.option("--at", type=float, nargs=2, metavar="LATITUDE LONGITUDE", help="Where, that is no crossing.")
@click.option("--due-at", type=click.DateTime(), metavar="TIME", help="By when, on the clock of this machine.")
@at_node
def send(door: Door, unit: str, *, node: Client, at: tuple[float, float] | None, **said: Any) -> Exit:
    """Send a UNIT; if it may not go, say by which article, and who may instead."""
    due_at: dt.datetime | None = said.pop("due_at")
    place = {"latitude": at[0], "longitude": at[1]} if at else None
    due = due_at.replace(tzinfo=door.now.tzinfo).isoformat() if due_at else None
    try:
        told = node.do("/tasks", {"unit": unit, "at": place, "due_at": due, **said, "acts": list(said["acts"])})
    except NotAllowed as error:
        if "offers" not in error.params:
            raise
        return _refused(door, error)
    door.answer(told, [door.words.text("operations.task_given", number=told["number"])])
    return Exit.DONE


@operations.command()
@click.argument("task", type=click.IntRange(1))
@click.argument("move")
@click.option("--note", default="", metavar="TEXT", help="What came of it.")
@click.option("--incident", type=click.IntRange(1), metavar="ID", help="What was recorded because of it.")
@at_node
def move(door: Door, task: int, move: str, *, node: Client, note: str, incident: int | None) -> None:
    """Move a TASK on: accept, decline, arrive, finish or cancel."""
    told = node.do(f"/tasks/{task}/moves", {"move": move, "note": note, "incident": incident})
    state = door.words.text(f"task_at.{told['state']}")
    door.answer(told, [f"{told['number']}  {state}"])


@operations.command()
@at_node
@period
def results(door: Door, *, node: Client, wanted: dict[str, str]) -> None:
    """Count incidents of a period; each number with the address of its events."""
    told = node.read("/results", **wanted)
    words, total = door.words, told["total"]
    shown = [f"{words.text('operations.incidents')}  {total['count']}  {total['led']}  {total['events']}"]
    for name, vocabulary in _TABLES:
        shown += lines(words, told[name], ("key", vocabulary), ("count", ""), ("led", ""), ("events", ""))
    shown += lines(
        words, told["seized"], ("goods", "goods"), ("substance", ""), ("incidents", ""), ("kilograms", ""),
        ("events", ""),
    )  # fmt: skip
    door.answer(told, shown)


@operations.command()
@click.argument("name")
@click.argument("file", type=FILE)
@at_node
@period
def table(door: Door, name: str, file: Path, *, node: Client, wanted: dict[str, str]) -> None:
    """Write incidents to a new FILE as a report: national, regional, drugs or customs."""
    write_table(node, f"/incidents/tables/{name}", file, wanted)
    door.answer({"file": str(file)}, [door.words.text("operations.table_written", file=file.name)])


@operations.command()
@click.option("--quarter", default="", metavar="QUARTER", help="2026-Q4; else this one.")
@click.option("--office", default="", metavar="CODE", help="One office, practice by practice.")
@at_node
def reviews(door: Door, *, node: Client, quarter: str, office: str) -> None:
    """Show how the offices do in a quarter."""
    told = node.read(f"/reviews/{office}" if office else "/reviews", quarter=quarter)
    if not office:
        rows = told["items"]
        door.answer({"reviews": rows}, lines(door.words, rows, ("office", ""), ("quarter", ""), ("mean", "")))
        return
    rows = [{"practice": name, **one} for name, one in told["answers"].items()]
    door.answer(told, lines(door.words, rows, ("practice", "practice"), ("score", ""), ("evidence", "")))


@operations.command()
@click.argument("crossing")
@click.option("--output", type=FILE, metavar="FILE", help="Write all lines as CSV to a new file.")
@at_node
def needs(door: Door, crossing: str, *, node: Client, output: Path | None) -> None:
    """Show what a CROSSING lacks against the template, and what it costs."""
    told = node.read(f"/crossing-profiles/{crossing}")
    missing = [one for one in told["lines"] if one["missing"]]
    if output:
        write_table(node, f"/crossing-profiles/{crossing}/needs", output, {})
    shown = lines(
        door.words, missing, ("group", "stock_group"), ("item", "stock"), ("missing", ""), ("cost", ""),
        ("currency", ""),
    )  # fmt: skip
    door.answer(told, shown)


@operations.command()
@at_node
def corridors(door: Door, *, node: Client) -> None:
    """Show the corridors."""
    rows = some(node.pages("/corridors"))
    door.answer({"corridors": rows}, lines(door.words, rows, ("id", ""), ("name", ""), ("stops", "")))


@operations.command()
@click.argument("corridor", type=click.IntRange(1))
@at_node
@period
def along(door: Door, corridor: int, *, node: Client, wanted: dict[str, str]) -> None:
    """Show what happened at each crossing of a CORRIDOR, by its id."""
    told = node.read(f"/corridors/{corridor}", **wanted)
    door.answer(told, [", ".join(_STOP), *lines(door.words, told["stops"], *((name, "") for name in _STOP))])


def _refused(door: Door, error: NotAllowed) -> Exit:
    if door.json:
        return door.refuse(error)
    words = door.words
    told = {name: words.text(f"{_VOCABULARY[name]}.{value}") if name in _VOCABULARY else value
            for name, value in error.params.items()}  # fmt: skip
    offers: Any = told.pop("offers")
    click.echo(f"elchi: {words.text(f'error.{error.code}', **told)}", err=True)
    click.echo(words.text("operations.instead" if offers else "operations.nobody_instead"), err=True)
    for one in offers:
        away = words.text("operations.away", km=one["km"], minutes=one["minutes"])
        click.echo(f"  {one['code']}: {away}", err=True)
    return exit_of_error(error)
