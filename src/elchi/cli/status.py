"""`elchi status`: is the node well?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node
from elchi.locale import Words

if TYPE_CHECKING:
    from elchi.node.installation.queries import NodeState

_GIGABYTE: Final = 1 << 30
_LISTS_WITH: Final = {
    "lists_missing": ("missing",), "lists_unknown": ("orphans",), "stale_lists": ("stale",),
    "lists_half_done": ("behind", "cut_off"),
}  # fmt: skip
"""What is wrong with lists, and where their names stand."""


@click.command()
@shared
def status(door: Door) -> int:
    """Tell whether the node is well: its tables, lists, queues, audit, worker and disk.

    Ends with exit code 5 if something is wrong; what should only be looked at does not change the exit code.
    """
    open_node()
    from elchi.node.installation.queries import node_state

    state = node_state()
    wire = dataclasses.asdict(state) | {"well": not state.faults}
    door.answer(wire, _lines(door.words, state, door.now))
    return Exit.CONFLICT if state.faults else Exit.DONE


def _lines(words: Words, state: NodeState, now: dt.datetime) -> Iterator[str]:
    yield words.text("status.node", code=state.code, name=state.name, version=state.version, database=state.database)
    if state.demo:
        yield words.text("init.demo")
    for fault in state.faults:
        told = f"✗ {words.text(f'node_fault.{fault}')}{_lists_with(state, fault)}"
        yield click.style(told, fg="red", bold=True)
    for caution in state.cautions:
        told = f"◆ {words.text(f'node_caution.{caution}')}{_lists_with(state, caution)}"
        yield click.style(told, fg="yellow")
    if not state.faults:
        yield words.text("node.well")
    for one in state.lists:
        age = words.text("check.age", count=one.age_days)
        stale = f"  {words.text('node.stale')}" if one.is_stale else ""
        yield words.text("status.list", list=one.name, total=words.number(one.total), age=age) + stale
    yield "   ".join(f"{words.text(f'queue.{name}')}: {words.number(count)}" for name, count in state.queues.items())
    signed = words.date(state.signed_date.isoformat()) if state.signed_date else words.text("status.never")
    yield words.text("status.signed", date=signed)
    beat = words.text("status.seconds", count=int((now - state.worker_at).total_seconds())) if state.worker_at else ""
    yield words.text("status.worker", ago=beat or words.text("status.never"))
    free = words.number(state.disk_free / _GIGABYTE, 1)
    yield words.text("status.disk", free=free, total=words.number(state.disk_total / _GIGABYTE, 1))


def _lists_with(state: NodeState, fault: str) -> str:
    """Name the lists of which a fault is told."""
    names = [name for field in _LISTS_WITH.get(fault, ()) for name in getattr(state.list_faults, field)]
    return f" {', '.join(names)}" if names else ""
