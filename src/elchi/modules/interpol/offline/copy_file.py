"""A file of the copy: words in order behind a signed head, mapped and not read.

    magic          8 bytes   "ELCHIOC1"
    head length    u32       0 in a file that nobody signed, which nobody opens
    head           a signed document of kind `elchi-offline-copy-1` (elchi.seal.document)
    offsets        u32 each  of the first word of each range, 2 ** bits + 1 of them; begins at a multiple of 64 bytes
    words          u64 each  60 bits of hash and four bits of what is reported, in order; at a multiple of 64 bytes

Numbers are little-endian. The head says how many words there are and has the SHA-256 of all that follows it, so the one
signature holds the whole file. Hashes are spread evenly: their first bits choose a range of about eight words, in which
a search by halves is two touches of memory.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import mmap
import os
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elchi.errors import SealBroken
from elchi.modules.interpol.offline.document_key import CODE, CODES, HASH, REPORTED, RULES, WITHDRAWN, Reported
from elchi.seal.canonical import read_time, write_canonical, write_time
from elchi.seal.document import KeyOf, SignedDocument, read_document, sign_payload
from elchi.seal.keys import Signer

Words = NDArray[np.uint64]
WHOLE: Final = "whole"
CHANGES: Final = "changes"
MAX_KEYS: Final = 200_000_000
TYP: Final = "elchi-offline-copy-1"
"""Kind of document."""
_MAGIC: Final = b"ELCHIOC1"
_START: Final = len(_MAGIC) + 4
_ALIGNMENT: Final = 64
_MAX_HEAD: Final = 1 << 16
_MAX_BITS: Final = 24
_PER_RANGE: Final = 8
_MAX_VERSION: Final = 1 << 31
_FOLLOWS: Final = re.compile(r"([0-9a-f]{64})?", re.ASCII)
_TYPES: Final = re.compile(r"I?P?V?", re.ASCII)
_NAMES: Final = frozenset(
    ("kind", "version", "issued_at", "issuer", "count", "bits", "types", "follows", "rules", "sha256")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyHead:
    """What a file says of itself."""

    kind: str
    """`whole`, or `changes` of what it follows."""
    version: int
    """From 1; each file has one more than the last that was given out."""
    issued_at: dt.datetime
    issuer: str
    """Code of the bureau that gives it out."""
    types: str = ""
    """Letters of the types of documents in it."""
    follows: str = ""
    """Of changes: `fingerprint` of the file before."""
    count: int = 0
    """Words."""
    fingerprint: str = ""
    """SHA-256 of what was signed, 64 hexadecimal digits."""
    signed_by: tuple[str, ...] = ()
    """Kids."""


class WordTable:
    """Words in order, found by their hash."""

    __slots__ = ("find", "words")

    def __init__(self, words: Words, offsets: NDArray[np.uint32]) -> None:
        self.words = words
        self.find = _finder(words.data, offsets.data)
        """Gives the code beside a hash, -1 where it is not."""


def _finder(words: memoryview, offsets: memoryview) -> Callable[[int], int]:
    """Give a function that finds: what it needs are its own variables, which Python reads fastest."""
    shift, count = 65 - len(offsets).bit_length(), len(words)

    def find(hashed: int) -> int:
        place = hashed >> shift
        at = bisect_left(words, hashed, offsets[place], offsets[place + 1])
        if at < count and (word := words[at]) & HASH == hashed:
            return int(word & CODE)
        return -1

    return find


@dataclass(frozen=True, slots=True)
class CopyFile:
    """A file that was opened: nothing in it is damaged, and somebody whom we know has signed it."""

    head: CopyHead
    table: WordTable
    bytes: int


def make_table(words: Words) -> WordTable:
    """Make a table of words in order."""
    return WordTable(words, _offsets(words, _bits_for(len(words))))


def write_copy_file(path: Path, head: CopyHead, words: Words, *, signers: Sequence[Signer]) -> CopyHead:
    """Write a file whole or not at all: beside its place, then renamed.

    Args:
        path: of the file.
        head: without what is known only now: `count`, `fingerprint`, `signed_by`.
        words: in order, each hash once.
        signers: keys of who gives it out.

    Returns:
        The head as it was signed.
    """
    bits = _bits_for(len(words))
    body = (_padded_bytes(_offsets(words, bits)), words.astype("<u8", copy=False).view("u1"))
    digest = hashlib.sha256()
    for part in body:
        digest.update(part.data)
    content = {
        "kind": head.kind, "version": head.version, "issued_at": write_time(head.issued_at), "issuer": head.issuer,
        "types": head.types, "follows": head.follows, "count": len(words), "bits": bits, "rules": RULES,
        "sha256": digest.hexdigest(),
    }  # fmt: skip
    payload = write_canonical(content)
    signed = sign_payload(payload, typ=TYP, signers=signers)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            top = _MAGIC + len(signed).to_bytes(4, "little") + signed
            file.write(top.ljust(_padded(len(top)), b"\0"))
            for part in body:
                file.write(part.data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return _head_of(content, hashlib.sha256(payload).hexdigest(), tuple(one.kid for one in signers), path.name)


def open_copy_file(path: Path, *, key_of: KeyOf) -> CopyFile:
    """Map a file, all of which is verified first: SHA-256 of 420 MB is a quarter of a second.

    Args:
        path: of the file. What is mapped must never be written to: a new one takes its place by name.
        key_of: keys of those who may give out copies.

    Raises:
        SealBroken: `copy_unsigned`; `copy_damaged` with `file` and `rule` (`copy_magic`, `copy_head`, `copy_length`,
            `copy_sum`, `copy_words`, `copy_rules`); what `read_document` raises.
        OSError: it cannot be read.
    """
    mapped, document, start = _open_head(path, key_of)
    head, bits = _read_head(document, path.name)
    words_at, size = start + _padded(4 * ((1 << bits) + 1)), len(mapped)
    if size != words_at + 8 * head.count:
        raise SealBroken("copy_damaged", file=path.name, rule="copy_length")
    if hashlib.sha256(memoryview(mapped)[start:]).hexdigest() != document.content["sha256"]:
        raise SealBroken("copy_damaged", file=path.name, rule="copy_sum")
    offsets = np.frombuffer(mapped, "<u4", (1 << bits) + 1, start)
    words = np.frombuffer(mapped, "<u8", head.count, words_at)
    if not _are_right(words, offsets, least=CODES[Reported.STOLEN_BLANK] if head.kind == WHOLE else WITHDRAWN):
        raise SealBroken("copy_damaged", file=path.name, rule="copy_words")
    return CopyFile(head, WordTable(words, offsets), size)


def read_copy_head(path: Path, *, key_of: KeyOf) -> CopyHead:
    """Read and verify only what a file says of itself; as `open_copy_file`."""
    _, document, _ = _open_head(path, key_of)
    return _read_head(document, path.name)[0]


def _open_head(path: Path, key_of: KeyOf) -> tuple[mmap.mmap, SignedDocument, int]:
    """Map a file, and give its head and where what it holds begins."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _START:
            raise SealBroken("copy_damaged", file=path.name, rule="copy_length")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    signed, start = _read_top(mapped, path.name)
    return mapped, read_document(signed, typ=TYP, key_of=key_of), start


