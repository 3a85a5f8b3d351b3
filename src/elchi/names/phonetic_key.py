"""A name as one key: equal for spellings that sound alike, whatever their script and the order of their words."""

from __future__ import annotations

from typing import Final

from elchi.names.tokens import Token, tokenise, without_vowels

RULES: Final = 1
"""Counts up when the same name gives another key: nodes that compare keys must agree in it."""
LEAST_WORDS: Final = 2
LEAST_CONSONANTS: Final = 4


def phonetic_key(name: str) -> str:
    """Give the key of a name, empty where it would say too little: of one word, or of hardly a consonant.

    Of each word it keeps the consonants of the stem as they sound; h, which comes and goes between spellings, titles,
    initials and patronymics, which one paper has and another has not, are left out. So it is coarser than a comparison
    (`elchi.names.compare`), and needs none: two nodes can compare it without seeing it.
    """
    words = sorted({_skeleton(token) for token in tokenise(name) if not _is_passed_over(token)} - {""})
    key = " ".join(words)
    if len(words) < LEAST_WORDS or len(key) - len(words) + 1 < LEAST_CONSONANTS:
        return ""
    return key


def _is_passed_over(token: Token) -> bool:
    return token.particle or token.cut or token.suffix.is_patronymic


def _skeleton(token: Token) -> str:
    stem = token.form[: token.stem]
    bones = without_vowels(stem).replace("h", "")
    # Doubled letters are single in a form; they may meet where a vowel or h stood between.
    return bones or stem
