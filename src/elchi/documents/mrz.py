"""Read machine-readable zones of travel documents (ICAO Doc 9303, 8th edition, Parts 3 to 7).

Reading is tolerant: a zone that has the size of one of the five formats is read, and all that its standard forbids is
reported in `Mrz.faults` with field, line and position. Only text that has no such form is an InvalidInput. Nothing is
corrected; `suggest_repairs` makes proposals.

Centuries, of which a zone has no digit: a birth date is the latest such date that is not after `today`; so a person of
more than a hundred years reads a hundred years too young. An expiry date is the one between 49 years before and 50
years after the year of `today`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from elchi.documents.mark import Fault
from elchi.documents.mrz_layout import BY_SIZE, Layout, MrzFormat, character_values, weigh
from elchi.documents.states import STATES
from elchi.errors import InvalidInput

MRZ_LIMIT = 400
"""Characters that may be given, noise included. The longest zone has 90."""

# What scanners and copying put around and between the lines: control characters (STX, ETX, CR, LF), blanks, BOM.
_NOISE = dict.fromkeys([*range(33), *range(127, 161), 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0xFEFF])
# A keyboard wedge types keys, and Windows gives them the letters of the layout in force: here the Russian one. Then all
# letters are Cyrillic; Cyrillic among Latin letters is a look-alike, and to take it for a key would change a name.
_RUSSIAN_KEYS = str.maketrans(
    "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬБйцукенгшщзфывапролдячсмитьб", "QWERTYUIOPASDFGHJKLZXCVBNM<" * 2
)
_SEXES = {"F": "F", "M": "M", "<": "X", "X": "X"}
_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13)) | {"<<"}
_DAYS = frozenset(f"{dt.date(2000, 1, 1) + dt.timedelta(days):%m%d}" for days in range(366))
_LATIN = re.compile(r"[A-Za-z]")
_STRAY = re.compile(r"[^A-Za-z0-9<]")


@dataclass(frozen=True, slots=True, kw_only=True)
class MrzFields:
    """What a zone says. Texts are without fillers; empty means that the zone has nothing there."""

    format: MrzFormat
    document_type: str
    """One or two letters: P, PO, I, AC, V ..."""
    issuer: str
    """Code of the issuing state or organisation, as in `elchi.documents.STATES`: KGZ, D, UNO."""
    document_number: str
    """The whole number; a filler inside it stands for a blank or hyphen (9303-3 4.1)."""
    family_name: str
    """Primary identifier, words separated by blanks."""
    given_names: str = ""
    """Secondary identifier, with a patronymic where the state puts it there."""
    nationality: str
    birth_date: str = ""
    """ISO 8601 as far as it is known: 1974-08-12, 1974-08, 1974 or empty."""
    sex: str = "X"
    """F, M, X (unspecified, `<` in the zone); empty when it cannot be read."""
    expiry_date: str = ""
    optional: str = ""
    """Optional data; on TD3 the personal number."""
    optional_2: str = ""
    """Second optional data of TD1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrz(MrzFields):
    """A zone that was read."""

    lines: tuple[str, ...]
    """As read: upper case, without noise."""
    birth_raw: str
    """The six characters of the birth date, YYMMDD."""
    expiry_raw: str
    name_truncated: bool
    """The last position of the names is a letter: the name may go on (9303-4 4.2.3 and alike)."""
    faults: tuple[Fault, ...]
    """What the standard forbids, in the order of the lines."""

    @property
    def check_digits_valid(self) -> bool:
        """Whether every check digit is right."""
        return all(fault.code != "check_digit" for fault in self.faults)


def read_mrz(text: str, *, today: dt.date) -> Mrz:
    """Read a machine-readable zone of any of the five formats.

    Args:
        text: its lines in any case, one below the other or joined (72, 88 or 90 characters), with blanks, line ends
            and control characters as a keyboard-wedge scanner sends them; at most MRZ_LIMIT characters.
        today: the day from which centuries are counted; see the module.

    Raises:
        InvalidInput: `mrz_invalid` with `field`, `rule` (`too_long`, `characters`, `length`, `line_length`,
            `letter`), and `position` and `line` where they apply.
    """
    flat, layout = _take_lines(text)
    return _read_fields(flat, layout, today)


