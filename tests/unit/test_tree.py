"""The tree of the log, against the definition of RFC 6962 and the slow root of `elchi.seal.evidence`."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.seal.evidence import merkle_root
from elchi.seal.tree import (
    Place,
    Tree,
    TreeHead,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    is_included,
    leaf_bytes,
    leaf_hash,
    places_of,
    proof_of,
)

AT = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
SIZES = st.integers(1, 70)


def contents(size: int) -> list[dict[str, int]]:
    return [{"n": number} for number in range(size)]


def grown(size: int, pieces: int = 1) -> tuple[Tree, dict[Place, bytes]]:
    """Grow a tree piece by piece; give it with all whole subtrees."""
    tree = Tree()
    nodes: dict[Place, bytes] = {}
    leaves = [leaf_hash(one) for one in contents(size)]
    for at in range(0, size, pieces):
        some = leaves[at : at + pieces]
        nodes |= {(0, tree.size + number): leaf for number, leaf in enumerate(some)}
        tree, whole = tree.append(some)
        nodes |= dict(whole)
    return tree, nodes


def head(size: int) -> TreeHead:
    return TreeHead("KZ-KOR-1", size, merkle_root([leaf_bytes(one) for one in contents(size)]).hex(), AT)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root == hashlib.sha256().hexdigest()


@given(SIZES, st.integers(1, 9))
def test_the_root_is_that_of_all_leaves_however_it_grew(size: int, pieces: int) -> None:
    tree, nodes = grown(size, pieces)
    assert (tree.size, tree.root) == (size, head(size).root)
    assert tree.peaks == tuple(nodes[place] for place in places_of(size))


@given(st.data())
def test_each_leaf_is_shown_to_be_in_it_and_no_other(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    _, nodes = grown(size)
    proof = proof_of(inclusion_ranges(index, size), nodes)
    assert is_included(nodes[0, index], index, head(size), proof)
    assert is_included(nodes[0, other], index, head(size), proof) == (index == other)
    assert is_included(nodes[0, index], other, head(size), proof) == (index == other)
    assert not is_included(nodes[0, index], index, head(size), (*proof, "00" * 32))


@given(st.data())
def test_growth_is_shown_and_a_change_is_not(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    before = data.draw(st.integers(1, size))
    _, nodes = grown(size)
    proof = proof_of(consistency_ranges(before, size), nodes)
    assert is_consistent(head(before), head(size), proof)
    changed = TreeHead("KZ-KOR-1", before, "00" * 32, AT)
    assert not is_consistent(changed, head(size), proof)
    assert not is_consistent(head(before), TreeHead("KZ-KOR-1", size, "00" * 32, AT), proof)
    assert not is_consistent(head(size), head(before), proof) or before == size


def test_a_proof_has_the_length_of_the_tree_and_not_of_the_log() -> None:
    assert len(inclusion_ranges(123_456, 1_000_000)) == 20
    assert sum(map(len, consistency_ranges(123_457, 1_000_000))) < 60


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=str(index)):
        inclusion_ranges(index, size)


@pytest.mark.parametrize(("before", "size"), [(0, 4), (5, 4)])
def test_there_is_no_proof_of_growth_from_nothing_or_backwards(before: int, size: int) -> None:
    with pytest.raises(ValueError, match=str(before)):
        consistency_ranges(before, size)
