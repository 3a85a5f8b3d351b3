"""Whatever comes from outside: the readers of seals raise nothing but their errors, and give back what was put in."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.sealing import TYP, Party, open_by, public_of, seal_from

from elchi.errors import ElchiError, InvalidInput, SealBroken
from elchi.seal.canonical import read_canonical, write_canonical
from elchi.seal.document import read_document, sign_document
from elchi.seal.envelope import open_sealed, padded_length, seal
from elchi.seal.part import Part
from elchi.seal.trust import KEY_DOCUMENT, issue_key_document, read_key_document

US, THEM = Party("KZ-KOR-1"), Party("KG-AKJ-1")
SEALED = seal_from(US, THEM, parts=(Part("body", "application/json", b"{}"),)).content
KEYS = issue_key_document(US.document(), signers=[US.signing])
DOCUMENT = sign_document({"a": 1}, typ=TYP, signers=[US.signing])

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers() | st.none(), inner, max_size=4)
    ),
    max_leaves=20,
)
contents = st.dictionaries(texts, values, max_size=6)
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
parts = st.lists(
    st.builds(Part, names, st.just("text/plain"), st.binary(max_size=5_000)), max_size=4, unique_by=lambda one: one.name
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """What was right, cut, doubled, or with bytes changed."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        match draw(st.sampled_from(("change", "cut", "insert", "remove"))):
            case "change" if content:
                content[at] = draw(st.integers(0, 255))
            case "cut":
                del content[at:]
            case "insert":
                content[at:at] = draw(st.binary(max_size=40))
            case _:
                del content[at : at + draw(st.integers(1, 40))]
    return bytes(content)


def has_fraction(value: Any) -> bool:
    if isinstance(value, dict):
        return any(has_fraction(one) for one in value.values())
    return isinstance(value, float) or (isinstance(value, list | tuple) and any(has_fraction(one) for one in value))


def open_any(content: bytes) -> None:
    open_sealed(content, keys=THEM.keys, key_of=lambda *_: public_of(US.signing), me=THEM.code)


def read_any(content: bytes) -> None:
    read_document(content, typ=TYP, key_of=lambda _: public_of(US.signing))


def read_keys(content: bytes) -> None:
    read_key_document(content, trusted=None)


@pytest.mark.parametrize(("read", "whole"), [(open_any, SEALED), (read_any, DOCUMENT), (read_keys, KEYS)])
@settings(max_examples=300)
@given(data=st.data())
def test_what_is_damaged_ends_in_an_error_of_ours(read: Any, whole: bytes, data: st.DataObject) -> None:
    content = data.draw(damaged(whole))
    if content == whole:
        read(content)
        return
    with pytest.raises(SealBroken):
        read(content)


@pytest.mark.parametrize("read", [open_any, read_any, read_keys])
@given(content=st.binary(max_size=3_000) | values.map(write_canonical))
@example(content=b"\0\0\0\2{}")
@example(content=b"[" * 50_000)
def test_any_bytes_end_in_an_error_of_ours(read: Any, content: bytes) -> None:
    with pytest.raises(SealBroken):
        read(content)


@given(header=contents, body=st.binary(max_size=100))
def test_any_header_ends_in_an_error_of_ours(header: dict[str, Any], body: bytes) -> None:
    told = json.loads(SEALED[4 : 4 + int.from_bytes(SEALED[:4], "big")])
    for name, value in zip(told, header.values(), strict=False):
        written = write_canonical({**told, name: value})
        with pytest.raises(SealBroken):
            open_any(len(written).to_bytes(4, "big") + written + body)


@settings(max_examples=200)
@given(field=st.sampled_from(["party", "name", "version", "issued_at", "valid_until", "previous", "keys", "addresses",
                              "certificates"]), value=values)  # fmt: skip
def test_any_field_of_a_signed_key_document_is_read_or_refused(field: str, value: Any) -> None:
    payload = {"party": "KZ-KOR-1", "name": "x", "version": 1, "issued_at": "2026-11-21T10:00:00.000Z",
               "valid_until": "2026-11-22T10:00:00.000Z", "previous": "", "keys": [], "addresses": [],
               "certificates": [], field: value}  # fmt: skip
    with contextlib.suppress(SealBroken):
        read_keys(sign_document(payload, typ=KEY_DOCUMENT, signers=[US.signing]))


@given(value=values)
def test_canonical_json_comes_back(value: Any) -> None:
    written = write_canonical(value)
    assert read_canonical(written) == value
    assert write_canonical(json.loads(json.dumps(value))) == written


@given(value=anything)
@example(value={"\ufb33": 1, "\U0001f600": 2})
@example(value={1: (2,), "1": 3})
@example(value=[0.0, {"\ue000": None}])
def test_canonical_json_is_what_the_standard_says(value: Any) -> None:
    try:
        wanted = None if has_fraction(value) else rfc8785.dumps(value)
    except (ValueError, RecursionError):
        wanted = None
    try:
        written = write_canonical(value)
    except InvalidInput:
        written = None
    assert written == wanted


@given(content=contents)
def test_documents_come_back(content: dict[str, Any]) -> None:
    document = sign_document(content, typ=TYP, signers=[US.signing, US.later])
    keys = {key.kid: key for key in US.publics}
    assert dict(read_document(document, typ=TYP, key_of=keys.get).content) == content


@given(manifest=contents, sent=parts, classic=st.booleans())
def test_messages_come_back(manifest: dict[str, Any], sent: list[Part], *, classic: bool) -> None:
    told = {**manifest, "from": US.code, "to": [THEM.code]}
    recipient = public_of(THEM.classic if classic else THEM.opening)
    sealed = seal(told, sent, signers=[US.signing], recipients=[recipient])
    opened = open_by(THEM, sealed.content, US)
    assert opened.parts == tuple(sent)
    assert {**opened.manifest, "parts": None, "signers": None} == {**told, "parts": None, "signers": None}
    assert len(sealed.content) <= padded_length(sum(len(one.content) for one in sent) + len(sealed.proof) + 4) + 3_000


@given(length=st.integers(0, 1 << 23))
def test_lengths_tell_little(length: int) -> None:
    padded = padded_length(length)
    assert length <= padded <= max(2_048, length + 2_047, length + length // 8 + 1)
    assert padded_length(padded) == padded


@pytest.mark.parametrize("content", [b"", b"\0" * 4, SEALED[:-1], SEALED + b"\0"])
def test_errors_hold_nothing_of_the_content(content: bytes) -> None:
    with pytest.raises(ElchiError) as caught:
        open_any(content)
    assert set(caught.value.params) <= {"rule", "typ", "kid", "maximum"}
