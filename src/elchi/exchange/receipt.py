"""Receipts: what a node signs about messages that came to it, and what it says there about its log.

One document stands for all messages that came together. It says of each what became of it and which leaf of the
receiver's log holds it; it carries the head of that log with the proof that it grew from a head that the sender knows
already, and the newest head of the sender's log that the receiver has found to fit: with its signature it witnesses
that head. A document without entries says only the latter. See docs/protocol/03-evidence.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import SealBroken
from elchi.seal.canonical import read_time, write_time
from elchi.seal.document import read_own_document, sign_document
from elchi.seal.keys import Signer
from elchi.seal.public_key import PublicKey
from elchi.seal.tree import TreeHead

TYPE: Final = "elchi-receipt-1"
OUTCOMES: Final = ("relayed", "delivered", "opened", "rejected", "expired")
"""Carried on by a relay that cannot read it; on the receiver's disk with its effect; seen by an officer; refused for
good, `code` says why; come too late."""
MAX_ENTRIES: Final = 256
MAX_PROOF: Final = 128
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PARTY: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_FIELDS: Final = frozenset(("v", "from", "to", "at", "head", "since", "proof", "seen", "entries"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEntry:
    """What became of one message."""

    id: str
    """Of the message."""
    sha256: str
    """Of the envelope."""
    manifest_sha256: str = ""
    """Of the signed manifest; empty from a relay, which cannot read it."""
    outcome: str
    """Of `OUTCOMES`."""
    leaf: int | None = None
    """Of the signer's log, from 0; None from a relay."""
    code: str = ""
    """Why it was rejected."""
    clause: str = ""
    """Of the agreement that refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a node says about messages and logs."""

    sender: str
    """Who signs."""
    to: str
    """Whose messages they were."""
    at: dt.datetime
    head: TreeHead
    """Of the signer's log, with the leaves of these entries."""
    since: int = 0
    """Size of the log from which `proof` begins; 0 for none."""
    proof: tuple[str, ...] = ()
    """That the log only grew from there (RFC 6962, 2.1.2); hashes of 64 hexadecimal digits."""
    seen: TreeHead | None = None
    """The newest head of the other's log that fits all that the signer knew of it."""
    entries: tuple[ReceiptEntry, ...] = ()


def encode_receipt(receipt: Receipt, *, signers: Sequence[Signer]) -> bytes:
    """Write and sign a receipt."""
    told: dict[str, Any] = {
        "v": 1,
        "from": receipt.sender,
        "to": receipt.to,
        "at": write_time(receipt.at),
        "head": _head_told(receipt.head),
        "entries": [_entry_told(entry) for entry in receipt.entries],
    }
    if receipt.since:
        told |= {"since": receipt.since, "proof": list(receipt.proof)}
    if receipt.seen:
        told["seen"] = _head_told(receipt.seen)
    return sign_document(told, typ=TYPE, signers=signers)


def decode_receipt(
    content: bytes, *, key_of: Callable[[str, str], PublicKey | None]
) -> tuple[Receipt, tuple[str, ...]]:
    """Read a receipt whose signatures are right.

    Args:
        content: as `encode_receipt` makes it.
        key_of: gives a key of a party by its kid.

    Returns:
        The receipt and the kids of the keys that signed it; whether they counted at that time the caller decides.

    Raises:
        SealBroken: `receipt_invalid` with `field` and `rule`, and what `read_own_document` raises.
    """

    def keys_in(told: Mapping[str, Any]) -> Callable[[str], PublicKey | None]:
        party = _match(told, "from", _PARTY)
        return lambda kid: key_of(party, kid)

    document = read_own_document(content, typ=TYPE, keys_in=keys_in)
    return _receipt(document.content), document.signed_by


def _receipt(told: Mapping[str, Any]) -> Receipt:
    if told.get("v") != 1 or not told.keys() <= _FIELDS:
        raise SealBroken("receipt_invalid", field="v", rule="version")
    sender, to = _match(told, "from", _PARTY), _match(told, "to", _PARTY)
    return Receipt(
        sender=sender,
        to=to,
        at=_time(told, "at"),
        head=_head(told, "head", sender),
        since=_number(told, "since") if "since" in told else 0,
        proof=_hashes(told, "proof"),
        seen=_head(told, "seen", to) if "seen" in told else None,
        entries=tuple(_entry(one) for one in _rows(told, "entries", MAX_ENTRIES)),
    )


def _head_told(head: TreeHead) -> dict[str, Any]:
    return {"size": head.size, "root": head.root, "at": write_time(head.at)}


def _entry_told(entry: ReceiptEntry) -> dict[str, Any]:
    told: dict[str, Any] = {"id": entry.id, "sha256": entry.sha256, "outcome": entry.outcome}
    more = {"manifest_sha256": entry.manifest_sha256, "code": entry.code, "clause": entry.clause}
    told.update({name: value for name, value in more.items() if value})
    if entry.leaf is not None:
        told["leaf"] = entry.leaf
    return told


def _entry(told: Any) -> ReceiptEntry:
    if not isinstance(told, dict):
        raise SealBroken("receipt_invalid", field="entries", rule="object")
    outcome = _text(told, "outcome", 16)
    if outcome not in OUTCOMES:
        raise SealBroken("receipt_invalid", field="outcome", rule="one_of")
    return ReceiptEntry(
        id=_text(told, "id", 36),
        sha256=_match(told, "sha256", _HASH),
        manifest_sha256=_match(told, "manifest_sha256", _HASH) if "manifest_sha256" in told else "",
        outcome=outcome,
        leaf=_number(told, "leaf") if "leaf" in told else None,
        code=_match(told, "code", _CODE) if "code" in told else "",
        clause=_text(told, "clause", 80) if "clause" in told else "",
    )


def _head(told: Mapping[str, Any], name: str, party: str) -> TreeHead:
    head = told.get(name)
    if not isinstance(head, dict) or head.keys() != {"size", "root", "at"}:
        raise SealBroken("receipt_invalid", field=name, rule="object")
    return TreeHead(party=party, size=_number(head, "size"), root=_match(head, "root", _HASH), at=_time(head, "at"))


def _rows(told: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = told.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise SealBroken("receipt_invalid", field=name, rule="array")
    return value


def _hashes(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    hashes = _rows(told, name, MAX_PROOF)
    if not all(isinstance(one, str) and _HASH.fullmatch(one) for one in hashes):
        raise SealBroken("receipt_invalid", field=name, rule="sha256")
    return tuple(hashes)


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise SealBroken("receipt_invalid", field=name, rule="text")
    return value


def _match(told: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise SealBroken("receipt_invalid", field=name, rule="form")
    return value


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise SealBroken("receipt_invalid", field=name, rule="number")
    return value


def _time(told: Mapping[str, Any], name: str) -> dt.datetime:
    try:
        return read_time(told.get(name))
    except ValueError:
        raise SealBroken("receipt_invalid", field=name, rule="time_utc") from None
