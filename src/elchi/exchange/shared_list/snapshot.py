"""A list that is too large for a message, as a file: gzip of JSON lines, what its owner says first, then each entry."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.shared_list.entries import Changes, entry_from_json, entry_to_json
from elchi.exchange.shared_list.state import MAX_ENTRIES, SNAPSHOT, ListState, read_state
from elchi.seal.canonical import write_canonical

USE: Final = "shared_list"
"""Of the file (docs/protocol/13-files.md)."""
MEDIA_TYPE: Final = "application/gzip"
MAX_LINE: Final = 2 << 20
"""Bytes of a line: an entry has at most 262,144 characters."""
MAX_BYTES: Final = 512 << 20
"""Of all lines together, unpacked."""


def write_snapshot(file: IO[bytes], state: ListState, entries: Iterable[Any]) -> None:
    """Write a snapshot; the same list gives the same bytes."""
    with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
        packed.write(write_canonical(state.to_json()) + b"\n")
        for entry in entries:
            packed.write(write_canonical(entry_to_json(entry)) + b"\n")


def read_snapshot(file: IO[bytes]) -> tuple[ListState, Changes]:
    """Read a snapshot. Whether the entries are those of which it tells, `apply_changes` says.

    Raises:
        InvalidInput: `shared_list_invalid`; `entry_invalid`.
    """
    lines = _lines(file)
    state = read_state(_value(next(lines, b"")))
    if state.form != SNAPSHOT:
        raise InvalidInput("shared_list_invalid", field="form", rule="word")
    entries = {}
    for number, line in enumerate(lines):
        if number >= min(state.count, MAX_ENTRIES):
            raise InvalidInput("shared_list_invalid", field="count", rule="as_told")
        entry = entry_from_json(_value(line))
        entries[entry.id] = entry
    return state, Changes(tuple(entries.values()))


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give the lines, never more than may be: a small file may unpack to a very large one."""
    left = MAX_BYTES
    with gzip.GzipFile(fileobj=file, mode="rb") as packed:
        while True:
            try:
                line = packed.readline(MAX_LINE + 1)
            except (OSError, EOFError, zlib.error):
                raise InvalidInput("shared_list_invalid", field="file", rule="whole") from None
            left -= len(line)
            if len(line) > MAX_LINE or left < 0:
                raise InvalidInput("shared_list_invalid", field="file", rule="max_bytes", maximum=MAX_BYTES)
            if not line:
                return
            yield line


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidInput("shared_list_invalid", field="file", rule="object") from None
