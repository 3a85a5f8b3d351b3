"""Private matches for all input: what both have is found and nothing else; readers read what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.exchange.private_match import (
    TAG,
    Budget,
    TagSet,
    Use,
    blind,
    derive_key,
    evaluate,
    finalise,
    looks_guessed,
    outputs,
    read_answer,
    read_ask,
    read_contact,
    read_desk,
    read_page,
    tag_of,
)
from elchi.exchange.private_match.tags import PER_PAGE
from elchi.modules.private_match.marks import KINDS, Mark, inputs_of_mark, read_marks
from elchi.names.phonetic_key import phonetic_key

KEYS = st.binary(min_size=1, max_size=40)
TAGS = st.binary(min_size=TAG, max_size=TAG)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60) | st.binary(max_size=70).map(lambda b: b.hex()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("rules", "have", "elements", "set", "pages", "page", "size", "tags", "tag")


@settings(max_examples=30, deadline=None)
@given(st.sets(KEYS, max_size=12), st.sets(KEYS, max_size=12), st.sets(KEYS, max_size=6), st.binary(max_size=20))
def test_exactly_the_common_keys_are_found(one: set[bytes], other: set[bytes], both: set[bytes], info: bytes) -> None:
    asked, key = sorted(one | both), derive_key(b"s" * 32, info)
    tags = TagSet.of(tag_of(output) for output in outputs(key, sorted(other | both)))
    blinded = blind(asked)
    found = finalise(blinded, evaluate(key, [each.element for each in blinded]))
    met = {given for given, output in zip(asked, found, strict=True) if tag_of(output) in tags}
    assert met == (one | both) & (other | both)


@given(st.sets(TAGS), TAGS)
def test_a_set_has_what_it_was_made_of(tags: set[bytes], other: bytes) -> None:
    made = TagSet.of(tags)
    assert [made.at(place) for place in range(len(made))] == sorted(tags)
    assert (other in made) == (other in tags)
    assert all(tag in made for tag in tags)
    assert TagSet.of_pages(list(made.pages())) == made


def test_a_large_set_goes_in_pages_and_comes_back() -> None:
    made = TagSet(b"".join(number.to_bytes(TAG, "big") for number in range(PER_PAGE + 1)))
    pages = list(made.pages())
    assert ([len(page) // TAG for page in pages], TagSet.of_pages(pages)) == ([PER_PAGE, 1], made)
    with pytest.raises(InvalidInput, match="match_invalid"):
        TagSet.of_pages(pages[::-1])


@given(st.dictionaries(st.sampled_from(NAMES), JSON), JSON)
def test_readers_read_or_refuse_and_read_what_they_write(match: Mapping[str, Any], contact: Any) -> None:
    for body in ({"match": match, "contact": contact}, {"match": contact}, {}):
        for read in (read_ask, read_answer, read_page, read_contact):
            told = _read(read, body)
            assert told is None or read({"match": told.to_json()}) == told
        desk = _read(read_desk, body) or {}
        assert all(isinstance(text, str) and text.isprintable() for text in desk.values())


def _read(read: Callable[[Mapping[str, Any]], Any], body: Mapping[str, Any]) -> Any:
    """Give what is read; None for what is refused, with the one code."""
    with suppress(InvalidInput), _refused_as("match_invalid"):
        return read(body)
    return None


@contextmanager
def _refused_as(code: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput as error:
        if error.code != code:
            raise AssertionError(error) from error
        raise


# A tenth digit after +7701 would be another number, far away, and not the next one.
@given(st.integers(0, 10**9 - 60), st.integers(5, 60), st.sampled_from(("+7701{:09}", "N{:09}", "{:010}A")))
def test_counting_up_is_seen_in_any_order(begin: int, count: int, form: str) -> None:
    values = [form.format(begin + at) for at in range(count)]
    assert looks_guessed(reversed(values))
    assert looks_guessed(values + [f"X{at * 97:07}" for at in range(count)])


@given(st.sets(st.integers(0, 10**4), max_size=50))
def test_numbers_that_lie_apart_are_no_guessing(numbers: set[int]) -> None:
    assert not looks_guessed(f"+7701{number * 1000:09}" for number in numbers)


@given(st.integers(0, 1000), st.integers(0, 50), st.integers(1, 1000), st.integers(0, 1000), st.booleans())
def test_a_budget_is_never_overdrawn(per_day: int, hour: int, keys: int, today: int, throttled: bool) -> None:  # noqa: FBT001  of hypothesis
    budget = Budget(per_day, 20, is_throttled=throttled)
    use = Use(today=today, last_hour=hour, days_full=0, without_contact=0)
    if not budget.refusal(use, keys):
        assert today + keys <= budget.today <= per_day
        assert hour < 20
    assert budget.today <= Budget(per_day, 20).today


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шарипзода Хуршед", "SHARIPZODA, Khurshed"), ("Khurshed Sharipzoda", "Sharipzoda Hurshed"),
        ("Худойбердиев Шухрат Олимович", "Khudoyberdiyev Shukhrat"), ("Mr Olim Testov", "Тестов Олим"),
        ("Muhammad Karimov", "Mohammed Karimov"), ("Karimov M. Dilshod", "Dilshod Karimov"),
    ],
)  # fmt: skip
def test_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert phonetic_key(one) == phonetic_key(other) != ""


@pytest.mark.parametrize("name", ["Ali", "", "Olimov", "I O", "A. B. Ali"])
def test_a_name_that_says_too_little_has_none(name: str) -> None:
    assert phonetic_key(name) == ""


@given(st.text(max_size=60))
def test_the_key_of_a_name_does_not_hang_on_the_order_of_its_words(name: str) -> None:
    words = name.split()
    if all(word.isascii() and word.isalpha() and len(word) > 7 for word in words):
        assert phonetic_key(" ".join(words)) == phonetic_key(" ".join(reversed(words)))


@given(st.sampled_from(KINDS), st.text(max_size=40), st.sampled_from(("", "KZ")))
def test_any_mark_is_compared_or_refused_with_its_line(kind: str, text: str, country: str) -> None:
    with suppress(InvalidInput), _refused_as("match_invalid"):
        (mark,) = read_marks([{"kind": kind, "text": text}])
        assert inputs_of_mark(mark, country)
        assert inputs_of_mark(Mark(kind, mark.text)) == inputs_of_mark(mark)
