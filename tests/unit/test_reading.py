import pytest

from elchi.names.reading import Reading, Style, read_token, style_of
from elchi.names.tokens import MAX_NAME, MAX_TOKENS, Suffix, alternatives, joined, tokenise


def forms(name: str) -> list[str]:
    return [token.form for token in tokenise(name)]


def test_seven_spellings_sound_the_same() -> None:
    spellings = ["Хуршед", "Xurshed", "Khurshed", "Khourshed", "KHURSHED", "Hurşed", "Xurşed"]
    assert {form for spelling in spellings for form in forms(spelling)} == {"hurxed"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Щербаков", "Shcherbakov"),
        ("Щербаков", "Schtscherbakow"),
        ("Жумабаев", "Zhumabayev"),
        ("Қасымжомарт", "Qasymjomart"),
        ("Ғуломов", "Gʻulomov"),
        ("Ҷамшед", "Jamshed"),
        ("Ўктам", "Oʻktam"),
        ("Гульнора", "Gulnora"),
        ("Вячеслав", "Vâčeslav"),
        ("Юрьевич", "Yuryevich"),
        ("Хабибуллаев", "Xabibullayev"),
        ("Дмитриев", "Dmitriyev"),
    ],
)
def test_alphabets_and_spellings_meet_or_nearly(one: str, other: str) -> None:
    first, second = forms(one)[0], forms(other)[0]
    consonants = [[letter for letter in form if letter not in "aeiou"] for form in (first, second)]
    assert consonants[0] == consonants[1]


def test_arabic_script_is_read_without_its_vowels_and_article() -> None:
    assert read_token("محمد", Style()) == Reading("mhmd", bare=True)
    assert read_token("الحسن", Style()) == Reading("hsn", bare=True)


@pytest.mark.parametrize("name", ["김영복", "李晓翠", "ტარიელ", "Αλέξανδρος", "Վարդան", "משה", "नरेन्द्र", "สมชาย"])
def test_no_script_is_lost(name: str) -> None:
    assert forms(name) != []


def test_a_letter_of_another_script_that_looks_the_same_is_read_as_meant() -> None:
    assert forms("Aндреевич") == forms("Андреевич")  # the first has a Latin A


def test_scholarly_letters_change_what_the_others_say() -> None:
    assert style_of("vâčeslav cvetkov") == Style(scholarly=True)
    assert forms("Cvetkov Čaj")[0] == forms("Цветков")[0]
    assert style_of("şahin") == Style(turkic=True)


def test_a_suffix_that_is_a_word_of_its_own_belongs_to_the_word_before() -> None:
    father = tokenise("Alla Leonid kyzy")[1]
    assert (father.form, father.form[: father.stem], father.suffix) == ("leonidkizi", "leonid", Suffix.PATRONYMIC_F)


def test_allah_belongs_to_the_word_before() -> None:
    assert forms("Habib Ullah") == forms("Habibullah")


@pytest.mark.parametrize(
    ("word", "stem", "suffix"),
    [
        ("Karimov", "karim", Suffix.FAMILY_M),
        ("Karimova", "karim", Suffix.FAMILY_F),
        ("Karimzoda", "karim", Suffix.EITHER),
        ("Karimovich", "karim", Suffix.PATRONYMIC_M),
        ("Каримовна", "karim", Suffix.PATRONYMIC_F),
        ("Karimi", "karim", Suffix.NISBA),
        ("Shevchenko", "xevq", Suffix.FAMILY),
        ("Ova", "ova", Suffix.NONE),
    ],
)
def test_suffixes_are_told_from_stems(word: str, stem: str, suffix: Suffix) -> None:
    token = tokenise(word)[0]
    assert (token.form[: token.stem], token.suffix) == (stem, suffix)


def test_what_many_bear_weighs_less_and_particles_next_to_nothing() -> None:
    muhammad, rare, particle = tokenise("Muhammad Abdykadyrov al")
    assert particle.weight < muhammad.weight < rare.weight == 100
    assert particle.particle


def test_initials_and_the_end_of_a_truncated_name_are_beginnings() -> None:
    assert [token.cut for token in tokenise("Ivanov D. V.")] == [False, True, True]
    assert [token.cut for token in tokenise("Ivanov Dmit", truncated=True)] == [False, True]


def test_labels_are_no_names() -> None:
    assert forms("a.k.a. Zahir") == forms("Zahir")
    assert forms("Arabic: محمد") == forms("محمد")


def test_one_field_may_hold_several_names() -> None:
    assert alternatives("Hasan Wardian / Hasan Ali Wardian; Abu Ali") == (
        "Hasan Wardian",
        "Hasan Ali Wardian",
        "Abu Ali",
    )
    assert alternatives("Hasan") == ("Hasan",)


def test_neighbours_read_as_one_word_as_the_longer_name_is() -> None:
    first, second = tokenise("Abdul Latif")
    word = joined(first, second)
    assert word is not None
    assert word.form == forms("Abdullatif")[0]
    assert joined(first, tokenise("محمد")[0]) is None


def test_more_than_the_limits_is_left_out() -> None:
    assert len(tokenise("Ali " * 100)) == MAX_TOKENS
    assert tokenise("а" * (10 * MAX_NAME))[0].form == "a"
    assert tokenise("...") == ()
