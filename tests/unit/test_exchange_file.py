"""A file in pieces: how it is cut, described and read back."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.exchange.file import FILE, MOST, PIECE, FileTold, Pieces, piece_part, read_piece
from elchi.exchange.message import new_id
from elchi.seal.envelope import padded_length
from elchi.seal.part import Part


def told(size: int = 5, **given: Any) -> FileTold:
    values = {"id": new_id(), "use": "list", "name": "a.jsonl", "media_type": "text/plain", "sha256": "0" * 64, **given}
    return FileTold(size=size, **values)


@given(st.integers(1, 40 * PIECE))
def test_pieces_are_the_whole_file(size: int) -> None:
    file = told(size)
    assert sum(file.length(number) for number in range(file.pieces)) == size
    assert {file.length(number) for number in range(file.pieces - 1)} <= {PIECE}
    assert file.length(file.pieces - 1) > 0


@given(st.integers(0, 100).flatmap(lambda n: st.tuples(st.just(n + 1), st.permutations(range(n + 1)))))
def test_whole_when_each_has_come_in_whatever_order(told_order: tuple[int, list[int]]) -> None:
    count, order = told_order
    kept = b""
    for number in order:
        pieces = Pieces(count, kept)
        assert not pieces.whole
        pieces.add(number)
        pieces.add(number)
        kept = bytes(pieces)
    assert Pieces(count, kept).whole
    assert list(Pieces(count, kept).missing()) == []
    assert list(Pieces(count).missing()) == list(range(count))


def test_what_is_said_is_read() -> None:
    content = b"abc" * PIECE
    file = told(len(content), sha256=hashlib.sha256(content).hexdigest(), about="un_sc", use="list")
    for number in range(file.pieces):
        piece = content[number * PIECE : (number + 1) * PIECE]
        body = {FILE: {**file.describe(number), "of_a_later_version": 1}}
        assert read_piece(body, [piece_part(piece)]) == (file, number, piece)


def test_a_piece_with_its_manifest_fills_what_it_is_padded_to() -> None:
    assert padded_length(PIECE + 2_000) == 256 << 10


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"id": "x"}, "id", "word"),
        ({"use": "Lists"}, "use", "word"),
        ({"media_type": "text"}, "media_type", "word"),
        ({"sha256": "G" * 64}, "sha256", "word"),
        ({"name": ""}, "name", "length"),
        ({"name": "a\nb"}, "name", "length"),
        ({"about": "x" * 65}, "name", "length"),
        ({"size": True}, "size", "number"),
        ({"size": "5"}, "size", "number"),
        ({"number": 1}, "number", "number"),
        ({"number": -1}, "number", "number"),
        ({"name": None}, "name", "text"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_piece({FILE: {**told().describe(0), **changes}}, [piece_part(b"abcde")])
    assert (raised.value.code, raised.value.params) == ("shared_file_invalid", {"field": field, "rule": rule})


@pytest.mark.parametrize("size", [0, MOST + 1])
def test_sizes_that_do_not_go(size: int) -> None:
    with pytest.raises(InvalidInput) as raised:
        told(size)
    assert raised.value.params == {"field": "size", "rule": "max_bytes", "maximum": MOST}


@pytest.mark.parametrize(
    "parts",
    [[], [piece_part(b"abcd")], [piece_part(b"abcdef")], [Part("other", "a/b", b"abcde")], [piece_part(b"abcde")] * 2],
)
def test_a_piece_is_one_part_of_the_right_length(parts: list[Part]) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_piece({FILE: told().describe(0)}, parts)
    assert raised.value.params == {"field": "piece", "rule": "length"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(_JSON, st.sampled_from(["id", "use", "about", "name", "media_type", "size", "sha256", "number"]), st.binary())
def test_anything_else_is_refused_and_breaks_nothing(value: Any, field: str, content: bytes) -> None:
    for body in ({FILE: value}, {FILE: {**told().describe(0), field: value}}, {}):
        try:
            file, number, piece = read_piece(body, [piece_part(content)])
        except InvalidInput:
            continue
        assert len(piece) == file.length(number)
