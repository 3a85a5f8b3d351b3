"""A locked file opens with its passphrase, whole and unchanged, or not at all."""

from __future__ import annotations

import io

import pytest

from elchi.errors import Conflict, InvalidInput
from elchi.seal.passphrase import Locking, open_locked

PASSPHRASE = "four words for the safe"
PIECE, HEADER, TAG = 1 << 16, 31, 16


def lock(content: bytes) -> bytes:
    file = io.BytesIO()
    locking = Locking(file, PASSPHRASE, cost=4)
    for at in range(0, len(content), 10_007):
        locking.write(content[at : at + 10_007])
    locking.finish()
    return file.getvalue()


def unlock(locked: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return open_locked(io.BytesIO(locked), passphrase).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5])
def test_what_was_locked_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    locked = lock(content[:size])
    assert unlock(locked) == content[:size]
    assert len(locked) == HEADER + size + TAG * max(1, -(-size // PIECE))


def test_no_two_files_are_alike() -> None:
    assert lock(b"the same")[14:] != lock(b"the same")[14:]


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(Conflict) as caught:
        unlock(lock(b"x"), PASSPHRASE + " ")
    assert caught.value.code == "locked_file_refused"


@pytest.mark.parametrize("size", [10, PIECE, 2 * PIECE + 100])
def test_every_changed_byte_is_seen(size: int) -> None:
    locked = lock(bytes(size))
    for at in {15, HEADER, HEADER + size // 2, len(locked) - 1}:
        changed = bytearray(locked)
        changed[at] ^= 1
        with pytest.raises(Conflict):
            unlock(bytes(changed))


@pytest.mark.parametrize(
    "cut", [HEADER, HEADER + PIECE + TAG, HEADER + 2 * (PIECE + TAG), HEADER + 2 * (PIECE + TAG) + 40, -1]
)
def test_a_file_that_was_cut_off_is_refused_also_between_pieces(cut: int) -> None:
    with pytest.raises(Conflict):
        unlock(lock(bytes(2 * PIECE + 100))[:cut])


def test_pieces_cannot_be_moved_left_out_or_added() -> None:
    locked = lock(bytes(PIECE) + bytes([1]) * PIECE + bytes([2]) * 5)
    sealed = PIECE + TAG
    head, first, second, last = (
        locked[:HEADER], locked[HEADER : HEADER + sealed],
        locked[HEADER + sealed : HEADER + 2 * sealed], locked[HEADER + 2 * sealed :],
    )  # fmt: skip
    for forged in (head + second + first + last, head + first + last, locked + last, locked + b"\0"):
        with pytest.raises(Conflict):
            unlock(forged)


@pytest.mark.parametrize("content", [b"", b"elchi-locked-1", b"PK\3\4" + bytes(100), b"elchi-locked-2" + bytes(100)])
def test_what_is_no_locked_file_is_told(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        unlock(content)
    assert caught.value.code == "locked_file_invalid"


def test_a_file_may_not_ask_for_all_memory() -> None:
    locked = bytearray(lock(b"x"))
    locked[HEADER - 1] = 40
    with pytest.raises(InvalidInput):
        unlock(bytes(locked))


def test_a_short_passphrase_is_refused_for_new_files() -> None:
    with pytest.raises(InvalidInput) as caught:
        Locking(io.BytesIO(), "elevenchars")
    assert caught.value.code == "passphrase_weak"


def test_an_unfinished_file_cannot_be_opened() -> None:
    file = io.BytesIO()
    Locking(file, PASSPHRASE, cost=4).write(bytes(PIECE + 5))
    with pytest.raises(Conflict):
        unlock(file.getvalue())
