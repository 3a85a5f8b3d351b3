"""What each word of a name is. Persons are invented."""

from __future__ import annotations

import unicodedata

import pytest

from elchi.errors import InvalidInput
from elchi.names._tables import read_table
from elchi.names.given_names import GivenName, given_name
from elchi.names.structure import MAX_NAME, ROLES, NameParts, NameToken, parse_name


def told(parts: NameParts) -> str:
    """Show the words with their roles, e.g. `Ivan:given Petrov:family`."""
    return " ".join(f"{token.text}:{token.role}" for token in parts.tokens)


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        # East Slavic
        ("Viktor Ivanovich Sidorov", "Viktor:given Ivanovich:patronymic Sidorov:family"),
        ("Sidorov Viktor Ivanovich", "Sidorov:family Viktor:given Ivanovich:patronymic"),
        ("Сидорова Анна Ильинична", "Сидорова:family Анна:given Ильинична:patronymic"),
        ("Olha Oleksandrivna Kovalenko", "Olha:given Oleksandrivna:patronymic Kovalenko:family"),
        ("Андрэй Пятровіч Лукашэвіч", "Андрэй:given Пятровіч:patronymic Лукашэвіч:family"),
        ("Roman Arkadyevich Stepanovich", "Roman:given Arkadyevich:patronymic Stepanovich:family"),
        ("Viktor Igorevich Krugly", "Viktor:given Igorevich:patronymic Krugly:family"),
        ("Ivan Petrovich Kim", "Ivan:given Petrovich:patronymic Kim:family"),
        ("Ильин Пётр Ильич", "Ильин:family Пётр:given Ильич:patronymic"),
        ("Нина Ушинская", "Нина:given Ушинская:family"),
        ("D. V. Levchenko", "D.:initial V.:initial Levchenko:family"),
        ("Левченко Д.В.", "Левченко:family Д.:initial В.:initial"),
        ("Д.В.Левченко", "Д.:initial В.:initial Левченко:family"),
        # Central Asia
        ("Каримов Хуршед Нематуллоевич", "Каримов:family Хуршед:given Нематуллоевич:patronymic"),
        ("Daniyar Abishuly Tasbolatov", "Daniyar:given Abishuly:patronymic Tasbolatov:family"),
        ("Данияр Әбішұлы Тасболатов", "Данияр:given Әбішұлы:patronymic Тасболатов:family"),
        ("Ms Zhanna Erkinqyzy", "Ms:title Zhanna:given Erkinqyzy:patronymic"),
        ("Асанов Бакыт Кубат уулу", "Асанов:family Бакыт:given Кубат:patronymic уулу:patronymic"),
        ("Bakyt Kubat uulu", "Bakyt:given Kubat:patronymic uulu:patronymic"),
        (
            "Oʻktam Yoʻldosh oʻgʻli Karimov",
            "Oʻktam:given Yoʻldosh:patronymic oʻgʻli:patronymic Karimov:family",
        ),
        ("Tursunboy qizi Dilnoza", "Tursunboy:patronymic qizi:patronymic Dilnoza:given"),
        ("Мамедов Гусейн Али-оглы", "Мамедов:family Гусейн:given Али:patronymic оглы:patronymic"),
        ("Хуршедҷон Саидзода", "Хуршедҷон:given Саидзода:family"),
        ("Rustam Davlatzoda Hasanov", "Rustam:given Davlatzoda:patronymic Hasanov:family"),
        ("Zarif Karim zoda", "Zarif:given Karim:family zoda:family"),
        ("Saodat-bibi Hoshimova", "Saodat-bibi:given Hoshimova:family"),
        ("Berdiyew Orazguly", "Berdiyew:family Orazguly:given"),
        ("Petrosyan Armen", "Petrosyan:family Armen:given"),
        ("Zhenishkan Toktosunov", "Zhenishkan:given Toktosunov:family"),
        # Arabic, Persian, Pashto
        ("Huda Muhammad Jawad al-Basri", "Huda:given Muhammad:given Jawad:given al:particle Basri:family"),
        ("Salim bin Yusuf", "Salim:given bin:particle Yusuf:patronymic"),
        ("Salima bint Yusuf al-Basri", "Salima:given bint:particle Yusuf:patronymic al:particle Basri:family"),
        ("Abd al-Rahman al-Basri", "Abd:given al:particle Rahman:given al:particle Basri:family"),
        ("Jalal ud-Din Tehrani", "Jalal:given ud:particle Din:given Tehrani:family"),
        ("Mullah Abdul Ghani Zaranjwal", "Mullah:title Abdul:given Ghani:given Zaranjwal:unknown"),
        ("Abu Bakr Tehrani", "Abu:given Bakr:given Tehrani:family"),
        ("محمد الرازي", "محمد:given الرازي:family"),
        ("ملا عبد الرحمن", "ملا:title عبد:given الرحمن:given"),
        ("دکتر احمد تهرانی", "دکتر:title احمد:given تهرانی:family"),
        # layouts
        ("SIDOROV, Viktor Ivanovich", "SIDOROV:family Viktor:given Ivanovich:patronymic"),
        ("Kim, Chol Su", "Kim:family Chol:given Su:given"),
        ("Viktor Ivanovich SIDOROV", "Viktor:given Ivanovich:patronymic SIDOROV:family"),
        ("Maria VAN DER BERG", "Maria:given VAN:particle DER:particle BERG:family"),
        ("Martin van der Berg", "Martin:given van:particle der:particle Berg:family"),
        ("Rahmon, Zarif, Dr", "Rahmon:family Zarif:given Dr:title"),
        ("Zaranjwal, Haji Ahmad", "Zaranjwal:family Haji:title Ahmad:given"),
        ("Sidorov, Viktor a.k.a. Vitya, Grom", "Sidorov:family Viktor:given a.k.a.:alias Vitya:alias Grom:alias"),
        ("John Smith, Jr.", "John:unknown Smith:unknown Jr.:generation"),
        ("Viktor Sidorov III", "Viktor:given Sidorov:family III:generation"),
        ("Maria Sidorova née Petrova", "Maria:given Sidorova:family née:former Petrova:former"),
        ("Viktor Sidorov a.k.a. Vitya Grom", "Viktor:given Sidorov:family a.k.a.:alias Vitya:alias Grom:alias"),
        ("Виктор Сидоров он же Гром", "Виктор:given Сидоров:family он:alias же:alias Гром:alias"),
        ("Nazarova (Karimova) Gulnora", "Nazarova:family Karimova:unknown Gulnora:given"),
        ("General Viktor Sidorov", "General:title Viktor:given Sidorov:family"),
        ("Sayyid Karimov", "Sayyid:given Karimov:family"),
        ("Sayyid Karim Husayni", "Sayyid:title Karim:given Husayni:family"),
    ],
)
def test_roles(name: str, roles: str) -> None:
    assert told(parse_name(name)) == roles


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("Ivan Petrovich", "Ivan:given Petrovich:unknown"),
        ("Kim Chol Su", "Kim:unknown Chol:unknown Su:unknown"),
        ("王小明", "王小明:unknown"),
        ("Haji Khan", "Haji:title Khan:unknown"),
        ("Davlatzoda Karim Hasanov", "Davlatzoda:unknown Karim:given Hasanov:family"),
        ("Nurbek Serikbek", "Nurbek:given Serikbek:unknown"),
        ("Aleksandar Hristov Nikolov", "Aleksandar:given Hristov:unknown Nikolov:family"),
        ("Ivanova Anna Petrova", "Ivanova:unknown Anna:given Petrova:unknown"),
        ("Yashki Ahmad Halabi", "Yashki:unknown Ahmad:given Halabi:family"),
        ("Bayan Ahmad", "Bayan:family Ahmad:given"),
        ("Reza Ebadzadeh Semnani", "Reza:given Ebadzadeh:unknown Semnani:family"),
        ("Karim al-Rashid", "Karim:given al:particle Rashid:unknown"),
    ],
)
def test_what_is_unsure_stays_unknown(name: str, roles: str) -> None:
    assert told(parse_name(name)) == roles


