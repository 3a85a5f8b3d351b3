"""What the outputs of one side are to the other: short tags, sorted, in pages.

A tag is the first ten bytes of an output. Of 10,000 asked against 1,000,000 held, the chance that any two meet
without cause is 10 ** 10 / 2 ** 80, less than one in 10 ** 14: what is found is exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from elchi.errors import InvalidInput

TAG: Final = 10
"""Bytes of a tag."""
PER_PAGE: Final = 48_000
"""Tags of a page: in base64 it fits into the body of a message."""
MAX_PAGES: Final = 100


def tag_of(output: bytes) -> bytes:
    """Give the tag of an output of the function."""
    return output[:TAG]


@dataclass(frozen=True, slots=True)
class TagSet:
    """Tags in ascending order, each once, one behind the other."""

    content: bytes = field(repr=False)

    @classmethod
    def of(cls, tags: Iterable[bytes]) -> TagSet:
        """Make a set of tags."""
        return cls(b"".join(sorted(set(tags))))

    @classmethod
    def of_pages(cls, pages: Sequence[bytes]) -> TagSet:
        """Put pages together.

        Raises:
            InvalidInput: `match_invalid`, where they are not what `pages` of a set gives.
        """
        content = b"".join(pages)
        made = cls(content)
        if len(content) % TAG or len(pages) > MAX_PAGES:
            raise InvalidInput("match_invalid", field="tags", rule="whole_tags")
        if any(made.at(place) >= made.at(place + 1) for place in range(len(made) - 1)):
            raise InvalidInput("match_invalid", field="tags", rule="ascending")
        return made

    def __len__(self) -> int:
        return len(self.content) // TAG

    def at(self, place: int) -> bytes:
        """Give the tag at a place, from 0."""
        return self.content[place * TAG : (place + 1) * TAG]

    def place_of(self, tag: bytes) -> int | None:
        """Give the place of a tag; None if it is not there."""
        place = bisect_left(range(len(self)), tag, key=self.at)
        return place if place < len(self) and self.at(place) == tag else None

    def __contains__(self, tag: bytes) -> bool:
        return self.place_of(tag) is not None

    def pages(self) -> Iterator[bytes]:
        """Give it in pages; an empty one has one page."""
        step = PER_PAGE * TAG
        for begin in range(0, max(len(self.content), 1), step):
            yield self.content[begin : begin + step]
