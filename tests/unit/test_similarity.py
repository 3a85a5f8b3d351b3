"""Two words: how alike, and by which rule."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from elchi.names import similarity
from elchi.names.similarity import (
    AGREEMENT,
    EQUIVALENT,
    SUBSTITUTION,
    Rule,
    form_similarity,
    length_of,
    token_similarity,
)
from elchi.names.tokens import CODES, Suffix, Token, encode, tokenise

ONE_SOUND = [
    "Muhammad Мухаммад MUHAMMAD",
    "Хуршед Xurshed Khurshed Khourshed KHURSHED Hurşed",
    "Жапаров Japarov Zhaparov Dzhaparov ЖАПАРОВ",
    "Чынгыз Chyngyz Çıngız",
    "Қайрат Kairat Qairat Kayrat",
    "Ғалымжан Galymzhan",
    "Ҷамшед Jamshed",
    "Ўктам Uktam",
    "Гурбангулы Gurbanguly",
    "Шәріпов Sharipov Шарипов",
    "Дмитриев Dmitriev Dmitriyev",
    "Maxim Maksim Максим",
    "Nguyen Nguyễn",
    "ნინო Nino",
    "Հակոբյան Hakobyan",
]
MUHAMMAD = ["محمد", "Muhammad", "Mohammed", "Мухаммад", "Мухаммед", "Magomed"]


def word(text: str) -> Token:
    """Read a text that is one token."""
    (token,) = tokenise(text)
    return token


def compare(one: str, other: str) -> tuple[int, Rule]:
    return token_similarity(word(one), word(other))


@pytest.mark.parametrize("spellings", ONE_SOUND)
def test_spellings_of_one_sound_are_the_same(spellings: str) -> None:
    for one, other in combinations(spellings.split(), 2):
        rule = Rule.SAME if one.lower() == other.lower() else Rule.SOUND
        assert (one, other, *compare(one, other)) == (one, other, 1000, rule)


def test_national_forms_of_a_given_name_are_equivalent() -> None:
    for one, other in combinations(MUHAMMAD, 2):
        assert compare(one, other)[0] >= EQUIVALENT
    for other in MUHAMMAD[:-1]:
        assert compare("Magomed", other) == compare(other, "Magomed") == (EQUIVALENT, Rule.EQUIVALENT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karimov", "Karimzoda"),
        ("Каримова", "Karimzoda"),
        ("Leonidovna", "Leonid kyzy"),
        ("Леонидович", "Leonid uulu"),
        ("Bakytovich", "Бакыт уулу"),
        ("Rustamovna", "Rustam qizi"),
    ],
)
def test_one_stem_with_other_suffixes(one: str, other: str) -> None:
    similarity, rule = compare(one, other)
    assert rule is Rule.SUFFIX
    assert similarity >= 850


@pytest.mark.parametrize(
    "chain",
    [
        "Karimov Karimova Karimzoda Petrov",
        "Karimov Kerimov Karinov Petrov",
        "Abdykadyrov Abdykadymov Toktogulov",
        "احمدی Ahmadi Samadi Toktogulov",
        "کریمی Karimi Petrov",
        "Olim Alim Petrov",
        "Nurlan Nulran Nurman Bakyt",
    ],
)
def test_the_nearer_word_is_more_alike(chain: str) -> None:
    first, *others = chain.split()
    found = [compare(first, other)[0] for other in (first, *others)]
    assert all(nearer > farther for nearer, farther in pairwise(found)), found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("习近平", "王小明"),
        ("김정은", "박영수"),
        ("Иванов", "Сидоров"),
        ("Nurlan", "Bakyt"),
        ("Абдыкадыров", "Toktogulov"),
    ],
)
def test_words_that_have_nothing_in_common(one: str, other: str) -> None:
    assert compare(one, other) == (0, Rule.CLOSE)


def test_a_script_without_a_table_is_not_lost() -> None:
    assert compare("习近平", "习近平") == (1000, Rule.SAME)
    assert 0 < compare("習近平山", "習近平川")[0] < 1000


def test_an_initial_is_the_beginning_of_a_word_and_of_no_other() -> None:
    similarity, rule = compare("N", "Nurlan")
    assert rule is Rule.BEGINNING
    assert 0 < similarity < 1000
    assert compare("Н.", "Nurlan") == (similarity, rule)
    assert compare("B", "Nurlan") == (0, Rule.CLOSE)


def test_a_word_cut_off_is_the_beginning_of_the_whole() -> None:
    (cut,) = tokenise("Abdyk", truncated=True)
    similarity, rule = token_similarity(cut, word("Abdykadyrov"))
    assert rule is Rule.BEGINNING
    assert similarity > token_similarity(word("Abdyk"), word("Abdykadyrov"))[0]


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("nurlan", "nurlan", 0),
        ("nurlan", "nulran", similarity.TRANSPOSED),
        ("nurlan", "nurla", similarity.CONSONANT),
        ("nurlan", "nurmlan", similarity.CONSONANT),
        ("nurlanbek习", "nurlanbek近", 2 * similarity.CONSONANT),
        ("nurlanbek习", "nurlanbek", 2 * similarity.CONSONANT),
    ],
)
def test_what_a_slip_costs(one: str, other: str, cost: int) -> None:
    a, b = encode(one), encode(other)
    length = max(length_of(a, bare=False), length_of(b, bare=False))
    assert form_similarity(a, b, bare=False) == form_similarity(b, a, bare=False) == 1000 - 1000 * cost // length


def test_vowels_cost_less_than_consonants_and_least_where_one_side_leaves_them_out() -> None:
    def alike(one: str, other: str, *, bare: bool = False) -> int:
        return form_similarity(encode(one), encode(other), bare=bare)

    assert 1000 > alike("nurlan", "norlan") > alike("nurlan", "nurlam") > 0
    assert 1000 > alike("karim", "karm") > alike("karim", "kari") > 0
    assert 1000 > alike("mhmd", "muhamad", bare=True) > alike("mhmd", "muhamad")


def test_no_similarity_is_below_the_floor() -> None:
    assert form_similarity(encode("ali"), encode("ali"), bare=False) == 1000
    assert form_similarity(encode("ali"), encode("toktogulov"), bare=False) == 0
    assert form_similarity(encode("karim"), encode("karimov"), bare=False) >= similarity.FLOOR


def test_the_costs_are_symmetric() -> None:
    for one in range(CODES):
        assert SUBSTITUTION[one * CODES + one] == 0
        for other in range(CODES):
            assert SUBSTITUTION[one * CODES + other] == SUBSTITUTION[other * CODES + one]
    kinds = len(Suffix)
    for one in range(kinds):
        for other in range(kinds):
            assert AGREEMENT[one * kinds + other] == AGREEMENT[other * kinds + one] <= 100


def test_no_letter_drops_for_less_than_the_kernel_takes_for_granted() -> None:
    """`_kernel.c` gives up on words whose lengths are further apart than this allows."""
    assert min(similarity.DROPPING) >= 8
    assert min(similarity.DROPPING_BARE) >= 2