@pytest.mark.parametrize(
    ("name", "word", "token"),
    [
        ("Olha Oleksandrivna Kovalenko", 1, NameToken("Oleksandrivna", "patronymic", "Oleksandr", "ivna")),
        ("Sergei Sergeevich Sidorov", 1, NameToken("Sergeevich", "patronymic", "Sergey", "evich")),
        ("Сидоров Пётр Ильич", 2, NameToken("Ильич", "patronymic", "Илья", "ич")),
        ("Сидорова Анна Юрьевна", 2, NameToken("Юрьевна", "patronymic", "Юрий", "евна")),
        ("Anna Dmitrievna Sidorova", 2, NameToken("Sidorova", "family", "Sidor", "ova")),
        ("Данияр Әбішұлы Тасболатов", 1, NameToken("Әбішұлы", "patronymic", "Әбіш", "ұлы")),
        ("Bakyt Kubat uulu", 1, NameToken("Kubat", "patronymic", "Kubat", "")),
        ("Bakyt Kubat uulu", 2, NameToken("uulu", "patronymic", "", "uulu")),
        ("Хуршедҷон Саидзода", 1, NameToken("Саидзода", "family", "Саид", "зода")),
        ("Hoshimova Saodatbibi", 1, NameToken("Saodatbibi", "given", "Saodat", "bibi")),
        ("محمد الرازي", 1, NameToken("الرازي", "family", "رازي", "")),
        ("Karimov Oʻktam Yoʻldoshovich", 2, NameToken("Yoʻldoshovich", "patronymic", "Yoʻldosh", "ovich")),
    ],
)
def test_stems_and_suffixes(name: str, word: int, token: NameToken) -> None:
    assert parse_name(name).tokens[word] == token


