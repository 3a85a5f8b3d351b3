"""The index of one list version: its names and its keys, beside its entries in one file.

The entries are the truth; the file can be made from them again at any time, and is, when it is damaged or was made by
other rules than this version's of Elchi.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from elchi.errors import Conflict
from elchi.lists import Entry, ListVersion
from elchi.lists.version import iterate, open_version, read_meta
from elchi.names.tokens import Token, alternatives
from elchi.screening.evidence import WEAK_ALIAS, ListedName, listed_names
from elchi.screening.kernel import Segment
from elchi.screening.keys import Key, KeyIndex, build_key_sections, entry_keys
from elchi.screening.name_index import SECTIONS, Kernel, NameIndex, build_sections
from elchi.screening.packing import policy
from elchi.screening.section_file import open_sections, write_sections

FILE: Final = "index.bin"
_RULES: Final = 2
"""Counts up when the code that makes an index changes what it makes."""
_TABLES: Final = ("commonness", "given_names", "lookalikes", "reading", "structure")


class NameFound(NamedTuple):
    """An entry with the listed name that is nearest to an asked one."""

    score: float
    """0 to 1; of a weak alias less (`evidence.WEAK_ALIAS`)."""
    ordinal: int
    """Place of the entry in its list version."""
    name: int
    """Which of the entry's `names_of`."""


def names_of(entry: Entry) -> list[ListedName]:
    """Give the names of an entry one by one, where one field holds several too."""
    return [ListedName(text, listed.weak) for listed in listed_names(entry) for text in alternatives(listed.text)]


@cache
def rules_tag() -> str:
    """Tell by which rules this code makes an index: its policy and the tables that make tokens."""
    digest = hashlib.sha256(policy())
    tables = files("elchi.names").joinpath("tables")
    for name in _TABLES:
        place = tables.joinpath(name)
        found = list(place.iterdir()) if place.is_dir() else [tables.joinpath(f"{name}.tsv")]
        for file in sorted(found, key=lambda file: file.name):
            digest.update(file.read_bytes())
    return f"{_RULES}-{digest.hexdigest()[:32]}"


def build_index(folder: Path) -> None:
    """Make the index of the version in a folder, and put it there."""
    owners: list[int] = []
    weak: list[bool] = []
    keys: list[tuple[int, tuple[Key, ...]]] = []

    def texts() -> Iterator[str]:
        for ordinal, entry in enumerate(iterate(read_meta(folder))):
            found = entry_keys(entry)
            if found:
                keys.append((ordinal, found))
            for name in names_of(entry):
                owners.append(ordinal)
                weak.append(name.weak)
                yield name.text

    sections = build_sections(texts())
    sections["owners"] = np.array(owners, "<u4")
    sections["weak"] = np.array(weak, "u1")
    write_sections(folder / FILE, rules_tag(), sections | build_key_sections(keys))


class ListIndex:
    """One list version, opened for search.

    Args:
        version: as the store gives it.
        segment: the kernel; by default the compiled one where there is one.
    """

    def __init__(self, version: ListVersion, segment: Callable[..., Kernel] = Segment) -> None:
        self.version = version
        self._entries = open_version(version)
        try:
            sections = open_sections(version.path / FILE, rules_tag())
        except Conflict:
            build_index(version.path)
            sections = open_sections(version.path / FILE, rules_tag())
        self._owners, self._weak = sections["owners"], sections["weak"]
        self._names = NameIndex({name: sections[name] for name in SECTIONS}, segment)
        self._keys = KeyIndex(sections)
        self.entry = lru_cache(maxsize=4096)(self._entries.entry)

    def find_names(self, tokens: tuple[Token, ...], *, least: float = 0.0) -> list[NameFound]:
        """Find the entries with names like a tokenised one, each once by its best name, best first.

        Args:
            tokens: of the asked name.
            least: score below which a name is of no use; some below it may be given all the same.
        """
        best: dict[int, tuple[float, int]] = {}
        for score, name in self._names.search(tokens, least=least):
            ordinal = int(self._owners[name])
            told = score * WEAK_ALIAS / 100 if self._weak[name] else score
            if ordinal not in best or told > best[ordinal][0]:
                best[ordinal] = (told, name)
        ordinals = np.fromiter(best, self._owners.dtype, len(best))
        firsts = np.searchsorted(self._owners, ordinals).tolist()
        found = [
            NameFound(told, ordinal, name - first)
            for (ordinal, (told, name)), first in zip(best.items(), firsts, strict=True)
        ]
        return sorted(found, key=lambda found: (-found.score, found.ordinal))

    def find_key(self, key: Key) -> list[int]:
        """Find the entries that may have a key; `keys.confirm` makes sure."""
        return self._keys.find(key)
