"""What all marks share: the key for exact matching, the outcome of a check, a fault that was found.

A *key* is the mark in upper case with nothing but letters and digits: separators, accents and the script's own digits
are gone, and Cyrillic letters that look like Latin ones have become them. A list and a query that give one mark in
two spellings give one key. A key that goes through its own function again stays as it is.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from elchi.errors import InvalidInput


class Check(StrEnum):
    """What the check digit of a mark says."""

    PASSED = "passed"
    FAILED = "failed"
    UNPROVEN = "unproven"
    """It does not fit a rule that is in use but not officially published, which proves nothing."""
    NONE = "none"
    """This kind of mark has no check digit, or none that is published."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a mark that its standard forbids. It is reported; the mark is read all the same."""

    code: str
    """`check_digit`, `characters`, `date`, `state`, `sex`, `missing` or `reserved`; see docs/documents.md."""
    field: str
    position: int | None = None
    """Of the first character at fault, from 0, in the line or mark as it was read."""
    line: int | None = None
    """From 1, when the mark has several lines."""


MARK_LIMIT = 64
"""Characters that a mark may have as typed, separators and all. The longest real one has half of that."""

# The number sign too: taken apart it would be the letters "No".
_SEPARATORS = {code: None for code in [*range(128), ord("№")] if code > 127 or not chr(code).isalnum()}
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЅЈҮ", "ABEKMHOPCTYXISJY")


def fold_mark(text: str, *, field: str) -> str:
    """Give the key of a mark: upper case, letters and digits only, look-alikes folded.

    Raises:
        InvalidInput: `mark_invalid` with `field` and `rule` (`too_long`, `empty`).
    """
    if len(text) > MARK_LIMIT:
        raise InvalidInput("mark_invalid", field=field, rule="too_long", limit=MARK_LIMIT)
    if text.isalnum() and text.isascii():  # as most are; the rest of this function would change nothing else
        return text.upper()
    key = text.upper().translate(_SEPARATORS)
    if not key.isascii():
        key = _fold_scripts(key)
    if not key:
        raise InvalidInput("mark_invalid", field=field, rule="empty")
    return key


def fold_digits(text: str, *, field: str, lengths: tuple[int, ...]) -> str:
    """Give the key of a mark that has only digits.

    Raises:
        InvalidInput: `mark_invalid` with `field`, `rule` (`too_long`, `empty`, `digits_only`, `length`) and, for a
            letter, its `position` among the letters and digits.
    """
    key = fold_mark(text, field=field)
    if not (key.isascii() and key.isdigit()):
        at = next(at for at, char in enumerate(key) if char not in "0123456789")
        raise InvalidInput("mark_invalid", field=field, rule="digits_only", position=at)
    if len(key) not in lengths:
        raise InvalidInput("mark_invalid", field=field, rule="length", allowed=list(lengths))
    return key


def _fold_scripts(text: str) -> str:
    # Upper case again, because compatibility forms (ª, ﬁ) only show their case once they are taken apart.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    chars = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in apart if char.isalnum())
    return unicodedata.normalize("NFC", "".join(chars).translate(_LOOK_ALIKES))
