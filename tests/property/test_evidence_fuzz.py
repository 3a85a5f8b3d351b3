"""Whatever comes as an evidence file: it cannot be read, or the verdict says that it does not hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence_made import Exchange
from tests.sealing import public_of

from elchi.errors import SealBroken
from elchi.exchange.evidence import write_evidence
from elchi.exchange.verdict import Verdict, verify_evidence
from elchi.seal.canonical import write_canonical
from elchi.seal.document import sign_document
from elchi.seal.envelope import MESSAGE

WORLD = Exchange()
WHOLE = write_evidence(WORLD.of_sender())
TOLD: dict[str, Any] = json.loads(WHOLE)
SHOWN = {"message", "parts", "receipts", "leaves", "keys"}
"""What cannot be changed without a fault, or something that is missing. A head may go: the receipts hold others."""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def proven(verdict: Verdict) -> Any:
    """What a court takes from it."""
    return (verdict.faults, verdict.missing, verdict.manifest, verdict.outcomes, verdict.parts, verdict.logged)


BEST = proven(verify_evidence(WHOLE, fingerprints=WORLD.fingerprints()))


@given(content=st.binary(max_size=2_000) | values.map(write_canonical))
def test_any_bytes_end_in_an_error_of_ours(content: bytes) -> None:
    with pytest.raises(SealBroken):
        verify_evidence(content)


@settings(max_examples=300)
@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_no_byte_can_be_changed_unseen(at: int, byte: int, *, cut: bool) -> None:
    content = WHOLE[:at] if cut else WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    try:
        verdict = verify_evidence(content, fingerprints=WORLD.fingerprints())
    except SealBroken:
        return
    if content != WHOLE and (verdict.made_by, verdict.made_at) == (TOLD["party"], WORLD.of_sender().made_at):
        assert proven(verdict) != BEST


@settings(max_examples=200)
@given(name=st.sampled_from(sorted(TOLD)), value=values)
def test_any_field_is_read_or_refused(name: str, value: Any) -> None:
    try:
        verdict = verify_evidence(write_canonical({**TOLD, name: value}), fingerprints=WORLD.fingerprints())
    except SealBroken:
        return
    assert name not in SHOWN or proven(verdict) != BEST or value == TOLD[name]


@settings(max_examples=200)
@given(
    told=st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "from", "to", "parts", "signers", "sent_at"), values)),
    honest=st.booleans(),
)
def test_any_manifest_that_is_signed_is_judged(told: dict[str, Any], *, honest: bool) -> None:
    base = {"from": WORLD.sender.code, "signers": [WORLD.sender.signing.kid]} if honest else {}
    message = sign_document({**told, **base}, typ=MESSAGE, signers=[WORLD.sender.signing])
    verdict = verify_evidence(write_evidence(WORLD.of_sender(message=message)))
    assert verdict.outcomes == ()
    assert not verdict.holds


def test_the_keys_of_the_test_are_those_of_the_file() -> None:
    assert public_of(WORLD.sender.signing).kid in json.dumps(BEST[2]["signers"])
