"""Vehicle identification numbers (ISO 3779:2009, ISO 3780:2009) and the older, shorter chassis numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from elchi.documents.mark import Check, Fault, fold_mark
from elchi.errors import InvalidInput

_MOST_LIKELY = str.maketrans("IOQ", "100")
_RESERVED = re.compile(r"[IOQ]")
# 49 CFR 565.15 (c), tables III and IV; GB 16735-2019 annex A has the same.
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# The first characters as ISO 3780 and its maintenance agency give them to areas; 7A to 7E are New Zealand.
_AREAS = (
    ("africa", "ABC"),
    ("asia", "HJKLMNPR"),
    ("europe", "STUVWXYZ"),
    ("north_america", "123457"),
    ("oceania", "6"),
    ("south_america", "89"),
)
_AREA_OF = {char: area for area, chars in _AREAS for char in chars}


@dataclass(frozen=True, slots=True)
class Vin:
    """A vehicle identification number. Example: 1M8GDM9AXKP042788."""

    number: str
    """The key, 17 characters."""
    manufacturer: str
    """World manufacturer identifier, the first three characters."""
    area: str
    """`africa`, `asia`, `europe`, `north_america`, `oceania` or `south_america`; empty for what nobody has."""
    serial: str
    """Vehicle indicator section, the last eight characters."""
    check: Check
    """By the ninth character in North America and China, where the law wants one; else `none`."""
    faults: tuple[Fault, ...]
    """`reserved` for I, O and Q, which no VIN has; they count as 1, 0 and 0, here and in the key."""


def normalise_vin(text: str) -> str:
    """Give the key of a VIN, or of the chassis number of a vehicle that has none.

    Vehicles of before 1981, and those of the Japanese home market until today, have 5 to 16 characters: those are
    kept as they are. In a VIN I, O and Q are read as 1, 0 and 0, since they cannot stand there.

    Raises:
        InvalidInput: `mark_invalid` with `field` vin and `rule` (`too_long`, `empty`, `length`, `characters`).
    """
    key = fold_mark(text, field="vin")
    if not key.isascii():
        raise InvalidInput("mark_invalid", field="vin", rule="characters", position=_first_foreign(key))
    if not 5 <= len(key) <= 17:
        raise InvalidInput("mark_invalid", field="vin", rule="length", allowed=[5, 17])
    return key.translate(_MOST_LIKELY) if len(key) == 17 else key


def read_vin(text: str) -> Vin:
    """Read a VIN of 17 characters. A wrong check digit is reported, not refused.

    Raises:
        InvalidInput: as `normalise_vin`; shorter chassis numbers have no structure and are refused with `length`.
    """
    number = normalise_vin(text)
    if len(number) != 17:
        raise InvalidInput("mark_invalid", field="vin", rule="length", allowed=[17, 17])
    typed = fold_mark(text, field="vin")
    faults = [Fault("reserved", "vin", position=found.start()) for found in _RESERVED.finditer(typed)]
    area = "oceania" if "7A" <= number[:2] <= "7E" else _AREA_OF.get(number[0], "")
    check = Check.NONE
    if area == "north_america" or number[0] == "L":
        total = sum(_VALUES[char] * weight for char, weight in zip(number, _WEIGHTS, strict=True)) % 11
        check = Check.PASSED if number[8] == "0123456789X"[total] else Check.FAILED
        if check is Check.FAILED:
            faults.append(Fault("check_digit", "vin", position=8))
    return Vin(number, number[:3], area, number[9:], check, tuple(faults))


def _first_foreign(key: str) -> int:
    return next(at for at, char in enumerate(key) if not char.isascii())
