"""Receipts, files that join nodes, and bundles: whatever comes, their readers raise nothing but their errors.

Envelopes and key documents: test_seal_fuzz. Manifests: tests/unit/test_message.py. Agreements: test_agreements. Batches
and QR codes: tests/unit/test_exchange_batch.py, test_qr.py. Pieces of files: test_exchange_file.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.test_seal_fuzz import damaged, values
from tests.sealing import NOW, Party, public_of

from elchi.errors import Conflict, ElchiError, InvalidInput, SealBroken
from elchi.exchange.batch import Item, encode_batch
from elchi.exchange.carriers.bundle import read_bundle
from elchi.exchange.joining import INVITATION, JOINING, Joining, read_joining, write_joining
from elchi.exchange.message import Lane
from elchi.exchange.receipt import TYPE, Receipt, ReceiptEntry, decode_receipt, encode_receipt
from elchi.seal.canonical import decode_bytes, read_canonical
from elchi.seal.document import sign_document
from elchi.seal.tree import TreeHead
from elchi.seal.trust import issue_key_document

US = Party("KZ-KOR-1")
HEAD = TreeHead(US.code, 9, "1" * 64, NOW)
SEEN = TreeHead("KG-AKJ-1", 1, "2" * 64, NOW)
RECEIPT = encode_receipt(
    Receipt(
        sender=US.code, to="KG-AKJ-1", at=NOW, head=HEAD, since=3, proof=("0" * 64,), seen=SEEN,
        entries=(ReceiptEntry(id="1", sha256="0" * 64, outcome="delivered", leaf=7),),
    ),
    signers=[US.signing],
)  # fmt: skip
JOINED = write_joining(
    Joining(
        kind=INVITATION, party=US.code, organisation="Border Service", country="KZ", nonce="A" * 22, issued_at=NOW,
        key_document=issue_key_document(US.document(), signers=[US.signing]), valid_until=NOW + dt.timedelta(days=14),
    ),
    signers=[US.signing],
)  # fmt: skip
BUNDLE = encode_batch([Item("KG-AKJ-1", Lane.REPORT, NOW, "envelope", b"sealed")])


def receipt(content: bytes) -> object:
    return decode_receipt(content, key_of=lambda *_: public_of(US.signing))


def joining(content: bytes) -> object:
    return read_joining(content, at=NOW)


READERS = [(receipt, RECEIPT, TYPE), (joining, JOINED, JOINING)]
Reader = Callable[[bytes], object]


@pytest.mark.parametrize(("read", "whole", "typ"), READERS)
@settings(max_examples=200)
@given(data=st.data())
def test_what_is_damaged_is_refused(read: Reader, whole: bytes, typ: str, data: st.DataObject) -> None:
    read(whole)
    content = data.draw(damaged(whole) | st.binary(max_size=500))
    if content.strip() != whole:
        with pytest.raises((InvalidInput, SealBroken)):
            read(content)


@pytest.mark.parametrize(("read", "whole", "typ"), READERS)
@settings(max_examples=300)
@given(data=st.data())
def test_any_field_that_is_signed_is_read_or_refused(read: Reader, whole: bytes, typ: str, data: st.DataObject) -> None:
    told: dict[str, Any] = dict(read_canonical(decode_bytes(read_canonical(whole)["payload"])))
    name = data.draw(st.sampled_from(sorted(told)))
    told[name] = data.draw(values)
    with suppress(InvalidInput, SealBroken, Conflict):
        read(sign_document(told, typ=typ, signers=[US.signing]))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=damaged(BUNDLE) | st.binary(max_size=500))
def test_a_bundle_is_read_whole_or_laid_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "1-00.elchi"
    file.write_bytes(content)
    if content == BUNDLE:
        assert len(read_bundle(file)) == 1
        return
    with pytest.raises(ElchiError) as refused:
        read_bundle(file)
    assert refused.value.code in ("batch_damaged", "batch_invalid", "batch_too_large")
