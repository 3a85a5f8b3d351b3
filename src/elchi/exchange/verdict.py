"""What an evidence file proves: who said what to whom, who says that he has received it, and since when each is proven.

Trusted is nothing but what whoever asks has compared himself: fingerprints of key documents (on the paper of the
agreement, say), and the roots of time-stamping authorities. Everything that does not hold is a fault, and everything
that is merely not shown is told as missing: a court shall see the difference. No clock is read: whether a key counted
is asked of the earliest time that another party, or an authority, vouches for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from cryptography.x509 import Certificate

from elchi.errors import SealBroken
from elchi.exchange.evidence import Evidence, ShownLeaf, read_evidence
from elchi.exchange.receipt import Receipt, decode_receipt
from elchi.seal.canonical import read_time
from elchi.seal.document import SignedDocument, read_own_document
from elchi.seal.envelope import MESSAGE
from elchi.seal.part import Part
from elchi.seal.public_key import PublicKey, check_signed_at
from elchi.seal.stamp import Stamp, read_stamp
from elchi.seal.tree import TreeHead, is_included, leaf_hash, read_head
from elchi.seal.trust import KeyDocument, read_key_document

NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold."""

    code: str
    """Of `SealBroken`."""
    params: Mapping[str, Any]
    at: str
    """What: `message`, `part:body`, `receipt:0`, `head:0`, `leaf:0`, `keys:0`."""


@dataclass(frozen=True, slots=True)
class KnownParty:
    """Whose keys are in the file."""

    code: str
    name: str
    version: int
    """The newest."""
    fingerprint: str
    """Of the oldest version; the later ones follow from it. 64 hexadecimal digits."""
    is_compared: bool
    """Whether whoever asks had the fingerprint of one of the versions from elsewhere."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What the receiver signed about the message."""

    party: str
    outcome: str
    """Of `elchi.exchange.receipt.OUTCOMES`."""
    at: dt.datetime
    """By the clock of who signed."""
    code: str
    clause: str
    leaf: int | None
    """Of his log."""
    receipt: int
    """Which of the receipts in the file."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A leaf about the message that was in somebody's log."""

    party: str
    what: str
    """`sent`, `received` or `receipt`."""
    at: dt.datetime
    """By the clock of the log's node."""
    index: int
    witnesses: tuple[str, ...]
    """Who has signed the head that proves the leaf; another party than the log's makes it more than a claim."""


@dataclass(frozen=True, slots=True)
class StampedAt:
    """An authority's time for a head."""

    party: str
    size: int
    at: dt.datetime
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is proven."""

    made_by: str
    made_at: dt.datetime
    """Both as the file says, proven by nothing."""
    manifest: Mapping[str, Any]
    """What the sender signed; empty if that does not hold."""
    manifest_sha256: str
    signed_by: tuple[str, ...]
    """Kids of the sender's keys."""
    seen_at: dt.datetime | None
    """The earliest time for which somebody else than the sender vouches."""
    parts: tuple[Part, ...]
    """Those shown that are as they were signed."""
    parties: tuple[KnownParty, ...]
    outcomes: tuple[Attested, ...]
    logged: tuple[Logged, ...]
    stamps: tuple[StampedAt, ...]
    faults: tuple[Fault, ...]
    missing: tuple[str, ...]
    """`receipt`, `witness`, `comparison`, `parts`: what the file does not show; `authority`: it holds a time stamp, and
    whoever asks has named no authority that he trusts."""

    @property
    def holds(self) -> bool:
        """Whether all that is in the file holds."""
        return not self.faults


def verify_evidence(
    content: bytes, *, fingerprints: Mapping[str, str] = NONE, authorities: Sequence[Certificate] = ()
) -> Verdict:
    """Verify an evidence file.

    Args:
        content: the file.
        fingerprints: code of a party to the fingerprint of one of its key documents, compared elsewhere.
        authorities: roots of time-stamping authorities that are trusted. Without any, tokens are passed over.

    Raises:
        SealBroken: `evidence_too_large`, `evidence_damaged`: it cannot be read at all. All else is a fault.
    """
    return _Court(read_evidence(content), fingerprints, authorities).decide()


@dataclass
class _Head:
    head: TreeHead
    signer: str
    at: dt.datetime
    """When it was signed, as its signer or an authority says."""


