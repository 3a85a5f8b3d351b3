"""From a table of documents to the words of a copy: a text of four columns, a document a line.

    issuer  type  number     reported
    KGZ     P     AC1234567  stolen

Columns are parted by tabs, the first line has their names, the text is UTF-8. In a table of changes `withdrawn` takes a
document away. A table with a line that cannot be read gives no copy: a document that is left out would be
"not reported" at every border.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np

from elchi.errors import ElchiError, InvalidInput
from elchi.modules.interpol.offline.copy_file import MAX_KEYS, Words
from elchi.modules.interpol.offline.document_key import CODES, HASH, WITHDRAWN, key_of_document

COLUMNS: Final = "issuer\ttype\tnumber\treported"
MAX_CHANGES: Final = 1_000_000
"""Lines of a table of changes; a new whole copy says more in less."""
_MAX_LINE: Final = 1_024
_BLOCK: Final = 1 << 20
WITHDRAWN_WORD: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class Built:
    """What a table gave."""

    words: Words
    """In order, each hash once."""
    types: str
    """Letters of the types of documents."""
    lines: int
    repeated: int
    """Lines about a document that an earlier or later one is about too; the most serious report counts."""


def _nothing(_: int) -> None:
    """Say nothing of how far it has come."""


def read_whole(file: BinaryIO, *, at: Callable[[int], None] = _nothing) -> Built:
    """Read a table of all documents: 50 million take two minutes on one core and 1 GB of memory.

    Args:
        file: the table.
        at: is told from time to time how many bytes were read.

    Raises:
        InvalidInput: `copy_source_invalid` with the first `line` at fault, its `field` and `rule`.
    """
    words, types = array("Q"), set()
    for line, row in _rows(file, at):
        word, kind = _word_of(line, row, CODES)
        words.append(word)
        types.add(kind)
        if len(words) > MAX_KEYS:
            raise InvalidInput("copy_source_invalid", line=line, field="file", rule="max_items")
    return _built(words, types)


def read_changes(file: BinaryIO) -> Built:
    """Read a table of changes, in which a document stands once.

    Raises:
        InvalidInput: `copy_source_invalid`, as `read_whole`.
    """
    words, types = array("Q"), set()
    seen: set[int] = set()
    for line, row in _rows(file, _nothing):
        word, kind = _word_of(line, row, {**CODES, WITHDRAWN_WORD: WITHDRAWN})
        if word & HASH in seen:
            raise InvalidInput("copy_source_invalid", line=line, field="number", rule="document_twice")
        if len(seen) == MAX_CHANGES:
            raise InvalidInput("copy_source_invalid", line=line, field="file", rule="max_items")
        seen.add(word & HASH)
        words.append(word)
        types.add(kind)
    return _built(words, types)


def _built(read: array[int], types: set[str]) -> Built:
    words = np.frombuffer(read, np.uint64) if read else np.empty(0, np.uint64)
    words.sort()  # in its place: there is no second copy of 400 MB
    first = np.ones(len(words), bool)
    first[1:] = words[1:] >> np.uint64(4) != words[:-1] >> np.uint64(4)
    once = words if first.all() else words[first]
    return Built(once, "".join(sorted(types)), len(words), len(words) - len(once))


def _word_of(line: int, row: str, codes: Mapping[str, int]) -> tuple[int, str]:
    """Give the word of a line and the letter of its type."""
    try:
        issuer, kind, number, reported = row.split("\t")
    except ValueError:
        raise InvalidInput("copy_source_invalid", line=line, field="file", rule="four_columns") from None
    try:
        key = key_of_document(issuer, kind, number)
        code = codes[reported]
    except ElchiError as error:
        raise InvalidInput(
            "copy_source_invalid", line=line, field=error.params["field"], rule=error.params["rule"]
        ) from None
    except KeyError:
        raise InvalidInput("copy_source_invalid", line=line, field="reported", rule="one_of") from None
    if not key.kind:
        raise InvalidInput("copy_source_invalid", line=line, field="document_type", rule="empty")
    return key.hashed | code, key.kind


def _rows(file: BinaryIO, at: Callable[[int], None]) -> Iterator[tuple[int, str]]:
    """Give the number of each line and the line, after the one with the names of the columns."""
    lines = enumerate(_lines(file, at), 1)
    number, head = next(lines, (1, ""))
    if head.removeprefix("\ufeff") != COLUMNS:
        raise InvalidInput("copy_source_invalid", line=number, field="file", rule="copy_header")
    yield from lines


def _lines(file: BinaryIO, at: Callable[[int], None]) -> Iterator[str]:
    rest, read, count = b"", 0, 0
    while block := file.read(_BLOCK):
        read += len(block)
        at(read)
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > _MAX_LINE:
            raise InvalidInput("copy_source_invalid", line=count + len(whole) + 1, field="file", rule="too_long")
        for line in whole:
            count += 1
            yield _decoded(line, count)
    if rest:
        yield _decoded(rest, count + 1)


def _decoded(line: bytes, number: int) -> str:
    if len(line) > _MAX_LINE:
        raise InvalidInput("copy_source_invalid", line=number, field="file", rule="too_long")
    try:
        return line.decode().removesuffix("\r")
    except UnicodeDecodeError:
        raise InvalidInput("copy_source_invalid", line=number, field="file", rule="encoding") from None
