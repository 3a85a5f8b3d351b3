"""The names of one list version as sections that a kernel searches: made once, then only mapped.

words           RECORD a distinct word, in order of its codes
signatures      u64 a word: which consonants it has
blocks          u64, sorted: number of a block (packing.blocks_of) << 32 | word
posting_starts  u32 a word, and the end: where its names begin in postings
postings        u32: names that have the word, ascending
name_starts     u32 a name, and the end: where its words begin in name_words
name_words      u32: the words of each name in the order written
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from elchi.names.compare import TOP
from elchi.names.tokens import Token, joined, tokenise
from elchi.screening.packing import RECORD, blocks_of, pack, policy

Sections = Mapping[str, NDArray[Any]]
SECTIONS: Final = {
    "words": RECORD,
    "signatures": np.dtype("<u8"),
    "blocks": np.dtype("<u8"),
    "posting_starts": np.dtype("<u4"),
    "postings": np.dtype("<u4"),
    "name_starts": np.dtype("<u4"),
    "name_words": np.dtype("<u4"),
}

CANDIDATES: Final = 128
"""Names of a list that are compared in full."""
MANY: Final = 100_000
"""Names found by rarer words beyond which a common word brings no further ones."""
_JOINED_WEIGHT: Final = 2
_LEAST_HALF: Final = 3
_PAIR: Final = np.dtype([("score", "<u4"), ("name", "<u4")])


class Kernel(Protocol):
    """What searches the sections: `_kernel.Segment`, or `kernel_numpy.Segment` where that cannot be compiled."""

    def near(self, token: bytes, blocks: bytes, trusted: int, /) -> bytes:
        """Give the words near a token as (word, similarity) pairs of u32, nearest first."""

    def halves(self, token: bytes, /) -> bytes:
        """Give the words that a token begins or ends with, as near words of similarity 1000."""

    def search(self, tokens: bytes, evidence: tuple[tuple[int, bytes], ...], top: int, many: int, /) -> bytes:
        """Give (score, name) pairs of u32, best first."""


class ScoredName(NamedTuple):
    """A listed name and its score."""

    score: float
    """0 to 1."""
    name: int
    """Number of the name, from 0 in the order the index was built."""


def build_sections(names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Make the sections of an index.

    Args:
        names: in order; a name without a token keeps its number and is never found.
    """
    numbers: dict[Token, int] = {}
    spoken: dict[tuple[str, int, int, int], int] = {}
    tokens: list[Token] = []
    starts = [0]
    words: list[int] = []
    for name in names:
        for token in tokenise(name):
            number = numbers.get(token)
            if number is None:
                number = spoken.setdefault((token.form, token.stem, token.suffix, token.flags), len(tokens))
                if number == len(tokens):
                    tokens.append(token)
                numbers[token] = number
            words.append(number)
        starts.append(len(words))
    return _arrange(tokens, np.array(starts, "<u4"), np.array(words, "<u4"))


def _arrange(tokens: Sequence[Token], name_starts: NDArray[Any], name_words: NDArray[Any]) -> dict[str, NDArray[Any]]:
    records = np.frombuffer(b"".join(map(pack, tokens)), RECORD)
    order = np.lexsort((records["flags"], records["suffix"], records["stem"], _as_texts(records["codes"])))
    records = records[order]
    place = np.empty(len(order), "<u4")
    place[order] = np.arange(len(order), dtype="<u4")
    name_words = place[name_words]
    owners = np.repeat(np.arange(len(name_starts) - 1, dtype="<u4"), np.diff(name_starts))
    by_word = np.lexsort((owners, name_words))
    counts = np.bincount(name_words, minlength=len(records))
    posting_starts = np.zeros(len(records) + 1, "<u4")
    posting_starts[1:] = np.cumsum(counts)
    return {
        "words": records,
        "signatures": np.ascontiguousarray(records["signature"]),
        "blocks": _blocks([tokens[at] for at in order]),
        "posting_starts": posting_starts,
        "postings": owners[by_word],
        "name_starts": name_starts,
        "name_words": name_words,
    }


def _as_texts(codes: NDArray[Any]) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(codes).view(f"S{codes.shape[1]}").ravel()


def _blocks(tokens: Sequence[Token]) -> NDArray[Any]:
    found = [block << 32 | word for word, token in enumerate(tokens) for block in blocks_of(token)[0]]
    return np.sort(np.array(found, "<u8"))


class NameIndex:
    """Finds listed names that sound like an asked one."""

    def __init__(self, sections: Sections, segment: Callable[..., Kernel]) -> None:
        self._kernel = segment(*(sections[name] for name in SECTIONS), policy())
        self._near = lru_cache(maxsize=1 << 14)(self._near_words)
        self._halves = lru_cache(maxsize=1 << 14)(self._kernel.halves)

    def search(self, tokens: Sequence[Token], *, candidates: int = CANDIDATES, least: float = 0.0) -> list[ScoredName]:
        """Find the names that agree with a tokenised one.

        Args:
            tokens: of the asked name (`elchi.names.tokens.tokenise`).
            candidates: how many names to compare in full.
            least: score below which a name is of no use.

        Returns:
            At most `candidates` names, best first, of equals the lower number first.
        """
        if not tokens:
            return []
        packed = b"".join(map(pack, tokens))
        found = self._kernel.search(packed, self._evidence(tokens), candidates, MANY)
        pairs = np.frombuffer(found, _PAIR)
        pairs = pairs[pairs["score"] >= least * TOP - 1]
        return [ScoredName(score / TOP, name) for score, name in pairs.tolist()]

    def _near_words(self, token: Token) -> bytes:
        blocks, trusted = blocks_of(token)
        return self._kernel.near(pack(token), struct.pack(f"<{len(blocks)}I", *blocks), trusted)

    def _evidence(self, tokens: Sequence[Token]) -> tuple[tuple[int, bytes], ...]:
        evidence = [(token.weight, self._near(token)) for token in tokens if not (token.cut and len(token.form) < 3)]
        for first, second in pairwise(tokens):
            token = joined(first, second)
            if token is not None:
                evidence.append((token.weight, self._near(token)))
        evidence.extend(
            (token.weight // _JOINED_WEIGHT, self._halves(pack(token)))
            for token in tokens
            if len(token.form) >= 2 * _LEAST_HALF and not token.cut
        )
        return tuple(piece for piece in evidence if piece[1])
