"""An entry of the log: what of it the chain holds, who may read it, and whether a chain is as it was written.

The chain holds the words as a hash with a salt, so that retention can remove words and salt: the rest still verifies,
and short words cannot be guessed from what is left.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from elchi.errors import InvalidInput
from elchi.node.officelog.rules import EARLIEST, MOST_REFERENCES, NUMBER, REFERENCES, TEXT
from elchi.seal.evidence import START, chain_hash

_NUMBER: Final = re.compile(rf"[A-Za-z0-9-]{{1,{NUMBER}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as the chain holds it."""

    office: str
    """Code."""
    number: int
    """From 1, without a gap."""
    kind: str
    said: str
    """`said_of` its words."""
    happened_at: dt.datetime
    at: dt.datetime
    """When it was written."""
    agency: str
    """Code of the author's."""
    by: str
    """Sign-in name."""
    officer: str
    """As he was called then."""
    agencies: tuple[str, ...]
    """Codes of those who may read it, sorted; the author's among them."""
    re: int | None
    """Number of the entry that it corrects or answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry in its chain, with its words as far as they are kept."""

    entry: Entry
    previous: str
    hash: str
    signature: bytes
    text: str
    references: tuple[str, ...]
    salt: str
    """Empty once retention has removed the words."""
    is_kept: bool
    """Whether the words must still be there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written."""

    code: str
    """`entry_changed`, `entry_missing`, `entry_unsigned`; its words are `log_fault.*`."""
    number: int


def said_of(text: str, references: Sequence[str], salt: str) -> str:
    """Give the hash that stands for the words of an entry: 64 hexadecimal digits.

    Args:
        text: its words.
        references: as `kind:number`, in order.
        salt: 64 hexadecimal digits drawn for this entry.
    """
    return chain_hash(salt, {"text": text, "references": list(references)})


def hash_of(previous: str, entry: Entry) -> str:
    """Give the hash of an entry that follows another; 64 hexadecimal digits."""
    names = ("office", "number", "kind", "said", "agency", "by", "officer", "re")
    told = {name: getattr(entry, name) for name in names}
    times = {name: getattr(entry, name).astimezone(dt.UTC).isoformat() for name in ("happened_at", "at")}
    return chain_hash(previous, {**told, **times, "agencies": list(entry.agencies)})


def signed_content(node: str, entry: Entry, hashed: str) -> bytes:
    """Give the bytes that a node signs of an entry: JSON with its keys in order."""
    told = {"node": node, "office": entry.office, "number": entry.number, "hash": hashed}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def faults_in(
    links: Iterable[Link], node: str, is_signed: Callable[[bytes, bytes], bool], *, after: tuple[int, str] = (0, START)
) -> Iterator[Fault]:
    """Give what is not as it was written in a stretch of a chain, in order.

    Args:
        links: by number.
        node: code, which stands in what was signed.
        is_signed: tells whether content carries a signature by the node's key.
        after: number and hash of the entry before the first.
    """
    number, previous = after
    for link in links:
        one = link.entry
        if one.number != number + 1:
            yield Fault("entry_missing", number + 1)
        has_words = bool(link.salt)
        are_words = said_of(link.text, link.references, link.salt) == one.said if has_words else not link.is_kept
        if link.previous != previous or link.hash != hash_of(link.previous, one) or not are_words:
            yield Fault("entry_changed", one.number)
        if not is_signed(signed_content(node, one, link.hash), link.signature):
            yield Fault("entry_unsigned", one.number)
        number, previous = one.number, link.hash


def released_to(own: str, chosen: Iterable[str], present: Iterable[str]) -> tuple[str, ...]:
    """Give the agencies that may read an entry: the author's always, others only where he says so.

    Raises:
        InvalidInput: `log_invalid`: an agency that is not in the office.
    """
    there = {own, *present}
    for code in chosen:
        if code not in there:
            raise InvalidInput("log_invalid", field="agencies", rule="not_offered")
    return tuple(sorted({own, *chosen}))


def checked_words(text: str, *, needed: bool = True) -> str:
    """Give the words of an entry, without blanks around them.

    Raises:
        InvalidInput: `log_invalid`.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > TEXT:
        raise InvalidInput("log_invalid", field="text", rule="max_length", maximum=TEXT)
    if not text and needed:
        raise InvalidInput("log_invalid", field="text", rule="empty")
    if text and not text.replace("\n", " ").replace("\t", " ").isprintable():
        raise InvalidInput("log_invalid", field="text", rule="text")
    return text


def checked_references(given: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Give what an entry points at as `kind:number`, each once.

    Args:
        given: kind of `rules.REFERENCES` to numbers as officers call them.

    Raises:
        InvalidInput: `log_invalid`.
    """
    told = [(kind, number.strip()) for kind in given for number in given[kind] if number.strip()]
    for kind, number in told:
        if kind not in REFERENCES:
            raise InvalidInput("log_invalid", field="references", rule="one_of", allowed=list(REFERENCES))
        if not _NUMBER.fullmatch(number):
            raise InvalidInput("log_invalid", field=kind, rule="number_of_thing")
    found = tuple(dict.fromkeys(f"{kind}:{number}" for kind, number in told))
    if len(found) > MOST_REFERENCES:
        raise InvalidInput("log_invalid", field="references", rule="number_in_range", maximum=MOST_REFERENCES)
    return found


def checked_time(happened_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """Give when something happened; now where it is not said.

    Raises:
        InvalidInput: `log_invalid`.
    """
    if happened_at is None:
        return now
    if happened_at > now + dt.timedelta(minutes=1):
        raise InvalidInput("log_invalid", field="happened_at", rule="not_in_future")
    if happened_at < now - EARLIEST:
        raise InvalidInput("log_invalid", field="happened_at", rule="within_week")
    return happened_at
