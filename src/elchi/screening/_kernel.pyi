from typing import Any, Self, TypeAlias

from numpy.typing import NDArray

Section: TypeAlias = bytes | memoryview | NDArray[Any]

class Segment:
    def __new__(
        cls,
        words: Section,
        signatures: Section,
        blocks: Section,
        posting_starts: Section,
        postings: Section,
        name_starts: Section,
        name_words: Section,
        policy: bytes,
        /,
    ) -> Self: ...
    def near(self, token: bytes, blocks: bytes, trusted: int, /) -> bytes: ...
    def halves(self, token: bytes, /) -> bytes: ...
    def search(self, tokens: bytes, evidence: tuple[tuple[int, bytes], ...], top: int, many: int, /) -> bytes: ...