@pytest.mark.parametrize(
    ("name", "sex"),
    [
        ("Viktor Sidorov", "M"),
        ("Sidorova", "F"),
        ("Zhanna Erkinqyzy", "F"),
        ("Кубат уулу", "M"),
        ("Anna Ivanovna Petrovich", "F"),
        ("Kim Chol Su", ""),
        ("Viktor Sidorova", ""),
        ("Bakyt Kovalenko", ""),
    ],
)
def test_sex_that_the_words_agree_on(name: str, sex: str) -> None:
    assert parse_name(name).sex == sex


def test_fields_tell_the_roles() -> None:
    assert told(parse_name("Kim Chol Su", family="Kim", given="Chol Su")) == "Kim:family Chol:given Su:given"
    assert told(parse_name("Chol Su KIM", family="KIM")) == "Chol:given Su:given KIM:family"
    fields = parse_name("", family="Ivanovich", given="Ivan Ivanovich")
    assert told(fields) == "Ivanovich:family Ivan:given Ivanovich:patronymic"
    assert fields.words("patronymic") == ("Ivanovich",)
    assert told(parse_name("Chol Su Kim", given="Chol Su")) == "Chol:given Su:given Kim:family"


def test_lookalike_letters_do_not_hide_a_patronymic() -> None:
    assert told(parse_name("Сидоров Виктор " + "A" + "ндреевич")) == "Сидоров:family Виктор:given Андреевич:patronymic"


@pytest.mark.parametrize("name", ["", "  ", "-", "123 ...", ",;()"])
def test_a_name_without_letters_has_no_words(name: str) -> None:
    assert parse_name(name) == NameParts(())


