"""Bundles that somebody carries between two desks: as files on a stick, and as chains of QR codes."""

from __future__ import annotations

import asyncio
import random
import shutil
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import ClassVar

import pytest
from tests.integration.carriers_conformance import (  # noqa: F401  pytest calls pytest_generate_tests
    A,
    B,
    CarrierConformance,
    Fault,
    Line,
    Node,
    identity,
    pytest_generate_tests,
    run,
)
from tests.integration.test_exchange_server import code_of, item

from elchi.errors import InvalidInput
from elchi.exchange.batch import Limits, decode_batch, encode_batch, fill_batch
from elchi.exchange.carrier import Route, Way
from elchi.exchange.carriers.bundle import BundleCarrier, read_bundle, write_bundle
from elchi.exchange.carriers.opening import open_carrier
from elchi.exchange.carriers.qr import MAX_BYTES, from_frames, to_frames


class HandLine(Line):
    """A folder on each desk, and somebody who goes between them."""

    fault = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.chance = random.Random(1)
        self.desks = {code: self.folder / code for code in (A, B)}
        for desk in self.desks.values():
            desk.mkdir()
        self.a, self.b = self._node(A, B), self._node(B, A)
        porter = asyncio.create_task(self._go())
        try:
            yield
        finally:
            porter.cancel()
            with suppress(asyncio.CancelledError):
                await porter

    def _node(self, me: str, party: str) -> Node:
        node = Node(
            me,
            routes=[Route(party, (Way("bundle", party),))],
            open_carrier=lambda _: BundleCarrier(self.desks[me], me=me, party=party, sleep=node.clock.sleep),
        )
        return node

    async def _go(self) -> None:
        while True:
            for here, there in ((A, B), (B, A)):
                out = self.desks[here] / there
                for file in sorted(out.glob("*.elchi")) if out.is_dir() else ():
                    (self.desks[there] / there).mkdir(exist_ok=True)
                    with suppress(FileNotFoundError):  # the receiver took it away just now
                        self._carry(file, self.desks[there] / there)
            await asyncio.sleep(0.02)

    @abstractmethod
    def _carry(self, file: Path, folder: Path) -> None: ...

    @property
    def faults(self) -> Mapping[str, Fault]:
        return {name: lambda name=name: self._begin(name) for name in self.FAULTS}  # type: ignore[misc]

    def heal(self) -> None:
        if self.fault == "away":
            for code in self.desks:
                (self.folder / f"{code} away").rename(self.folder / code)
        self.fault = ""

    def _begin(self, name: str) -> None:
        self.fault = name
        if name == "away":
            for code, desk in self.desks.items():
                desk.rename(self.folder / f"{code} away")


class StickLine(HandLine):
    """Files are taken along."""

    FAULTS = ("away", "lost", "truncate", "duplicate", "copied")

    def _carry(self, file: Path, folder: Path) -> None:
        target = folder / file.name
        match self.fault:
            case "lost":
                file.unlink()
                return
            case "truncate":
                target.write_bytes(file.read_bytes()[: self.chance.randrange(500)])
            case "copied":  # and left where it was
                shutil.copy(file, target)
                return
            case "duplicate":
                shutil.copy(file, folder / f"0-again-{file.name}")
                shutil.copy(file, target)
            case _:
                shutil.copy(file, target)
        file.unlink()


class ScreenLine(HandLine):
    """Files are shown as chains of QR codes, and scanned."""

    FAULTS = ("away", "overlooked", "repeated", "mixed", "misread")
    SIZES = (1, 20_000, 3, 31_000)

    def _carry(self, file: Path, folder: Path) -> None:
        left = decode_batch(file.read_bytes())
        while left:
            items = fill_batch(left, limits=Limits(items=8, content=MAX_BYTES - 4_096))
            left = left[len(items) :]
            scanned = self._scanned(list(to_frames(encode_batch(items))))
            try:
                content = from_frames(scanned)
            except InvalidInput:
                continue  # who scans starts anew; what does not come at all is shown again some day
            write_bundle(folder / f"{file.stem}-{len(left)}.elchi", decode_batch(content))
        file.unlink()

    def _scanned(self, frames: list[str]) -> list[str]:
        self.chance.shuffle(frames)
        match self.fault:
            case "overlooked":
                return frames[1:]
            case "repeated":
                return [*frames, *frames[:3]]
            case "mixed":
                return [*frames, to_frames(b"another chain")[0]]
            case "misread":
                return [frames[0].replace("A", "B"), *frames[1:]]
        return frames


class TestStick(CarrierConformance):
    LINE: ClassVar = StickLine


class TestScreen(CarrierConformance):
    LINE: ClassVar = ScreenLine


def carrier(folder: Path, *, me: str = B, party: str = A) -> BundleCarrier:
    return BundleCarrier(folder, me=me, party=party)


def test_what_lies_there_is_not_written_again(tmp_path: Path) -> None:
    async def test() -> None:
        here = carrier(tmp_path)
        await here.push([item(b"1"), item(b"2")])
        await here.push([item(b"2"), item(b"3")])
        await carrier(tmp_path).push([item(b"1"), item(b"3")])  # knows only what it finds
        files = sorted((tmp_path / A).iterdir())
        assert sorted(one.content for file in files for one in read_bundle(file)) == [b"1", b"2", b"3"]
        assert len(files) == 2

    run(test())


def test_a_damaged_file_is_laid_aside_and_written_anew(tmp_path: Path) -> None:
    async def test() -> None:
        await carrier(tmp_path).push([item()])
        file = next((tmp_path / A).iterdir())
        file.write_bytes(file.read_bytes()[:-1])
        there = carrier(tmp_path, me=A, party=B)
        assert (await there.pull(wait=0, size=1_000)).items == ()
        assert [path.suffix for path in (tmp_path / A).iterdir()] == [".damaged"]
        await carrier(tmp_path).push([item()])
        assert (await there.pull(wait=0, size=1_000)).items == (item(),)

    run(test())


def test_a_full_stick_has_no_half_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    async def test() -> None:
        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            await carrier(tmp_path).push([item()])
        assert list((tmp_path / A).iterdir()) == []

    run(test())


def test_what_a_folder_does_not_have(tmp_path: Path) -> None:
    async def test() -> None:
        assert await code_of(carrier(tmp_path / "away").pull(wait=0, size=1)) == "partner_unreachable connect"
        assert await code_of(carrier(tmp_path).key_document(A, after_version=1)) == "party_unknown"

    run(test())


@pytest.mark.parametrize("kind", ["https", "relay", "bundle", "nats"])
def test_each_way_is_opened_by_its_carrier(tmp_path: Path, kind: str) -> None:
    async def test() -> None:
        own, certificate = identity(tmp_path, A)
        way = Way(kind, B, (f"https://{kind}:1",), (certificate,))
        opened = open_carrier(way, me=A, identity=own)
        assert opened.name == kind
        await opened.close()

    run(test())


@pytest.mark.parametrize(("kind", "addresses"), [("https", ()), ("pigeon", ("roof",))])
def test_a_way_that_cannot_be_opened(tmp_path: Path, kind: str, addresses: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="way_invalid"):
        open_carrier(Way(kind, B, addresses), me=A, identity=identity(tmp_path, A)[0])
