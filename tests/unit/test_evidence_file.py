"""One file proves to somebody without a node who said what, who received it and since when, or what does not hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from tests.evidence_made import BODY, MINUTE, PHOTO, Exchange
from tests.sealing import DAY, NOW, Party
from tests.time_authority import OPENSSL, TimeAuthority

from elchi.errors import InvalidInput, SealBroken
from elchi.exchange.evidence import MAX_EVIDENCE, Evidence, StampedHead, read_evidence, write_evidence
from elchi.exchange.receipt import encode_receipt
from elchi.exchange.verdict import Attested, Verdict, verify_evidence
from elchi.seal.canonical import write_canonical
from elchi.seal.part import Part
from elchi.seal.stamp import read_authorities, request_stamp
from elchi.seal.tree import sign_head

WORLD = Exchange()
US, THEM = WORLD.sender, WORLD.receiver


def verdict(evidence: Evidence, **told: Any) -> Verdict:
    return verify_evidence(write_evidence(evidence), **told)


def faults(evidence: Evidence, **told: Any) -> list[tuple[str, Any, str]]:
    return [(one.code, one.params.get("rule"), one.at) for one in verdict(evidence, **told).faults]


def test_it_shows_all_that_it_can() -> None:
    told = verdict(WORLD.of_sender(), fingerprints=WORLD.fingerprints())
    assert (told.faults, told.missing, told.holds) == ((), (), True)
    assert (told.manifest["from"], told.manifest["to"], told.manifest_sha256) == (
        US.code, [THEM.code], WORLD.sealed.manifest_sha256,
    )  # fmt: skip
    assert told.signed_by == (US.signing.kid,)
    assert told.seen_at == NOW + MINUTE
    assert told.parts == (BODY, PHOTO)
    assert told.outcomes == (Attested(THEM.code, "delivered", NOW + MINUTE, "", "", WORLD.received, 0),)
    assert [(one.party, one.what, one.index, one.witnesses) for one in told.logged] == [
        (US.code, "sent", WORLD.sent, (THEM.code,)),
        (THEM.code, "received", WORLD.received, (THEM.code,)),
        (US.code, "receipt", WORLD.taken, (US.code,)),
    ]
    assert [(one.code, one.version, one.is_compared) for one in told.parties] == [
        (THEM.code, 1, True), (US.code, 1, True),
    ]  # fmt: skip


def test_it_comes_back_as_it_was_written() -> None:
    evidence = WORLD.of_sender()
    assert read_evidence(write_evidence(evidence)) == evidence


def test_what_is_not_shown_is_told_as_missing_and_is_no_fault() -> None:
    told = verdict(WORLD.of_sender(parts=(BODY,), receipts=(), leaves=()))
    assert (told.holds, told.missing, told.seen_at) == (True, ("receipt", "witness", "comparison", "parts"), None)


def test_a_part_may_be_left_out_and_none_changed() -> None:
    changed = Part("body", "application/json", b'{"subject":"Other"}')
    foreign = Part("page", "text/plain", b"")
    assert faults(WORLD.of_sender(parts=(changed, foreign))) == [
        ("part_wrong", "part_hash", "part:body"),
        ("part_wrong", "part_hash", "part:page"),
    ]
    assert faults(WORLD.of_sender(parts=(dataclasses.replace(BODY, media_type="text/html"),))) == [
        ("part_wrong", "part_form", "part:body")
    ]


def test_without_keys_nothing_is_proven() -> None:
    assert [one[0] for one in faults(WORLD.of_sender(keys=()))] == ["key_unknown"] * 3 + ["leaf_wrong"] * 3 + [
        "part_wrong", "part_wrong",
    ]  # fmt: skip


def test_keys_that_somebody_else_made_are_told_by_the_fingerprint() -> None:
    forger = Exchange(Party(US.code), Party(THEM.code))
    told = verdict(forger.of_sender(), fingerprints=WORLD.fingerprints())
    assert [(one.code, one.at) for one in told.faults] == [
        ("fingerprint_differs", f"party:{US.code}"), ("fingerprint_differs", f"party:{THEM.code}"),
    ]  # fmt: skip
    assert verdict(forger.of_sender()).missing == ("comparison",)


def test_a_message_signed_by_another_is_none() -> None:
    other = Exchange(Party("KZ-KOR-1"), THEM)
    assert ("key_unknown", None, "message") in faults(WORLD.of_sender(message=other.sealed.proof))


def test_a_receipt_of_somebody_who_was_not_asked_says_nothing() -> None:
    other = Party("UZ-TAS-1")
    forged = dataclasses.replace(WORLD.receipt, sender=other.code, head=dataclasses.replace(
        WORLD.receipt.head, party=other.code))  # fmt: skip
    told = verdict(
        WORLD.of_sender(
            receipts=(encode_receipt(forged, signers=[other.signing]),),
            leaves=(),
            keys=WORLD.key_documents(US) + WORLD.key_documents(THEM) + WORLD.key_documents(other),
        )
    )
    assert [(one.code, one.at) for one in told.faults] == [("receipt_unrelated", "receipt:0")]
    assert (told.outcomes, told.seen_at) == ((), None)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"size": 5}, "head_unknown"),
        ({"party": "KG-AKJ-1"}, "leaf_unrelated"),
        ({"index": 3}, "not_included"),
        ({"proof": ("00" * 32,)}, "not_included"),
        ({"content": {"what": "sent", "id": "other"}}, "leaf_unrelated"),
        ({"content": {**WORLD.sent_shown.content, "at": "2020-01-01T00:00:00.000Z"}}, "not_included"),
    ],
)
def test_a_leaf_is_in_the_log_as_it_is_shown(change: dict[str, Any], rule: str) -> None:
    leaf = dataclasses.replace(WORLD.sent_shown, **change)
    assert faults(WORLD.of_sender(leaves=(leaf,))) == [("leaf_wrong", rule, "leaf:0")]


def test_a_log_that_was_rewritten_after_a_partner_saw_it_is_told() -> None:
    rewritten = dataclasses.replace(WORLD.logs[US.code].head(NOW), size=WORLD.sent_shown.size, root="00" * 32)
    heads = (StampedHead(sign_head(rewritten, signers=[US.signing])),)
    assert faults(WORLD.of_sender(heads=heads, leaves=(WORLD.sent_shown,))) == [
        ("leaf_wrong", "not_included", "leaf:0")
    ]


@pytest.mark.parametrize(
    ("revoked_at", "expected"),
    [(NOW + DAY, []), (NOW, [("key_revoked", None, "message")])],
)
def test_a_key_counts_until_it_was_revoked(revoked_at: dt.datetime, expected: list[Any]) -> None:
    keys = WORLD.key_documents(US, revoked_at=revoked_at) + WORLD.key_documents(THEM)
    assert faults(WORLD.of_sender(keys=keys)) == expected


def test_a_revoked_key_counts_for_what_was_seen_before_and_not_by_what_its_thief_states() -> None:
    keys = WORLD.key_documents(US) + WORLD.key_documents(THEM, revoked_at=NOW + MINUTE / 2)
    assert faults(WORLD.of_sender(keys=keys)) == [("key_revoked", None, "receipt:0")]


@pytest.mark.skipif(OPENSSL is None, reason="no openssl, which plays the authority")
def test_an_authority_vouches_for_a_time(tmp_path: Path) -> None:
    authority, stranger = TimeAuthority(tmp_path / "one"), TimeAuthority(tmp_path / "two", "Other")
    document = WORLD.signed_head(US)
    heads = (StampedHead(document, authority.answer(request_stamp(document))),)
    shown = WORLD.logs[US.code].shown(WORLD.sent)
    evidence = WORLD.of_sender(heads=heads, receipts=(), leaves=(shown,))
    told = verdict(evidence, authorities=read_authorities(authority.root))
    assert [(one.party, one.size, one.authority) for one in told.stamps] == [(US.code, 7, "CN=Time of tests")]
    assert told.faults == ()
    assert told.seen_at == told.stamps[0].at
    assert told.logged[0].witnesses == ("CN=Time of tests", US.code)
    assert faults(evidence, authorities=read_authorities(stranger.root)) == [("stamp_wrong", "stamp_trusted", "head:0")]
    assert (verdict(evidence).stamps, verdict(evidence).seen_at) == ((), None)


def test_too_much_is_refused_in_both_directions() -> None:
    with pytest.raises(SealBroken, match="evidence_too_large"):
        read_evidence(b" " * (MAX_EVIDENCE + 1))
    with pytest.raises(InvalidInput, match="evidence_unwritable"):
        write_evidence(WORLD.of_sender(receipts=(b"",) * 257))
    with pytest.raises(InvalidInput, match="evidence_unwritable"):
        write_evidence(WORLD.of_sender(parts=(Part("x", "text/plain", bytes(MAX_EVIDENCE)),)))


def test_what_is_more_in_it_is_refused() -> None:
    told = json.loads(write_evidence(WORLD.of_sender()))
    with pytest.raises(SealBroken, match="evidence_damaged"):
        read_evidence(write_canonical({**told, "more": 1}))
