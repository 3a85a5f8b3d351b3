"""The power goes while two nodes talk: what was acknowledged is there when it comes back.

Both nodes live on an ext4 file system in an image that is mounted through a loop device. In mid-run their processes are
stopped where they stand and the image is copied: what the kernel had not written to it yet is not in the copy, as after
a power cut. The copy is mounted in its place, its journal is replayed, and the nodes go on. Needs root and a loop
device (`make nightly`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.exchange_node import ExchangeNode, join_both

KZ, KG = "KZ-KOR-1", "KG-AKJ-1"
SIZE = 192 << 20
"""Bytes of the image."""
SECONDS = 6
"""That the nodes talk before the power goes."""


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        pytest.skip("mounting an image needs root and mkfs.ext4")
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["mkfs.ext4", "-q", str(path)], check=True)
    (tmp_path / "disk").mkdir()
    if subprocess.run(["mount", "-o", "loop", str(path), str(tmp_path / "disk")], check=False).returncode:
        pytest.skip("there is no loop device")
    subprocess.run(["umount", str(tmp_path / "disk")], check=True)
    return path


def copy_of(image: Path) -> Path:
    """Copy an image at a moment when nothing was written to it."""
    copy = image.with_name("after.img")
    while True:
        before = hashlib.sha256(image.read_bytes()).digest()
        shutil.copyfile(image, copy)
        if hashlib.sha256(copy.read_bytes()).digest() == before:
            return copy


@pytest.mark.parametrize("is_written", [True, False], ids=["synced", "unsynced"])
def test_what_was_acknowledged_is_there(image: Path, monkeypatch: pytest.MonkeyPatch, *, is_written: bool) -> None:
    """Without fsync the same run loses messages: it is no chance that nothing is lost with it."""
    place = image.with_name("disk")
    with monkeypatch.context() as faults, mounted(image, place), ExitStack() as ended:
        if not is_written:
            faults.setenv("TEST_NO_FSYNC", "1")
        one, other = (ExchangeNode.make(place, code) for code in (KZ, KG))
        for node in (one, other):
            ended.callback(node.end)
        join_both(one, other)
        os.sync()  # the nodes are not of today
        said, settled, copy = _power_goes(one, other, image)
    with mounted(copy, place), ExitStack() as ended:
        for node in (one, other):
            ended.callback(node.end)
        kept, effects = {row[0] for row in one.do("told")["outgoing"]}, other.do("told")["effects"]
        lost = len(set(said) - kept) + len(settled - set(effects))
        assert settled
        assert (lost == 0) == is_written
        if is_written:
            _goes_on(one, other, said)


def _power_goes(one: ExchangeNode, other: ExchangeNode, image: Path) -> tuple[list[str], set[str], Path]:
    """Let two nodes talk, and the power go; give what was said, what has a receipt, and what the disk holds then."""
    with ExitStack() as killed:
        running = [node.start() for node in (one, other)]
        for process in running:
            killed.callback(process.wait, 20)
            killed.callback(process.kill)
        said: list[str] = []
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            said += one.do("send", to=KG, texts=[f"{number}".ljust(1_000, ".") for number in range(16)])
        for process in running:
            process.send_signal(signal.SIGSTOP)
        settled = {row[0] for row in one.do("told")["outgoing"] if row[1] == "delivered"}
        return said, settled, copy_of(image)


def _goes_on(one: ExchangeNode, other: ExchangeNode, said: list[str]) -> None:
    """Carry what was under way: each message once, and all that was signed still fits."""
    with one.carrying(), other.carrying():
        one.wait_until(lambda told: not told["waiting"], what="waiting", seconds=120)
    assert sorted(other.do("told")["effects"]) == sorted(said)
    for node, peer in ((one, other), (other, one)):
        assert (node.do("unproven"), node.do("verify_audit")) == ([], [])
        assert peer.do("inconsistent", told=node.do("heads", party=peer.code)) == []
        assert node.do("told")["equivocations"] == []
