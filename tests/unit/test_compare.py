"""Two names: which of two listed ones is nearer, and why. The statements outlive the figures."""

from __future__ import annotations

from itertools import pairwise

import pytest

from elchi.names.compare import Comparison, compare, compare_tokens
from elchi.names.similarity import Rule
from elchi.names.tokens import tokenise

FULL = "Nurlan Bakytovich Abdykadyrov"


def met(comparison: Comparison) -> list[tuple[Rule | None, str, str]]:
    return [(reason.rule, reason.asked, reason.listed) for reason in comparison.reasons]


@pytest.mark.parametrize(
    ("asked", "better_to_worse"),
    [
        pytest.param(
            "Nurlan Abdykadyrov",
            [
                "Nurlan Abdykadyrov",
                "Nurlan Abdykadyrof",
                "Nurlam Abdykadyrof",
                "Bakyt Abdykadyrov",
                "Nurlan Toktogulov",
                "Sergey Petrov",
            ],
            id="slips, then family name, then given name",
        ),
        pytest.param(
            "Нурлан Абдыкадыров",
            ["Nurlan Abdykadyrov", "Nurlan Abdykodirov", "Abdykadyrov", "Nurlan", "Bakyt"],
            id="a part missing",
        ),
        pytest.param(
            FULL, [FULL, "Nurlan Abdykadyrov", "Nurlan Bakytovich", "Bakytovich"], id="a patronymic matters less"
        ),
        pytest.param(
            FULL,
            [FULL, "Nurlan Sergeyevich Abdykadyrov", "Bakyt Sergeyevich Abdykadyrov"],
            id="another patronymic",
        ),
        pytest.param(
            "Nurlan Abdykadyrov",
            ["Nurlan Abdykadyrov", "N. Abdykadyrov", "B. Abdykadyrov"],
            id="initials",
        ),
        pytest.param(
            "Khalid bin Walid",
            ["Khalid bin Walid", "Khalid Walid", "Khalid bin Toktogul"],
            id="particles",
        ),
        pytest.param(
            "Nurlan Karimov",
            ["Nurlan Karimov", "Nurlan Karimzoda", "Nurlan Petrov"],
            id="suffixes",
        ),
        pytest.param(
            "محمد احمدی",
            ["محمد احمدی", "Muhammad Ahmadi", "Muhammad Toktogulov"],
            id="unvowelled",
        ),
        pytest.param("王小明", ["王小明", "王大明", "习近平"], id="a script without a table"),
    ],
)
def test_the_nearer_name_scores_more(asked: str, better_to_worse: list[str]) -> None:
    scores = [compare(asked, listed).score for listed in better_to_worse]
    assert all(better > worse for better, worse in pairwise(scores)), scores


@pytest.mark.parametrize(
    "spellings",
    [
        ["Nurlan Abdykadyrov", "ABDYKADYROV, Nurlan", "Абдыкадыров Нурлан", "nurlan  abdykadyrov"],
        ["Хуршед Шарипов", "Xurshed Sharipov", "Sharipov Khourshed", "KHURSHED ŞARIPOV", "Şaripov Hurşed"],
        ["Чынгыз Айтматов", "Chyngyz Aitmatov", "AITMATOV Çıngız"],
        ["Qairat Japarov", "Zhaparov Kairat", "Қайрат Жапаров"],
    ],
)
def test_alphabet_order_and_case_change_no_score(spellings: list[str]) -> None:
    scores = {compare(asked, listed).score for asked in spellings for listed in spellings}
    assert len(scores) == 1
    assert scores.pop() > 0.7


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Abdul Latif Rahimi", "Abdullatif Rahimi"),
        ("Rahimi Abdullatif", "Abdul-Latif Rahimi"),
        ("Kim Jong Un", "Kim Jongun"),
        ("Nur Lan Toktogulov", "Нурлан Токтогулов"),
    ],
)
def test_a_name_is_found_joined_or_split(asked: str, listed: str) -> None:
    other = compare(asked, f"{tokenise(listed)[0].text} Petrov")
    assert compare(asked, listed).score > other.score
    assert None not in [rule for rule, _, _ in met(compare(asked, listed))]
    assert None not in [rule for rule, _, _ in met(compare(listed, asked))]


@pytest.mark.parametrize("asked", ["Nurlan Abdykadyrov", "Khalid al-Basri", "Айгуль Токтогулова", "Muhammad Ali"])
@pytest.mark.parametrize("listed", ["Sergey Petrov", "Wolfgang Schmidt", "김정은", "María Fernández"])
def test_unrelated_names_score_nothing_to_speak_of(asked: str, listed: str) -> None:
    assert compare(asked, listed).score < 0.2


