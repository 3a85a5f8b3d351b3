"""Opening a list: plain, gzip or xz, in bounded memory, with limits against bombs; its lines and XML records."""

from __future__ import annotations

import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml does the reading

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from elchi.errors import InvalidInput, NotFound

CHUNK = 1 << 16
_XZ_MEMORY = 1 << 28
"""Most memory that unpacking xz may take: a header may ask for 4 GiB."""
_RATIO_FROM = 1 << 26
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is refused as too large or as a bomb."""

    max_bytes: int = 1 << 33
    """Unpacked bytes of one file."""
    max_ratio: int = 400
    """Unpacked to packed bytes, held from 64 MiB on; real lists pack 10 to 40 times."""
    max_record: int = 1 << 24
    """Bytes of one record: a line, a row, an XML element."""
    max_rows: int = 10_000_000
    """Rows of a table."""
    max_columns: int = 500
    """Columns of a table."""


Progress = Callable[[int], None]
"""Gets the bytes of the file read so far, packed as they lie on disk."""


class Source(io.RawIOBase):
    """The unpacked bytes of a list. Reading past a limit raises `list_broken`."""

    def __init__(self, raw: BinaryIO, limits: Limits, progress: Progress | None) -> None:
        super().__init__()
        self._raw = raw
        self._limits = limits
        self._progress = progress
        self._chunks = _chunks(raw)
        self._left = b""
        self._total = 0
        self._marked = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def mark_record(self) -> None:
        """Note that a record ended here: the limit of a record counts from here on."""
        self._marked = self._total

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stub names no type
        """Fill the buffer and give the number of bytes.

        Raises:
            InvalidInput: `list_broken` with rule `compression`, `truncated`, `file_size`, `ratio` or `record_size`.
        """
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
            self._check()
        part = self._left[: len(buffer)]
        self._left = self._left[len(part) :]
        buffer[: len(part)] = part
        return len(part)

    def _check(self) -> None:
        self._total += len(self._left)
        packed = self._raw.tell()
        if self._progress:
            self._progress(packed)
        rule = None
        if self._total > self._limits.max_bytes:
            rule = "file_size"
        elif self._total > max(_RATIO_FROM, self._limits.max_ratio * packed):
            rule = "ratio"
        elif self._total - self._marked > self._limits.max_record + CHUNK:
            rule = "record_size"
        if rule:
            raise InvalidInput("list_broken", field="file", rule=rule)

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        super().close()


def open_source(path: Path, limits: Limits | None = None, progress: Progress | None = None) -> Source:
    """Open a list for reading, unpacking gzip and xz by their first bytes, not by their name.

    Raises:
        NotFound: `file_unknown`.
    """
    try:
        raw = path.open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise NotFound("file_unknown", field="file", file=path.name) from None
    return Source(raw, limits or Limits(), progress)


def read_lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Give each line with its number from 1; blank lines are left out."""
    with io.BufferedReader(source, CHUNK) as lines:
        for number, line in enumerate(lines, 1):
            source.mark_record()
            if line.strip():
                yield number, line


def read_records(source: Source, root: str, tags: frozenset[str]) -> Iterator[tuple[int, Element]]:
    """Give each XML element of the tags named with its number from 1, name spaces taken off, then forget it.

    Raises:
        InvalidInput: `list_broken` with rule `xml` and the line, `xml_forbidden` (entities, DTD), `root` or `depth`.
    """
    number = 0
    stack: list[Element] = []
    with source:
        try:
            for event, element in iterparse(source, ("start", "end"), forbid_dtd=True):
                if event == "start":
                    _check_start(element, stack, root)
                    stack.append(element)
                    continue
                element.tag = _local(element)
                stack.pop()
                if element.tag in tags:
                    number += 1
                    yield number, element
                    source.mark_record()
                    if stack:
                        stack[-1].remove(element)
        except ParseError as error:
            raise InvalidInput("list_broken", field="file", rule="xml", line=error.position[0]) from None
        except DefusedXmlException:
            raise InvalidInput("list_broken", field="file", rule="xml_forbidden") from None
        except (LookupError, ValueError):
            raise InvalidInput("list_broken", field="file", rule="xml_encoding") from None


def _check_start(element: Element, stack: list[Element], root: str) -> None:
    if not stack and _local(element) != root:
        raise InvalidInput("list_broken", field="file", rule="root", allowed=root)
    if len(stack) >= _MAX_DEPTH:
        raise InvalidInput("list_broken", field="file", rule="depth")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _chunks(raw: BinaryIO) -> Iterator[bytes]:
    head = raw.read(6)
    raw.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return _gzip_chunks(raw)
    if head == b"\xfd7zXZ\x00":
        return _xz_chunks(raw)
    return iter(lambda: raw.read(CHUNK), b"")


def _gzip_chunks(raw: BinaryIO) -> Iterator[bytes]:
    packed = raw.read(CHUNK)
    while packed.strip(b"\0"):
        engine = zlib.decompressobj(wbits=31)
        while not engine.eof:
            try:
                yield engine.decompress(packed, CHUNK)
            except zlib.error:
                raise InvalidInput("list_broken", field="file", rule="compression") from None
            packed = engine.unconsumed_tail or (b"" if engine.eof else raw.read(CHUNK))
            if not packed and not engine.eof:
                raise InvalidInput("list_broken", field="file", rule="truncated")
        packed = engine.unused_data or raw.read(CHUNK)


def _xz_chunks(raw: BinaryIO) -> Iterator[bytes]:
    packed = raw.read(CHUNK)
    while packed.strip(b"\0"):
        engine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        while not engine.eof:
            try:
                yield engine.decompress(packed, CHUNK)
            except lzma.LZMAError:
                raise InvalidInput("list_broken", field="file", rule="compression") from None
            packed = raw.read(CHUNK) if engine.needs_input else b""
            if engine.needs_input and not packed and not engine.eof:
                raise InvalidInput("list_broken", field="file", rule="truncated")
        packed = engine.unused_data or raw.read(CHUNK)