def _read_fields(flat: str, layout: Layout, today: dt.date) -> Mrz:
    values = character_values(flat)
    faults: list[Fault] = []
    if not layout.shape.match(flat):
        faults += [_fault("characters", layout.field_at(at), layout, at) for at in layout.misplaced(flat)]
    number, optional = _read_number(flat, values, layout, faults)
    _check_digits(flat, values, layout, faults)
    names = flat[layout.names]
    primary, _, secondary = names.rstrip("<").partition("<<")
    if not primary:
        faults.append(_fault("missing", "family_name", layout, layout.names.start))
    birth, expiry = flat[layout.birth], flat[layout.expiry]
    birth_year, expiry_year = _guess_years(birth, expiry, today)
    return Mrz(
        format=layout.format,
        document_type=flat[:2].rstrip("<"),
        issuer=_read_state(flat[2:5], "issuer", layout, 2, faults),
        document_number=number,
        family_name=_words(primary),
        given_names=_words(secondary),
        nationality=_read_state(flat[layout.nationality], "nationality", layout, layout.nationality.start, faults),
        birth_date=_read_date(birth, birth_year, "birth_date", layout, faults),
        sex=_SEXES.get(flat[layout.sex], ""),
        expiry_date=_read_date(expiry, expiry_year, "expiry_date", layout, faults),
        optional=optional,
        optional_2=flat[layout.optional_2].rstrip("<"),
        lines=tuple([flat[line] for line in layout.lines]),
        birth_raw=birth,
        expiry_raw=expiry,
        name_truncated=names[-1] != "<",
        faults=tuple(sorted(faults, key=_place)) if faults else (),
    )


def _take_lines(text: str) -> tuple[str, Layout]:
    if len(text) > MRZ_LIMIT:
        raise InvalidInput("mrz_invalid", field="mrz", rule="too_long", limit=MRZ_LIMIT)
    rows = text.split()
    flat = "".join(rows)
    if not (flat.isascii() and flat.replace("<", "").isalnum()):
        flat = flat.translate(_NOISE)
        if not _LATIN.search(flat):
            flat = flat.translate(_RUSSIAN_KEYS)
        stray = _STRAY.search(flat)
        if stray:
            raise InvalidInput("mrz_invalid", field="mrz", rule="characters", position=stray.start())
    flat = flat.upper()
    layout = BY_SIZE.get((len(flat), flat[:1] == "V")) or BY_SIZE.get((len(flat), False))
    if layout is None:
        allowed = sorted({size for size, _ in BY_SIZE})
        raise InvalidInput("mrz_invalid", field="mrz", rule="length", length=len(flat), allowed=allowed)
    if not flat[0].isalpha():
        raise InvalidInput("mrz_invalid", field="document_type", rule="letter", position=0, line=1)
    if len(rows) == layout.rows and any(len(row) != layout.width for row in rows):
        _check_line_lengths(text, layout)
    return flat, layout


def _check_line_lengths(text: str, layout: Layout) -> None:
    """Refuse lines of the wrong length, unless blanks or noise stand in them."""
    rows = [row for row in (row.translate(_NOISE) for row in re.split(r"[\r\n]+", text)) if row]
    for line, row in enumerate(rows, start=1):
        if len(rows) == layout.rows and len(row) != layout.width:
            raise InvalidInput("mrz_invalid", field="mrz", rule="line_length", line=line, length=len(row))


