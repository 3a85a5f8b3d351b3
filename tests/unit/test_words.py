from __future__ import annotations

import pytest

from elchi.locale import LANGUAGES, Words, best_language


@pytest.fixture
def english() -> Words:
    return Words("en")


@pytest.fixture
def russian() -> Words:
    return Words("ru")


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        (["ru"], "ru"),
        (["ru_RU.UTF-8"], "ru"),
        (["de", "ru-KZ"], "ru"),
        (["en-GB", "ru"], "en"),
        (["kk_KZ.UTF-8"], "kk"),
        (["uz", "en"], "uz"),
        (["be_BY.UTF-8"], "ru"),
        (["uk", "en"], "en"),
        (["C.UTF-8", ""], "en"),
        ([], "en"),
    ],
)
def test_best_language(preferred: list[str], language: str) -> None:
    assert best_language(preferred) == language


def test_languages_are_those_with_words() -> None:
    assert LANGUAGES == ("en", "kk", "ky", "ru", "tg", "tk", "uz")


def test_a_language_without_words_is_read_in_another() -> None:
    assert (Words("uk").language, Words("xx").language) == ("ru", "en")


@pytest.mark.parametrize(
    ("iso", "in_english", "in_russian"),
    [
        ("1961-04-09", "9 Apr 1961", "09.04.1961"),
        ("1961-12", "Dec 1961", "12.1961"),
        ("1961", "1961", "1961"),
        ("2026-11-21T18:40:00+05:00", "21 Nov 2026", "21.11.2026"),
        ("1961-13", "1961-13", "1961-13"),
        ("circa 1961", "circa 1961", "circa 1961"),
    ],
)
def test_dates(english: Words, russian: Words, iso: str, in_english: str, in_russian: str) -> None:
    assert (english.date(iso), russian.date(iso)) == (in_english, in_russian)


@pytest.mark.parametrize(
    ("value", "digits", "in_english", "in_russian"),
    [
        (0.93, None, "0.93", "0,93"),
        (0.9, 2, "0.90", "0,90"),
        (9_999, None, "9999", "9999"),
        (15_846, None, "15,846", "15\u00a0846"),
        (1_234_567.89, 1, "1,234,567.9", "1\u00a0234\u00a0567,9"),
        (-10_000, None, "-10,000", "-10\u00a0000"),
    ],
)
def test_numbers(
    english: Words, russian: Words, value: float, digits: int | None, in_english: str, in_russian: str
) -> None:
    assert (english.number(value, digits), russian.number(value, digits)) == (in_english, in_russian)


@pytest.mark.parametrize(
    ("count", "in_english", "in_russian"),
    [
        (1, "1 day old", "1 день назад"),
        (2, "2 days old", "2 дня назад"),
        (5, "5 days old", "5 дней назад"),
        (11, "11 days old", "11 дней назад"),
        (21, "21 days old", "21 день назад"),
        (0, "0 days old", "0 дней назад"),
    ],
)
def test_plural_forms(english: Words, russian: Words, count: int, in_english: str, in_russian: str) -> None:
    assert (english.text("check.age", count=count), russian.text("check.age", count=count)) == (in_english, in_russian)


def test_reasons(english: Words, russian: Words) -> None:
    swapped = {"asked": "1961-09-04", "listed": "1961-04-09"}
    assert english.reason("birth_date_swapped", swapped) == (
        "birth date has day and month swapped: 4 Sep 1961, listed 9 Apr 1961"
    )
    assert russian.reason("birth_date_swapped", swapped) == (
        "в дате рождения переставлены день и месяц: 04.09.1961, в списке 09.04.1961"
    )
    close = {"asked": "Касинов", "listed": "Kasenov", "similarity": 0.954}
    assert english.reason("name_close", close) == "“Касинов” is much like “Kasenov” (95%)"
    assert russian.reason("name_close", close) == "«Касинов» похоже на «Kasenov» (95\u00a0%)"


def test_values_are_words_of_a_vocabulary(russian: Words) -> None:
    assert (
        russian.reason("key_same", {"kind": "plate", "asked": "01 KG 777 ABC"}) == "госномер совпадает: 01 KG 777 ABC"
    )
    assert (
        russian.reason("sex_differs", {"asked": "F", "listed": "male"}) == "пол не совпадает: женский, в списке мужской"
    )
    assert russian.reason("nationality_differs", {"asked": "KGZ", "listed": "uz"}) == (
        "гражданство не совпадает: KGZ, в списке UZ"
    )


def test_a_value_without_a_word_is_shown(english: Words) -> None:
    assert english.reason("key_same", {"kind": "wristband", "asked": "7"}) == "wristband is the same: 7"


def test_bands(english: Words, russian: Words) -> None:
    assert [english.band(band) for band in ("STOP", "REVIEW", "CLEAR")] == ["STOP", "REVIEW", "NOTHING KNOWN"]
    assert [russian.band(band) for band in ("STOP", "REVIEW", "CLEAR")] == ["СТОП", "ПРОВЕРИТЬ", "НЕ ЗНАЧИТСЯ"]


def test_errors_tell_rule_and_place(english: Words, russian: Words) -> None:
    params = {"field": "birth_date", "rule": "no_such_day", "line": 12_345}
    assert english.error("date_invalid", params) == (
        "the date cannot be read: there is no such day (birth date, line 12,345)"
    )
    assert (
        russian.error("date_invalid", params) == "дата не читается: такого дня нет (дата рождения, строка 12\u00a0345)"
    )


def test_positions_are_told_from_one(english: Words) -> None:
    params = {"field": "vin", "rule": "characters", "position": 0, "limit": 17, "allowed": [5, 17]}
    assert english.error("mark_invalid", params) == (
        "this mark cannot be read: a character that cannot stand there (VIN, character 1, at most 17, allowed: 5, 17)"
    )


def test_codes_without_words_are_shown_as_they_are(english: Words) -> None:
    assert english.reason("name_sung", {"asked": "x"}) == "name_sung"
    assert english.error("moon_full", {}) == "moon_full"
    assert english.error("moon_full", {"rule": "new", "field": "sky"}) == "moon_full (sky)"
    assert english.band("MAYBE") == "MAYBE"
    assert english.text("demo.nothing") == "demo.nothing"


def test_params_that_lack_or_are_odd_do_no_harm(english: Words) -> None:
    assert english.reason("birth_date_same", {}) == "birth date is the same: …"
    assert english.reason("birth_date_same", {"asked": None}) == "birth date is the same: …"
    assert english.reason("name_close", {"asked": "{0}", "listed": "{x!r}", "similarity": "much"}) == (
        "“{0}” is much like “{x!r}” (much)"
    )
    assert english.reason("birth_date_same", {"asked": 1961}) == "birth date is the same: 1961"


def test_values_cannot_write_on_the_screen(english: Words) -> None:
    shown = english.reason("name_extra", {"listed": "Ali\x1b[2J\n\u202eilA\u200c"})
    assert shown == "the listed name has “Ali\ufffd[2J\ufffd\ufffdilA\u200c” as well"
