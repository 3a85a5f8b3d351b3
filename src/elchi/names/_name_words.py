"""The words of a name as written, with those that the tables name outright: titles, generations, initials, aliases."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from elchi.names._tables import read_table
from elchi.names.given_names import given_name
from elchi.names.scripts import fold_lookalikes
from elchi.names.transliteration import APOSTROPHES

_PIECE: Final = re.compile(r"[,،;]|[()\[\]]|[^\s,،;()\[\]\"«»“”„]+")
_INITIAL: Final = re.compile(r"[^\W\d_]\.?")
_INITIALS: Final = re.compile(r"((?:[^\W\d_]\.-?)+)([^\W\d_].*)?")
_MIN_STEM: Final = 2
_LONGEST_MARK: Final = 3  # words in the longest row of titles.tsv


@dataclass(slots=True, eq=False)
class NameWord:
    """One word: `joined` to the next or the one before by a hyphen; `side` and `role` as far as known."""

    text: str
    joined: bool = False
    side: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class SuffixRow:
    """One row of `tables/structure/suffixes.tsv`; `alone` where it stands as a word of its own."""

    suffix: str
    role: str
    sex: str
    where: str
    stem: str
    alone: bool = False

    def stem_in(self, word: str) -> str:
        """Cut the suffix off a word as it is written."""
        letters = len(self.suffix)
        for at in range(len(word) - 1, -1, -1):
            letters -= len(folded(word[at]))
            if letters <= 0:
                return word[:at]
        return ""


def folded(word: str) -> str:
    """Reduce a word to small letters without accents, apostrophes and dots, as the tables have them."""
    if word.isascii() and word.isalpha():
        return word.lower()
    return "".join(_folded_letter(letter) for letter in unicodedata.normalize("NFC", word))


@cache
def _folded_letter(letter: str) -> str:
    if letter in APOSTROPHES or letter in ".\u0640":
        return ""
    low = letter.lower()
    if "a" <= unicodedata.normalize("NFD", low)[0] <= "z":
        low = unicodedata.normalize("NFD", low)[0]
    return "" if unicodedata.combining(low[0]) else {"ı": "i"}.get(low, low[0])


@cache
def _particles() -> dict[str, str]:
    return {row["particle"]: row["kind"] for row in read_table("structure/particles")}


def particle_kind(word: str) -> str:
    """Say what kind of particle a word is by the table, or nothing."""
    return _particles().get(folded(word), "")


@cache
def _suffixes() -> dict[str, SuffixRow]:
    return {folded(row["suffix"]): _suffix_row(row) for row in read_table("structure/suffixes")}


def _suffix_row(row: dict[str, str], *, alone: bool = False) -> SuffixRow:
    return SuffixRow(folded(row["suffix"]), row["role"], row["sex"], row["where"], row["stem"], alone)


@cache
def _words_of_their_own() -> dict[str, SuffixRow]:
    rows = (row for row in read_table("structure/suffixes") if row["where"] == "both")
    return {folded(row["suffix"]): _suffix_row(row, alone=True) for row in rows}


@cache
def _longest_suffix() -> int:
    return max(map(len, _suffixes()))


def suffix_of(word: str, *, alone: bool = False) -> SuffixRow | None:
    """Find the longest suffix that a word ends in, or with `alone` the one that it is."""
    form = folded(word)
    if alone:
        return _words_of_their_own().get(form)
    for size in range(min(len(form) - _MIN_STEM, _longest_suffix()), 0, -1):
        row = _suffixes().get(form[-size:])
        if row and (row.where == "joined" or len(form) - size > _MIN_STEM):  # no Kr-ugly
            return row
    return None


@cache
def _marks() -> dict[tuple[str, ...], tuple[str, str]]:
    return {
        tuple(map(folded, row["title"].split())): (row["role"], row["place"]) for row in read_table("structure/titles")
    }


# --- splitting -------------------------------------------------------------------------------------------------------


def words_of(text: str) -> list[NameWord]:
    """Split a name into words, and give sides to what stands before and after the comma of `FAMILY, Given`."""
    parts: list[list[NameWord]] = [[]]
    bracket = False
    for piece in _PIECE.findall(unicodedata.normalize("NFC", text)):
        if piece in ",،;":
            parts.append([])
        elif piece in "()[]":
            bracket = piece in "(["
        elif any(map(str.isalpha, piece)):
            words = _split_piece(fold_lookalikes(piece))
            for word in words:
                word.role = word.role or ("unknown" if bracket else "")
            parts[-1].extend(words)
    words = [word for part in parts for word in part]
    tail = ""
    for part in parts:
        tail = _mark_titles(part, tail, alone=len(part) < len(words))
    named = [part for part in parts if any(not word.role or word.role == "initial" for word in part)]
    if len(named) > 1 and named[0] is parts[0]:
        for number, part in enumerate(named):
            for word in part:
                word.side = "given" if number else "family"
    return words


def _split_piece(piece: str) -> list[NameWord]:
    """Split one piece between blanks: initials written together, particles and endings joined by a hyphen."""
    initials = _INITIALS.fullmatch(piece)
    if initials and "." in piece and (folded(piece),) not in _marks():
        letters = [
            NameWord(f"{letter}.", role="initial") for letter in initials[1].replace("-", "").split(".") if letter
        ]
        return letters + (_split_piece(initials[2]) if initials[2] else [])
    if _INITIAL.fullmatch(piece):
        return [NameWord(piece, role="initial")]
    parts = [part for part in piece.strip("-").split("-") if part]
    if len(parts) > 1 and (any(map(particle_kind, parts[:-1])) or suffix_of(parts[-1], alone=True)):
        return [NameWord(part, joined=True) for part in parts]
    return [NameWord(piece.strip("-"))]


def _mark_titles(words: list[NameWord], tail: str, *, alone: bool) -> str:
    """Give roles to titles, generations, names before marriage and aliases, in what stands between two commas.

    Args:
        words: those words.
        tail: `former` or `alias` where a word before the comma began such a name.
        alone: whether a generation may be all that stands there.

    Returns:
        The tail that goes on behind the next comma.
    """
    at = 0
    leading = True
    while at < len(words):
        size, role, place = _mark_at(words, at)
        left = len(words) - at - size
        # Imam, Sayyid, Pir are given names too: titles only where a name of two words is left.
        needed = 2 if given_name(words[at].text) else 1
        last = place == "last" and not left and (at > 0 or alone)
        if place == "any" or last or (place == "first" and leading and left >= needed):
            for word in words[at : at + size]:
                word.role = role
            tail = role if role in {"former", "alias"} else tail
        else:
            size = 1
            leading = leading and words[at].role == "initial"
            words[at].role = tail or words[at].role
        at += size
    return tail


def _mark_at(words: list[NameWord], at: int) -> tuple[int, str, str]:
    for size in range(min(_LONGEST_MARK, len(words) - at), 0, -1):
        found = _marks().get(tuple(folded(word.text) for word in words[at : at + size]))
        if found:
            return size, *found
    return 0, "", ""
