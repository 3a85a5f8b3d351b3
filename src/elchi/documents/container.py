"""Freight container numbers (ISO 6346:2022): owner code, equipment category, serial number, check digit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from elchi.documents.mark import Check, fold_mark
from elchi.errors import InvalidInput

_FORM = re.compile(r"([A-Z]{3})([UJZ])(\d{6})(\d?)", re.ASCII)
# Letters count from 10 upwards, leaving out the multiples of 11 (ISO 6346 annex A).
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (value for value in range(10, 39) if value % 11), strict=True)
)


@dataclass(frozen=True, slots=True)
class Container:
    """A container number. Example: CSQU3054383."""

    number: str
    """The key, check digit included."""
    owner: str
    category: str
    """U freight container, J detachable equipment, Z trailer or chassis."""
    serial: str
    check: Check
    """`none` when the number was given without its check digit."""


def normalise_container(text: str) -> str:
    """Give the key of a container number: eleven characters; a check digit that was left out is filled in.

    Raises:
        InvalidInput: `mark_invalid` with `field` container_number and `rule` (`too_long`, `empty`, `iso_6346`).
    """
    return read_container(text).number


def read_container(text: str) -> Container:
    """Read a container number. A wrong check digit is reported, not refused, and stays in the key.

    Raises:
        InvalidInput: as `normalise_container`.
    """
    found = _FORM.fullmatch(fold_mark(text, field="container_number"))
    if not found:
        raise InvalidInput("mark_invalid", field="container_number", rule="iso_6346")
    owner, category, serial, given = found.groups()
    expected = _check_digit(owner + category + serial)
    check = Check.NONE if not given else Check.PASSED if given == expected else Check.FAILED
    return Container(owner + category + serial + (given or expected), owner, category, serial, check)


def _check_digit(number: str) -> str:
    return str(sum(_VALUES[char] << at for at, char in enumerate(number)) % 11 % 10)
