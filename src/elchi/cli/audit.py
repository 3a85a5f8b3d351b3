"""`elchi audit`: is the log of this node as it was written?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node
from elchi.locale import Words


@click.group()
@shared
def audit(_door: Door) -> None:
    """Check the audit of a node."""


@audit.command()
@shared
def verify(door: Door) -> int:
    """Compute every hash, root and signature again.

    Ends with exit code 5 if anything is not as it was written. Keep the last hash elsewhere: a log that was cut off at
    its end is only told by it.
    """
    open_node()
    from elchi.node.audit import queries
    from elchi.node.here import here

    told = queries.verify(here().code, queries.signing_key().public, today=door.now.astimezone(dt.UTC).date())
    door.answer(dataclasses.asdict(told), _lines(door.words, told))
    return Exit.CONFLICT if told.faults else Exit.DONE


def _lines(words: Words, told: object) -> Iterator[str]:
    faults = getattr(told, "faults", [])
    yield words.text("audit.broken", count=len(faults)) if faults else words.text("audit.whole")
    for fault in faults:
        yield f"  {words.text(f'audit_fault.{fault.code}')}: {fault.at}"
    for key, name in (
        ("audit.lines_checked", "lines"),
        ("audit.days_checked", "days"),
        ("audit.unsigned", "unsigned_lines"),
        ("audit.head", "head"),
    ):
        value = getattr(told, name)
        yield f"{words.text(key)}: {value if isinstance(value, str) else words.number(value)}"
