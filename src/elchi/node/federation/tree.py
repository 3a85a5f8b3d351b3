"""The log of this node in its tables: what is sent, received, acknowledged and signed is appended, and whole subtrees
are kept, so that heads and proofs take logarithmic time (`elchi.seal.tree`).

A leaf is the hash of JSON that can be made again from the rows that it tells of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from elchi.node.audit.insert import insert_rows
from elchi.node.audit.services import wait_turn
from elchi.node.federation.models import Leaf, Subtree
from elchi.seal.tree import Place, Tree, consistency_ranges, inclusion_ranges, leaf_hash, places_of, proof_of

_kept: Final[list[tuple[str, Tree]]] = [("", Tree())]
"""Hash of the last leaf and the tree that this process committed last: if nobody else appends, it is not read again."""


@dataclass(frozen=True, slots=True)
class LeafContent:
    """Something to be logged."""

    what: str
    """`sent`, `received`, `opened`, `receipt`, `keys`, `agreement`."""
    ref: str
    """Id of the message, hash of the document, or what else names it here."""
    content: Mapping[str, Any]
    """Texts and whole numbers."""


def append_leaves(leaves: Sequence[LeafContent], *, at: dt.datetime) -> tuple[int, Tree]:
    """Append leaves, in the transaction of what they tell of.

    Returns:
        The index of the first of them, from 0, and the tree with all of them.
    """
    wait_turn()
    before = tree_now()
    hashes = [leaf_hash(leaf.content) for leaf in leaves]
    after, whole = before.append(hashes)
    rows = [
        (index, digest.hex(), leaf.what, leaf.ref, at)
        for index, (leaf, digest) in enumerate(zip(leaves, hashes, strict=True), before.size)
    ]
    insert_rows(Leaf, ("index", "hash", "what", "ref", "at"), rows)
    insert_rows(Subtree, ("level", "index", "hash"), [(*place, root.hex()) for place, root in whole])
    if hashes:
        last = hashes[-1].hex()
        transaction.on_commit(lambda: _keep(last, after))
    return before.size, after


def tree_now() -> Tree:
    """Give the log as it is now."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT "index", hash FROM federation_leaf ORDER BY "index" DESC LIMIT 1')
        index, last = cursor.fetchone() or (-1, "")
    kept_last, kept = _kept[0]
    if (kept.size, kept_last) == (index + 1, last):
        return kept
    places = places_of(index + 1)
    nodes = _nodes(places)
    return Tree(index + 1, tuple(nodes[place] for place in places))


def prove_growth(before: int, size: int) -> tuple[str, ...]:
    """Give the proof that the log only grew from one size to another."""
    return _prove(consistency_ranges(before, size))


def prove_leaf(index: int, size: int) -> tuple[str, ...]:
    """Give the proof that a leaf is in the log when it had a size."""
    return _prove(inclusion_ranges(index, size))


def root_at(size: int) -> str:
    """Give the root that the log had when it had a size."""
    places = places_of(size)
    nodes = _nodes(places)
    return Tree(size, tuple(nodes[place] for place in places)).root


def _prove(ranges: Sequence[tuple[Place, ...]]) -> tuple[str, ...]:
    return proof_of(ranges, _nodes({place for one in ranges for place in one}))


def _nodes(places: Collection[Place]) -> dict[Place, bytes]:
    """Read the roots of whole subtrees."""
    told: dict[Place, bytes] = {}
    leaves = [index for level, index in places if not level]
    whole = [place for place in places if place[0]]
    with connection.cursor() as cursor:
        if leaves:
            wanted = ", ".join(["%s"] * len(leaves))
            cursor.execute(f'SELECT "index", hash FROM federation_leaf WHERE "index" IN ({wanted})', leaves)  # noqa: S608
            told |= {(0, index): bytes.fromhex(digest) for index, digest in cursor.fetchall()}
        if whole:
            wanted = ", ".join(["(%s, %s)"] * len(whole))
            cursor.execute(  # of `(level, "index") IN (VALUES ..)` SQLite makes a walk through the whole table
                f"WITH wanted (level, place) AS (VALUES {wanted})"  # noqa: S608
                ' SELECT made.level, made."index", made.hash FROM wanted CROSS JOIN federation_subtree AS made'
                ' WHERE made.level = wanted.level AND made."index" = wanted.place',
                [number for place in whole for number in place],
            )
            told |= {(level, index): bytes.fromhex(digest) for level, index, digest in cursor.fetchall()}
    return told


def _keep(last: str, tree: Tree) -> None:
    _kept[0] = last, tree
