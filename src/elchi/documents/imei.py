"""Equipment identities of mobile phones (3GPP TS 23.003 clause 6.2): IMEI and IMEISV."""

from __future__ import annotations

from dataclasses import dataclass

from elchi.documents.mark import Check, fold_digits


@dataclass(frozen=True, slots=True)
class Imei:
    """An IMEI. Example: 490154203237518."""

    number: str
    """The key: the 14 digits that identify the phone."""
    type_allocation: str
    """Its first eight digits, the type allocation code."""
    software_version: str
    """The last two digits of an IMEISV, which has no check digit; else empty."""
    check: Check


def normalise_imei(text: str) -> str:
    """Give the key of an IMEI: 14 digits, because the 15th checks and the 15th and 16th of an IMEISV name software.

    Raises:
        InvalidInput: `mark_invalid` with `field` imei and `rule` (`too_long`, `empty`, `digits_only`, `length`).
    """
    return fold_digits(text, field="imei", lengths=(14, 15, 16))[:14]


def read_imei(text: str) -> Imei:
    """Read an IMEI of 14 or 15 digits or an IMEISV of 16. A wrong check digit is reported, not refused.

    Raises:
        InvalidInput: as `normalise_imei`.
    """
    digits = fold_digits(text, field="imei", lengths=(14, 15, 16))
    check = Check.NONE
    if len(digits) == 15:
        check = Check.PASSED if luhn_digit(digits[:14]) == digits[14] else Check.FAILED
    return Imei(digits[:14], digits[:8], digits[14:] if len(digits) == 16 else "", check)


def luhn_digit(digits: str) -> str:
    """Give the Luhn check digit of `digits` (ISO/IEC 7812-1 annex B; 3GPP TS 23.003 annex B)."""
    doubled = (int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
