"""A name as tokens ready to compare: form, stem, weight, equivalents.

A token's weight is what it tells: 100 for a rare word, little for what thousands bear (tables/commonness.tsv), less for
a given name or a patronymic than for a family name, next to nothing for a particle or a title.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, lru_cache
from typing import Final

from elchi.names._tables import read_table
from elchi.names.reading import MAX_FORM, Reading, Style, read_token, style_of

MAX_TOKENS: Final = 16
"""Most tokens of a name that take part in a comparison."""
MAX_NAME: Final = 1000
"""Longest name read, characters."""


class Suffix(IntEnum):
    """What the end of a word says it is."""

    NONE = 0
    FAMILY = 1
    """A family name of either sex: -enko, -yan."""
    FAMILY_M = 2
    FAMILY_F = 3
    PATRONYMIC_M = 4
    PATRONYMIC_F = 5
    EITHER = 6
    """-zoda, -zade: patronymic or family name."""
    FEMININE = 7
    """-a, which only tells the sex."""
    NISBA = 8
    """-i, -iy: of a place, a tribe, a forefather."""

    @property
    def is_patronymic(self) -> bool:
        """Whether it makes a patronymic."""
        return self in (Suffix.PATRONYMIC_M, Suffix.PATRONYMIC_F)


BARE, PARTICLE, CUT = 1, 2, 4
"""Flags: short vowels unwritten; particle or title; only the beginning is there (an initial, a truncated name)."""

_SPLIT: Final = re.compile(
    "[^\\w'’ʻʼ‘`ʹʺ´′\u0300-\u036f\u0640\u064b-\u065f\u0670]+|_+",
)
# Besides apostrophes and marks over letters what is not seen and would part a letter from the next: controls but
# blanks, zero width, direction, points of Hebrew and of the Koran. U+200C does part the words of Persian names.
_UNHEARD: Final = re.compile(
    "['’ʻʼ‘`ʹʺ´′\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5"
    "\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u180b-\u180f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
    "\U000e0000-\U000e0fff]"
)
_PARTICLES: Final = ("article", "link", "son", "daughter", "house")
_TITLES: Final = ("title", "generation", "former", "alias")
_MIN_STEM: Final = 3
_MAX_SUFFIX: Final = 6
_PLAIN: Final = Style()
_ASCII_WORDS: Final = {
    code: None if _UNHEARD.match(chr(code)) else chr(code).lower() if chr(code).isalnum() else " "
    for code in range(128)
}
# What lists write before a name: "a.k.a. Zahir", "Arabic: ...".
_LABEL: Final = re.compile(
    r"\b[afn]\.?k\.?a\.?(?=[\s:])"
    r"|^\s*(?:arabic|persian|farsi|dari|pashto|urdu|cyrillic|russian|ukrainian|belarusian|chinese|korean|hebrew"
    r"|original script|name)\s*:"
)
_ALTERNATIVES: Final = re.compile(r"\s*[/;@|]\s*")
_BETWEEN: Final = frozenset("/;@|")

GIVEN_WEIGHT: Final = 60
"""Most that a given name of tables/given_names.tsv tells: family names must agree, given names alone must not."""
PATRONYMIC_SHARE: Final = 60
"""What a patronymic tells, in hundredths of what the same token would tell as a family name."""
PARTICLE_WEIGHT: Final = 10
INITIAL_WEIGHT: Final = 20


CODES: Final = 32
"""Letters a to z have the codes 1 to 26; the two codes of any other character are 128 or more."""
MAX_CODES: Final = 32
"""Most codes of a form; what is beyond takes no part."""


@dataclass(frozen=True, slots=True, eq=False)  # equal by identity: tokens are keys of caches, millions of times
class Token:
    """One token of a name.

    Args:
        text: as written, in lower case.
        form: how it sounds (`elchi.names.reading`).
        stem: letters of the form before its suffix; the whole form where there is none.
        suffix: what its end says it is.
        flags: BARE, PARTICLE, CUT, or-ed.
        group: number of the set of equivalent given names it belongs to (tables/given_names.tsv), 0 for none.
        stem_group: the same of its stem.
        weight: 1 to 100.
    """

    text: str
    form: str
    stem: int
    suffix: Suffix
    flags: int
    group: int
    stem_group: int
    weight: int

    @property
    def bare(self) -> bool:
        """Whether short vowels are unwritten."""
        return bool(self.flags & BARE)

    @property
    def particle(self) -> bool:
        """Whether it is a particle or a title."""
        return bool(self.flags & PARTICLE)

    @property
    def cut(self) -> bool:
        """Whether only its beginning is known."""
        return bool(self.flags & CUT)


_LETTER_CODES: Final = bytes(max(0, code - 96) for code in range(256))


@lru_cache(maxsize=1 << 18)
def encode(form: str) -> bytes:
    """Give the codes of a form, one a letter; a character of a script without a table has two."""
    if form.isascii() and form.isalpha():
        return form.encode().translate(_LETTER_CODES)[:MAX_CODES]
    codes = bytearray()
    for letter in form:
        if "a" <= letter <= "z":
            codes.append(ord(letter) - 96)
        else:
            mixed = ord(letter) * 40503 & 0xFFFF  # Knuth's multiplier: neighbours in Unicode share no code
            codes += bytes((128 | mixed >> 9, 128 | mixed >> 2 & 127))
    return bytes(codes[:MAX_CODES])


@cache
def _words() -> dict[str, str]:
    """Give the words that are no name of their own: suffix, tail or particle."""
    kinds = {row["particle"]: "particle" for row in read_table("structure/particles") if row["kind"] in _PARTICLES}
    kinds |= {row["title"]: "particle" for row in read_table("structure/titles") if row["role"] in _TITLES}
    return kinds | {row["word"]: row["kind"] for row in read_table("reading/words")}


@cache
def _following() -> frozenset[str]:
    """Give the words that belong to the word before them."""
    return frozenset(word for word, kind in _words().items() if kind in ("suffix", "tail"))


@cache
def _own_suffixes() -> dict[str, Suffix]:
    """Give the suffixes that are written as words of their own."""
    return {row["word"]: Suffix[row["suffix"].upper()] for row in read_table("reading/words") if row["suffix"]}


@cache
def _suffixes() -> dict[str, Suffix]:
    return {row["suffix"]: Suffix[row["kind"].upper()] for row in read_table("reading/suffixes")}


@cache
def _commonness() -> tuple[dict[str, int], int]:
    counts = {row["form"]: int(row["count"]) for row in read_table("commonness")}
    return counts, counts.pop("*")


@cache
def _groups() -> dict[Reading, int]:
    groups: dict[Reading, int] = {}
    rows = read_table("given_names")
    for column in ("canonical", "spellings"):
        for number, row in enumerate(rows, start=1):
            for spelling in row[column].split():
                reading = read_token(_normal(spelling).replace("-", ""), Style())
                groups.setdefault(reading, number)
    return groups


def _normal(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower().replace("'", "").replace("`", "")
    return _UNHEARD.sub("", unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).lower()))


@cache
def _bare_commonness() -> dict[str, int]:
    """Give the counts by consonants: of all names that an unvowelled word may be, the most common."""
    counts: dict[str, int] = {}
    for form, count in _commonness()[0].items():
        consonants = without_vowels(form)
        counts[consonants] = max(count, counts.get(consonants, 0))
    return counts


@cache
def _group_commonness() -> dict[int, int]:
    """Give the count of each set of equivalent names: that of its most common spelling."""
    counts: dict[int, int] = {}
    for reading, group in _groups().items():
        counts[group] = max(_commonness()[0].get(reading.form, 0), counts.get(group, 0))
    return counts


def without_vowels(form: str) -> str:
    """Give the consonants of a form."""
    return "".join(letter for letter in form if letter not in "aeiou")


def _weight(reading: Reading, suffix: Suffix, group: int) -> int:
    counts, total = _commonness()
    form = reading.form
    count = max(
        counts.get(form, 0),
        _group_commonness().get(group, 0),
        _bare_commonness().get(without_vowels(form), 0) if reading.bare else 0,
    )
    told = math.log(total / (count + 1)) / math.log(total)
    weight = max(1, round(100 * told))
    if group:
        weight = min(weight, GIVEN_WEIGHT)
    if suffix.is_patronymic:
        weight = weight * PATRONYMIC_SHARE // 100
    return weight


def _split_suffix(form: str) -> tuple[int, Suffix]:
    """Give where the longest suffix begins, and its kind."""
    if form.isascii():
        suffixes = _suffixes()
        for stem in range(max(_MIN_STEM, len(form) - _MAX_SUFFIX), len(form)):
            kind = suffixes.get(form[stem:])
            if kind is not None:
                return stem, kind
    return len(form), Suffix.NONE


@lru_cache(maxsize=1 << 18)
def _token(text: str, style: Style, own_suffix: str) -> Token | None:
    """Make the token of a word and, where it follows as a word of its own, its suffix (`Leonid kyzy`)."""
    reading = read_token(text, style)
    form = reading.form
    if not form:
        return None
    flags = BARE if reading.bare else 0
    if own_suffix:
        stem, suffix = len(form), _own_suffixes()[own_suffix]
        form = (form + read_token(own_suffix, Style()).form)[:MAX_FORM]
    else:
        stem, suffix = (len(form), Suffix.NONE) if reading.bare else _split_suffix(form)
    group = _groups().get(Reading(form, reading.bare), 0)
    stem_group = _groups().get(Reading(form[:stem], reading.bare), 0)
    weight = _weight(Reading(form, reading.bare), suffix, group)
    if _words().get(text) == "particle" and not group:  # Emir and Sayyid are given names too
        flags, weight = flags | PARTICLE, PARTICLE_WEIGHT
    elif len(text) == 1 and form.isascii():
        flags, weight = flags | CUT, INITIAL_WEIGHT
    return Token(text + own_suffix, form, stem, suffix, flags, group, stem_group, weight)


@lru_cache(maxsize=1 << 16)
def joined(first: Token, second: Token) -> Token | None:
    """Read two neighbours as one word (`Abdul Latif` for `Abdullatif`).

    Returns:
        The word, which tells as much as the rarer of the two; None where their scripts differ or one is cut off.
    """
    if first.bare != second.bare or first.cut or second.cut:
        return None
    kept = first.form[:-1] if first.form[-1] == second.form[0] and "a" <= first.form[-1] <= "z" else first.form
    if len(encode(kept)) + len(encode(second.form)) > MAX_CODES:
        return None
    return Token(
        text=f"{first.text} {second.text}",
        form=kept + second.form,
        stem=len(kept) + second.stem,
        suffix=second.suffix,
        flags=first.flags & BARE,
        group=0,
        stem_group=0,
        weight=max(first.weight, second.weight),
    )


def alternatives(name: str) -> tuple[str, ...]:
    """Give the names that one field holds with a slash, semicolon, bar or @ between them, in order."""
    if _BETWEEN.isdisjoint(name):
        return (name,)
    return tuple(part for part in _ALTERNATIVES.split(name[:MAX_NAME]) if part) or (name,)


def _split(name: str) -> tuple[list[str], Style]:
    """Give the words of a name in lower case, and the style they are to be read in."""
    if name.isascii():
        if ":" in name or "k.a" in name.lower():
            name = _LABEL.sub(" ", name.lower())
        return name.translate(_ASCII_WORDS).split(), _PLAIN
    lower = _LABEL.sub(" ", _normal(name))
    return [word for word in _SPLIT.split(lower) if word], style_of(lower)


def _with_own_suffixes(words: list[str]) -> Iterator[tuple[str, str]]:
    """Give each word with the suffix that follows it as a word of its own; a tail (Habib Ullah) is part of the word."""
    kinds, following = _words(), _following()
    at = 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        follows = after in following and word not in kinds
        at += 2 if follows else 1
        if follows and kinds[after] == "tail":
            yield word + after, ""
        else:
            yield word, after if follows else ""


def stretches(name: str) -> tuple[str, ...]:
    """Give a name of more words than `MAX_TOKENS` as stretches of so many, each from the middle of the one before.

    A shorter one is given as it is. So no word of what is asked is left out: bodies have names of twenty words.
    """
    if len(name) <= 2 * MAX_TOKENS:  # too short for more words
        return (name,)
    words = [word for word in _SPLIT.split(_normal(name)) if word]
    if len(words) <= MAX_TOKENS:
        return (name,)
    half = MAX_TOKENS // 2
    return tuple(" ".join(words[at : at + MAX_TOKENS]) for at in range(0, len(words) - half, half))


def tokenise(name: str, *, truncated: bool = False) -> tuple[Token, ...]:
    """Give the tokens of a name in the order written.

    Args:
        name: in any script; only its first `MAX_NAME` characters and `MAX_TOKENS` tokens count.
        truncated: whether the name was cut off at its end, as a machine-readable zone does (ICAO 9303-3 4.6).

    Returns:
        The tokens; none for a text without a letter or digit.
    """
    words, style = _split(name[:MAX_NAME])
    if _following().isdisjoint(words):
        made = [_token(word, style, "") for word in words]
    else:
        made = [_token(word, style, own_suffix) for word, own_suffix in _with_own_suffixes(words)]
    tokens = [token for token in made if token is not None][:MAX_TOKENS]
    if truncated and tokens:
        last = tokens[-1]
        tokens[-1] = replace(last, flags=last.flags | CUT)
    return tuple(tokens)
