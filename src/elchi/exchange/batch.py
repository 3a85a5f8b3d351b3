"""A batch of sealed items: the one form in which they travel, on a wire, on a stick and in a chain of QR codes.

    magic      14 bytes   "elchi-batch-1" and a line feed
    length      4 bytes   of the head, big-endian
    head                  JSON in UTF-8: what each item is, and what a mailroom says beside
    contents              of the items, in their order, one behind the other
    check      32 bytes   SHA-256 of all of it so far

Who carries it sees receiver, lane, kind, size and expiry of each item, and no more. Nothing in it is believed: an
envelope and a receipt are signed inside; the check finds what a bad stick or a broken line did. Fields of the head that
this version does not know are passed over. See docs/protocol/05-batch-and-carriers.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from elchi.errors import InvalidInput
from elchi.exchange.message import LANES, Lane

KINDS: Final = ("envelope", "receipt")
RESULTS: Final = ("accepted", "carried", "duplicate", "rejected")
MAX_ITEM: Final = 4 << 20
"""Bytes of one item. What is larger goes as a file in pieces."""
_MAGIC: Final = b"elchi-batch-1\n"
_CHECK: Final = 32
_FRAME: Final = len(_MAGIC) + 4
_ITEM_HEAD: Final = 256
"""Bytes that one item may take in the head."""
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_CODE: Final = re.compile(r"[a-z0-9_]{0,64}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LANES: Final[Mapping[str, Lane]] = {str(lane): lane for lane in LANES}


@dataclass(frozen=True, slots=True)
class Item:
    """Something sealed, and what its carriers must know of it."""

    to: str
    """Code of the node that can open it."""
    lane: Lane
    expires_at: dt.datetime
    """Aware; afterwards it is not delivered any more. Kept to the millisecond."""
    kind: str
    """Of `KINDS`."""
    content: bytes = field(repr=False)
    sha256: str = field(init=False)
    """Of the content, 64 hexadecimal digits: by this an item is known."""

    def __post_init__(self) -> None:
        if not _PARTY.fullmatch(self.to) or len(self.to) > 32:
            raise InvalidInput("batch_invalid", field="to", rule="node_code")
        if self.kind not in KINDS:
            raise InvalidInput("batch_invalid", field="kind", rule="one_of", allowed=list(KINDS))
        if not 1 <= len(self.content) <= MAX_ITEM:
            raise InvalidInput("batch_too_large", field="item", rule="max_bytes", maximum=MAX_ITEM)
        object.__setattr__(self, "sha256", hashlib.sha256(self.content).hexdigest())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item that was pushed. It proves nothing: a signed receipt does."""

    sha256: str
    result: str
    """`accepted`: the receiver has it on disk; `carried`: a relay, a stick or a broker has it; `duplicate`: it had come
    before; `rejected`: it was not taken, `code` says why."""
    code: str = ""

    def __post_init__(self) -> None:
        if not _HASH.fullmatch(self.sha256):
            raise InvalidInput("batch_invalid", field="sha256", rule="sha256")
        if self.result not in RESULTS:
            raise InvalidInput("batch_invalid", field="result", rule="one_of", allowed=list(RESULTS))
        if not _CODE.fullmatch(self.code):
            raise InvalidInput("batch_invalid", field="code", rule="word")


