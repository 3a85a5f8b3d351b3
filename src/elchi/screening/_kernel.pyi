from collections.abc import Buffer

class Segment:
    def __new__(
        cls,
        words: Buffer,
        signatures: Buffer,
        blocks: Buffer,
        posting_starts: Buffer,
        postings: Buffer,
        name_starts: Buffer,
        name_words: Buffer,
        policy: bytes,
        /,
    ) -> Segment: ...
    def near(self, token: bytes, blocks: bytes, trusted: int, /) -> bytes: ...
    def halves(self, token: bytes, /) -> bytes: ...
    def search(self, tokens: bytes, evidence: tuple[tuple[int, bytes], ...], top: int, many: int, /) -> bytes: ...
