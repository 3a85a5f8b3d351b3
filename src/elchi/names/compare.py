"""Two names to a score and its reasons: the slow and obvious definition that the index must agree with.

Tokens, and neighbours read as one word, are aligned greedily by what their agreement tells. The score is the share of
what both names tell that agrees, discounted where little is told: that two Muhammad Ali agree says less than that
two Nurlan Abdykadyrov do.
Everything is in whole numbers (`similarity` says why).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Final, NamedTuple

from elchi.names.similarity import Rule, token_similarity
from elchi.names.tokens import Token, joined, tokenise

# Chosen on the tuning half of the benchmark cases (make bench NAME=names); docs/matching.md tells what each does.
NOTHING: Final = 160
"""Similarity at which agreement of two tokens tells nothing, thousandths."""
JOINED_FLOOR: Final = 850
"""Least similarity of neighbours read as one word to a word of the other name."""
MISSING: Final = 90
"""What a token of the asked name that met nothing weighs, in hundredths of its weight."""
MISSING_PATRONYMIC: Final = 15
EXTRA: Final = 40
"""The same for a token of the listed name: people are asked for by fewer names than lists give."""
EXTRA_PATRONYMIC: Final = 50
DISCOUNT: Final = 100
"""How much agreement is discounted to one half, in weights: see `_discounted`."""
WHOLE: Final = 79
"""Least score of two names that agree in all, however common, in hundredths; it falls with the fourth power."""
FULL: Final = 200
"""What is told where no discount is left, in weights."""
TOP: Final = 10000
"""The score of two names that tell much and agree in all."""


@dataclass(frozen=True, slots=True)
class TokenReason:
    """Why a token counts for or against. `asked` and `listed` are as written; either is empty where nothing was met."""

    rule: Rule | None
    """How the two met; None for a token that met nothing."""
    asked: str
    listed: str
    similarity: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far two names agree."""

    score: float
    """0 to 1, in steps of 0.0001."""
    reasons: tuple[TokenReason, ...]
    """Strongest first; what met nothing last."""


class Unit(NamedTuple):
    """A token, or two neighbours read as one, and the places it covers as bits."""

    places: int
    token: Token
    joined: bool


class Pair(NamedTuple):
    """A unit of each name that agree, and what that tells."""

    told: int
    asked: Unit
    listed: Unit
    similarity: int
    rule: Rule


def units(tokens: Sequence[Token]) -> list[Unit]:
    """Give the tokens, then each pair of neighbours read as one word."""
    found = [Unit(1 << at, token, joined=False) for at, token in enumerate(tokens)]
    for at, (first, second) in enumerate(pairwise(tokens)):
        token = joined(first, second)
        if token is not None:
            found.append(Unit(3 << at, token, joined=True))
    return found


def compare(asked: str, listed: str, *, truncated: bool = False) -> Comparison:
    """Compare the name asked for with a listed one.

    Args:
        asked: as the officer or the document gives it.
        listed: as the list gives it.
        truncated: whether the asked name was cut off at its end (ICAO 9303-3 4.6).
    """
    return compare_tokens(tokenise(asked, truncated=truncated), tokenise(listed))


def compare_tokens(asked: Sequence[Token], listed: Sequence[Token]) -> Comparison:
    """Compare two names that are tokens already."""
    pairs = align(asked, listed)
    score = _score(asked, listed, pairs)
    return Comparison(score / TOP, _reasons(asked, listed, pairs))


def align(asked: Sequence[Token], listed: Sequence[Token]) -> list[Pair]:
    """Pair off the units of two names, what tells most first."""
    possible: list[Pair] = []
    listed_units = units(listed)
    for one in units(asked):
        for other in listed_units:
            if (one.joined and (other.joined or other.token.cut)) or (other.joined and one.token.cut):
                continue
            similarity, rule = token_similarity(one.token, other.token)
            if similarity <= NOTHING or ((one.joined or other.joined) and similarity < JOINED_FLOOR):
                continue
            agreement = 1000 * (similarity - NOTHING) // (1000 - NOTHING)
            weight = (one.token.weight + other.token.weight) // 2
            possible.append(Pair(weight * agreement, one, other, similarity, rule))
    possible.sort(key=lambda pair: -pair.told)  # stable: of equals the first in order of places
    chosen: list[Pair] = []
    asked_places = listed_places = 0
    for pair in possible:
        if not (asked_places & pair.asked.places or listed_places & pair.listed.places):
            chosen.append(pair)
            asked_places |= pair.asked.places
            listed_places |= pair.listed.places
    return chosen


def _score(asked: Sequence[Token], listed: Sequence[Token], pairs: Sequence[Pair]) -> int:
    told = sum(pair.told for pair in pairs)
    if not told:
        return 0
    whole = 1000 * sum((pair.asked.token.weight + pair.listed.token.weight) // 2 for pair in pairs)
    missing = _unmet(asked, [pair.asked for pair in pairs], MISSING, MISSING_PATRONYMIC)
    extra = _unmet(listed, [pair.listed for pair in pairs], EXTRA, EXTRA_PATRONYMIC)
    return _discounted(TOP * told // (whole + 10 * (missing + extra)), told)


def _places(met: Iterable[Unit]) -> int:
    return reduce(or_, (unit.places for unit in met), 0)


def _unmet(tokens: Sequence[Token], met: Sequence[Unit], share: int, patronymic_share: int) -> int:
    places = _places(met)
    return sum(
        token.weight * (patronymic_share if token.suffix.is_patronymic else share)
        for at, token in enumerate(tokens)
        if not places >> at & 1
    )


def _discounted(share: int, told: int) -> int:
    """Discount a share of agreement by how much is told; nothing is left of the discount at `FULL`.

    Names that agree nearly in all are spared the worst of it: two Muhammad Ali are worth a look.
    """
    trust = min(TOP, TOP * told // (told + 1000 * DISCOUNT) * (FULL + DISCOUNT) // FULL)
    square = share * share // TOP
    return min(TOP, max(share * trust // TOP, square * square // TOP * WHOLE // 100))


def _reasons(asked: Sequence[Token], listed: Sequence[Token], pairs: Sequence[Pair]) -> tuple[TokenReason, ...]:
    reasons = [
        TokenReason(pair.rule, pair.asked.token.text, pair.listed.token.text, pair.similarity / 1000) for pair in pairs
    ]
    for tokens, met, is_asked in ((asked, [p.asked for p in pairs], True), (listed, [p.listed for p in pairs], False)):
        places = _places(met)
        for at, token in enumerate(tokens):
            if not places >> at & 1 and not token.particle:
                texts = (token.text, "") if is_asked else ("", token.text)
                reasons.append(TokenReason(None, *texts, 0.0))
    return tuple(reasons)
