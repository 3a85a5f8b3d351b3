"""What holds of any two names."""

from __future__ import annotations

import time
from functools import reduce
from operator import or_

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from elchi.names.compare import TOP, align, compare, compare_tokens, units
from elchi.names.similarity import Rule, token_similarity
from elchi.names.tokens import MAX_NAME, MAX_TOKENS, tokenise

WORDS = """Nurlan Нурлан Nurlon Abdykadyrov Абдыкадыров Abdukadirova Хуршед Xurshed Hurşed Muhammad Мухаммад Magomed
محمد احمدی عبدالرحمن Abdurahmon Abdul Rahman Abdulrahman Leonid Leonidovna Леонидовна Karimov Karimova Каримов Karimzoda
Кәрімұлы Ғалымжан Oʻktam Жапаров Japarov Чынгыз Chingiz Айтматов Aitmatov al el bin abd ud née kyzy uulu oʻgʻli zoda
оглы ulla 王小明 김정은 ნინო Αλέξανδρος 12 7a A b Ж"""
PLAIN = "Nurlan Нурлан Хуршед Karimov Каримов Karimzoda Жапаров Chingiz Айтматов Leonidovna 王小明"
words, plain = st.sampled_from(WORDS.split()), st.sampled_from(PLAIN.split())
names = st.lists(words, max_size=6).map(" ".join)
texts = st.one_of(names, st.text(max_size=60), st.text("abğşхқ习-' .", max_size=MAX_NAME))


@given(asked=texts, listed=texts, truncated=st.booleans())
def test_any_two_texts_have_a_score_and_reasons(asked: str, listed: str, *, truncated: bool) -> None:
    found = compare(asked, listed, truncated=truncated)
    assert 0 <= found.score <= 1
    assert found.score == round(found.score * TOP) / TOP
    assert found == compare(asked, listed, truncated=truncated)
    for reason in found.reasons:
        assert (reason.rule is None) == (reason.similarity == 0) == (not reason.asked or not reason.listed)
    assert (found.score > 0) <= any(reason.rule for reason in found.reasons)


@given(asked=names, listed=names)
def test_every_word_is_met_at_most_once_and_told_of(asked: str, listed: str) -> None:
    one, other = tokenise(asked), tokenise(listed)
    pairs = align(one, other)
    assert [pair.told for pair in pairs] == sorted((pair.told for pair in pairs), reverse=True)
    silent = 0
    for tokens, places in (
        (one, [pair.asked.places for pair in pairs]),
        (other, [pair.listed.places for pair in pairs]),
    ):
        met = reduce(or_, places, 0)
        assert met.bit_count() == sum(place.bit_count() for place in places)
        silent += sum(not token.particle for at, token in enumerate(tokens) if not met >> at & 1)
    assert len(compare(asked, listed).reasons) == len(pairs) + silent


@given(name=names)
def test_a_name_agrees_with_itself_in_every_word(name: str) -> None:
    assume(tokenise(name))
    found = compare(name, name)
    assert {reason.rule for reason in found.reasons} <= {Rule.SAME, Rule.SOUND}
    assert sum(len(reason.asked.split()) for reason in found.reasons) == len(tokenise(name))
    assert found.score > 0


@given(name=names, other=names)
def test_words_are_compared_alike_in_both_directions(name: str, other: str) -> None:
    for one in units(tokenise(name)):
        for two in units(tokenise(other)):
            assert token_similarity(one.token, two.token) == token_similarity(two.token, one.token)


@given(words=st.lists(words, min_size=2, max_size=5), at=st.integers(0, 4))
def test_a_word_less_never_raises_the_score(words: list[str], at: int) -> None:
    whole, part = " ".join(words), " ".join(words[:at] + words[at + 1 :])
    assert compare(whole, part).score <= compare(whole, whole).score
    assert compare(part, whole).score <= compare(whole, whole).score


@given(given=plain, family=plain, listed=st.tuples(plain, plain).map(" ".join))
def test_given_and_family_name_may_be_swapped(given: str, family: str, listed: str) -> None:
    assert compare(f"{given} {family}", listed).score == compare(f"{family}, {given}", listed).score
    assert compare(listed, f"{given} {family}").score == compare(listed, f"{family} {given}").score


@pytest.mark.parametrize(
    "piece", ["Ivanov ", "a", "a ", "al-", "Abdykadyrovich ", "习", "محمد ", "abcdefghijklmnopqrstuvwxyz "]
)
def test_the_longest_name_takes_little_time(piece: str) -> None:
    name = (piece * MAX_NAME)[:MAX_NAME]
    began = time.perf_counter()
    compare(name, name)
    assert time.perf_counter() - began < 2


def test_beyond_the_limits_nothing_counts() -> None:
    many = " ".join(["Nurlan"] * MAX_TOKENS)
    assert compare_tokens(tokenise(many + " Karimov"), tokenise(many)) == compare(many, many)
    assert compare("x" * MAX_NAME + " Karimov", "Karimov").score == 0
