"""A bundle as a chain of QR codes, shown on one desk and read by the camera or scanner of the other.

    ELCHI1:9F86D081:3/7:MFRGGZDFMZTWQ2LK..

Each frame says of which chain it is (the first digits of the SHA-256 of all of it), which of how many, and its piece in
base 32: letters of the alphanumeric mode of QR codes (ISO/IEC 18004), which a scanner types as a keyboard does.
Frames may come in any order and more than once. What they carry is checked like every batch. See
docs/protocol/06-bundle-qr-nats.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Iterable
from typing import Final

import segno

from elchi.errors import InvalidInput

MAX_BYTES: Final = 32 << 10
"""Of a chain: what is longer goes by a stick."""
PIECE: Final = 520
"""Bytes of a frame: a code of version 19 at most, which a telephone reads from a screen."""
_FRAME: Final = re.compile(r"ELCHI1:([0-9A-F]{8}):([1-9][0-9]?)/([1-9][0-9]?):([A-Z2-7]{1,900})", re.ASCII)


def to_frames(content: bytes) -> tuple[str, ...]:
    """Cut a batch into the texts of QR codes.

    Raises:
        InvalidInput: `chain_too_long` with `maximum`.
    """
    if not 0 < len(content) <= MAX_BYTES:
        raise InvalidInput("chain_too_long", field="chain", rule="max_bytes", maximum=MAX_BYTES)
    chain = _chain(content)
    pieces = [content[begins : begins + PIECE] for begins in range(0, len(content), PIECE)]
    return tuple(
        f"ELCHI1:{chain}:{number}/{len(pieces)}:{base64.b32encode(piece).decode().rstrip('=')}"
        for number, piece in enumerate(pieces, start=1)
    )


def from_frames(frames: Iterable[str]) -> bytes:
    """Put a batch together from what was read.

    Args:
        frames: of one chain, in any order, some perhaps more than once; empty lines are passed over.

    Raises:
        InvalidInput: `frame_invalid` with the `position` of the text; `chain_mixed`: frames of two chains;
            `chain_incomplete` with `missing`, the numbers that are still to be read; `chain_damaged`.
    """
    chain, total, pieces = "", 0, dict[int, bytes]()
    for position, text in enumerate(frames):
        if not text.strip():
            continue
        told, number, count, piece = _frame(position, text.strip())
        chain, total = chain or told, total or count
        if (told, count) != (chain, total) or pieces.setdefault(number, piece) != piece:
            raise InvalidInput("chain_mixed", field="frame", rule="one_chain", position=position)
    missing = [number for number in range(1, total + 1) if number not in pieces]
    if missing or not total:
        raise InvalidInput("chain_incomplete", field="chain", rule="missing", missing=missing)
    content = b"".join(pieces[number] for number in range(1, total + 1))
    if _chain(content) != chain:
        raise InvalidInput("chain_damaged", field="chain", rule="damaged")
    return content


def draw(frame: str) -> str:
    """Draw the QR code of a frame as SVG, to be put into a page."""
    code = segno.make_qr(frame, error="m", boost_error=False)
    return code.svg_inline(border=4, omitsize=True)


def draw_small(frame: str) -> bytes:
    """Draw the QR code of a frame as PNG of one pixel a module: a page with many of them enlarges each."""
    drawn = io.BytesIO()
    segno.make_qr(frame, error="m", boost_error=False).save(drawn, kind="png", border=4)
    return drawn.getvalue()


def draw_text(frame: str) -> str:
    """Draw the QR code of a frame with blocks of text, for a terminal."""
    drawn = io.StringIO()
    segno.make_qr(frame, error="m", boost_error=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue()


def _frame(position: int, text: str) -> tuple[str, int, int, bytes]:
    found = _FRAME.fullmatch(text)
    try:
        piece = base64.b32decode(found[4] + "=" * (-len(found[4]) % 8)) if found else b""
    except binascii.Error:
        piece = b""
    if found is None or not piece or not int(found[2]) <= int(found[3]) <= -(-MAX_BYTES // PIECE):
        raise InvalidInput("frame_invalid", field="frame", rule="frame", position=position)
    return found[1], int(found[2]), int(found[3]), piece


def _chain(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8].upper()
