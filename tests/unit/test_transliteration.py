"""Transliteration: the published examples of each system, what is not known, and the name field of the MRZ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elchi.errors import InvalidInput
from elchi.names.mrz_name import NAME_WIDTHS, MrzName, mrz_name
from elchi.names.scripts import fold_lookalikes, script_of, scripts_in
from elchi.names.transliteration import MAX_TEXT, back_transliterate, systems, transliterate


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Khurshed", "Latn"),
        ("Oʻktam", "Latn"),
        ("Əliyev", "Latn"),
        ("Хуршед", "Cyrl"),
        ("Жаһан Ұлы", "Cyrl"),
        ("محمد", "Arab"),
        ("ﻣﺤﻤﺪ", "Arab"),
        ("王小明", "Hani"),
        ("김철수", "Hang"),
        ("サトウ", "Kana"),
        ("Γιώργος", "Grek"),
        ("გიორგი", "Geor"),
        ("Արմեն", "Armn"),
        ("דוד", "Hebr"),
        ("राम", "Deva"),
        ("ሰላም", "Othr"),
        ("12-34", "Othr"),
        ("", "Othr"),
        ("Иван Petrov-Vodkin", "Latn"),
    ],
)
def test_script_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


def test_scripts_in_most_frequent_first() -> None:
    assert scripts_in("Иванов Li 王") == ("Cyrl", "Latn", "Hani")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("A" + "ндреевич", "Андреевич"),
        ("Дзм" + "i" + "трый", "Дзмітрый"),
        ("Xaca" + "нов", "Хасанов"),
        ("Р" + "etrov", "Petrov"),
        ("Andrew", "Andrew"),
        ("Андрей", "Андрей"),
        ("Ж" + "oz", "Ж" + "oz"),
        ("王" + "o", "王" + "o"),
        ("O" + "ʻзбек", "О" + "ʻзбек"),
    ],
)
def test_fold_lookalikes(typed: str, meant: str) -> None:
    assert fold_lookalikes(typed) == meant


@pytest.mark.parametrize(
    ("system", "text", "written"),
    [
        ("icao", "Хуршед Щукин", "KHURSHED<SHCHUKIN"),
        (
            "icao",
            "Müller Ñandú Þór Ørsted Łódź Åse Œuvre ẞ ß İı",
            "MUELLER<NANDU<THOR<OERSTED<LODZ<AASE<OEUVRE<SS<SS<II",
        ),
        ("icao", "D'ARTAGNAN", "DARTAGNAN"),
        ("icao", "MARIE-ELISE", "MARIE<ELISE"),
        ("icao", "ANNA, MARIA", "ANNA<MARIA"),
        ("icao", "Игорь Объедков 3-й", "IGOR<OBIEEDKOV<I"),
        ("icao", "Ọlá 王 Nguyễn", "OLA<NGUYEN"),
        ("icao-uk", "Згурський Юрій Єва Їжак Яготин", "ZHURSKYI<YURII<YEVA<YIZHAK<YAHOTYN"),
        ("icao-uk", "Лук'яненко", "LUKIANENKO"),
        ("icao-be", "Гёзаў", "HIOZAU"),
        ("icao-bg", "Щерев", "SHTEREV"),
        ("icao-sr", "Жика Чукић Шћепан", "ZIKA<CUKIC<SCEPAN"),
        ("icao-mk", "Ѓорѓи Ќосе Џеладин", "GJORGJI<KJOSE<DJELADIN"),
        ("icao-arab", "عبّاس", "EBBAS"),
        ("icao-arab", "فضّة", "FXDZXDZXAH"),
        ("icao-arab", "ابو بكر محمد بن زكريا الرازي", "ABW<BKR<MXHMD<BN<ZKRYA<ALRAZY"),
        ("icao-arab", "جميلة نعيمة", "JMYLXAH<NEYMXAH"),
        ("icao-arab", "عبد العزيز بن متعب", "EBD<ALEZYZ<BN<MTEB"),
        ("icao-arab", "ژاله پرویز گل", "XJALH<PRWXYAZ<XGGL"),
        ("iso9", "Щедрин Юлий Жаһан Әлия Ұлы Қодир Ҷамшед", "Ŝedrin Ûlij Žaḥan A̋liâ U̇ly Ķodir Çamšed"),
        ("gost-a", "Объект", "Obʺekt"),
        ("gost-b", "Цыганов Цирк Щедрый Юльевич", "Cy`ganov Cirk Shhedry`j Yul`evich"),
        ("gost-b-uk", "Київ", "Ky`yiv"),
        ("gost-b-bg", "Щърб", "Shta`rb"),
        ("bgn-ru", "Ельцин Алексеев Съезд Ёлкин Королёв Чуйкова", "Yel’tsin Alekseyev S”yezd Yëlkin Korolëv Chuykova"),
        ("bgn-ru", "Шчастье Отсек", "Sh·chast’ye Ot·sek"),
        ("bgn-kk", "Қасым-Жомарт Ағзам Өмірзақ Асһат", "Qasym-Zhomart Aghzam Ömirzaq As·hat"),
        ("bgn-ky", "Жеңиш Өмүр Сооронбай", "Jengish Ömür Sooronbay"),
        ("bgn-tg", "Саъдӣ Рӯзгор Ҷанг Эй Раҳмон", "Sa’dí Rŭzgor Jang Ėy Rahmon"),
        ("bgn-uz", "Ўктам Ғайрат Елена", "Ŭktam Ghayrat Yelena"),
        ("scholarly", "Хрущёв Юльевич", "Xruščëv Julʹevič"),
        ("scholarly-uk", "Григорій", "Hryhorij"),
        (
            "german",
            "Хрущёв Ельцин Горький Андрей Новороссийск Алексей",
            "Chruschtschow Jelzin Gorki Andrei Noworossijsk Alexei",
        ),
        (
            "french",
            "Хрущёв Путин Сергей Михаил Достоевский Хуршед",
            "Khrouchtchov Poutine Sergueï Mikhaïl Dostoïevski Khourched",
        ),
        ("turkish", "Хуршед Джамиль Ильин", "Hurşed Camil İlin"),
        ("uz-1995", "Хуршед Ғуломов Ўктам Исҳоқ Маъмур Елена", "Xurshed Gʻulomov Oʻktam Is’hoq Ma’mur Yelena"),
        ("uz-2021", "Ғуломов Ўткир Чори Шавкат", "Ğulomov Õtkir Çori Şavkat"),
        ("tk-latin", "Гурбангулы Мәликгулыевич Җума Еди", "Gurbanguly Mälikgulyýewiç Juma Ýedi"),
        ("kk-2021", "Бұрыңғы Өткен Даналық Ислам Ілияс", "Būryñğy Ötken Danalyq İslam Iliias"),
        ("kk-2018", "Шыңғыс Чу Әлихан Ұлы Үй", "Shyńǵys Chý Álıhan Uly Úı"),
        ("kk-2017", "Шыңғыс", "Sʼynʼgʼys"),
        ("az-latin", "Әлијев Илһам Ҹәфәр Ҝүнај Гасымов", "Əliyev İlham Cəfər Günay Qasımov"),
    ],
)
def test_published_spellings(system: str, text: str, written: str) -> None:
    assert transliterate(text, system) == written


@pytest.mark.parametrize(
    ("system", "written", "text"),
    [
        ("icao", "SERGEI<<IURII<MARIIA", "СЕРГЕЙ ЮРИЙ МАРИЯ"),
        ("icao-uk", "HRYHORII<YEVHEN", "ГРИГОРІЙ ЄВГЕН"),
        ("icao-arab", "MXHMD<ALRAZY", "محمد الرازي"),
        ("iso9", "Ŝedrin Obʺekt KONʹ", "Щедрин Объект КОНЬ"),
        ("gost-b", "Cy`ganov Czaplin Shhuka", "Цыганов Цаплин Щука"),
        ("bgn-ru", "Yel’tsin Emin Sergey", "Ельцин Эмин Сергей"),
        ("german", "Chruschtschow", "Хрущов"),
        ("french", "Poutine Sergueï", "Путин Сергей"),
        ("uz-1995", "O'ktam G‘ayrat Xurshed Is’hoq", "Ўктам Ғайрат Хуршед Исҳоқ"),
        ("kk-2021", "Būryñğy İslam", "Бұрыңғы Ислам"),
        ("az-latin", "Əliyev İlham", "Әлијев Илһам"),
        ("tk-latin", "Gurbanguly", "Гурбангулы"),
    ],
)
def test_reading_back(system: str, written: str, text: str) -> None:
    assert back_transliterate(written, system) == text


def test_case_follows_the_word() -> None:
    assert transliterate("Щ Щука ЩУКА БОРЩ Ящ", "bgn-ru") == "Shch Shchuka SHCHUKA BORSHCH Yashch"


def test_letters_of_other_alphabets_are_kept_outside_the_mrz() -> None:
    assert transliterate("Иван 王 Γ 12 ü", "bgn-ru") == "Ivan 王 Γ 12 ü"
    assert back_transliterate("Иван 王 ü", "bgn-ru") == "Иван 王 ü"


def test_every_letter_of_central_asia_is_written_by_its_own_systems() -> None:
    letters = {
        "bgn-kk": "әғқңөұүһі",
        "kk-2021": "әғқңөұүһі",
        "kk-2018": "әғқңөұүһі",
        "kk-2017": "әғқңөұүһі",
        "bgn-ky": "ңөү",
        "bgn-tg": "ғӣқӯҳҷ",
        "bgn-uz": "ўқғҳ",
        "uz-1995": "ўқғҳ",
        "uz-2021": "ўқғҳ",
        "tk-latin": "әңөүҗ",
        "az-latin": "әғҝөүһҹј",
        "iso9": "әғқңөұүһіӣӯҳҷўҗҝҹј",
        "icao": "әғқңөұүһіӣӯҳҷўҗҝҹј",
        "german": "әғқңөұүһіӣӯҳҷў",
        "french": "әғқңөұүһіӣӯҳҷў",
        "turkish": "әғқңөұүһіӣӯҳҷўҗҝҹ",
    }
    kept = {
        system: [letter for letter in alphabet if script_of(transliterate(letter, system)) != "Latn"]
        for system, alphabet in letters.items()
    }
    assert kept == {system: [] for system in letters}


def test_systems_are_listed_once() -> None:
    assert len(set(systems())) == len(systems()) == 32


@pytest.mark.parametrize("call", [transliterate, back_transliterate])
def test_unknown_system_and_long_text_are_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(InvalidInput) as unknown:
        call("a", "klingon")
    assert (unknown.value.code, unknown.value.params["field"]) == ("transliteration_system_unknown", "system")
    with pytest.raises(InvalidInput) as long:
        call("a" * (MAX_TEXT + 1), "iso9")
    assert (long.value.code, long.value.params["position"]) == ("text_too_long", MAX_TEXT)


# ICAO Doc 9303-4, 4.2.3: the upper line without its five leading characters.
@pytest.mark.parametrize(
    ("family", "given", "field"),
    [
        ("ERIKSSON", "ANNA MARIA", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
        ("HENG", "DEBORAH MING LO", "HENG<<DEBORAH<MING<LO<<<<<<<<<<<<<<<<<<"),
        ("SMITH-JONES", "SUSIE MARGARET", "SMITH<JONES<<SUSIE<MARGARET<<<<<<<<<<<<"),
        ("O'CONNOR", "ENYA SIOBHAN", "OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<"),
        ("VAN DER MUELLEN", "MARTIN", "VAN<DER<MUELLEN<<MARTIN<<<<<<<<<<<<<<<<"),
        ("AL-BASRI", "HUDA MUHAMMAD JAWAD", "AL<BASRI<<HUDA<MUHAMMAD<JAWAD<<<<<<<<<<"),
        ("VILARCHAO FERNANDEZ", "JOSE RAMON", "VILARCHAO<FERNANDEZ<<JOSE<RAMON<<<<<<<<"),
        ("ARKFREITH", "", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("", "ARKFREITH", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("PAPANDROPOULOUS", "JONATHON WARREN TREVOR", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
    ],
)
def test_mrz_name_that_fits(family: str, given: str, field: str) -> None:
    assert mrz_name(family, given, 39) == MrzName(field, truncated=False)


@pytest.mark.parametrize(
    ("family", "given", "width", "field"),
    [
        ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", 39, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
        ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG", 39, "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU"),
        (
            "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL",
            "DINGO POTOROO",
            39,
            "BENNELONG<WOOLOOM<WARRAND<WARNAM<<DINGO",
        ),
        ("BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO", 31, "BENNELONG<WOOL<WARR<WARN<<DINGO"),
        ("ABABABABABABABABABAB", "ABCDEFG HI J", 30, "ABABABABABABABABABAB<<ABCDEF<H"),
        ("A" * 50, "B C", 30, "A" * 27 + "<<B"),
        ("A" * 50, "", 31, "A" * 31),
        ("A B C D E F G H I J K L M N O P Q R", "ST", 30, "A<B<C<D<E<F<G<H<I<J<K<L<M<<ST<"),
        ("Абдурахмонов-Мирзоев", "Хуршедджон Нематуллоевич", 39, "ABDURAKHMONOV<MIRZOEV<<KHURSHEDDZHON<NE"),
    ],
)
def test_mrz_name_truncated(family: str, given: str, width: int, field: str) -> None:
    assert mrz_name(family, given, width) == MrzName(field, truncated=True)
    assert len(field) <= width


def test_mrz_name_in_another_language() -> None:
    assert mrz_name("Згурський", "Юрій", 30, system="icao-uk").text == "ZHURSKYI<<YURII<<<<<<<<<<<<<<<"


@pytest.mark.parametrize(
    ("family", "given", "width", "system", "code"),
    [
        ("A", "B", 44, "icao", "mrz_width_unknown"),
        ("王", "", 39, "icao", "name_empty"),
        ("", " - ", 39, "icao", "name_empty"),
        ("A", "B", 39, "iso9", "transliteration_system_unknown"),
        ("A", "B", 39, "icao-xx", "transliteration_system_unknown"),
        ("A" * (MAX_TEXT + 1), "B", 39, "icao", "text_too_long"),
    ],
)
def test_mrz_name_refused(family: str, given: str, width: int, system: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        mrz_name(family, given, width, system=system)
    assert refused.value.code == code


def test_name_widths_are_those_of_the_formats() -> None:
    assert sorted(NAME_WIDTHS) == [30, 31, 39]


def test_documentation_lists_every_system() -> None:
    page = (Path(__file__).parents[2] / "docs" / "names.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)) == systems()