@dataclass(frozen=True, slots=True)
class Batch:
    """Items, and what is said beside them."""

    items: tuple[Item, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """Of items that came before."""
    more: bool = False
    """Whether more lies in the mailbox."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a reader takes at a time."""

    items: int = 64
    content: int = 1 << 20
    """Bytes of all items, unless it is one alone."""

    @property
    def bytes(self) -> int:
        """The longest batch within these limits."""
        return _FRAME + self.head + max(self.content, MAX_ITEM) + _CHECK

    @property
    def head(self) -> int:
        """The longest head within these limits."""
        return 1024 + 2 * _ITEM_HEAD * self.items


WIRE: Final = Limits()
"""Of what partners send each other."""
STICK: Final = Limits(items=20_000, content=256 << 20)
"""Of a bundle."""


def fill_batch(items: Iterable[Item], *, limits: Limits = WIRE) -> tuple[Item, ...]:
    """Take items from the front as long as they fit into one batch; one that fits nowhere goes alone."""
    taken: list[Item] = []
    room = limits.content
    for item in items:
        room -= len(item.content)
        if taken and (room < 0 or len(taken) == limits.items):
            break
        taken.append(item)
    return tuple(taken)


def encode_batch(items: Sequence[Item]) -> bytes:
    """Write items as a batch."""
    return encode(Batch(items=tuple(items)))


def decode_batch(content: bytes, *, limits: Limits = WIRE) -> tuple[Item, ...]:
    """Read the items of a batch; see `decode`."""
    return decode(content, limits=limits).items


def encode(batch: Batch) -> bytes:
    """Write a batch."""
    head: dict[str, Any] = {"items": [_told(item) for item in batch.items]}
    if batch.outcomes:
        head["outcomes"] = [_outcome_told(one) for one in batch.outcomes]
    if batch.more:
        head["more"] = True
    text = json.dumps(head, separators=(",", ":"), sort_keys=True).encode()
    content = b"".join((_MAGIC, len(text).to_bytes(4, "big"), text, *(item.content for item in batch.items)))
    return content + hashlib.sha256(content).digest()


def decode(content: bytes, *, limits: Limits = WIRE) -> Batch:
    """Read a batch.

    Args:
        content: all of its bytes.
        limits: how much is taken.

    Raises:
        InvalidInput: `batch_too_large`; `batch_damaged` with the `rule` that it breaks; `batch_invalid` with `field`
            and `rule`, and often the `position` of the item.
    """
    if len(content) > limits.bytes:
        raise InvalidInput("batch_too_large", field="batch", rule="max_bytes", maximum=limits.bytes)
    begins = _FRAME + int.from_bytes(content[len(_MAGIC) : _FRAME], "big")
    ends = len(content) - _CHECK
    if not content.startswith(_MAGIC) or begins > ends:
        _damaged("length")
    if hashlib.sha256(memoryview(content)[:ends]).digest() != content[ends:]:
        _damaged("damaged")
    head = _head(content[_FRAME:begins])
    told = _rows(head, "items", limits.items)
    outcomes = tuple(_outcome(position, one) for position, one in enumerate(_rows(head, "outcomes", limits.items)))
    items: list[Item] = []
    for position, one in enumerate(told):
        size = one.get("size")
        if type(size) is not int or not 0 < size <= ends - begins:
            raise InvalidInput("batch_invalid", field="size", rule="number", position=position)
        items.append(_item(position, one, content[begins : begins + size]))
        begins += size
    if begins != ends:
        _damaged("length")
    if len(items) > 1 and sum(len(item.content) for item in items) > limits.content:
        raise InvalidInput("batch_too_large", field="items", rule="max_bytes", maximum=limits.content)
    return Batch(tuple(items), outcomes, more=head.get("more") is True)


def _head(text: bytes) -> Mapping[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict):
        _damaged("json")
    return head


def _rows(head: Mapping[str, Any], name: str, most: int) -> Sequence[Mapping[str, Any]]:
    rows = head.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput("batch_invalid", field=name, rule="object")
    if len(rows) > most:
        raise InvalidInput("batch_too_large", field=name, rule="max_items", maximum=most)
    return rows


def _told(item: Item) -> dict[str, Any]:
    at = item.expires_at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    size = len(item.content)
    return {"expires_at": at, "kind": item.kind, "lane": item.lane.value, "size": size, "to": item.to}


def _item(position: int, told: Mapping[str, Any], content: bytes) -> Item:
    to, lane, kind, at = (_word(position, told, name) for name in ("to", "lane", "kind", "expires_at"))
    if lane not in _LANES:
        raise InvalidInput("batch_invalid", field="lane", rule="one_of", position=position, allowed=list(LANES))
    try:
        expires_at = dt.datetime.fromisoformat(at)
    except ValueError:
        expires_at = None
    if expires_at is None or not at.endswith("Z"):
        raise InvalidInput("batch_invalid", field="expires_at", rule="time_utc", position=position)
    return Item(to, _LANES[lane], expires_at, kind, content)


def _outcome_told(outcome: Outcome) -> dict[str, str]:
    told = {"result": outcome.result, "sha256": outcome.sha256}
    return {**told, "code": outcome.code} if outcome.code else told


def _outcome(position: int, told: Mapping[str, Any]) -> Outcome:
    sha256, result = _word(position, told, "sha256"), _word(position, told, "result")
    return Outcome(sha256, result, _word(position, told, "code", ""))


def _word(position: int, told: Mapping[str, Any], name: str, otherwise: Any = None) -> str:
    value = told.get(name, otherwise)
    if not isinstance(value, str):
        raise InvalidInput("batch_invalid", field=name, rule="text", position=position)
    return value


def _damaged(rule: str) -> NoReturn:
    raise InvalidInput("batch_damaged", field="batch", rule=rule)
