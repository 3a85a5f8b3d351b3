"""`elchi log`: are the logs of the offices of this node as they were written?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node
from elchi.locale import Words

if TYPE_CHECKING:
    from elchi.node.officelog.queries import Verification


@click.group()
@shared
def log(_door: Door) -> None:
    """Check the logs of the offices of a node."""


@log.command()
@shared
def verify(door: Door) -> int:
    """Compute every hash and check every signature of the logs again.

    Ends with exit code 5 if anything is not as it was written. Nothing of the words is shown.
    """
    open_node()
    from elchi.node.officelog.queries import offices_with_log, public_key, verify

    public = public_key()
    told = [verify(office, public) for office in offices_with_log()]
    door.answer({"logs": [dataclasses.asdict(one) for one in told]}, _lines(door.words, told))
    return Exit.CONFLICT if any(one.faults for one in told) else Exit.DONE


def _lines(words: Words, told: Sequence[Verification]) -> Iterator[str]:
    if not told:
        yield words.text("log.none")
    for one in told:
        state = words.text("log.broken", count=len(one.faults)) if one.faults else words.text("log.whole")
        yield f"{one.office}: {state}"
        for fault in one.faults:
            yield f"  {words.text('log.entry', number=fault.number)}: {words.text(f'log_fault.{fault.code}')}"
        yield f"  {words.text('log.looked_at')}: {words.number(one.entries)}"
        yield f"  {words.text('log.hash')}: {one.head}"