def _read_number(flat: str, values: bytes, layout: Layout, faults: list[Fault]) -> tuple[str, str]:
    """Give the document number and the optional data that is not part of it.

    A long number has `<` for its check digit and runs on at the start of the optional data, where its check digit
    follows (9303-5 4.2.2 note j). The digit covers the number without that filler (4.2.4), but cards are in use, such
    as the Belgian ones of 2003, that count the filler in: both are taken.
    """
    start, stop = layout.number.start, layout.number.stop
    number, optional = flat[start:stop], flat[layout.optional]
    given = flat[stop]
    rest = optional.partition("<")[0]
    if given == "<" and layout.long_numbers and rest:
        end = layout.optional.start + len(rest) - 1
        first, more = values[start:stop], values[layout.optional.start : end]
        if flat[end] not in (str(weigh(first + more)), str(weigh(first + b"\0" + more))):
            faults.append(_fault("check_digit", "document_number", layout, end))
        return number + rest[:-1], optional[len(rest) + 1 :].rstrip("<")
    number = number.rstrip("<")
    if not number:
        faults.append(_fault("missing", "document_number", layout, start))
    if (values[stop] != weigh(values[start:stop]) or given == "<") and (number or given != "<"):
        faults.append(_fault("check_digit", "document_number", layout, stop))
    return number, optional.rstrip("<")


def _check_digits(flat: str, values: bytes, layout: Layout, faults: list[Fault]) -> None:
    """Check the digits of the dates, of the optional data and of all together.

    Where nothing is known or given, the digit may be a filler as well as 0: 9303-4 4.2.2 says so of the optional data
    (position 43), and cards without an expiry date are printed so. The value of a filler is 0.
    """
    for part, field in ((layout.birth, "birth_date"), (layout.expiry, "expiry_date")):
        at = part.stop
        if values[at] != weigh(values[part]) or (flat[at] == "<" and flat[part] != "<<<<<<"):
            faults.append(_fault("check_digit", field, layout, at))
    at = layout.optional_check
    if at and (values[at] != weigh(values[layout.optional]) or (flat[at] == "<" and flat[layout.optional].strip("<"))):
        faults.append(_fault("check_digit", "optional", layout, at))
    at = layout.composite_check
    if at and (values[at] != weigh(b"".join([values[part] for part in layout.composite])) or flat[at] == "<"):
        faults.append(_fault("check_digit", "composite", layout, at))


def _read_state(raw: str, field: str, layout: Layout, at: int, faults: list[Fault]) -> str:
    code = raw.rstrip("<")
    if code not in STATES:
        faults.append(_fault("state" if code else "missing", field, layout, at))
    return code


@lru_cache(maxsize=8)
def _years(today: dt.date) -> tuple[dict[str, int], dict[str, int]]:
    """Give the year that each two digits mean in a birth date and in an expiry date."""
    birth = {f"{year % 100:02d}": year for year in range(today.year - 99, today.year + 1)}
    expiry = {f"{year % 100:02d}": year for year in range(today.year - 49, today.year + 51)}
    return birth, expiry


def _guess_years(birth: str, expiry: str, today: dt.date) -> tuple[int | None, int | None]:
    birth_years, expiry_years = _years(today)
    birth_year = birth_years.get(birth[:2])
    if birth_year == today.year and birth[2:].partition("<")[0] > f"{today:%m%d}":
        birth_year -= 100
    return birth_year, expiry_years.get(expiry[:2])


def _read_date(raw: str, year: int | None, field: str, layout: Layout, faults: list[Fault]) -> str:
    """Give ISO 8601 as far as the six characters say it; parts that are not known are `<<` (9303-3 4.8)."""
    month, day, in_year = raw[2:4], raw[4:], raw[2:]
    if in_year in _DAYS and year is not None and (in_year != "0229" or calendar.isleap(year)):
        return f"{year}-{month}-{day}"
    possible = in_year in _DAYS or (month in _MONTHS and day == "<<") or (month == "<<" and day.isdecimal())
    if not possible or (year is None and raw[:2] != "<<") or (in_year == "0229" and year is not None):
        start = (layout.birth if field == "birth_date" else layout.expiry).start
        faults.append(_fault("date", field, layout, start))
    if year is None:
        return ""
    return f"{year}-{month}" if month.isdecimal() and month in _MONTHS else f"{year}"


def _words(name: str) -> str:
    return " ".join(name.replace("<", " ").split())


def _fault(code: str, field: str, layout: Layout, at: int) -> Fault:
    line, position = layout.place(at)
    return Fault(code, field, position=position, line=line)


def _place(fault: Fault) -> tuple[int, int]:
    return fault.line or 0, fault.position or 0
