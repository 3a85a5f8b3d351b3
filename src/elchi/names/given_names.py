"""Given names of the region, their sex, and the spellings and national forms that are one name.

The table holds true forms of one name only (Oleksandr is Aleksandr, Magomed is Muhammad), no loose equivalents
(Iskandar is not Aleksandr). A spelling stands in one row.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from elchi.names._tables import read_table
from elchi.names.scripts import fold_lookalikes, script_of
from elchi.names.transliteration import APOSTROPHES, transliterate

_SILENT: Final = APOSTROPHES | {"-", "<", " ", "·", "\u0640", "\u200c"}
# Tried in turn: what Russian, Ukrainian and Uzbek spelling make of one Cyrillic letter differs.
_CYRILLIC_SYSTEMS: Final = ("icao", "icao-uk", "bgn-ru", "uz-1995", "kk-2021")
_ARABIC_LETTERS: Final = str.maketrans("يىكٱةہھ", "ییکاههه")
_MAX_WORD: Final = 64


@dataclass(frozen=True, slots=True)
class GivenName:
    """One row of the table.

    Args:
        canonical: one Latin spelling that stands for all of them.
        sex: `M`, `F`, or `U` where both bear it.
        spellings: the others, in any script.
    """

    canonical: str
    sex: str
    spellings: tuple[str, ...]


def given_name(token: str) -> GivenName | None:
    """Look a word up among the given names, in Latin, Cyrillic or Arabic script, whatever its case and accents."""
    return _look_up(token) if len(token) <= _MAX_WORD else None


@lru_cache(maxsize=8192)
def _look_up(token: str) -> GivenName | None:
    folded = fold_lookalikes(token)
    index = _index()
    if script_of(folded) != "Cyrl":
        return index.get(_key(folded))
    for system in _CYRILLIC_SYSTEMS:
        found = index.get(_key(transliterate(folded, system)))
        if found:
            return found
    return None


@cache
def _index() -> dict[str, GivenName]:
    index: dict[str, GivenName] = {}
    for row in read_table("given_names"):
        name = GivenName(row["canonical"], row["sex"], tuple(row["spellings"].split()))
        for spelling in (name.canonical, *name.spellings):
            index[_key(spelling)] = name
    return index


def _key(word: str) -> str:
    """Reduce a spelling to what tells it apart: letters without case, accents, apostrophes, hyphens and vowel marks."""
    if word.isascii() and word.isalpha():
        return word.lower()
    bare = unicodedata.normalize("NFKD", word.lower())
    letters = "".join(letter for letter in bare if letter not in _SILENT and not unicodedata.combining(letter))
    return letters.translate(_ARABIC_LETTERS)
