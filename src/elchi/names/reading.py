"""How a token sounds: any script to one short Latin form, so that spellings of one name meet.

The form is no transliteration: it merges what the region's spellings mix up. Its letters are a e i o u and
b c(ts) d f g h(kh, x) j(zh, dj) k l m n p q(ch) r s t v x(sh) z; doubled letters are single. Хуршед, Xurshed, Khurshed,
Khourshed, KHURSHED and Hurşed all sound `hurxed`. What a fold cannot decide (ch is ч, ш or х) is left to the costs of
`similarity`. The tables are in tables/reading. Letters of scripts without a table stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

from elchi.names._tables import read_table
from elchi.names.scripts import fold_lookalikes

MAX_FORM: Final = 32
"""Longest form, letters; what is beyond takes no part in a comparison."""

_BARE: Final = ("Arab", "Hebr")
_SCHOLARLY: Final = re.compile("[čšžèěďťůřâŝûʹʺ]")
_TURKIC: Final = re.compile("[şğçı]")
_DOUBLED: Final = re.compile(r"(.)\1+")
_ARTICLE: Final = "ال"
# x is ks in names of Greek and Latin descent (Alexander, Maxim, Felix, Xenia, Xavier), kh in those of the region.
_KS: Final = re.compile(r"(?<=[lmf][ea])x|(?<=li)x|x(?=e?[n]i|av)|(?<=e)x(?=[aeio]|$)")
_SOFT_C: Final = re.compile("c(?=[eiEI])")
_LATIN: Final = re.compile(r"LATIN (?:SMALL|CAPITAL|LETTER SMALL CAPITAL)(?: LETTER)? ([A-Z])(?: WITH .*)?")


class Reading(NamedTuple):
    """A token's form, and whether its script leaves short vowels unwritten (Arabic, Hebrew)."""

    form: str
    bare: bool


class Style(NamedTuple):
    """What the letters of a whole name tell about how to read its Latin ones."""

    scholarly: bool = False
    """Slavic with háčeks or ISO 9: c is ц, j is й, ch and x are х."""
    turkic: bool = False
    """Turkish, Azerbaijani: c is дж."""


def style_of(name: str) -> Style:
    """Tell the style of a name in lower case."""
    if name.isascii():
        return Style()
    scholarly = bool(_SCHOLARLY.search(name))
    return Style(scholarly=scholarly, turkic=not scholarly and bool(_TURKIC.search(name)))


@cache
def _letters() -> dict[str, str]:
    return {row["letter"]: row["sound"] for row in read_table("reading/letters")}


@cache
def _bare_letters() -> frozenset[str]:
    return frozenset(row["letter"] for row in read_table("reading/letters") if row["script"] in _BARE)


@cache
def _marks() -> dict[str, str]:
    return {row["letter"]: row["sound"] for row in read_table("reading/latin_marks")}


@cache
def _sequences() -> tuple[tuple[str, str], ...]:
    return tuple((row["letters"], row["sound"].upper()) for row in read_table("reading/latin_sequences"))


@lru_cache(maxsize=1 << 18)
def read_token(token: str, style: Style) -> Reading:
    """Read one token in lower case.

    Args:
        token: letters and apostrophes, no blanks, lower case, NFC.
        style: of the name it stands in.

    Returns:
        The form, of at most `MAX_FORM` characters, empty for a token without letters or digits.
    """
    if not token.isascii():
        token = fold_lookalikes(token)
        letters = _letters()
        known = sum(letter in letters for letter in token)
        if known:
            bare = 2 * sum(letter in _bare_letters() for letter in token) > len(token)
            if bare and token.startswith(_ARTICLE) and len(token) > 4:
                token = token[2:]
            sound = "".join(letters.get(letter) or _plain(letter) for letter in token)
            return Reading(squeeze(sound)[:MAX_FORM], bare)
    sound = squeeze(_read_latin(token, style))
    if not sound:
        sound = "".join(letter for letter in token if letter.isalnum())
    return Reading(sound[:MAX_FORM], bare=False)


def _plain(letter: str) -> str:
    return letter if letter.isascii() and letter.isalnum() else ""


def _read_latin(token: str, style: Style) -> str:
    # What is decided is written in capitals, so that no later rule reads it again.
    text = token if token.isascii() else "".join(_marked(letter, style) for letter in token)
    if not (text.isascii() and text.isalnum()):
        text = "".join(letter for letter in text if letter.isalnum() and letter.isascii())
    if style.scholarly:
        text = text.replace("ch", "H").replace("x", "H").replace("c", "C").replace("j", "I")
    elif style.turkic:
        text = text.replace("c", "J")
    if "x" in text:
        text = _KS.sub("KS", text)
    for letters, sound in _sequences():
        if letters in text:
            text = text.replace(letters, sound)
    if "c" in text:
        text = _SOFT_C.sub("S", text).replace("c", "K")
    return text.replace("x", "H").lower()


def _marked(letter: str, style: Style) -> str:
    if letter.isascii():
        return letter
    if style.scholarly and letter in "âû":
        return "IA" if letter == "â" else "IU"
    sound = _marks().get(letter)
    if sound is not None:
        return sound.upper()
    plain = "".join(part for part in unicodedata.normalize("NFD", letter) if part.isascii() and part.isalpha())
    return plain or _named(letter)


@cache
def _named(letter: str) -> str:
    """Read a Latin letter by its name in Unicode: LATIN LETTER SMALL CAPITAL K, LATIN SMALL LETTER B WITH HOOK."""
    found = _LATIN.fullmatch(unicodedata.name(letter, ""))
    return found[1].lower() if found else ""


def squeeze(sound: str) -> str:
    """Make doubled letters single and drop the glide before e (Dmitriev, Dmitriyev)."""
    text = _DOUBLED.sub(r"\1", sound)
    if "ie" in text:
        text = _DOUBLED.sub(r"\1", text.replace("ie", "e"))
    return text.replace("eia", "ea")
