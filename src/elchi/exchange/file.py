"""A file that goes from node to node in pieces: each of them a sealed message of the kind `file`.

Every piece says of which file it is, so they may come in any order, by any carrier, more than once and after a cut; a
file counts when all of it is here and its hash is the one told. A piece with its manifest is padded to 256 KiB. See
docs/protocol/13-files.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.seal.part import Part

FILE: Final = "file"
"""Kind of the messages, and the name under which their bodies describe the file."""
PIECE: Final = 252 << 10
"""Bytes of every piece but the last."""
MOST: Final = 8 << 30
"""Bytes of a file, whatever a node allows."""
_PART: Final = "piece"
_KEYS: Final = ("about", "id", "media_type", "name", "number", "sha256", "size", "use")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTold:
    """What is said of a file."""

    id: str
    """UUID; with the sender it names the file."""
    use: str
    """What the receiver does with it: `list`, ..; a word of `elchi.node.federation.uses`."""
    about: str = ""
    """To what it belongs there, at most 64 characters: of the use."""
    name: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str

    def __post_init__(self) -> None:
        for field, pattern in (("id", _UUID), ("use", _WORD), ("media_type", _MEDIA_TYPE), ("sha256", _HASH)):
            if not pattern.fullmatch(getattr(self, field)):
                raise InvalidInput("shared_file_invalid", field=field, rule="word")
        if not 1 <= len(self.name) <= 200 or not self.name.isprintable() or len(self.about) > 64:
            raise InvalidInput("shared_file_invalid", field="name", rule="length")
        if not 1 <= self.size <= MOST:
            raise InvalidInput("shared_file_too_large", field="size", rule="max_bytes", maximum=MOST)

    @property
    def pieces(self) -> int:
        """How many there are."""
        return -(-self.size // PIECE)

    def length(self, number: int) -> int:
        """Give how many bytes a piece has, numbered from 0."""
        return min(PIECE, self.size - number * PIECE)

    def describe(self, number: int) -> dict[str, Any]:
        """Give what the body of a piece says."""
        told: dict[str, Any] = {name: getattr(self, name) for name in _KEYS if name != "number"}
        return {**told, "number": number}


def piece_part(content: bytes) -> Part:
    """Give a piece as it stands beside the body."""
    return Part(_PART, "application/octet-stream", content)


def read_piece(body: Mapping[str, Any], files: Sequence[Part]) -> tuple[FileTold, int, bytes]:
    """Read a message of the kind `file`: which file, which piece of it, and the piece.

    Raises:
        InvalidInput: `shared_file_invalid` with `field` and `rule`; `shared_file_too_large`.
    """
    told = body.get(FILE)
    if not isinstance(told, Mapping):
        raise InvalidInput("shared_file_invalid", field=FILE, rule="object")
    for name in _KEYS:
        value, is_number = told.get(name), name in ("number", "size")
        if type(value) is not (int if is_number else str):
            raise InvalidInput("shared_file_invalid", field=name, rule="number" if is_number else "text")
    file = FileTold(**{name: told[name] for name in _KEYS if name != "number"})
    number = told["number"]
    if not 0 <= number < file.pieces:
        raise InvalidInput("shared_file_invalid", field="number", rule="number")
    if [part.name for part in files] != [_PART] or len(files[0].content) != file.length(number):
        raise InvalidInput("shared_file_invalid", field=_PART, rule="length")
    return file, number, files[0].content


class Pieces:
    """Which pieces are there, a bit each."""

    def __init__(self, count: int, content: bytes = b"") -> None:
        self._count = count
        self._bits = bytearray(content.ljust(-(-count // 8), b"\0"))

    def add(self, number: int) -> None:
        """Note that one is there."""
        self._bits[number // 8] |= 1 << number % 8

    def __contains__(self, number: int) -> bool:
        return bool(self._bits[number // 8] & 1 << number % 8)

    def __len__(self) -> int:
        return sum(one.bit_count() for one in self._bits)

    def __bytes__(self) -> bytes:
        return bytes(self._bits)

    def missing(self) -> Iterator[int]:
        """Give the numbers of those that are not there."""
        return (number for number in range(self._count) if number not in self)

    @property
    def whole(self) -> bool:
        """Whether all are there."""
        return len(self) == self._count
