"""Identity numbers of persons in Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan.

What each number tells, and how sure that is (docs/documents.md says where it was found):

KAZ  IIN, 12 digits YYMMDD C NNNN K. C gives century and sex (1, 2: 1800s; 3, 4: 1900s; 5, 6: 2000s; odd male), 0 is
     given to foreigners. K: sum of digit x weight 1..11 modulo 11; if that is 10, again with weights 3..11, 1, 2; if it
     is 10 again the number is not issued (Government Decree 406 of 22 May 2007; Programme of 11 June 2003, No. 565).
     Since Decree 853 of 26 August 2013 the first digits need not agree with the person's own date and sex, so a
     difference to the passport is no proof of anything. Companies have a BIN of the same form and check, whose fifth
     digit is 4, 5 or 6.
KGZ  PIN, 14 digits S DDMMYYYY NNNNN, S 1 female, 2 male (Decree 619 of 28 September 2017 governs its issue). No check
     digit is published.
UZB  PINFL, 14 digits S DDMMYY RRR NNN K, S as C in the IIN. The last is a check digit; open implementations weigh
     7, 3, 1 modulo 10 as ICAO does, but no official text that says so was found. So a digit that fits is `passed`, one
     that does not is `unproven`, never `failed`.
TJK, TKM  No structure is published that we could find: digits or letters are taken as they come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from elchi.documents.mark import Check, Fault, fold_digits, fold_mark
from elchi.documents.mrz_layout import check_digit


@dataclass(frozen=True, slots=True)
class NationalId:
    """An identity number and what it says of the person."""

    number: str
    """The key."""
    country: str
    birth_date: str
    """ISO 8601, empty when the number says none or one that does not exist."""
    sex: str
    """F, M or empty."""
    check: Check
    faults: tuple[Fault, ...]


def normalise_national_id(text: str, *, country: str = "") -> str:
    """Give the key of an identity number: letters and digits, and the right number of them where that is known.

    Args:
        text: the number as given.
        country: three-letter code; without it, or for a country not known here, any letters and digits are taken.

    Raises:
        InvalidInput: `mark_invalid` with `field` national_id and `rule` (`too_long`, `empty`, `digits_only`,
            `length`).
    """
    return read_national_id(text, country=country).number


def read_national_id(text: str, *, country: str = "") -> NationalId:
    """Read an identity number. Wrong check digits and impossible dates are reported, not refused.

    Raises:
        InvalidInput: as `normalise_national_id`.
    """
    reader = _READERS.get(country.upper())
    if reader is None:
        return NationalId(fold_mark(text, field="national_id"), country.upper(), "", "", Check.NONE, ())
    return reader(text)


def _read_kaz(text: str) -> NationalId:
    number = fold_digits(text, field="national_id", lengths=(12,))
    digits = [int(digit) for digit in number]
    remainder = sum(digit * weight for digit, weight in zip(digits, range(1, 12), strict=False)) % 11
    if remainder == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        remainder = sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    check = Check.PASSED if remainder == digits[11] else Check.FAILED
    faults = [Fault("check_digit", "national_id", position=11)] if check is Check.FAILED else []
    birth_date, sex = "", ""
    if number[4] not in "456" and number[6] != "0":  # not a company, not a foreigner
        birth_date = _date(_century(number[6]) + number[:2], number[2:4], number[4:6])
        sex = _sex(number[6])
        if not birth_date:
            faults.insert(0, Fault("date", "national_id", position=0))
    return NationalId(number, "KAZ", birth_date, sex, check, tuple(faults))


def _read_kgz(text: str) -> NationalId:
    number = fold_digits(text, field="national_id", lengths=(14,))
    birth_date = _date(number[5:9], number[3:5], number[1:3])
    sex = {"1": "F", "2": "M"}.get(number[0], "")
    faults = [] if sex else [Fault("sex", "national_id", position=0)]
    if not birth_date:
        faults.append(Fault("date", "national_id", position=1))
    return NationalId(number, "KGZ", birth_date, sex, Check.NONE, tuple(faults))


def _read_uzb(text: str) -> NationalId:
    number = fold_digits(text, field="national_id", lengths=(14,))
    sex = _sex(number[0])
    birth_date = _date(_century(number[0]) + number[5:7], number[3:5], number[1:3])
    faults = [] if sex else [Fault("sex", "national_id", position=0)]
    if sex and not birth_date:
        faults.append(Fault("date", "national_id", position=1))
    check = Check.PASSED if check_digit(number[:13]) == number[13] else Check.UNPROVEN
    return NationalId(number, "UZB", birth_date, sex, check, tuple(faults))


_READERS: Mapping[str, Callable[[str], NationalId]] = {"KAZ": _read_kaz, "KGZ": _read_kgz, "UZB": _read_uzb}


def _century(digit: str) -> str:
    return {"1": "18", "2": "18", "3": "19", "4": "19", "5": "20", "6": "20"}.get(digit, "")


def _sex(digit: str) -> str:
    return {"1": "M", "3": "M", "5": "M", "2": "F", "4": "F", "6": "F"}.get(digit, "")


def _date(year: str, month: str, day: str) -> str:
    if len(year) != 4:
        return ""
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
