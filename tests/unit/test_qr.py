"""A bundle as a chain of QR codes: what is shown is read, in any order; what is missing is said."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from elchi.errors import InvalidInput
from elchi.exchange.carriers.qr import MAX_BYTES, PIECE, draw, from_frames, to_frames


def code_of(frames: list[str]) -> tuple[str, object]:
    with pytest.raises(InvalidInput) as caught:
        from_frames(frames)
    return caught.value.code, caught.value.params.get("missing", caught.value.params.get("position"))


@given(st.binary(min_size=1, max_size=4 * PIECE), st.randoms())
def test_what_is_shown_is_read_in_any_order_and_more_than_once(content: bytes, chance: random.Random) -> None:
    frames = [*to_frames(content), *to_frames(content)[:2], ""]
    chance.shuffle(frames)
    assert from_frames(frames) == content


def test_a_reader_of_qr_codes_reads_it() -> None:
    content = random.Random(1).randbytes(MAX_BYTES)
    frames = to_frames(content)
    assert len(frames) == 64
    read = []
    for frame in (frames[0], frames[30], frames[-1]):
        code = segno.make_qr(frame, error="m", boost_error=False)
        assert (code.mode, int(str(code.version)) <= 19) == ("alphanumeric", True)
        picture = io.BytesIO()
        code.save(picture, kind="png", scale=3)
        found = zxingcpp.read_barcode(Image.open(picture))
        read.append(found.text if found else "")
        assert draw(frame).startswith("<svg")
    assert read == [frames[0], frames[30], frames[-1]]


def test_a_frame_is_written_so() -> None:
    assert to_frames(b"abc") == ("ELCHI1:BA7816BF:1/1:MFRGG",)


def test_what_is_missing_is_said() -> None:
    frames = list(to_frames(bytes(5 * PIECE)))
    assert code_of([frames[0], frames[3]]) == ("chain_incomplete", [2, 3, 5])
    assert code_of([]) == ("chain_incomplete", [])


def test_frames_of_two_chains_are_not_mixed() -> None:
    one, other = to_frames(bytes(2 * PIECE)), to_frames(bytes(3 * PIECE))
    assert code_of([one[0], other[1]]) == ("chain_mixed", 1)
    assert code_of([one[0], one[0].replace(":1/2:A", ":1/2:B")]) == ("chain_mixed", 1)


def test_a_damaged_piece_is_found() -> None:
    one, two = to_frames(bytes(2 * PIECE))
    assert code_of([one.replace(":1/2:AA", ":1/2:BB"), two]) == ("chain_damaged", None)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "ELCHI1:BA7816BF:2/1:MFRGG",
        "ELCHI1:BA7816BF:1/99:MFRGG",
        "ELCHI1:BA7816BF:1/1:M",
        "ELCHI2:BA7816BF:1/1:MFRGG",
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    assert code_of(["", text]) == ("frame_invalid", 1)


@given(st.lists(st.text(max_size=40) | st.from_regex(r"ELCHI1:[0-9A-F]{8}:[1-9]/[1-9]:[A-Z2-7]{1,20}", fullmatch=True)))
def test_nothing_else_is_raised(frames: list[str]) -> None:
    with suppress(InvalidInput):
        assert from_frames(frames)


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
def test_a_chain_has_a_limit(size: int) -> None:
    with pytest.raises(InvalidInput, match="chain_too_long"):
        to_frames(bytes(size))
