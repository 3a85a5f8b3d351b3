"""Batches: what was written is read; what a line or a stick did to them is found; nobody can send too much."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import ElchiError, InvalidInput
from elchi.exchange.batch import (
    KINDS,
    MAX_ITEM,
    RESULTS,
    STICK,
    WIRE,
    Batch,
    Item,
    Limits,
    Outcome,
    decode,
    decode_batch,
    encode,
    encode_batch,
    fill_batch,
)
from elchi.exchange.message import LANES, Lane

AT = dt.datetime(2026, 11, 30, 9, 15, 0, 250_000, tzinfo=dt.UTC)


def item(content: bytes = b"sealed", **given: Any) -> Item:
    values = {"to": "KG-AKJ-1", "lane": Lane.QUESTION, "expires_at": AT, "kind": "envelope", **given}
    return Item(**values, content=content)


def written(head: Any, contents: bytes = b"") -> bytes:
    """Give a batch as an unfriendly hand writes it: its check fits."""
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    content = b"elchi-batch-1\n" + len(text).to_bytes(4, "big") + text + contents
    return content + hashlib.sha256(content).digest()


TIMES = st.datetimes(timezones=st.just(dt.UTC)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
ITEMS = st.builds(
    Item,
    to=st.sampled_from(["KG-AKJ-1", "CARICC", "UZ-DTB-12"]),
    lane=st.sampled_from(LANES),
    expires_at=TIMES,
    kind=st.sampled_from(KINDS),
    content=st.binary(min_size=1, max_size=200),
)
OUTCOMES = st.builds(
    Outcome,
    sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    result=st.sampled_from(RESULTS),
    code=st.sampled_from(["", "quota_exceeded"]),
)
BATCHES = st.builds(
    Batch,
    items=st.lists(ITEMS, max_size=8).map(tuple),
    outcomes=st.lists(OUTCOMES, max_size=8).map(tuple),
    more=st.booleans(),
)


@given(BATCHES)
def test_what_was_written_is_read(batch: Batch) -> None:
    assert decode(encode(batch)) == batch


def test_the_form_of_the_wire() -> None:
    told = (
        b'{"items":[{"expires_at":"2026-11-30T09:15:00.250Z","kind":"envelope","lane":"question","size":6,'
        b'"to":"KG-AKJ-1"}]}'
    )
    content = b"elchi-batch-1\n" + len(told).to_bytes(4, "big") + told + b"sealed"
    assert encode_batch([item()]) == content + hashlib.sha256(content).digest()


def test_an_item_is_known_by_its_content() -> None:
    assert item().sha256 == hashlib.sha256(b"sealed").hexdigest()
    assert "sealed" not in repr(item())


def test_what_a_newer_version_says_beside_is_passed_over() -> None:
    row = {
        "to": "CARICC",
        "lane": "file",
        "kind": "receipt",
        "expires_at": "2026-11-30T09:15:00.250Z",
        "size": 1,
        "x": 1,
    }
    assert decode_batch(written({"items": [row], "colour": "red"}, b"a")) == (
        item(b"a", to="CARICC", lane=Lane.FILE, kind="receipt"),
    )


@given(BATCHES, st.data())
def test_any_change_is_found(batch: Batch, data: st.DataObject) -> None:
    content = encode(batch)
    at = data.draw(st.integers(0, len(content) - 1))
    changed = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    with pytest.raises(InvalidInput) as refused:
        decode(changed)
    assert refused.value.code == "batch_damaged"


@given(BATCHES, st.data())
def test_a_batch_that_was_cut_off_is_found(batch: Batch, data: st.DataObject) -> None:
    content = encode(batch)
    with pytest.raises(InvalidInput) as refused:
        decode(content[: data.draw(st.integers(0, len(content) - 1))])
    assert refused.value.code == "batch_damaged"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)
WORDS = st.sampled_from(
    ["KG-AKJ-1", "alert", "envelope", "2026-11-30T09:15:00.250Z", "2026-11-30", "a" * 64, "accepted"]
)
ROWS = st.dictionaries(
    st.sampled_from(["to", "lane", "kind", "expires_at", "size", "sha256", "result", "code"]),
    WORDS | st.integers(-1, 9) | JSON,
)
HEADS = st.fixed_dictionaries(
    {}, optional={"items": st.lists(ROWS) | JSON, "outcomes": st.lists(ROWS) | JSON, "more": JSON}
)


@given(st.binary() | st.builds(written, HEADS | JSON | st.binary(), st.binary(max_size=64)))
def test_a_reader_raises_nothing_but_its_errors(content: bytes) -> None:
    try:
        batch = decode(content)
    except ElchiError as error:
        assert error.code in ("batch_damaged", "batch_invalid", "batch_too_large")  # noqa: PT017  # any other is a fault
    else:
        assert decode(encode(batch)) == batch


def row(**given: Any) -> dict[str, Any]:
    at = "2026-11-30T09:15:00.250Z"
    return {"to": "CARICC", "lane": "file", "kind": "receipt", "expires_at": at, "size": 1, **given}


@pytest.mark.parametrize(
    ("head", "code", "field", "rule"),
    [
        ({"items": [row(to="korday 1")]}, "batch_invalid", "to", "node_code"),
        ({"items": [row(to="A" * 33)]}, "batch_invalid", "to", "node_code"),
        ({"items": [row(to=None)]}, "batch_invalid", "to", "text"),
        ({"items": [row(lane="fast")]}, "batch_invalid", "lane", "one_of"),
        ({"items": [row(kind="letter")]}, "batch_invalid", "kind", "one_of"),
        ({"items": [row(expires_at="2026-11-30")]}, "batch_invalid", "expires_at", "time_utc"),
        ({"items": [row(expires_at="2026-11-30T09:15:00+06:00")]}, "batch_invalid", "expires_at", "time_utc"),
        ({"items": [row(size=True)]}, "batch_invalid", "size", "number"),
        ({"items": [row(size=0)]}, "batch_invalid", "size", "number"),
        ({"items": [row(size=2)]}, "batch_invalid", "size", "number"),
        ({"items": [row(), row()]}, "batch_invalid", "size", "number"),
        ({"items": []}, "batch_damaged", "batch", "length"),
        ({"items": [row()] * 65}, "batch_too_large", "items", "max_items"),
        ({"items": [1]}, "batch_invalid", "items", "object"),
        ({"items": [row()], "outcomes": [{"sha256": "a"}]}, "batch_invalid", "result", "text"),
        ({"items": [row()], "outcomes": [{"sha256": "a", "result": "accepted"}]}, "batch_invalid", "sha256", "sha256"),
        ([], "batch_damaged", "batch", "json"),
        (b"\xff", "batch_damaged", "batch", "json"),
        (b"[" * 60_000, "batch_damaged", "batch", "json"),
    ],
)
def test_what_is_wrong_is_said(head: Any, code: str, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(written(head, b"a"))
    told = refused.value.params
    assert (refused.value.code, told["field"], told["rule"]) == (code, field, rule)


def test_a_length_beyond_the_end_is_found() -> None:
    content = b"elchi-batch-1\n" + b"\xff" * 4 + b"{}"
    with pytest.raises(InvalidInput) as refused:
        decode(content + hashlib.sha256(content).digest())
    assert refused.value.params["rule"] == "length"


def test_one_item_may_be_larger_than_several_together() -> None:
    large = item(b"x" * MAX_ITEM)
    assert decode_batch(encode_batch([large])) == (large,)
    several = [item(b"x" * (WIRE.content // 2)), item(b"y" * (WIRE.content // 2 + 1))]
    with pytest.raises(InvalidInput) as refused:
        decode_batch(encode_batch(several))
    assert refused.value.code == "batch_too_large"
    assert decode_batch(encode_batch(several), limits=STICK) == tuple(several)


def test_no_item_is_larger_than_allowed_or_empty() -> None:
    for content in (b"", b"x" * (MAX_ITEM + 1)):
        with pytest.raises(InvalidInput) as refused:
            item(content)
        assert refused.value.code == "batch_too_large"


def test_a_longer_batch_is_not_even_looked_at() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(b"\x00" * (WIRE.bytes + 1))
    assert (refused.value.code, refused.value.params["field"]) == ("batch_too_large", "batch")


@given(st.lists(ITEMS, max_size=12), st.integers(1, 5), st.integers(1, 500))
def test_a_batch_is_filled_from_the_front_and_fits(items: list[Item], most: int, content: int) -> None:
    limits = Limits(items=most, content=content)
    taken = fill_batch(items, limits=limits)
    assert taken == tuple(items[: len(taken)])
    assert bool(taken) == bool(items)
    assert decode_batch(encode_batch(taken), limits=limits) == taken
    following = items[len(taken) : len(taken) + 1]
    fits_more = len(taken) < most and sum(len(one.content) for one in (*taken, *following)) <= content
    assert not (following and fits_more)
