"""How alike two tokens sound, in thousandths, and by which rule.

The distance is optimal string alignment (Boytsov 2011) with the costs below: what the region's spellings mix up is
cheap, vowels are cheaper than consonants, and free of charge where one side leaves them unwritten. Everything is in
whole numbers, so that the compiled kernel, its fallback and this reference give the same result to the bit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from elchi.names.tokens import CODES, EITHER, FAMILY, FEMININE, PATRONYMIC, PLAIN, Token, encode

FLOOR: Final = 550
"""Below this two tokens have nothing to do with each other: similarity 0."""
EQUIVALENT: Final = 950
"""Two national forms of one given name."""
UNVOWELLED: Final = 93
"""What agreement of an unvowelled form with a vowelled one is worth, in hundredths: of the vowels nothing is known."""
CUT_SHARE: Final = 90
"""What the agreement of a beginning is worth, in hundredths."""
MIN_LENGTH: Final = 20
"""Shortest length that a cost is measured against, in units of cost."""

CONSONANT: Final = 20
"""Cost of a consonant dropped, added or replaced."""
TRANSPOSED: Final = 14
_VOWEL_FOR_CONSONANT: Final = 22
_VOWEL_FOR_VOWEL: Final = 7
_DROPPED: Final = {"a": 9, "e": 9, "i": 8, "o": 9, "u": 9, "h": 9}
_DROPPED_BARE: Final = {"a": 2, "e": 2, "i": 2, "o": 2, "u": 4, "h": 9}
_CHEAP: Final = {
    4: "ou",
    5: "ei",
    6: "ae uv",
    7: "qx vf",
    8: "ck cs jq hk kg dt sx pb",
    9: "cq jz ji hg dz",
    10: "qh jg fp xh ov cz",
    12: "jd mn ts tc jx",
    13: "jh",
    15: "lr",
}
_CHEAP_7: Final = "zs"

# How far two suffixes agree, in hundredths, where the stems are alike: Karimov and Karimova, Karimov and Karimzoda,
# Leonidovna and Leonid kyzy; a name with a suffix and the same without are less.
_SUFFIX_AGREEMENT: Final = {
    (PLAIN, PLAIN): 100,
    (PLAIN, FAMILY): 72,
    (PLAIN, PATRONYMIC): 78,
    (PLAIN, EITHER): 80,
    (PLAIN, FEMININE): 90,
    (FAMILY, FAMILY): 90,
    (FAMILY, PATRONYMIC): 72,
    (FAMILY, EITHER): 88,
    (FAMILY, FEMININE): 70,
    (PATRONYMIC, PATRONYMIC): 92,
    (PATRONYMIC, EITHER): 90,
    (PATRONYMIC, FEMININE): 70,
    (EITHER, EITHER): 92,
    (EITHER, FEMININE): 70,
    (FEMININE, FEMININE): 90,
}


def _substitution_costs() -> bytes:
    table = [[CONSONANT] * CODES for _ in range(CODES)]
    vowels = encode("aeiou")
    for one in range(1, 27):
        for other in vowels:
            cost = _VOWEL_FOR_VOWEL if one in vowels else _VOWEL_FOR_CONSONANT
            table[one][other] = table[other][one] = cost
    for cost, pairs in (*_CHEAP.items(), (7, _CHEAP_7)):
        for one, other in (encode(pair) for pair in pairs.split()):
            table[one][other] = table[other][one] = cost
    for code in range(CODES):
        table[code][code] = 0
    return bytes(cost for row in table for cost in row)


def _dropping_costs(cheap: dict[str, int]) -> bytes:
    table = [CONSONANT] * 256
    for letter, cost in cheap.items():
        table[encode(letter)[0]] = cost
    return bytes(table)


SUBSTITUTION: Final = _substitution_costs()
"""Cost of one code for another, row by row, `CODES` a row."""
DROPPING: Final = _dropping_costs(_DROPPED)
"""Cost of dropping or adding a code."""
DROPPING_BARE: Final = _dropping_costs(_DROPPED_BARE)
"""The same where one of the two tokens leaves short vowels unwritten."""
AGREEMENT: Final = bytes(_SUFFIX_AGREEMENT[min(one, other), max(one, other)] for one in range(5) for other in range(5))
"""How far suffixes agree, in hundredths, five a row."""


class Rule(StrEnum):
    """How two tokens met."""

    SAME = "same"
    """The same letters."""
    SOUND = "sound"
    """Written otherwise, read the same."""
    EQUIVALENT = "equivalent"
    """National forms of one given name."""
    SUFFIX = "suffix"
    """One stem, other suffixes."""
    CLOSE = "close"
    """A few letters apart."""
    BEGINNING = "beginning"
    """One is an initial or the cut-off beginning of the other."""


def length_of(codes: bytes, *, bare: bool) -> int:
    """Give what dropping the whole form would cost."""
    costs = DROPPING_BARE if bare else DROPPING
    return sum(costs[code] for code in codes)


def distance(a: bytes, b: bytes, *, bare: bool) -> int:
    """Give the cost of turning one form into another."""
    dropping = DROPPING_BARE if bare else DROPPING
    before: list[int] = []
    above = [0]
    for code in b:
        above.append(above[-1] + dropping[code])
    for i, code in enumerate(a):
        row = [above[0] + dropping[code]]
        for j, other in enumerate(b):
            cost = min(above[j] + _substitution(code, other), above[j + 1] + dropping[code], row[j] + dropping[other])
            if i and j and code == b[j - 1] and a[i - 1] == other:
                cost = min(cost, before[j - 1] + TRANSPOSED)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _substitution(one: int, other: int) -> int:
    if one < CODES and other < CODES:
        return SUBSTITUTION[one * CODES + other]
    return 0 if one == other else CONSONANT


def form_similarity(a: bytes, b: bytes, *, bare: bool) -> int:
    """Give the similarity of two encoded forms in thousandths, 0 below `FLOOR`."""
    length = max(length_of(a, bare=bare), length_of(b, bare=bare), MIN_LENGTH)
    similarity = 1000 - 1000 * distance(a, b, bare=bare) // length
    return similarity if similarity >= FLOOR else 0


def token_similarity(a: Token, b: Token) -> tuple[int, Rule]:
    """Compare two tokens; symmetric.

    Returns:
        Similarity in thousandths, 0 or at least `FLOOR` times a share, and the rule that gave it.
    """
    bare = a.bare or b.bare
    one, other = encode(a.form), encode(b.form)
    best = form_similarity(one, other, bare=bare)
    if a.bare != b.bare:
        best = best * UNVOWELLED // 100
    rule = Rule.CLOSE
    if best == 1000 or (a.bare != b.bare and best == 10 * UNVOWELLED):
        rule = Rule.SAME if a.text == b.text else Rule.SOUND
    if a.group and a.group == b.group and best < EQUIVALENT:
        best, rule = EQUIVALENT, Rule.EQUIVALENT
    stems = _stem_similarity(a, b, bare=bare)
    if stems > best:
        best, rule = stems, Rule.SUFFIX
    for cut, begun, whole in ((a, one, other), (b, other, one)):
        if cut.cut and len(begun) < len(whole):
            beginning = form_similarity(begun, whole[: len(begun)], bare=bare) * CUT_SHARE // 100
            if beginning > best:
                best, rule = beginning, Rule.BEGINNING
    return best, rule


def _stem_similarity(a: Token, b: Token, *, bare: bool) -> int:
    if a.stem == len(a.form) and b.stem == len(b.form):
        return 0
    stems = form_similarity(encode(a.form[: a.stem]), encode(b.form[: b.stem]), bare=bare)
    if a.bare != b.bare:
        stems = stems * UNVOWELLED // 100
    if a.stem_group and a.stem_group == b.stem_group:
        stems = max(stems, EQUIVALENT)
    return stems * AGREEMENT[a.suffix * 5 + b.suffix] // 100
