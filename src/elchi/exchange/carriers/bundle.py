"""The carrier without a line: batches as files in a folder that somebody carries, on a stick or in any other way.

    FOLDER/KG-AKJ-1/1-3f0c..e1.elchi      what is for KG-AKJ-1; the digit is the lane, so that the urgent is read first

The sender writes what does not lie there yet, whole or not at all. The receiver takes away a file when all of it was
taken, and writes his receipts into the sender's folder; so a stick that comes home has answers, and room.
docs/protocol/06-bundle-qr-nats.md has the form.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from elchi.errors import InvalidInput, NotFound, PartnerUnreachable
from elchi.exchange.batch import STICK, Item, Limits, Outcome, decode_batch, encode_batch, fill_batch
from elchi.exchange.carrier import Pulled, Pushed
from elchi.exchange.message import LANES

SUFFIX: Final = ".elchi"
DAMAGED: Final = ".damaged"
_log: Final = logging.getLogger(__name__)
_Given = TypeVar("_Given")
_T = TypeVar("_T")


def write_bundle(path: Path, items: Sequence[Item]) -> None:
    """Write items as one file, whole or not at all: it is on the disk when this returns.

    Raises:
        OSError: the disk is full, not there, or may not be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(encode_batch(items))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


def read_bundle(path: Path) -> tuple[Item, ...]:
    """Read the items of a file.

    Raises:
        InvalidInput: as `elchi.exchange.batch.decode`.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return decode_batch(file.read(STICK.bytes + 1), limits=STICK)


class BundleCarrier:
    """A folder that is carried between nodes.

    Args:
        folder: there; while it is missing (the stick is away) the partner counts as unreachable.
        me: code of this node.
        party: code of the partner.
        sleep: how to wait for some seconds.
        look: seconds between two looks into the folder during a pull.
    """

    name = "bundle"

    def __init__(
        self,
        folder: Path,
        *,
        me: str,
        party: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        look: float = 2.0,
    ) -> None:
        self._folder, self._me, self._party = folder, me, party
        self._sleep, self._look = sleep, look
        self._lying: dict[str, tuple[str, ...]] = {}
        """Name of a file for the partner to hashes of its items."""
        self._done: set[str] = set()
        """Hashes of items that were taken and whose file is still here."""

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Write what does not lie there yet."""
        return await self._there(self._push, items)

    async def pull(self, *, wait: float, size: int) -> Pulled:
        """Read the first file for this node that has something new."""
        waited = 0.0
        while True:
            pulled = await self._there(self._pull, size)
            if pulled.items or waited >= wait:
                return pulled
            await self._sleep(self._look)
            waited += self._look

    async def acknowledge(self, taken: Pushed) -> None:
        """Take away what was taken, and lay receipts beside."""
        await self._there(self._acknowledge, taken)

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Give none: new keys come as messages.

        Raises:
            NotFound: `party_unknown`.
        """
        del after_version  # none lies here
        raise NotFound("party_unknown", party=party)

    async def close(self) -> None:
        """Do nothing: files are closed."""

    async def _there(self, act: Callable[[_Given], _T], given: _Given) -> _T:
        """Act in a thread, while the folder is there."""
        if not await asyncio.to_thread(self._folder.is_dir):
            raise PartnerUnreachable("partner_unreachable", party=self._party, reason="connect")
        return await asyncio.to_thread(act, given)

    def _push(self, items: Sequence[Item]) -> Pushed:
        for party in sorted({item.to for item in items}):
            self._write(party, [item for item in items if item.to == party])
        return Pushed(tuple(Outcome(item.sha256, "carried") for item in items))

    def _write(self, party: str, items: Sequence[Item]) -> None:
        folder = self._folder / party
        folder.mkdir(exist_ok=True)
        lying = {sha256 for name in _names(folder) for sha256 in self._known(folder / name)}
        fresh = [item for item in items if item.sha256 not in lying]
        if fresh:
            hashes = tuple(item.sha256 for item in fresh)
            rank = min(LANES.index(item.lane) for item in fresh)
            name = f"{rank}-{hashlib.sha256(''.join(hashes).encode()).hexdigest()[:32]}{SUFFIX}"
            write_bundle(folder / name, fresh)
            self._lying[name] = hashes

    def _known(self, path: Path) -> tuple[str, ...]:
        """Give the hashes of what lies in a file for a partner; none if it is damaged: it is written anew then."""
        if path.name not in self._lying:
            self._lying[path.name] = tuple(item.sha256 for item in _read_or_lay_aside(path))
        return self._lying[path.name]

    def _pull(self, size: int) -> Pulled:
        folder = self._folder / self._me
        for name in _names(folder):
            fresh = [item for item in _read_or_lay_aside(folder / name) if item.sha256 not in self._done]
            if fresh:
                items = fill_batch(sorted(fresh, key=_rank), limits=Limits(content=size))
                return Pulled(items, more=True)
        return Pulled()

    def _acknowledge(self, taken: Pushed) -> None:
        self._push(taken.back)
        self._done.update(outcome.sha256 for outcome in taken.outcomes)
        folder = self._folder / self._me
        for name in _names(folder):
            here = {item.sha256 for item in _read_or_lay_aside(folder / name)}
            if not here <= self._done:
                return
            with suppress(OSError):  # a stick that cannot be written: what was taken is remembered while this runs
                (folder / name).unlink()
                self._done -= here


def _names(folder: Path) -> Iterator[str]:
    """Give the names of the bundles in a folder, urgent ones first."""
    if folder.is_dir():
        yield from sorted(path.name for path in folder.iterdir() if path.suffix == SUFFIX)


def _read_or_lay_aside(path: Path) -> tuple[Item, ...]:
    """Read a file; one that is damaged gets another name, so that it stops nothing and can be looked at."""
    try:
        return read_bundle(path)
    except InvalidInput as error:
        _log.warning("exchange.bundle_damaged", extra={"file": path.name, "code": error.code})
        with suppress(OSError):
            path.replace(path.with_name(path.name + DAMAGED))
        return ()
    except FileNotFoundError:  # taken away meanwhile
        return ()


def _rank(item: Item) -> int:
    return LANES.index(item.lane)
