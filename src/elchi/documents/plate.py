"""Number plates of vehicles, of the region's countries and of any other.

A plate is matched by its key: letters and digits, Cyrillic and Latin look-alikes made one, and the country mark (KG,
KZ, TJ, UZ, RUS ..) left out where it stands within a known form, because some write it and some do not. The forms in
force since the years given are listed; what fits none, such as Soviet plates, old series and the plates of
Afghanistan, whose letters and digits depend on the province and the script, still has a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from elchi.documents.mark import fold_mark
from elchi.errors import InvalidInput

PLATE_LIMIT = 16
"""Letters and digits of a key. The longest form in force here has ten."""


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One country whose form a plate has."""

    country: str
    """Three-letter code."""
    region_code: str
    """As on the plate; empty where this form has none."""
    region: str
    """Name of the region of registration; empty when it is not known."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate and what it may be. Several countries share a form: 01123ABC is Kyrgyz (01 KG 123 ABC) and Uzbek."""

    number: str
    """The key."""
    readings: tuple[PlateReading, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    country: str
    pattern: re.Pattern[str]
    """Groups make the key, what is outside them is the country mark; `region` is the region's code."""


def _forms(country: str, *patterns: str) -> list[_Form]:
    return [_Form(country, re.compile(pattern, re.ASCII)) for pattern in patterns]


_COUNTRY_MARK = re.compile("KG|KZ|RT|RU|TJ|TM|UZ")
_RU = "[ABEKMHOPCTYX]"
_FORMS: tuple[_Form, ...] = (
    # 2012: 123 ABC 02 of persons, 123 AB 02 of companies
    *_forms("KAZ", r"(?:KZ)?(\d{3})([A-Z]{2,3})(?P<region>0[1-9]|1\d|20)(?:KZ)?"),
    # 2016: 01 KG 123 ABC, 01 KG 123 AB; 1994: B 1234 AB
    *_forms("KGZ", r"(?P<region>0[1-9])(?:KG)?(\d{3})([A-Z]{2,3})", r"([A-Z])(\d{4})([A-Z]{1,2})(?:KG)?"),
    # 2010: 1234 AB 01 of persons, 123 AB 01 of the state; once with RT beside it
    *_forms("TJK", r"(?:TJ)?(\d{3,4})([A-Z]{1,2})(?P<region>0[1-8])(?:RT|TJ)?"),
    # 1994: AB 1234 AG
    *_forms("TKM", r"(?:TM)?([A-Z]{2})(\d{4})(?P<region>AG|AH|BN|DZ|LB|MR)"),
    # 2008: 01 A 123 BC of persons, 01 123 ABC of bodies, 01 1234 AB trailers, 01 123 AB two wheels, 01 H 123456
    # foreigners, 01 M 123456 foreign firms
    *_forms(
        "UZB",
        r"(?P<region>\d\d)([A-Z])(\d{3})([A-Z]{2})(?:UZ)?",
        r"(?P<region>\d\d)(\d{3})([A-Z]{2,3})(?:UZ)?",
        r"(?P<region>\d\d)(\d{4})([A-Z]{2})(?:UZ)?",
        r"(?P<region>\d\d)([HM])(\d{6})(?:UZ)?",
    ),
    # GOST R 50577-2018 types 1 and 2: A 123 BC 77, AB 1234 77 trailers
    *_forms(
        "RUS",
        rf"({_RU})(\d{{3}})({_RU}{{2}})(?P<region>[1279]?\d\d)(?:RUS?)?",
        rf"({_RU}{{2}})(\d{{4}})(?P<region>[1279]?\d\d)(?:RUS?)?",
    ),
    # GA 36-2018: 新 A 12345, 新 A D12345 with new energy
    *_forms(
        "CHN", r"(?P<region>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])([A-Z])([A-Z0-9]{5,6})"
    ),
)

_UZ_REGIONS = (
    ("Tashkent city", 1, 9),
    ("Tashkent region", 10, 19),
    ("Sirdaryo", 20, 24),
    ("Jizzakh", 25, 29),
    ("Samarkand", 30, 39),
    ("Fergana", 40, 49),
    ("Namangan", 50, 59),
    ("Andijan", 60, 69),
    ("Kashkadarya", 70, 74),
    ("Surkhandarya", 75, 79),
    ("Bukhara", 80, 84),
    ("Navoi", 85, 89),
    ("Khorezm", 90, 94),
    ("Karakalpakstan", 95, 99),
)
_KZ_REGIONS = (
    "Astana",
    "Almaty city",
    "Akmola",
    "Aktobe",
    "Almaty region",
    "Atyrau",
    "West Kazakhstan",
    "Jambyl",
    "Karaganda",
    "Kostanay",
    "Kyzylorda",
    "Mangystau",
    "Turkistan",
    "Pavlodar",
    "North Kazakhstan",
    "East Kazakhstan",
    "Shymkent",
    "Abai",
    "Jetisu",
    "Ulytau",
)
_KG_REGIONS = (
    "Bishkek",
    "Osh city",
    "Batken",
    "Jalal-Abad",
    "Naryn",
    "Osh region",
    "Talas",
    "Chuy",
    "Issyk-Kul",
)

REGIONS: Mapping[str, Mapping[str, str]] = {
    "KAZ": {f"{code:02d}": name for code, name in enumerate(_KZ_REGIONS, start=1)},
    "KGZ": {f"{code:02d}": name for code, name in enumerate(_KG_REGIONS, start=1)},
    "TJK": {
        "01": "Dushanbe",
        "05": "Dushanbe",
        "02": "Sughd",
        "06": "Sughd",
        "03": "Khatlon",
        "04": "Gorno-Badakhshan",
        "07": "Districts of Republican Subordination, west",
        "08": "Districts of Republican Subordination, east",
    },
    "TKM": {"AG": "Ashgabat", "AH": "Ahal", "BN": "Balkan", "DZ": "Dashoguz", "LB": "Lebap", "MR": "Mary"},
    "UZB": {f"{code:02d}": name for name, first, last in _UZ_REGIONS for code in range(first, last + 1)},
    "CHN": {"新": "Xinjiang", "甘": "Gansu", "青": "Qinghai", "藏": "Tibet", "蒙": "Inner Mongolia", "陕": "Shaanxi"},
}
"""Names of regions by the code on the plate; of China only those that border the region."""


def normalise_plate(text: str) -> str:
    """Give the key of a plate: `01 KG 123 ABC` and `01-123-авс` are both 01123ABC.

    Raises:
        InvalidInput: `mark_invalid` with `field` plate and `rule` (`too_long`, `empty`, `length`).
    """
    key = fold_mark(text, field="plate")
    if not 2 <= len(key) <= PLATE_LIMIT:
        raise InvalidInput("mark_invalid", field="plate", rule="length", allowed=[2, PLATE_LIMIT])
    if _COUNTRY_MARK.search(key):
        for form in _FORMS:
            found = form.pattern.fullmatch(key)
            if found:
                return "".join(found.groups())
    return key


def read_plate(text: str, *, country: str = "") -> Plate:
    """Read a plate: its key, and the countries and regions whose form it has.

    Args:
        text: the plate as typed or read by a camera.
        country: three-letter code of the country it is known to be of; then no other is proposed.

    Raises:
        InvalidInput: as `normalise_plate`.
    """
    key = normalise_plate(text)
    readings: dict[PlateReading, None] = {}  # a dict keeps the order and says each one once
    for form in _FORMS:
        found = form.pattern.fullmatch(key)
        if found and country.upper() in ("", form.country):
            code = found.groupdict().get("region") or ""
            region = REGIONS.get(form.country, {}).get(code, "")
            if region or form.country in {"RUS", "CHN"} or not code:
                readings[PlateReading(form.country, code, region)] = None
    return Plate(key, tuple(readings))
