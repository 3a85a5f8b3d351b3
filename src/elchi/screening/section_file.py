"""Arrays in one file, mapped and not read: what an index is on disk.

    magic          8 bytes
    header length  u64
    header         JSON: tag, and of each section its dtype, where it begins and how many items it has; sum of all their
                   bytes; check of the header itself (CRC-32)
    sections       each at a multiple of 64 bytes

The tag says by which rules the arrays were made. The sum finds damage, not malice: who may write here may write
anything.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from elchi.errors import Conflict

_MAGIC: Final = b"ELCHIIX1"
_ALIGNMENT: Final = 64
_MAX_HEADER: Final = 1 << 16


def write_sections(path: Path, tag: str, sections: Mapping[str, NDArray[Any]]) -> None:
    """Write a file whole or not at all: beside its place, then renamed."""
    raw = {name: np.ascontiguousarray(array).view("u1").ravel() for name, array in sections.items()}
    header: dict[str, Any] = {"tag": tag, "sum": sum(map(_sum, raw.values())) % (1 << 64), "sections": {}}
    at = 0
    for name, array in sections.items():
        header["sections"][name] = [np.lib.format.dtype_to_descr(array.dtype), at, len(array)]
        at += _padded(len(raw[name]))
    text = json.dumps(header | {"check": _check(header)}).encode()
    start = _padded(len(_MAGIC) + 8 + len(text))
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write((_MAGIC + struct.pack("<Q", len(text)) + text).ljust(start, b"\0"))
            for part in raw.values():
                file.write(part.data)
                file.write(b"\0" * (_padded(len(part)) - len(part)))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def open_sections(path: Path, tag: str) -> dict[str, NDArray[Any]]:
    """Map a file.

    Raises:
        Conflict: `index_unusable` with `rule`: `missing`, `damaged`, or `other_rules` where the tag is another.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        raise Conflict("index_unusable", rule="missing") from None
    try:
        header, start = _read_header(mapped)
        if header["tag"] != tag:
            raise Conflict("index_unusable", rule="other_rules")
        sections = {
            name: np.frombuffer(mapped, _dtype(described), count, start + at)
            for name, (described, at, count) in header["sections"].items()
        }
        if sum(_sum(array.view("u1")) for array in sections.values()) % (1 << 64) != header["sum"]:
            raise Conflict("index_unusable", rule="damaged")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Conflict("index_unusable", rule="damaged") from None
    return sections


def _read_header(mapped: mmap.mmap) -> tuple[dict[str, Any], int]:
    head = len(_MAGIC) + 8
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise ValueError
    length = int.from_bytes(mapped[len(_MAGIC) : head], "little")
    if not 0 < length <= _MAX_HEADER:
        raise ValueError
    header = json.loads(mapped[head : head + length])
    if header.pop("check") != _check(header):
        raise ValueError
    return header, _padded(head + length)


def _check(header: Mapping[str, Any]) -> int:
    return crc32(json.dumps(header).encode())


def _dtype(described: Any) -> np.dtype[Any]:
    if not isinstance(described, str):  # JSON has lists where numpy wants tuples
        described = [(name, kind, *map(tuple, shape)) for name, kind, *shape in described]
    dtype: np.dtype[Any] = np.dtype(described)
    if dtype.hasobject:
        raise ValueError
    return dtype


def _padded(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT


def _sum(raw: NDArray[Any]) -> int:
    """Add up the bytes eight at a time, at the speed of memory."""
    whole = len(raw) // 8 * 8
    words = int(np.add.reduce(raw[:whole].view("<u8"), dtype="<u8")) if whole else 0
    return words + int.from_bytes(raw[whole:].tobytes(), "little")