@dataclass
class _Court:
    """One look at one file."""

    evidence: Evidence
    fingerprints: Mapping[str, str]
    authorities: Sequence[Certificate]
    faults: list[Fault] = field(default_factory=list)
    documents: dict[str, list[KeyDocument]] = field(default_factory=lambda: defaultdict(list))
    heads: list[_Head] = field(default_factory=list)
    receipts: dict[int, tuple[Receipt, tuple[str, ...]]] = field(default_factory=dict)
    stamps: list[StampedAt] = field(default_factory=list)
    vouched: list[dt.datetime] = field(default_factory=list)
    """Times for which somebody else than the sender vouches."""
    taken: dict[str, dt.datetime] = field(default_factory=dict)
    """Hash of a receipt to when the log of another party than its signer took it in."""

    def decide(self) -> Verdict:
        """Go through all of it: keys first, since all else is signed with them."""
        self._read_keys()
        message = self._read_message()
        self._read_heads()
        self._read_receipts()
        told = message.content if message else {}
        sha256 = message.payload_sha256 if message else ""
        logged = tuple(self._read_leaves(told, sha256))
        outcomes = tuple(self._outcomes(told, sha256))
        parts = tuple(self._read_parts(told))
        seen_at = min(self.vouched, default=None)
        if message:
            self._check_keys(told, message.signed_by, seen_at)
        self._check_receipt_keys()
        parties = tuple(self._parties())
        return Verdict(
            made_by=self.evidence.party,
            made_at=self.evidence.made_at,
            manifest=told,
            manifest_sha256=sha256,
            signed_by=message.signed_by if message else (),
            seen_at=seen_at,
            parts=parts,
            parties=parties,
            outcomes=outcomes,
            logged=logged,
            stamps=tuple(self.stamps),
            faults=tuple(self.faults),
            missing=(*_missing(told, parts, parties, outcomes, seen_at), *self._unread_stamps()),
        )

    @contextmanager
    def _looking(self, at: str) -> Iterator[None]:
        try:
            yield
        except SealBroken as error:
            self.faults.append(Fault(error.code, error.params, at))

    def _key(self, party: str, kid: str) -> PublicKey | None:
        """Give a key as the newest version says that has it: a revocation counts back."""
        documents = reversed(self.documents.get(party, []))
        return next((key for document in documents if (key := document.key(kid))), None)

    def _read_keys(self) -> None:
        for number, content in enumerate(self.evidence.keys):
            with self._looking(f"keys:{number}"):
                party = read_key_document(content, trusted=None).party
                held = self.documents[party]
                held.append(read_key_document(content, trusted=held[-1] if held else None))
        for party, fingerprint in self.fingerprints.items():
            known = {document.sha256 for document in self.documents.get(party, [])}
            if known and fingerprint not in known:
                self.faults.append(Fault("fingerprint_differs", {"party": party}, f"party:{party}"))

    def _read_message(self) -> SignedDocument | None:
        try:
            signed = read_own_document(
                self.evidence.message,
                typ=MESSAGE,
                keys_in=lambda told: lambda kid: self._key(str(told.get("from", "")), kid),
            )
        except SealBroken as error:
            self.faults.append(Fault(error.code, error.params, "message"))
            return None
        if signed.content.get("signers") != list(signed.signed_by):
            self.faults.append(Fault("envelope_damaged", {"rule": "signers"}, "message"))
            return None
        return signed

    def _read_heads(self) -> None:
        for number, one in enumerate(self.evidence.heads):
            with self._looking(f"head:{number}"):
                head = read_head(one.document, key_of=self._key)
                self.heads.append(_Head(head, head.party, head.at))
                if one.token and self.authorities:
                    stamp = read_stamp(one.token, document=one.document, authorities=self.authorities)
                    self._stamped(head, stamp)

    def _stamped(self, head: TreeHead, stamp: Stamp) -> None:
        self.stamps.append(StampedAt(head.party, head.size, stamp.at, stamp.authority))
        self.heads.append(_Head(head, stamp.authority, stamp.at))

    def _unread_stamps(self) -> Iterator[str]:
        if any(one.token for one in self.evidence.heads) and not self.authorities:
            yield "authority"

    def _read_receipts(self) -> None:
        for number, content in enumerate(self.evidence.receipts):
            with self._looking(f"receipt:{number}"):
                receipt, signed_by = decode_receipt(content, key_of=self._key)
                self.receipts[number] = receipt, signed_by
                self.heads += [_Head(head, receipt.sender, receipt.at) for head in (receipt.head, receipt.seen) if head]

    def _read_leaves(self, told: Mapping[str, Any], sha256: str) -> Iterator[Logged]:
        for number, leaf in enumerate(self.evidence.leaves):
            with self._looking(f"leaf:{number}"):
                yield self._logged(leaf, told, sha256)

    def _logged(self, leaf: ShownLeaf, told: Mapping[str, Any], sha256: str) -> Logged:
        what = str(leaf.content.get("what"))
        if not self._is_about(leaf, what, told, sha256):
            raise SealBroken("leaf_wrong", rule="leaf_unrelated")
        heads = [one for one in self.heads if (one.head.party, one.head.size) == (leaf.party, leaf.size)]
        if not heads:
            raise SealBroken("leaf_wrong", rule="head_unknown")
        digest = leaf_hash(leaf.content)
        if not all(is_included(digest, leaf.index, one.head, leaf.proof) for one in heads):
            raise SealBroken("leaf_wrong", rule="not_included")
        try:
            at = read_time(leaf.content.get("at"))
        except ValueError:
            raise SealBroken("leaf_wrong", rule="time_utc") from None
        self._note_times(leaf, what, at, heads)
        return Logged(leaf.party, what, at, leaf.index, tuple(sorted({one.signer for one in heads})))

    def _note_times(self, leaf: ShownLeaf, what: str, at: dt.datetime, heads: Iterable[_Head]) -> None:
        match what:
            case "sent":
                self.vouched += [one.at for one in heads if one.signer != leaf.party]
            case "received" if leaf.content.get("from") != leaf.party:
                self.vouched.append(at)
            case "receipt" if leaf.content.get("from") != leaf.party:
                self.taken[str(leaf.content.get("sha256"))] = at

    def _is_about(self, leaf: ShownLeaf, what: str, told: Mapping[str, Any], sha256: str) -> bool:
        """Tell whether a leaf is what a log has to say of this message, or of a receipt in the file."""
        if what == "receipt":
            hashes = {hashlib.sha256(one).hexdigest() for one in self.evidence.receipts}
            return leaf.content.get("sha256") in hashes
        ends = leaf.content.get("from"), leaf.content.get("to")
        owner = {"sent": ends[0], "received": ends[1]}.get(what)
        return (
            owner == leaf.party
            and (leaf.content.get("id"), ends[0]) == (told.get("id"), told.get("from"))
            and ends[1] in _receivers(told)
            and leaf.content.get("manifest_sha256") == sha256
        )

    def _outcomes(self, told: Mapping[str, Any], sha256: str) -> Iterator[Attested]:
        """Give what the receipts say of this message; a relay's says nothing of what it cannot read."""
        for number, (receipt, _) in self.receipts.items():
            about = [one for one in receipt.entries if one.id == told.get("id") and one.manifest_sha256 == sha256]
            if about and not (receipt.to == told.get("from") and receipt.sender in _receivers(told)):
                error = SealBroken("receipt_unrelated", rule="parties")
                self.faults.append(Fault(error.code, error.params, f"receipt:{number}"))
                continue
            for one in about:
                if receipt.sender != receipt.to:
                    self.vouched.append(receipt.at)
                yield Attested(receipt.sender, one.outcome, receipt.at, one.code, one.clause, one.leaf, number)

    def _read_parts(self, told: Mapping[str, Any]) -> Iterator[Part]:
        described = {one["name"]: one for one in _described(told)}
        for part in self.evidence.parts:
            with self._looking(f"part:{part.name}"):
                wanted = described.get(part.name, {})
                if wanted.get("sha256") != hashlib.sha256(part.content).hexdigest():
                    raise SealBroken("part_wrong", rule="part_hash")
                if (wanted.get("media_type"), wanted.get("size")) != (part.media_type, len(part.content)):
                    raise SealBroken("part_wrong", rule="part_form")
                yield part

    def _check_keys(self, told: Mapping[str, Any], kids: Iterable[str], seen_at: dt.datetime | None) -> None:
        sender = str(told["from"])
        with self._looking("message"):
            at = seen_at or _stated(told)
            for kid in kids:
                if key := self._key(sender, kid):
                    check_signed_at(key, at)

    def _check_receipt_keys(self) -> None:
        """Ask whether the keys of receipts counted when another log took them in, else when they say they were made."""
        for number, (receipt, kids) in self.receipts.items():
            sha256 = hashlib.sha256(self.evidence.receipts[number]).hexdigest()
            with self._looking(f"receipt:{number}"):
                for kid in kids:
                    if key := self._key(receipt.sender, kid):
                        check_signed_at(key, self.taken.get(sha256, receipt.at))

    def _parties(self) -> Iterator[KnownParty]:
        for code, documents in sorted(self.documents.items()):
            if documents:
                hashes = {document.sha256 for document in documents}
                newest = documents[-1]
                compared = self.fingerprints.get(code) in hashes
                yield KnownParty(code, newest.name, newest.version, documents[0].sha256, compared)


def _receivers(told: Mapping[str, Any]) -> list[Any]:
    receivers = told.get("to")
    return receivers if isinstance(receivers, list) else []


def _described(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = told.get("parts")
    return (
        [one for one in parts if isinstance(one, dict) and isinstance(one.get("name"), str)]
        if isinstance(parts, list)
        else []
    )


def _stated(told: Mapping[str, Any]) -> dt.datetime:
    try:
        return read_time(told.get("sent_at"))
    except ValueError:
        raise SealBroken("envelope_damaged", rule="time_utc") from None


def _missing(
    told: Mapping[str, Any],
    parts: Sequence[Part],
    parties: Sequence[KnownParty],
    outcomes: Sequence[Attested],
    seen_at: dt.datetime | None,
) -> Iterator[str]:
    if not outcomes:
        yield "receipt"
    if seen_at is None:
        yield "witness"
    if not all(one.is_compared for one in parties):
        yield "comparison"
    if len(parts) < len(_described(told)):
        yield "parts"
