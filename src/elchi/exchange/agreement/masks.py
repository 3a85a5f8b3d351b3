"""What a masked field still says. A mask cuts off and never replaces: what is gone cannot be found again.

There is no hash among them. Telephone numbers, birth dates and numbers of papers are few enough to try them all, so the
hash of one is the number itself for whoever has an evening; a keyed hash only moves the question to who has the key.
Each mask is deterministic, shows at most half of the characters of a text, and hides how long it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.subjects import PartialDate

CUT: Final = "•••"
"""Stands for what was cut off, however long it was."""


class Mask(StrEnum):
    """What is left of a value."""

    YEAR = "year"
    """Of a date the year."""
    LAST_4 = "last_4"
    """The last four characters."""
    ENDS = "ends"
    """The first two characters and the last two."""
    INITIALS = "initials"
    """The first letter of each word."""


MASKED: Final = "masked"
"""Name under which a wire form says which of its fields are masked, and how: `{"birth_date": "year"}`."""
_SHAPES: Final[Mapping[Mask, re.Pattern[str]]] = MappingProxyType(
    {
        Mask.YEAR: re.compile(r"\d{4}", re.ASCII),
        Mask.LAST_4: re.compile(f"{CUT}.{{0,4}}", re.DOTALL),
        Mask.ENDS: re.compile(f".{{0,2}}{CUT}.{{0,2}}", re.DOTALL),
        Mask.INITIALS: re.compile(rf"\S?{CUT}( \S?{CUT})*"),
    }
)


def mask_value(mask: Mask, value: Any) -> Any:
    """Give what a mask leaves of a text, or of each text of a list; None where it cannot be applied.

    What is masked already stays as it is, so that a receiver can mask again and see that nothing changes.
    """
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        masked = [_mask_text(mask, one) for one in value]
        return None if None in masked else masked
    return _mask_text(mask, value) if isinstance(value, str) else None


def _mask_text(mask: Mask, text: str) -> str | None:
    if _SHAPES[mask].fullmatch(text):
        return text
    text = text.strip()
    if not text:
        return None
    if mask is Mask.YEAR:
        try:
            return f"{PartialDate.parse(text).year:04d}"
        except InvalidInput:
            return None
    if mask is Mask.INITIALS:
        return " ".join(_first(word) + CUT for word in text.split())
    if mask is Mask.ENDS:
        shown = min(2, len(text) // 4)
        return text[:shown] + CUT + text[len(text) - shown :]
    shown = min(4, len(text) // 2)
    return CUT + text[len(text) - shown :]


def _first(word: str) -> str:
    return word[0] if len(word) > 1 else ""
