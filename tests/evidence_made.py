"""Two invented nodes that exchange one message and its receipt, and what each of them can put into an evidence file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.sealing import DAY, NOW, Party, seal_from

from elchi.exchange.evidence import Evidence, ShownLeaf, StampedHead
from elchi.exchange.receipt import Receipt, ReceiptEntry, encode_receipt
from elchi.seal.canonical import write_time
from elchi.seal.part import Part
from elchi.seal.tree import Place, Tree, TreeHead, inclusion_ranges, leaf_hash, proof_of, sign_head
from elchi.seal.trust import KeyDocument, issue_key_document, read_key_document

BODY = Part("body", "application/json", b'{"subject":"Sadykova"}')
PHOTO = Part("photo", "image/jpeg", bytes(range(256)))
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Log:
    """The log of a party, in memory."""

    party: Party
    leaves: list[Mapping[str, Any]] = field(default_factory=list)

    def append(self, **content: Any) -> int:
        self.leaves.append(content)
        return len(self.leaves) - 1

    def _grown(self) -> tuple[Tree, dict[Place, bytes]]:
        hashes = [leaf_hash(one) for one in self.leaves]
        tree, whole = Tree().append(hashes)
        return tree, {**{(0, at): one for at, one in enumerate(hashes)}, **dict(whole)}

    def head(self, at: dt.datetime) -> TreeHead:
        tree, _ = self._grown()
        return TreeHead(self.party.code, tree.size, tree.root, at)

    def shown(self, index: int) -> ShownLeaf:
        tree, nodes = self._grown()
        proof = proof_of(inclusion_ranges(index, tree.size), nodes)
        content = self.leaves[index]
        return ShownLeaf(party=self.party.code, index=index, size=tree.size, content=content, proof=proof)


@dataclass
class Exchange:
    """Kordai asks, Ak-Jol receives; both have logged other things before."""

    sender: Party = field(default_factory=lambda: Party("KZ-KOR-1"))
    receiver: Party = field(default_factory=lambda: Party("KG-AKJ-1"))

    def __post_init__(self) -> None:
        self.logs = {one.code: Log(one) for one in (self.sender, self.receiver)}
        for log in self.logs.values():
            for number in range(5):
                log.append(what="sent", id=str(number))
        told = {"id": "01939c1e-7a2b-7cc3-98c4-dc0c0c07398f", "sent_at": write_time(NOW)}
        self.sealed = seal_from(self.sender, self.receiver, parts=(BODY, PHOTO), **told)
        same = {
            "id": told["id"], "from": self.sender.code, "to": self.receiver.code, "sha256": self.sealed.sha256,
            "manifest_sha256": self.sealed.manifest_sha256,
        }  # fmt: skip
        ours, theirs = self.logs[self.sender.code], self.logs[self.receiver.code]
        self.sent = ours.append(what="sent", at=write_time(NOW), **same)
        self.sent_shown = ours.shown(self.sent)
        seen = ours.head(NOW + MINUTE)
        came = {"what": "received", "outcome": "delivered", "code": "", "at": write_time(NOW + MINUTE)}
        self.received = theirs.append(**came, **same)
        entry = ReceiptEntry(
            id=told["id"], sha256=self.sealed.sha256, manifest_sha256=self.sealed.manifest_sha256, outcome="delivered",
            leaf=self.received,
        )  # fmt: skip
        self.receipt = Receipt(
            sender=self.receiver.code, to=self.sender.code, at=NOW + MINUTE, head=theirs.head(NOW + MINUTE), seen=seen,
            entries=(entry,),
        )  # fmt: skip
        self.received_shown = theirs.shown(self.received)
        self.signed_receipt = encode_receipt(self.receipt, signers=[self.receiver.signing])
        told = {"what": "receipt", "from": self.receiver.code, "at": write_time(NOW + 2 * MINUTE)}
        self.taken = ours.append(**told, sha256=hashlib.sha256(self.signed_receipt).hexdigest())

    def key_documents(self, party: Party, *, revoked_at: dt.datetime | None = None) -> tuple[bytes, ...]:
        first = party.document(issued_at=NOW - DAY, valid_until=NOW + 20 * DAY, certificates=())
        issued = issue_key_document(first, signers=[party.signing])
        if revoked_at is None:
            return (issued,)
        before = read_key_document(issued, trusted=None)
        keys = tuple(replace(key, revoked_at=revoked_at) if key.kid == party.signing.kid else key for key in first.keys)
        second = replace(
            before, version=2, previous=before.sha256, issued_at=revoked_at, valid_until=revoked_at + DAY, keys=keys
        )
        return issued, issue_key_document(second, signers=[party.later])

    def fingerprint(self, party: Party) -> str:
        document: KeyDocument = read_key_document(self.key_documents(party)[0], trusted=None)
        return document.sha256

    def fingerprints(self) -> dict[str, str]:
        return {one.code: self.fingerprint(one) for one in (self.sender, self.receiver)}

    def signed_head(self, party: Party, at: dt.datetime = NOW + 3 * MINUTE) -> bytes:
        return sign_head(self.logs[party.code].head(at), signers=[party.signing])

    def of_sender(self, **changed: Any) -> Evidence:
        """What Kordai can show: that it asked, and Ak-Jol's word for it."""
        ours = self.logs[self.sender.code]
        told: dict[str, Any] = {
            "party": self.sender.code, "made_at": NOW + 3 * MINUTE, "message": self.sealed.proof,
            "parts": (BODY, PHOTO), "receipts": (self.signed_receipt,),
            "heads": (StampedHead(self.signed_head(self.sender)),),
            "leaves": (self.sent_shown, self.received_shown, ours.shown(self.taken)),
            "keys": self.key_documents(self.sender) + self.key_documents(self.receiver),
        }  # fmt: skip
        return Evidence(**{**told, **changed})
