"""Tokens and the policy of comparison as the bytes that the kernel reads.

One record of 64 bytes a token, little-endian; `_kernel.c` has the same struct.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np

from elchi.names import similarity
from elchi.names.compare import (
    DISCOUNT,
    EXTRA,
    EXTRA_PATRONYMIC,
    FULL,
    JOINED_FLOOR,
    MISSING,
    MISSING_PATRONYMIC,
    NOTHING,
    TOP,
    WHOLE,
)
from elchi.names.tokens import CODES, MAX_CODES, Token, encode

RECORD: Final = np.dtype(
    [
        ("n", "u1"),
        ("stem", "u1"),
        ("suffix", "u1"),
        ("flags", "u1"),
        ("group", "<u2"),
        ("stem_group", "<u2"),
        ("weight", "<u2"),
        ("length", "<u2"),
        ("bare_length", "<u2"),
        ("stem_length", "<u2"),
        ("stem_bare_length", "<u2"),
        ("pad", "V6"),
        ("signature", "<u8"),
        ("codes", "u1", (MAX_CODES,)),
    ]
)
_PACK: Final = struct.Struct("<BBBBHHHHHHH6xQ32s")

NEAR: Final = 720
"""Similarity from which a word of a list brings its names among the candidates, thousandths."""
NEAR_BITS: Final = 2
"""In how many bits of their signatures near words may differ."""
# Consonants that the region's spellings mix up share their bits; h comes and goes and has none.
_CLASSES: Final = ("bp", "dt", "gk", "z", "scx", "qj", "fv", "l", "r", "m", "n")
_REPEATS: Final = 3
_NO_CLASS, _OTHER = 254, 255
_CLASS_AT: Final = {encode(letter)[0]: at for at, letters in enumerate(_CLASSES) for letter in letters}
_CLASS_OF: Final = bytes(_CLASS_AT.get(code, _NO_CLASS if code < CODES else _OTHER) for code in range(256))
_OTHER_BITS: Final = _REPEATS * len(_CLASSES)
# The same for blocks, coarser: a word is looked for only in its blocks.
_COARSE: Final = {
    letter: str(mark)
    for mark, letters in enumerate(("bp", "dt", "gk", "szcx", "qj", "fv", "l", "r", "mn"), start=1)
    for letter in letters
}
_SKELETON, _PATTERN, _BEGINS, _ENDS = (kind << 24 for kind in range(1, 5))
_VOWEL_MARK: Final = "0"
_MARKS: Final = str.maketrans({**_COARSE, **dict.fromkeys("aeiou", _VOWEL_MARK), "h": ""})
_VOWELS: Final = re.compile(f"{_VOWEL_MARK}{{2,}}")
_PATTERN_CONSONANTS: Final = range(2, 5)
_HALVES_FROM: Final = 4


def signature_of(codes: bytes) -> int:
    """Say which consonants a form has and how often, up to three times each, as bits.

    Two forms that differ by one consonant differ by at most two bits; characters of scripts without a table share the
    bits above.
    """
    classes = codes.translate(_CLASS_OF)
    bits = 0
    for at in range(len(_CLASSES)):
        count = classes.count(at)
        if count:
            bits |= ((1 << min(count, _REPEATS)) - 1) << _REPEATS * at
    if classes.count(_OTHER):
        for code in codes:
            if code >= CODES:
                bits |= 1 << _OTHER_BITS + code % (64 - _OTHER_BITS)
    return bits


def _number(kind: int, marks: str) -> int:
    return kind | crc32(marks.encode()) & 0xFFFFFF


def _marks(stem: str) -> str:
    """Give the classes of a stem's letters; vowels in a row are one, h is none, other scripts stay as they are."""
    return _VOWELS.sub(_VOWEL_MARK, stem.translate(_MARKS))


def _blocks_of_form(form: str, *, ends: bool) -> Iterator[int]:
    marks = _marks(form)
    skeleton = marks.replace(_VOWEL_MARK, "")
    yield _number(_SKELETON, skeleton or marks)
    if len(skeleton) in _PATTERN_CONSONANTS:
        yield _number(_PATTERN, marks)
    if len(skeleton) in _PATTERN_CONSONANTS[1:]:
        for at, mark in enumerate(marks):
            if mark != _VOWEL_MARK:
                yield _number(_PATTERN, marks[:at] + marks[at + 1 :])
    if len(skeleton) >= _HALVES_FROM:
        yield _number(_BEGINS, skeleton[:2])
        if ends:
            yield _number(_ENDS, skeleton[-2:])


@lru_cache(maxsize=1 << 16)  # a word asked for is looked for in every list
def blocks_of(token: Token) -> tuple[tuple[int, ...], int]:
    """Say in which blocks a word stands and is looked for.

    Words meet in a block when they are equivalent given names; when their consonants are the same whatever the vowels;
    when they are alike but for one consonant of up to four; when, of more, the first two or the last two are the same.
    A near word (`NEAR`) in none of them is missed unless another word of its name brings the name: two slips in one
    long word, one in each half, or a slip of h for k or g.

    Returns:
        Numbers of blocks, and how many of them, at the beginning, hold equivalent names.
    """
    groups = sorted({token.group, token.stem_group} - {0})
    stem = token.form[: token.stem]
    blocks = set(_blocks_of_form(stem, ends=True))
    if token.stem < len(token.form):
        blocks.update(_blocks_of_form(token.form, ends=False))  # where the other's suffix has the slip
    if token.bare and "u" in stem:
        blocks.update(_blocks_of_form(stem.replace("u", "v"), ends=True))  # the Arabic letter is both
    return (*groups, *sorted(blocks)), len(groups)


@lru_cache(maxsize=1 << 16)
def pack(token: Token) -> bytes:
    """Give the record of a token."""
    codes = encode(token.form)
    stem = encode(token.form[: token.stem])
    return _PACK.pack(
        len(codes),
        len(stem),
        token.suffix,
        token.flags,
        token.group,
        token.stem_group,
        token.weight,
        similarity.length_of(codes, bare=False),
        similarity.length_of(codes, bare=True),
        similarity.length_of(stem, bare=False),
        similarity.length_of(stem, bare=True),
        signature_of(stem),
        codes,
    )


def policy() -> bytes:
    """Give the tables and figures of comparison: the last argument of a kernel's Segment."""
    figures = (
        similarity.FLOOR,
        similarity.EQUIVALENT,
        similarity.OTHER_NAME,
        similarity.OTHER_SEX,
        similarity.CUT_SHARE,
        similarity.CUT_GROWTH,
        similarity.CUT_LETTERS,
        similarity.MIN_LENGTH,
        similarity.TRANSPOSED,
        similarity.CONSONANT,
        NOTHING,
        JOINED_FLOOR,
        MISSING,
        MISSING_PATRONYMIC,
        EXTRA,
        EXTRA_PATRONYMIC,
        DISCOUNT,
        WHOLE,
        FULL,
        TOP,
        NEAR,
        NEAR_BITS,
    )
    tables = similarity.SUBSTITUTION + similarity.DROPPING + similarity.DROPPING_BARE + similarity.AGREEMENT
    return tables + struct.pack(f"<{len(figures)}i", *figures)
