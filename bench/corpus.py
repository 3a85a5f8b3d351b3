"""Invented names at the size of a large watchlist, the same every time: what the index is timed on.

A name is a given name of the shipped table, often a patronymic, and an invented family name with a suffix of the
region; one in eight is written in Cyrillic. Frequencies fall as in real lists (Zipf), so that a million names have
about 150,000 different words, as a million real ones do.
"""

from __future__ import annotations

import csv
import random
from functools import lru_cache
from importlib.resources import files

from elchi.names.transliteration import back_transliterate, transliterate

SYLLABLES = [
    "ab",
    "ad",
    "ai",
    "ak",
    "al",
    "am",
    "an",
    "ar",
    "as",
    "at",
    "ba",
    "be",
    "bek",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "el",
    "er",
    "ga",
    "ge",
    "gi",
    "go",
    "gul",
    "ha",
    "hi",
    "hu",
    "ib",
    "il",
    "im",
    "ir",
    "is",
    "ja",
    "jo",
    "ju",
    "ka",
    "ke",
    "ki",
    "ko",
    "ku",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "nu",
    "ol",
    "om",
    "on",
    "or",
    "pa",
    "pi",
    "po",
    "qa",
    "qo",
    "ra",
    "re",
    "ri",
    "ro",
    "ru",
    "sa",
    "se",
    "sha",
    "shi",
    "sho",
    "so",
    "su",
    "ta",
    "te",
    "ti",
    "to",
    "tu",
    "ul",
    "um",
    "ur",
    "us",
    "va",
    "ve",
    "vi",
    "vo",
    "ya",
    "yo",
    "yu",
    "za",
    "ze",
    "zi",
    "zo",
    "zu",
]
SUFFIXES = ("ov", "ov", "ov", "ova", "ova", "ev", "eva", "in", "ina", "zoda", "iy", "skiy", "enko", "ian", "", "", "")
PATRONYMICS = ("ovich", "ovna", "ovich", "uly", "kyzy", "uulu", " ogli", " qizi")


def given_names() -> list[str]:
    """Give the Latin spellings of the table of given names."""
    text = files("elchi.names").joinpath("tables", "given_names.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [row["canonical"] for row in rows if row["canonical"].isascii()]


def family_names(count: int, chance: random.Random) -> list[str]:
    """Invent family names of two to four syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        stem = "".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3, 3, 3, 4))))
        found[(stem + chance.choice(SUFFIXES)).capitalize()] = None
    return list(found)


def invent_names(count: int, seed: int = 1) -> list[str]:
    """Invent names, the same for the same count and seed."""
    chance = random.Random(seed)
    given = given_names()
    families = family_names(max(1000, count // 7), chance)
    given_weights = _zipf(len(given), chance)
    family_weights = _zipf(len(families), chance, exponent=0.6)
    firsts = chance.choices(given, given_weights, k=count)
    fathers = chance.choices(given, given_weights, k=count)
    lasts = chance.choices(families, family_weights, k=count)
    return [_compose(*parts, chance) for parts in zip(firsts, fathers, lasts, strict=True)]


def _zipf(count: int, chance: random.Random, exponent: float = 0.9) -> list[float]:
    weights = [1 / (rank + 5) ** exponent for rank in range(count)]
    chance.shuffle(weights)
    return weights


def _compose(first: str, father: str, last: str, chance: random.Random) -> str:
    shape = chance.random()
    if shape < 0.35:
        name = f"{last}, {first}"
    elif shape < 0.75:
        name = f"{first} {father}{chance.choice(PATRONYMICS)} {last}"
    elif shape < 0.85:
        name = f"{last.upper()} {first.upper()}"
    else:
        name = f"{first} {father} {last}"
    return " ".join(map(_in_cyrillic, name.split())) if chance.random() < 0.125 else name


@lru_cache(maxsize=1 << 18)
def _in_cyrillic(word: str) -> str:
    return back_transliterate(word, "bgn-ru")


def distort(name: str, chance: random.Random) -> str:
    """Write a name as another clerk, alphabet or keyboard would: one or two of typo, order, a word left out, script."""
    words = name.replace(",", "").split()
    kinds = chance.sample(("typo", "typo", "swap", "drop", "script", "spelling"), k=chance.choice((1, 1, 2)))
    if "drop" in kinds and len(words) > 2:
        del words[chance.randrange(len(words))]
    if "swap" in kinds:
        words = words[1:] + words[:1]
    if "typo" in kinds:
        at = max(range(len(words)), key=lambda place: (len(words[place]), place))
        words[at] = _typo(words[at], chance)
    text = " ".join(words)
    if "script" in kinds and text.isascii():
        text = " ".join(map(_in_cyrillic, text.split()))
    elif "spelling" in kinds:
        text = transliterate(text, chance.choice(("gost-b", "german", "french", "iso9")))
    return text


def _typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    kind = chance.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + chance.choice("abdegiklmnorstuvz") + word[at:]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
