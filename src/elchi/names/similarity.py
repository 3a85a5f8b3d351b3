"""How alike two tokens sound, in thousandths, and by which rule.

The distance is optimal string alignment (Boytsov 2011) with the costs below: what the region's spellings mix up is
cheap, vowels are cheaper than consonants, and free of charge where one side leaves them unwritten. Everything is in
whole numbers, so that the compiled kernel, its fallback and this reference give the same result to the bit.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from elchi.names.tokens import CODES, Suffix, Token, encode

FLOOR: Final = 600
"""Below this two tokens have nothing to do with each other: similarity 0."""
EQUIVALENT: Final = 965
"""Two national forms of one given name."""
OTHER_NAME: Final = 50
"""What likeness is worth, in hundredths, where both are given names known to be different: Ruslan and Aslan."""
OTHER_SEX: Final = 70
"""The same where one ends as a man's name and the other as a woman's: Karimov and Karimova."""
CUT_SHARE: Final = 70
"""What the agreement of an initial is worth, in hundredths."""
CUT_GROWTH: Final = 5
"""How much more each further letter of a beginning is worth, up to `CUT_LETTERS` of them."""
CUT_LETTERS: Final = 4
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
    (Suffix.NONE, Suffix.NONE): 100,
    (Suffix.NONE, Suffix.FEMININE): 90,
    (Suffix.NONE, Suffix.NISBA): 80,
    (Suffix.NONE, Suffix.EITHER): 80,
    (Suffix.NONE, Suffix.PATRONYMIC_M): 78,
    (Suffix.NONE, Suffix.PATRONYMIC_F): 78,
    (Suffix.FAMILY_M, Suffix.FAMILY_M): 92,
    (Suffix.FAMILY_F, Suffix.FAMILY_F): 92,
    (Suffix.FAMILY_M, Suffix.FAMILY_F): 100,  # less by OTHER_SEX
    (Suffix.PATRONYMIC_M, Suffix.PATRONYMIC_F): 100,
    (Suffix.FAMILY_M, Suffix.NISBA): 88,
    (Suffix.FAMILY_F, Suffix.NISBA): 88,
    (Suffix.FAMILY_M, Suffix.EITHER): 88,
    (Suffix.FAMILY_F, Suffix.EITHER): 88,
    (Suffix.PATRONYMIC_M, Suffix.PATRONYMIC_M): 94,
    (Suffix.PATRONYMIC_F, Suffix.PATRONYMIC_F): 94,
    (Suffix.PATRONYMIC_M, Suffix.EITHER): 90,
    (Suffix.PATRONYMIC_F, Suffix.EITHER): 90,
    (Suffix.EITHER, Suffix.EITHER): 94,
    (Suffix.EITHER, Suffix.NISBA): 85,
    (Suffix.FEMININE, Suffix.FEMININE): 92,
    (Suffix.NISBA, Suffix.NISBA): 94,
}
_OTHER_AGREEMENT: Final = 70
_OTHER_SEX: Final = ({Suffix.FAMILY_M, Suffix.FAMILY_F}, {Suffix.PATRONYMIC_M, Suffix.PATRONYMIC_F})


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
AGREEMENT: Final = bytes(
    _SUFFIX_AGREEMENT.get((min(one, other), max(one, other)), _OTHER_AGREEMENT) for one in Suffix for other in Suffix
)
"""How far suffixes agree, in hundredths, a row for each `Suffix`."""


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
    return sum(codes.translate(DROPPING_BARE if bare else DROPPING))


def distance(a: bytes, b: bytes, *, bare: bool, limit: int = 1 << 30) -> int:
    """Give the cost of turning one form into another; of one beyond the limit only that it is beyond it."""
    dropping = DROPPING_BARE if bare else DROPPING
    before: list[int] = []
    above = [0]
    for code in b:
        above.append(above[-1] + dropping[code])
    last = -1
    for code in a:
        costs, dropped = _COSTS[code], dropping[code]
        cost = above[0] + dropped
        row = [cost]
        for j, other in enumerate(b):  # what min() would say, at half its price: half of a search is spent here
            cost += dropping[other]
            if (changed := above[j] + costs[other]) < cost:
                cost = changed
            if (changed := above[j + 1] + dropped) < cost:
                cost = changed
            if other == last and j and code == b[j - 1] and (changed := before[j - 1] + TRANSPOSED) < cost:
                cost = changed
            row.append(cost)
        if min(row) > limit and min(above) > limit:  # two rows: what changed places reaches back over one
            return limit + 1
        before, above, last = above, row, code
    return above[-1]


def _substitution(one: int, other: int) -> int:
    if one < CODES and other < CODES:
        return SUBSTITUTION[one * CODES + other]
    return 0 if one == other else CONSONANT


_COSTS: Final = tuple(bytes(_substitution(one, other) for other in range(256)) for one in range(256))
"""The same for every two codes, a row a code."""


@lru_cache(maxsize=1 << 17)  # the candidates for one asked name share most of their words
def form_similarity(a: bytes, b: bytes, *, bare: bool) -> int:
    """Give the similarity of two encoded forms in thousandths, 0 below `FLOOR`."""
    length = max(length_of(a, bare=bare), length_of(b, bare=bare), MIN_LENGTH)
    limit = (1001 - FLOOR) * length // 1000
    similarity = 1000 - 1000 * distance(a, b, bare=bare, limit=limit) // length
    return similarity if similarity >= FLOOR else 0


def token_similarity(a: Token, b: Token) -> tuple[int, Rule]:
    """Compare two tokens; symmetric.

    Returns:
        Similarity in thousandths and the rule that gave it. No form or stem below `FLOOR` counts.
    """
    best, stems = _likeness(a, b)
    rule = Rule.CLOSE
    if best == 1000:
        rule = Rule.SAME if a.text == b.text else Rule.SOUND
    if a.group and a.group == b.group and best < EQUIVALENT:
        best, rule = EQUIVALENT, Rule.EQUIVALENT
    if a.stem_group and a.stem_group == b.stem_group:
        stems = max(stems, EQUIVALENT)
    stems = stems * AGREEMENT[a.suffix * len(Suffix) + b.suffix] // 100
    if stems > best and (a.suffix or b.suffix):
        best, rule = stems, Rule.SUFFIX
    beginning = _beginning_likeness(a, b)
    if beginning > best:
        best, rule = beginning, Rule.BEGINNING
    return best, rule


def _likeness(a: Token, b: Token) -> tuple[int, int]:
    """Give how alike two forms are, and two stems, less where they are known to be of different names or sexes."""
    bare = a.bare or b.bare
    best = form_similarity(encode(a.form), encode(b.form), bare=bare)
    stems = form_similarity(encode(a.form[: a.stem]), encode(b.form[: b.stem]), bare=bare)
    if a.suffix.is_patronymic != b.suffix.is_patronymic:
        best = 0  # a father's name is his son's only by the stem
    elif a.suffix and b.suffix:
        best = (best + stems) // 2  # what two suffixes share says nothing about two families
    if {a.suffix, b.suffix} in _OTHER_SEX:
        best, stems = best * OTHER_SEX // 100, stems * OTHER_SEX // 100
    stems_conflict = bool(a.stem_group and b.stem_group and a.stem_group != b.stem_group)
    if (a.group and b.group and a.group != b.group) or (stems_conflict and a.suffix and b.suffix):
        best = best * OTHER_NAME // 100
    if stems_conflict:
        stems = stems * OTHER_NAME // 100
    return best, stems


def _beginning_likeness(a: Token, b: Token) -> int:
    """Give how alike a beginning is to that of the whole word, where one of the two is cut off."""
    best = 0
    for cut, whole in ((a, b), (b, a)):
        begun, codes = encode(cut.form), encode(whole.form)
        if cut.cut and len(begun) < len(codes):
            alike = form_similarity(begun, codes[: len(begun)], bare=a.bare or b.bare)
            share = CUT_SHARE + CUT_GROWTH * min(len(begun) - 1, CUT_LETTERS)
            best = max(best, alike * share // 100)
    return best
