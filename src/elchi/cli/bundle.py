"""`elchi bundle`: what waits for a partner goes by hand, as a file on a stick or as QR codes from screen to screen."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node
from elchi.errors import Conflict
from elchi.exchange.batch import STICK, Item, Limits, decode_batch, encode_batch
from elchi.exchange.carriers.bundle import read_bundle, write_bundle
from elchi.exchange.carriers.qr import MAX_BYTES, draw_text, from_frames, to_frames

_FILE: Final = click.Path(path_type=Path)
_SCREEN: Final = Limits(items=8, content=MAX_BYTES - 4_096)
"""What a chain of QR codes holds beside the head of the batch."""


@click.group()
@shared
def bundle(_door: Door) -> None:
    """Carry messages by hand where there is no line.

    All of it is sealed: the stick may be lost, and a screen be seen.
    """


@bundle.command()
@click.argument("partner")
@click.argument("file", type=_FILE)
@shared
def write(door: Door, partner: str, file: Path) -> None:
    """Write what waits for PARTNER to a new FILE."""
    open_node()
    items = _waiting(partner, STICK)
    if file.exists():
        raise Conflict("file_exists", file=str(file))
    if items:
        try:
            write_bundle(file, items)
        except OSError as error:
            raise Conflict("file_refused", file=str(file), reason=error.strerror or "") from None
        _note_given(items)
    _say_waiting(door, partner, items, str(file))


@bundle.command()
@click.argument("partner")
@click.argument("file", type=_FILE)
@shared
def read(door: Door, partner: str, file: Path) -> None:
    """Take what PARTNER wrote to FILE. A file that was read before changes nothing."""
    open_node()
    try:
        items = read_bundle(file)
    except OSError as error:
        raise Conflict("file_refused", file=str(file), reason=error.strerror or "") from None
    _take(door, partner, items)


@bundle.command()
@click.argument("partner")
@shared
def show(door: Door, partner: str) -> None:
    """Show what waits for PARTNER as QR codes: what is most urgent, as much as a screen holds."""
    open_node()
    items = _waiting(partner, _SCREEN)
    frames = to_frames(encode_batch(items)) if items else ()
    told = {"partner": partner, "items": len(items), "frames": list(frames)}
    if not frames:
        door.answer(told, [door.words.text("bundle.nothing", partner=partner)])
        return
    codes = (f"{draw_text(frame)}\n{number}/{len(frames)}" for number, frame in enumerate(frames, start=1))
    door.answer(told, codes)
    if not door.json and sys.stdin.isatty() and click.confirm(door.words.text("bundle.were_scanned")):
        _note_given(items)


@bundle.command()
@click.argument("partner")
@click.argument("file", type=click.File(encoding="ascii", errors="replace"), default="-")
@shared
def scan(door: Door, partner: str, file: TextIO) -> None:
    """Take what PARTNER shows as QR codes: the scanner types them, one a line, and Ctrl-D ends it."""
    open_node()
    lines = file.read(4 * MAX_BYTES).splitlines()
    _take(door, partner, decode_batch(from_frames(lines)))


def _waiting(partner: str, limits: Limits) -> Sequence[Item]:
    from elchi.node.federation.services.by_hand import items_by_hand

    return items_by_hand(partner, limits=limits, at=_now())


def _note_given(items: Sequence[Item]) -> None:
    from elchi.node.federation.services.by_hand import note_given_by_hand

    note_given_by_hand(items)


def _say_waiting(door: Door, partner: str, items: Sequence[Item], file: str) -> None:
    told = {"partner": partner, "items": len(items), "file": file if items else ""}
    key = "bundle.written" if items else "bundle.nothing"
    door.answer(told, [door.words.text(key, partner=partner, count=len(items), file=file)])


def _take(door: Door, partner: str, items: Sequence[Item]) -> None:
    from elchi.node.federation.services.by_hand import take_by_hand
    from elchi.node.federation.wake import wake_courier

    results = take_by_hand(items, party=partner, at=_now())
    wake_courier()
    told = {"partner": partner, "items": len(items), "results": dict(results)}
    rejected = {name.partition(":")[2]: count for name, count in results.items() if name.startswith("rejected")}
    lines = [door.words.text("bundle.taken", partner=partner, count=results["accepted"] + results["carried"])]
    if results["duplicate"]:
        lines.append(door.words.text("bundle.duplicate", count=results["duplicate"]))
    lines += [door.words.text("bundle.refused", count=count, code=code) for code, count in sorted(rejected.items())]
    door.answer(told, lines)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