def test_a_given_name_alone_stays_far_below_a_family_name_with_it() -> None:
    whole, given, family = (
        compare("Aigul Toktogulova", listed).score
        for listed in ("Aigul Toktogulova", "Aigul Berdimuhamedova", "Nargiza Toktogulova")
    )
    assert given < family < whole
    assert given < whole / 3


def test_a_common_name_tells_less_than_a_rare_one() -> None:
    assert compare("Muhammad Ali", "Muhammad Ali").score < compare("Nurlan Abdykadyrov", "Nurlan Abdykadyrov").score


def test_a_patronymic_with_a_word_for_daughter_is_the_russian_one() -> None:
    found = compare("Aigul Leonid kyzy Toktogulova", "Токтогулова Айгуль Леонидовна")
    assert sorted(met(found)) == sorted(
        [
            (Rule.SOUND, "toktogulova", "токтогулова"),
            (Rule.SOUND, "aigul", "айгуль"),
            (Rule.SUFFIX, "leonidkyzy", "леонидовна"),
        ]
    )


@pytest.mark.parametrize(
    ("with_particles", "without"),
    [("Khalid bin Walid al-Basri", "Khalid Walid Basri"), ("Abu Bakr al-Hakim", "Abu Bakr Hakim")],
)
def test_particles_matter_little(with_particles: str, without: str) -> None:
    same = compare(without, without).score
    assert compare(with_particles, without).score > 0.75 * same
    assert compare(without, with_particles).score > 0.75 * same


def test_a_truncated_name_is_the_beginning_of_the_whole() -> None:
    asked, listed = "Aigul Toktog", "Aigul Toktogulova"
    cut, whole = compare(asked, listed, truncated=True), compare(asked, listed)
    assert cut.score > whole.score
    assert met(cut) == [(Rule.SAME, "aigul", "aigul"), (Rule.BEGINNING, "toktog", "toktogulova")] or met(cut) == [
        (Rule.BEGINNING, "toktog", "toktogulova"),
        (Rule.SAME, "aigul", "aigul"),
    ]
    assert compare("Aigul Petr", listed, truncated=True).score < cut.score


def test_what_met_nothing_stands_last_in_order_written() -> None:
    found = compare("Nurlan Bakytovich Abdykadyrov", "Abdykadyrov Sergey Toktogul")
    assert met(found) == [
        (Rule.SAME, "abdykadyrov", "abdykadyrov"),
        (None, "nurlan", ""),
        (None, "bakytovich", ""),
        (None, "", "sergey"),
        (None, "", "toktogul"),
    ]
    assert [reason.similarity for reason in found.reasons] == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_a_particle_that_met_nothing_is_no_reason() -> None:
    assert met(compare("Walid", "bin Walid")) == [(Rule.SAME, "walid", "walid")]


@pytest.mark.parametrize("empty", ["", " - ", "’"])
def test_a_text_without_a_letter_is_like_nothing(empty: str) -> None:
    assert compare(empty, empty) == Comparison(0.0, ())
    assert compare(empty, "Ali") == Comparison(0.0, compare_tokens((), tokenise("Ali")).reasons)
    assert compare("Ali", empty).score == 0.0


def test_tokens_and_texts_give_the_same() -> None:
    asked, listed = "Nurlan Abdykady", "Нурлан Абдыкадыров"
    assert compare_tokens(tokenise(asked, truncated=True), tokenise(listed)) == compare(asked, listed, truncated=True)


SPELLING = "Khurshed Abdyldaev"


@pytest.mark.parametrize(
    "mark",
    [
        "\u200b",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u202e",
        "\u2066",
        "\ufe0f",
        "\u20d0",
        "\u0483",
        "\U000e0041",
        "\x00",
        "\x1b",
    ],
    ids=ascii,
)
def test_what_is_not_seen_parts_no_letters(mark: str) -> None:
    assert compare(mark.join(SPELLING), SPELLING).score == compare(SPELLING, SPELLING).score


@pytest.mark.parametrize(
    "disguised",
    ["ᴋʜᴜʀsʜᴇᴅ ᴀʙᴅʏʟᴅᴀᴇᴠ", "Ƙhurshɇd Ȧɓɗyłdaev", "Кhursheԁ Аbdуldаеv", "Ｋｈｕｒｓｈｅｄ　Ａｂｄｙｌｄａｅｖ"],
)
def test_letters_that_look_like_others_are_read_as_they_look(disguised: str) -> None:
    assert compare(disguised, SPELLING).score == compare(SPELLING, SPELLING).score


def test_the_points_of_hebrew_are_no_letters() -> None:
    assert compare("מֹשֶׁה כֹּהֵן", "משה כהן").score == compare("משה כהן", "משה כהן").score
