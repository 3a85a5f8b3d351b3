"""What holds of the parts of any name."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from elchi.names.structure import ROLES, parse_name

WORDS = """Ivan Ivanovich Petrova KARIM al-Basri bin Abdul Rahman uulu Кубат қызы Д.В. aka née
Jr , ( ) - ud-Din محمد زاده 王 Dr"""
words = st.sampled_from(WORDS.split())
names = st.lists(words, max_size=12).map(" ".join)


@given(name=st.one_of(names, st.text(max_size=80)))
def test_any_name_is_read_and_no_letter_is_lost(name: str) -> None:
    parts = parse_name(name)
    assert {token.role for token in parts.tokens} <= set(ROLES)
    assert parts.sex in {"M", "F", ""}
    assert parse_name(name) == parts


@given(name=names)
def test_every_letter_of_the_name_is_in_its_words(name: str) -> None:
    def letters(text: str) -> str:
        return "".join(filter(str.isalpha, text))

    assert letters("".join(token.text for token in parse_name(name).tokens)) == letters(name)


@given(family=names, first=names)
def test_fields_never_fail(family: str, first: str) -> None:
    parts = parse_name("", family=family, given=first)
    assert {token.role for token in parts.tokens} <= set(ROLES)


def test_the_longest_name_takes_little_time() -> None:
    for piece in ("Ivan ", "a ", "Ivanovich ", "al-", "абд ", "uulu ", ", ", "( ", "he "):
        name = (piece * 1000)[:1000]
        began = time.perf_counter()
        parse_name(name)
        assert time.perf_counter() - began < 1.0
