"""Dates as lists write them, to ISO 8601 of the precision they have. What cannot be read gives nothing: the reader
then keeps the words in `notes`.
"""

from __future__ import annotations

import re

from elchi.errors import InvalidInput
from elchi.subjects import PartialDate

MAX_SPAN = 20
"""Longest span of years that is told year by year."""

_FIRST_YEAR = 1850
"""Earlier years are years of another calendar."""
_STEMS = (
    ("jan", "янв"),
    ("feb", "фев"),
    ("mar", "мар"),
    ("apr", "апр"),
    ("may", "май", "мая"),
    ("jun", "июн"),
    ("jul", "июл"),
    ("aug", "авг"),
    ("sep", "сен"),
    ("oct", "окт"),
    ("nov", "ноя"),
    ("dec", "дек"),
)
_MONTHS = {stem: number for number, stems in enumerate(_STEMS, 1) for stem in stems}
_ABOUT = re.compile(r"^(?:circa|approximately|approx\.?|about|c\.)\s*", re.IGNORECASE)
_SPAN = re.compile(r"^(?:between\s+)?(.+?)\s+(?:to|and|-)\s+(.+)$|^(\d{4})-(\d{4})$", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:T[\d:.+Z-]*)?$", re.ASCII)
_DAY_FIRST = re.compile(r"^(?:(\d{1,2})[./-])?(\d{1,2})[./-](\d{4})(?:\s*г\.?)?$", re.ASCII)
_WORDS = re.compile(r"^(?:(\d{1,2})\s+)?([^\W\d_]{3,12})\.?\s+(\d{4})(?:\s*г\.?)?$")


def read_dates(text: str) -> tuple[str, ...]:
    """Give the dates that a text stands for: one, or the years of a span, or none when it cannot be read.

    Reads ISO 8601 (zeros for the unknown parts too), YYYY/MM/DD, DD.MM.YYYY (day first), "09 Apr 1961", "Apr 1961",
    the same in Russian, "circa 1961", "1961 to 1963", "21 Mar 1961 to 20 Mar 1962".
    """
    plain = _ABOUT.sub("", text.strip())[:64]
    date = _read_one(plain)
    if date:
        return (str(date),)
    span = _SPAN.match(plain)
    if not span:
        return ()
    first, last = (_read_one(part) for part in span.groups() if part)
    if first is None or last is None or not 0 <= last.year - first.year <= MAX_SPAN:
        return ()
    return tuple(str(year) for year in range(first.year, last.year + 1))


def is_plain_date(text: str) -> bool:
    """Tell whether a text is one date and nothing else: no "circa", no span."""
    return _read_one(text.strip()) is not None


def _read_one(text: str) -> PartialDate | None:
    if found := _ISO.match(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
    elif found := _WORDS.match(text):
        day, name, year = found.groups()
        month = str(_MONTHS.get(name[:3].lower(), 99))
    else:
        return None
    known = [int(year)]
    for part in (month, day):
        if not part or not int(part):
            break
        known.append(int(part))
    if known[0] < _FIRST_YEAR:
        return None
    try:
        return PartialDate(*known)
    except InvalidInput:
        return None
