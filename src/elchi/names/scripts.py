"""Which script a text is in, and letters of one script that pose as another's.

Codes are those of ISO 15924: Latn, Cyrl, Arab, Hani, Hang, Kana (both Japanese syllabaries), Grek, Geor, Armn, Hebr,
Deva; Othr stands for every other script and for text without letters.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from typing import Final

from elchi.names._tables import read_table

OTHER: Final = "Othr"

# First code point of each stretch of The Unicode Standard's block list (Blocks.txt, 15.1); a stretch runs to the next.
_STRETCHES: Final = (
    (0x0000, "Latn"),
    (0x0300, OTHER),  # combining marks belong to the letter before them
    (0x0370, "Grek"),
    (0x0400, "Cyrl"),
    (0x0530, "Armn"),
    (0x0590, "Hebr"),
    (0x0600, "Arab"),
    (0x0700, OTHER),
    (0x0750, "Arab"),
    (0x0780, OTHER),
    (0x0870, "Arab"),
    (0x0900, "Deva"),
    (0x0980, OTHER),
    (0x10A0, "Geor"),
    (0x1100, "Hang"),
    (0x1200, OTHER),
    (0x1C80, "Cyrl"),
    (0x1C90, "Geor"),
    (0x1CC0, OTHER),
    (0x1D00, "Latn"),
    (0x1DC0, OTHER),
    (0x1E00, "Latn"),
    (0x1F00, "Grek"),
    (0x2000, OTHER),
    (0x2C60, "Latn"),
    (0x2C80, OTHER),
    (0x2D00, "Geor"),
    (0x2D30, OTHER),
    (0x2DE0, "Cyrl"),
    (0x2E00, OTHER),
    (0x2E80, "Hani"),
    (0x3008, OTHER),
    (0x3021, "Hani"),
    (0x3040, "Kana"),
    (0x3100, OTHER),
    (0x3130, "Hang"),
    (0x3190, OTHER),
    (0x31F0, "Kana"),
    (0x3200, OTHER),
    (0x3400, "Hani"),
    (0xA000, OTHER),
    (0xA640, "Cyrl"),
    (0xA6A0, OTHER),
    (0xA720, "Latn"),
    (0xA800, OTHER),
    (0xA8E0, "Deva"),
    (0xA900, OTHER),
    (0xA960, "Hang"),
    (0xA980, OTHER),
    (0xAB30, "Latn"),
    (0xAB70, OTHER),
    (0xAC00, "Hang"),
    (0xD800, OTHER),
    (0xF900, "Hani"),
    (0xFB00, "Latn"),
    (0xFB13, "Armn"),
    (0xFB1D, "Hebr"),
    (0xFB50, "Arab"),
    (0xFE00, OTHER),
    (0xFE70, "Arab"),
    (0xFEFF, OTHER),
    (0xFF21, "Latn"),
    (0xFF5F, OTHER),
    (0xFF66, "Kana"),
    (0xFFA0, "Hang"),
    (0xFFE0, OTHER),
    (0x1AFF0, "Kana"),
    (0x1B170, OTHER),
    (0x1EE00, "Arab"),
    (0x1EF00, OTHER),
    (0x20000, "Hani"),
    (0x32000, OTHER),
)
_STARTS: Final = tuple(start for start, _ in _STRETCHES)
_POSING: Final = ("Latn", "Cyrl", "Grek")


@lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    return _STRETCHES[bisect_right(_STARTS, ord(letter)) - 1][1]


def _tells_script(character: str) -> bool:
    """Say whether it is a letter of one script; modifier letters (ʻ of Oʻzbek) go with their neighbours."""
    return character.isalpha() and unicodedata.category(character) != "Lm"


def _counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for character in text:
        if _tells_script(character):
            script = _script_of_letter(character)
            counts[script] = counts.get(script, 0) + 1
    return counts


def scripts_in(text: str) -> tuple[str, ...]:
    """Name every script that a text has letters of, most frequent first, ties in order of appearance."""
    counts = _counts(text)
    return tuple(sorted(counts, key=lambda script: -counts[script]))


def script_of(text: str) -> str:
    """Name the script that most letters of a text belong to.

    Returns:
        An ISO 15924 code of the module's list; `Othr` where there is no letter. Of equals the first that appears.
    """
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else OTHER
    found = scripts_in(text)
    return found[0] if found else OTHER


@cache
def _lookalikes() -> dict[str, dict[str, str]]:
    """Map each script to its letters' doubles: any look-alike of the table -> the letter of this script."""
    doubles: dict[str, dict[str, str]] = {script: {} for script in _POSING}
    for row in read_table("lookalikes"):
        letters = dict(zip(_POSING, row.values(), strict=True))
        for script, letter in letters.items():
            doubles[script].update((other, letter) for other in letters.values() if other and letter)
    return doubles


def fold_lookalikes(token: str) -> str:
    """Move a token of mixed scripts wholly into one of them, where every odd letter has a look-alike there.

    The script of most letters is tried first, then the others, so that Latin `A` in `Aндреевич`, Latin `i` in
    `Дзмiтрый` and the Latin `Xaca` of `Xacaнов` all become Cyrillic. A token that no script can take whole stays as is.
    """
    if token.isascii():
        return token
    found = scripts_in(token)
    if len(found) < 2:
        return token
    for script in found:
        folded = _folded_to(script, token)
        if folded is not None:
            return folded
    return token


def _folded_to(script: str, token: str) -> str | None:
    doubles = _lookalikes().get(script, {})
    folded: list[str] = []
    for character in token:
        if not _tells_script(character) or _script_of_letter(character) == script:
            folded.append(character)
        elif character in doubles:
            folded.append(doubles[character])
        else:
            return None
    return "".join(folded)