@pytest.mark.parametrize("place", ["text", "family", "given"])
def test_long_names_are_refused(place: str) -> None:
    values = {"text": "", place: "a" * (MAX_NAME + 1)}
    with pytest.raises(InvalidInput) as refused:
        parse_name(**values)
    assert (refused.value.code, refused.value.params["field"]) == ("name_too_long", place)


# --- given names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forms",
    [
        "Aleksandr Oleksandr Alexander Aliaksandr Александр Олександр ALEKSANDR",
        "Muhammad Mohammed Muxammad Magomed Mukhammed Мухаммад Мұхаммед Магомед محمد",
        "Hussein Hossein Husain Khusain Gusein Гусейн Хусейн حسين حسین",
        "Khurshed Xurshid Khourshed Hurşed Хуршед خورشید",
        "Yevhen Evgeny Yauhen Євген Евгений",
        "Volodymyr Vladimir Uladzimir Володимир Владимир Уладзімір",
        "Hryhoriy Grigory Ryhor Григорий Григорій",
        "Mykhailo Mikhail Михаил Михайло Міхаіл",
        "Yahya Yehia Yahyo Яхья يحيى",
        "Uthman Usman Osman Усман عثمان",
        "Dhulfiqar Zulfiqar Zulfikar Зульфикар ذوالفقار",
        "Ja'far Jafar Dzhafar Джафар جعفر",
        "Qasim Kasym Ghasem Қосим Касым قاسم",
        "Ibrahim Ibragim Ibrohim Ибрагим Иброҳим إبراهيم",
        "Abdullah Abdulla Abdullo Абдулло عبدالله",
        "Yulduz Zhuldyz Жұлдыз",
    ],
)
def test_forms_of_one_given_name(forms: str) -> None:
    found = {given_name(form) for form in forms.split()}
    assert len(found) == 1
    assert found != {None}


@pytest.mark.parametrize(
    ("one", "other"), [("Iskandar", "Aleksandr"), ("Yusuf", "Iosif"), ("Said", "Sayyid"), ("Maryam", "Maria")]
)
def test_loose_equivalents_are_different_names(one: str, other: str) -> None:
    first, second = given_name(one), given_name(other)
    assert first is not None
    assert second is not None
    assert first.canonical != second.canonical


def test_a_word_that_is_no_given_name() -> None:
    assert given_name("Sidorov") is None
    assert given_name("") is None
    assert given_name("a" * 100_000) is None
    assert given_name("НАРГИЗА") == given_name("nargiza") == given_name("Nargiza") != given_name("Nargis")


def test_every_spelling_stands_in_one_row() -> None:
    rows = read_table("given_names")
    strays = []
    for row in rows:
        name = GivenName(row["canonical"], row["sex"], tuple(row["spellings"].split()))
        strays += [spelling for spelling in (name.canonical, *name.spellings) if given_name(spelling) != name]
    assert strays == []
    assert {row["sex"] for row in rows} == {"M", "F", "U"}


# --- tables ----------------------------------------------------------------------------------------------------------


def test_tables_are_consistent() -> None:
    suffixes = read_table("structure/suffixes")
    assert len({row["suffix"] for row in suffixes}) == len(suffixes)
    assert {row["role"] for row in suffixes} == {
        "patronymic",
        "patronymic_or_family",
        "family_or_patronymic",
        "family",
        "weak_family",
        "nisba",
        "given",
    }
    assert {row["where"] for row in suffixes} == {"joined", "both"}
    titles = read_table("structure/titles")
    assert {row["role"] for row in titles} <= set(ROLES)
    assert {row["place"] for row in titles} == {"any", "first", "last"}
    kinds = {row["kind"] for row in read_table("structure/particles")}
    assert kinds == {"article", "link", "son", "daughter", "servant", "parent", "house"}
    for table in ("suffixes", "particles", "titles"):
        for row in read_table(f"structure/{table}"):
            assert all(cell == unicodedata.normalize("NFC", cell.strip()) for cell in row.values())
