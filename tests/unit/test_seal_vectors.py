"""What version 1 has sealed and signed once opens for ever, here and with software written from docs/protocol."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from tests.second_reader import kid_of, open_envelope, signers_of, unbase64

from elchi.exchange.verdict import verify_evidence
from elchi.seal.canonical import read_time, write_canonical
from elchi.seal.document import read_document
from elchi.seal.envelope import MESSAGE, open_sealed
from elchi.seal.keys import DecryptionKey
from elchi.seal.public_key import ALGORITHMS, PublicKey
from elchi.seal.trust import (
    KEY_DOCUMENT,
    KeyDocument,
    fingerprint_groups,
    fingerprint_words,
    read_key_document,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data/seal/vectors-1.json").read_text(encoding="utf-8")
)
KEYS = {key["kid"]: key for keys in VECTORS["keys"].values() for key in keys}
ME = "KG-AKJ-1"
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
envelopes = pytest.mark.parametrize("one", VECTORS["envelopes"], ids=lambda one: one["name"])


def public(kid: str) -> PublicKey | None:
    key = KEYS.get(kid)
    if key is None:
        return None
    content, end = unbase64(key["public"]), BEGIN + dt.timedelta(days=365)
    return PublicKey(algorithm=key["algorithm"], public=content, valid_from=BEGIN, valid_until=end)


def private(key: dict[str, str]) -> DecryptionKey:
    raw = unbase64(key["private"])
    halves: list[Any] = [X25519PrivateKey.from_private_bytes(raw[-32:])]
    if len(raw) > 32:
        halves.insert(0, MLKEM768PrivateKey.from_seed_bytes(raw[:-32]))
    return DecryptionKey(*halves)


OURS = [key for key in VECTORS["keys"][ME] if ALGORITHMS[key["algorithm"]][0] == "encrypt"]


@envelopes
def test_elchi_opens_it(one: dict[str, Any]) -> None:
    keys = {key["kid"]: private(key) for key in OURS}
    opened = open_sealed(unbase64(one["envelope"]), keys=keys, key_of=lambda _, kid: public(kid), me=ME)
    added = {"parts", "signers"}
    assert {name: told for name, told in opened.manifest.items() if name not in added} == one["manifest"]
    assert [(part.name, part.media_type, part.content) for part in opened.parts] == [
        (part["name"], part["media_type"], unbase64(part["content"])) for part in one["parts"]
    ]
    assert (list(opened.signed_by), opened.sha256) == (one["signed_by"], one["sha256"])
    assert opened.manifest_sha256 == one["manifest_sha256"]


@envelopes
def test_other_software_opens_it(one: dict[str, Any]) -> None:
    envelope = unbase64(one["envelope"])
    kids = {told["kid"] for told in json.loads(envelope[4 : 4 + int.from_bytes(envelope[:4], "big")])["recipients"]}
    key = next(key for key in OURS if key["kid"] in kids)
    manifest, parts, document = open_envelope(envelope, key)
    assert signers_of(document, MESSAGE, KEYS) == one["signed_by"] == manifest["signers"]
    assert parts == [unbase64(part["content"]) for part in one["parts"]]
    payload = unbase64(json.loads(document)["payload"])
    assert hashlib.sha256(payload).hexdigest() == one["manifest_sha256"]


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key["algorithm"])
def test_keys_are_named_by_what_they_are(key: dict[str, str]) -> None:
    known = public(key["kid"])
    assert known is not None
    assert known.kid == key["kid"] == kid_of(key["algorithm"], unbase64(key["public"]))


def test_documents_say_what_they_said() -> None:
    for one in VECTORS["documents"]:
        document = unbase64(one["document"])
        told = read_document(document, typ=one["typ"], key_of=public)
        assert dict(told.content) == one["content"]
        assert list(told.signed_by) == one["signed_by"] == signers_of(document, one["typ"], KEYS)


def test_key_documents_follow_each_other() -> None:
    trusted: dict[str, KeyDocument] = {}
    for one in VECTORS["key_documents"]:
        content = unbase64(one["document"])
        document = read_key_document(content, trusted=trusted.get(one["party"]))
        assert (document.party, document.version, document.sha256) == (one["party"], one["version"], one["fingerprint"])
        assert signers_of(content, KEY_DOCUMENT, KEYS)
        trusted[one["party"]] = document
    assert {party: document.version for party, document in trusted.items()} == {"KZ-KOR-1": 2, ME: 1}


def test_a_fingerprint_is_spoken_in_one_way() -> None:
    told = VECTORS["fingerprint"]
    assert list(fingerprint_groups(told["fingerprint"])) == told["groups"]
    assert list(fingerprint_words(told["fingerprint"])) == told["words"]
    assert list(fingerprint_words(told["fingerprint"], cyrillic=True)) == told["words_cyrillic"]


@pytest.mark.parametrize("one", VECTORS["evidence"], ids=lambda one: one["name"])
def test_evidence_proves_what_it_proved(one: dict[str, Any]) -> None:
    verdict = verify_evidence(unbase64(one["file"]))
    assert verdict.seen_at == read_time(one["seen_at"])
    assert [told.outcome for told in verdict.outcomes] == one["outcomes"]
    assert [told.code for told in verdict.faults] == one["faults"]
    assert list(verdict.missing) == one["missing"]


def test_the_wire_form_is_the_one_that_this_version_writes() -> None:
    for one in VECTORS["documents"]:
        payload = unbase64(json.loads(unbase64(one["document"]))["payload"])
        assert write_canonical(one["content"]) == payload
