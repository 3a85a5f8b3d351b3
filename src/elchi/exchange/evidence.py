"""The evidence file: all that proves one message, in one file, for someone who has no node.

It holds signed documents and proofs that others made, and says nothing itself: whoever made the file is trusted with
nothing. `elchi.exchange.verdict` reads what it proves. See docs/protocol/03-evidence.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from elchi.errors import InvalidInput, SealBroken
from elchi.seal.canonical import decode_bytes, encode_bytes, read_canonical, read_time, write_canonical, write_time
from elchi.seal.part import Part

EVIDENCE: Final = "elchi-evidence-1"
"""Kind of file."""
MAX_EVIDENCE: Final = 16 << 20
"""Bytes."""
MAX_PIECES: Final = 256
"""Of a kind."""
_FIELDS: Final = frozenset(("typ", "party", "made_at", "message", "parts", "receipts", "heads", "leaves", "keys"))
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}", re.ASCII)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StampedHead:
    """The head of a log, signed by its node, and perhaps the time that an authority gave it."""

    document: bytes
    token: bytes = b""
    """Of `elchi.seal.stamp`; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLeaf:
    """A leaf of somebody's log, and the proof that it was in it when the log had a size."""

    party: str
    index: int
    size: int
    content: Mapping[str, Any]
    """Texts and whole numbers."""
    proof: tuple[str, ...]
    """Hashes of 64 hexadecimal digits (RFC 9162, 2.1.3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the file holds."""

    party: str
    """Code of the node that made it."""
    made_at: dt.datetime
    message: bytes
    """The signed manifest (`elchi.seal.envelope.Opened.proof`)."""
    parts: tuple[Part, ...] = ()
    """Those parts of the message that are shown: the manifest binds each by its hash, so that one may be left out."""
    receipts: tuple[bytes, ...] = ()
    """Signed documents of receipts, whole: also what they say of other messages stands in them."""
    heads: tuple[StampedHead, ...] = ()
    leaves: tuple[ShownLeaf, ...] = ()
    keys: tuple[bytes, ...] = ()
    """Signed key documents of both parties, each party's in the order of their versions."""


def write_evidence(evidence: Evidence) -> bytes:
    """Write the file; canonical JSON.

    Raises:
        InvalidInput: `evidence_unwritable`: too much of something; `document_unwritable`.
    """
    told = {
        "typ": EVIDENCE,
        "party": evidence.party,
        "made_at": write_time(evidence.made_at),
        "message": encode_bytes(evidence.message),
        "parts": [
            {"name": one.name, "media_type": one.media_type, "content": encode_bytes(one.content)}
            for one in evidence.parts
        ],
        "receipts": [encode_bytes(one) for one in evidence.receipts],
        "heads": [
            {"document": encode_bytes(one.document), "token": encode_bytes(one.token)} for one in evidence.heads
        ],
        "leaves": [
            {"party": one.party, "index": one.index, "size": one.size, "content": dict(one.content),
             "proof": list(one.proof)}
            for one in evidence.leaves
        ],
        "keys": [encode_bytes(one) for one in evidence.keys],
    }  # fmt: skip
    for name, value in told.items():
        if isinstance(value, list) and len(value) > MAX_PIECES:
            raise InvalidInput("evidence_unwritable", field=name, rule="number_in_range", maximum=MAX_PIECES)
    content = write_canonical(told)
    if len(content) > MAX_EVIDENCE:
        raise InvalidInput("evidence_unwritable", field="parts", rule="max_bytes", maximum=MAX_EVIDENCE)
    return content


def read_evidence(content: bytes) -> Evidence:
    """Read the file as it was written. Nothing in it is verified.

    Raises:
        SealBroken: `evidence_too_large`, `evidence_damaged`.
    """
    if len(content) > MAX_EVIDENCE:
        raise SealBroken("evidence_too_large", maximum=MAX_EVIDENCE)
    try:
        told = read_canonical(content)
        if not isinstance(told, dict) or told.keys() != _FIELDS or told["typ"] != EVIDENCE:
            raise SealBroken("evidence_damaged", rule="document_form")
        return Evidence(
            party=_matching(told["party"], _PARTY),
            made_at=read_time(told["made_at"]),
            message=decode_bytes(told["message"]),
            parts=_each(told["parts"], _part),
            receipts=_each(told["receipts"], decode_bytes),
            heads=_each(told["heads"], _head),
            leaves=_each(told["leaves"], _leaf),
            keys=_each(told["keys"], decode_bytes),
        )
    except (ValueError, TypeError, KeyError):
        raise SealBroken("evidence_damaged", rule="document_form") from None


def _each(value: Any, read: Callable[[Any], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or len(value) > MAX_PIECES:
        raise ValueError
    return tuple(read(one) for one in value)


def _part(told: Any) -> Part:
    _hold_fields(told, {"name", "media_type", "content"})
    name = told["name"]
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or not name.isprintable():
        raise ValueError
    return Part(name, _matching(told["media_type"], _MEDIA_TYPE), decode_bytes(told["content"]))


def _head(told: Any) -> StampedHead:
    _hold_fields(told, {"document", "token"})
    return StampedHead(decode_bytes(told["document"]), decode_bytes(told["token"]))


def _leaf(told: Any) -> ShownLeaf:
    _hold_fields(told, {"party", "index", "size", "content", "proof"})
    if not isinstance(told["content"], dict) or not _is_flat(told["content"].values()):
        raise ValueError
    return ShownLeaf(
        party=_matching(told["party"], _PARTY),
        index=_number(told["index"]),
        size=_number(told["size"]),
        content=told["content"],
        proof=_each(told["proof"], lambda one: _matching(one, _HASH)),
    )


def _hold_fields(told: Any, names: set[str]) -> None:
    if not isinstance(told, dict) or told.keys() != names:
        raise ValueError


def _is_flat(values: Sequence[Any] | Any) -> bool:
    return all(isinstance(one, str) or type(one) is int for one in values)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ValueError
    return value


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value