def _read_top(mapped: mmap.mmap, name: str) -> tuple[bytes, int]:
    """Give the signed head, and where what it holds begins."""
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise SealBroken("copy_damaged", file=name, rule="copy_magic")
    length = int.from_bytes(mapped[len(_MAGIC) : _START], "little")
    if not length:
        raise SealBroken("copy_unsigned", file=name)
    start = _padded(_START + length)
    if length > _MAX_HEAD or start > len(mapped):
        raise SealBroken("copy_damaged", file=name, rule="copy_length")
    if any(mapped[_START + length : start]):
        raise SealBroken("copy_damaged", file=name, rule="copy_head")
    return mapped[_START : _START + length], start


def _read_head(document: SignedDocument, name: str) -> tuple[CopyHead, int]:
    """Read what was signed: by someone whose software may still be another than ours."""
    told = document.content
    if told.get("rules") != RULES:
        raise SealBroken("copy_damaged", file=name, rule="copy_rules")
    bits = told.get("bits")
    if told.keys() != _NAMES or not _is_whole(bits, 1, _MAX_BITS):
        raise SealBroken("copy_damaged", file=name, rule="copy_head")
    return _head_of(told, document.payload_sha256, document.signed_by, name), int(str(bits))


def _head_of(told: Mapping[str, Any], fingerprint: str, signed_by: tuple[str, ...], name: str) -> CopyHead:
    texts = [told["issuer"], told["types"], told["follows"], told["sha256"]]
    is_right = (
        all(isinstance(text, str) for text in texts)
        and told["kind"] in (WHOLE, CHANGES)
        and (told["follows"] == "") == (told["kind"] == WHOLE)
        and _FOLLOWS.fullmatch(told["follows"])
        and _TYPES.fullmatch(told["types"])
        and 0 < len(told["issuer"]) <= 64
        and _is_whole(told["version"], 1, _MAX_VERSION)
        and _is_whole(told["count"], 0, MAX_KEYS)
    )
    try:
        issued_at = read_time(told["issued_at"])
    except ValueError:
        is_right = False
    if not is_right:
        raise SealBroken("copy_damaged", file=name, rule="copy_head")
    return CopyHead(
        kind=told["kind"], version=told["version"], issued_at=issued_at, issuer=told["issuer"], types=told["types"],
        follows=told["follows"], count=told["count"], fingerprint=fingerprint, signed_by=signed_by,
    )  # fmt: skip


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _are_right(words: Words, offsets: NDArray[np.uint32], *, least: int) -> bool:
    """Tell whether each hash stands once, after the smaller ones, with a code that there is, and each range begins so.

    What was signed by software with a fault must not become "not reported".
    """
    step = 1 << 20  # a piece at a time: the copy may be larger than the memory that is free
    for begin in range(0, len(words), step):
        piece = words[begin : begin + step + 1]
        hashes, codes = piece & np.uint64(HASH), piece & np.uint64(CODE)
        if np.any(hashes[1:] <= hashes[:-1]) or codes.min() < least or codes.max() >= len(REPORTED):
            return False
    return bool(np.array_equal(offsets, _offsets(words, len(offsets).bit_length() - 1)))


def _offsets(words: Words, bits: int) -> NDArray[np.uint32]:
    firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return np.append(np.searchsorted(words, firsts), len(words)).astype("<u4")


def _bits_for(count: int) -> int:
    """Give how many first bits choose a range: those that leave at least `_PER_RANGE` words in each."""
    return min(max((count // _PER_RANGE).bit_length() - 1, 1), _MAX_BITS)


def _padded_bytes(offsets: NDArray[np.uint32]) -> NDArray[np.uint8]:
    raw = offsets.view("u1")
    return np.pad(raw, (0, _padded(len(raw)) - len(raw)))


def _padded(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT
