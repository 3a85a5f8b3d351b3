"""Another node, in memory: it has keys, seals what it says, opens what is said to it, and signs receipts."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from elchi.exchange.batch import Item
from elchi.exchange.message import Lane, Message, decode_message, encode_message, new_id
from elchi.exchange.receipt import Receipt, ReceiptEntry, decode_receipt, encode_receipt
from elchi.node.federation.keys import own_signers
from elchi.node.federation.kinds import Handler
from elchi.node.federation.models import KeyVersion, Outgoing, OwnKey, Partner
from elchi.node.federation.queries.keys import key_document_of, key_of
from elchi.node.here import here, keys_passphrase
from elchi.seal.envelope import Opened, open_sealed, seal
from elchi.seal.keys import DecryptionKey, SigningKey
from elchi.seal.public_key import PublicKey
from elchi.seal.tree import Tree, TreeHead, leaf_hash
from elchi.seal.trust import KeyDocument, issue_key_document

YEAR = dt.timedelta(days=365)


def make_own_keys(now: dt.datetime) -> None:
    """Give this node its keys, unless it has them."""
    if OwnKey.objects.exists():
        return
    folder = here().keys
    signing = SigningKey.create(folder / "own-sign.pem", keys_passphrase())
    opening = DecryptionKey.create(folder / "own-open.pem", keys_passphrase())
    for use, key, place in (("sign", signing, "own-sign.pem"), ("encrypt", opening, "own-open.pem")):
        OwnKey.objects.create(
            kid=key.kid, use=use, algorithm=key.algorithm, place=place, public=key.public,
            valid_from=now - YEAR, valid_until=now + YEAR,
        )  # fmt: skip
    document = _document(here().code, now, (signing, opening))
    keep_document(document, issue_key_document(document, signers=[signing]))


def keep_document(document: KeyDocument, content: bytes) -> None:
    KeyVersion.objects.create(
        party=document.party, version=document.version, document=content, sha256=secrets.token_hex(32),
        issued_at=document.issued_at, valid_until=document.valid_until, fetched_at=document.issued_at,
    )  # fmt: skip


def _document(party: str, now: dt.datetime, keys: Sequence[Any]) -> KeyDocument:
    public = tuple(
        PublicKey(algorithm=key.algorithm, public=key.public, valid_from=now - YEAR, valid_until=now + YEAR)
        for key in keys
    )
    until = now + dt.timedelta(days=29)
    return KeyDocument(party=party, name=f"Node {party}", version=1, issued_at=now, valid_until=until, keys=public)


class Note(Handler):
    """A kind for tests: what it did is counted."""

    needs_agreement = False

    def __init__(self) -> None:
        self.done: list[str] = []
        self.ended: list[tuple[str, str, str]] = []
        self.refuses: Exception | None = None
        self.fails: dict[str, Exception] = {}

    def prepare(self, message: Message, partner: Partner) -> Any:
        if self.refuses:
            raise self.refuses
        return message.body.get("text")

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        if prepared in self.fails:
            raise self.fails[prepared]
        self.done.append(f"{partner.code}: {prepared}")

    def settled(self, outgoing: Outgoing, outcome: str, code: str) -> None:
        self.ended.append((outgoing.message_id, outcome, code))


@dataclass
class PartnerNode:
    """A node that is no database: what it has received and said it remembers itself."""

    code: str
    folder: Path
    now: dt.datetime
    state: str = "active"
    numbers: Counter[Lane] = field(default_factory=Counter)
    tree: Tree = field(default_factory=Tree)
    seen: TreeHead | None = None
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        phrase = "a phrase for tests only"
        self.signing = SigningKey.create(self.folder / f"{self.code}-sign.pem", phrase)
        self.opening = DecryptionKey.create(self.folder / f"{self.code}-open.pem", phrase)
        self.spare = SigningKey.create(self.folder / f"{self.code}-spare.pem", phrase)
        make_own_keys(self.now)
        self.document = _document(self.code, self.now, (self.signing, self.spare, self.opening))
        keep_document(self.document, issue_key_document(self.document, signers=[self.signing]))
        self.row = Partner.objects.create(code=self.code, name=f"Node {self.code}", state=self.state)

    def change_document(self, **changes: Any) -> None:
        """Issue a key document in place of the one that is known here."""
        self.document = replace(self.document, **changes)
        KeyVersion.objects.filter(party=self.code).delete()
        keep_document(self.document, issue_key_document(self.document, signers=[self.spare]))

    def message(self, kind: str = "note", body: Mapping[str, Any] | None = None, **given: Any) -> Message:
        """Make a message to this node, with the next number of its lane."""
        lane = given.pop("lane", Lane.REPORT)
        number = given.pop("number", None)
        if number is None:
            self.numbers[lane] += 1
            number = self.numbers[lane]
        values: dict[str, Any] = {
            "id": new_id(), "thread": new_id(), "kind": kind, "sender": self.code, "to": (here().code,), "lane": lane,
            "sent_at": self.now, "expires_at": self.now + dt.timedelta(days=3), "sequence": {here().code: number},
            "body": body if body is not None else {"text": "hello"}, **given,
        }  # fmt: skip
        return Message(**values)

    def seal(self, message: Message, signing: SigningKey | None = None) -> Item:
        """Seal a message to the node under test."""
        manifest, parts = encode_message(message)
        document = key_document_of(here().code)
        assert document is not None
        key = document.encryption_keys(self.now)[0]
        sealed = seal(manifest, parts, signers=[signing or self.signing], recipients=[key])
        return Item(here().code, message.lane, message.expires_at, "envelope", sealed.content)

    def says(self, *args: Any, **given: Any) -> Item:
        return self.seal(self.message(*args, **given))

    def open(self, item: Item) -> tuple[Opened, Message]:
        """Open what the node under test has sealed to this one."""
        opened = open_sealed(item.content, keys={self.opening.kid: self.opening}, key_of=key_of, me=self.code)
        return opened, decode_message(opened.manifest, opened.parts)

    def read(self, item: Item) -> Receipt:
        """Read receipts of the node under test."""
        receipt, signed_by = decode_receipt(item.content, key_of=key_of)
        assert signed_by == (own_signers(self.now)[0].kid,)
        assert receipt.to == self.code
        self.seen = receipt.head
        return receipt

    def receipt(self, *items: Item, outcome: str = "delivered", **given: Any) -> Item:
        """Sign receipts for messages of the node under test."""
        entries = []
        for item in items:
            opened, message = self.open(item)
            self.grow({"id": message.id})
            entries.append(
                ReceiptEntry(
                    id=message.id,
                    sha256=item.sha256,
                    manifest_sha256=opened.manifest_sha256,
                    outcome=outcome,
                    leaf=self.tree.size - 1,
                    code=given.get("code", ""),
                    clause=given.get("clause", ""),
                )
            )
        return self.sign(
            Receipt(
                sender=self.code, to=here().code, at=self.now, head=self.head(), seen=self.seen, entries=tuple(entries)
            )
        )

    def grow(self, content: Mapping[str, Any]) -> None:
        leaf = leaf_hash(content)
        self.nodes[0, self.tree.size] = leaf
        self.tree, whole = self.tree.append([leaf])
        self.nodes |= dict(whole)

    def head(self) -> TreeHead:
        return TreeHead(self.code, self.tree.size, self.tree.root, self.now)

    def sign(self, receipt: Receipt) -> Item:
        content = encode_receipt(receipt, signers=[self.signing])
        return Item(here().code, Lane.ANSWER, self.now + dt.timedelta(days=3), "receipt", content)
