"""The Merkle tree of a log (RFC 6962; RFC 9162, 2.1): it is appended to, its head is signed, and short proofs show that
a leaf is in it, or that it only grew.

Nothing here knows where the tree lies. Whole subtrees are named by place: their level (leaves have 0) and their index
among those of their level. What has become whole never changes, so a store keeps each once, and reads the few that a
head or a proof is made of. Hashes are 32 bytes inside, and 64 hexadecimal digits where they are told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elchi.errors import SealBroken
from elchi.seal.canonical import read_time, write_time
from elchi.seal.document import read_own_document, sign_document
from elchi.seal.keys import Signer
from elchi.seal.public_key import PublicKey

TREE_HEAD: Final = "elchi-tree-head-1"
"""Kind of document."""
Place = tuple[int, int]
"""Level and index of a whole subtree: the leaves from index * 2 ** level, 2 ** level of them."""
Range = tuple[Place, ...]
"""Whole subtrees that follow each other, largest first: together a subtree that may not be whole."""
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_EMPTY: Final = hashlib.sha256().digest()


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A log at one time."""

    party: str
    """Code of the node whose log it is."""
    size: int
    """Leaves."""
    root: str
    """Hash over all of them, 64 hexadecimal digits."""
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Tree:
    """As much of a tree as is needed to append to it."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    """Roots of the whole subtrees of which it is made, largest first: `places_of`."""

    @property
    def root(self) -> str:
        """Hash over all leaves, 64 hexadecimal digits."""
        return _fold(self.peaks).hex()

    def append(self, leaves: Iterable[bytes]) -> tuple[Tree, list[tuple[Place, bytes]]]:
        """Append leaves, given by their hashes.

        Returns:
            The tree with them, and the subtrees that became whole, leaves not among them.
        """
        peaks, size = list(self.peaks), self.size
        whole: list[tuple[Place, bytes]] = []
        for leaf in leaves:
            root, level, index = leaf, 0, size
            while index & 1:
                root, level, index = _node(peaks.pop(), root), level + 1, index >> 1
                whole.append(((level, index), root))
            peaks.append(root)
            size += 1
        return Tree(size, tuple(peaks)), whole


def leaf_bytes(content: Mapping[str, Any]) -> bytes:
    """Give the bytes of a leaf: canonical JSON (RFC 8785) of texts and whole numbers under names in ASCII."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf_hash(content: Mapping[str, Any]) -> bytes:
    """Give the hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf_bytes(content)).digest()


def places_of(size: int) -> Range:
    """Give the whole subtrees of which a tree of a size is made, largest first."""
    return _range(0, size)


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """Give of what the proof is made that a leaf is in a tree (RFC 9162, 2.1.3.1).

    Args:
        index: of the leaf, from 0.
        size: of the tree.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(index)
    first, last = 0, size
    found: list[Range] = []
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            found.append(_range(middle, last))
            last = middle
        else:
            found.append(_range(first, middle))
            first = middle
    return tuple(reversed(found))


def consistency_ranges(before: int, size: int) -> tuple[Range, ...]:
    """Give of what the proof is made that a tree only grew (RFC 9162, 2.1.4.1).

    Args:
        before: its earlier size, at least 1.
        size: of the tree.

    Raises:
        ValueError: it was not that small.
    """
    if not 1 <= before <= size:
        raise ValueError(before)
    first, last, whole = 0, size, True
    found: list[Range] = []
    while before < last:
        middle = first + _split(last - first)
        if before <= middle:
            found.append(_range(middle, last))
            last = middle
        else:
            found.append(_range(first, middle))
            first, whole = middle, False
    if not whole:
        found.append(_range(first, last))
    return tuple(reversed(found))


def proof_of(ranges: Sequence[Range], nodes: Mapping[Place, bytes]) -> tuple[str, ...]:
    """Make a proof of the whole subtrees that its ranges name; hashes as 64 hexadecimal digits."""
    return tuple(_fold([nodes[place] for place in one]).hex() for one in ranges)


def is_included(leaf: bytes, index: int, head: TreeHead, proof: Sequence[str]) -> bool:
    """Tell whether a proof shows that a leaf, given by its hash, is in a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < head.size:
        return False
    left, last, root = index, head.size - 1, leaf
    for one in map(bytes.fromhex, proof):
        if not last:
            return False
        if left & 1 or left == last:
            root = _node(one, root)
            while left and not left & 1:
                left, last = left >> 1, last >> 1
        else:
            root = _node(root, one)
        left, last = left >> 1, last >> 1
    return not last and root.hex() == head.root


def is_consistent(before: TreeHead, after: TreeHead, proof: Sequence[str]) -> bool:
    """Tell whether a proof shows that a tree only grew from one head to another (RFC 9162, 2.1.4.2)."""
    if not 1 <= before.size <= after.size:
        return False
    if before.size == after.size:
        return before.root == after.root and not proof
    path = [bytes.fromhex(one) for one in proof]
    if not before.size & (before.size - 1):
        path.insert(0, bytes.fromhex(before.root))
    if not path:
        return False
    left, last = before.size - 1, after.size - 1
    while left & 1:
        left, last = left >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if not last:
            return False
        if left & 1 or left == last:
            old, new = _node(one, old), _node(one, new)
            while left and not left & 1:
                left, last = left >> 1, last >> 1
        else:
            new = _node(new, one)
        left, last = left >> 1, last >> 1
    return not last and old.hex() == before.root and new.hex() == after.root


def sign_head(head: TreeHead, *, signers: Sequence[Signer]) -> bytes:
    """Sign the head of our log."""
    told = {"party": head.party, "size": head.size, "root": head.root, "at": write_time(head.at)}
    return sign_document(told, typ=TREE_HEAD, signers=signers)


def read_head(content: bytes, *, key_of: Callable[[str, str], PublicKey | None]) -> TreeHead:
    """Read a signed head.

    Raises:
        SealBroken: `tree_head_invalid`, and what `read_own_document` raises.
    """

    def keys_in(told: Mapping[str, Any]) -> Callable[[str], PublicKey | None]:
        party = str(told.get("party"))
        return lambda kid: key_of(party, kid)

    return _head(read_own_document(content, typ=TREE_HEAD, keys_in=keys_in).content)


def _head(told: Mapping[str, Any]) -> TreeHead:
    party, size, root = told.get("party"), told.get("size"), told.get("root")
    if told.keys() != {"party", "size", "root", "at"} or not isinstance(party, str) or not isinstance(root, str):
        raise SealBroken("tree_head_invalid", rule="document_form")
    if type(size) is not int or size < 0 or not _HASH.fullmatch(root):
        raise SealBroken("tree_head_invalid", rule="document_form")
    try:
        return TreeHead(party, size, root, read_time(told["at"]))
    except ValueError:
        raise SealBroken("tree_head_invalid", rule="time_utc") from None


def _split(size: int) -> int:
    """Give the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(first: int, last: int) -> Range:
    """Give the whole subtrees of the leaves from `first` to before `last`, which begin where a larger one may begin."""
    places: list[Place] = []
    for level in reversed(range((last - first).bit_length())):
        if (last - first) >> level & 1:
            places.append((level, first >> level))
            first += 1 << level
    return tuple(places)


def _fold(roots: Sequence[bytes]) -> bytes:
    """Give the root over whole subtrees that follow each other."""
    if not roots:
        return _EMPTY
    root = roots[-1]
    for one in reversed(roots[:-1]):
        root = _node(one, root)
    return root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
