"""What verbs of this module ask of what they are given."""

from __future__ import annotations

import re
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.node.directory.models import Country

MAX_STATES: Final = 20
_NUMBER: Final = re.compile(r"[A-Z][A-Z0-9-]{0,31}-[WO]-\d{4,9}", re.ASCII)
_STATE: Final = re.compile(r"[A-Z]{2}", re.ASCII)


def check_text(field: str, text: Any, most: int, *, lines: bool = False) -> None:
    """Do nothing if it says something and no more than allowed.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > most:
        raise InvalidInput("regional_invalid", field=field, rule="max_length", limit=most)
    plain = text.replace("\n", "").replace("\r", "") if lines else text
    if not plain.isprintable():
        raise InvalidInput("regional_invalid", field=field, rule="text")


def check_states(states: Any, *, least: int) -> tuple[str, ...]:
    """Give the codes of states, each once and in order.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    if not isinstance(states, list | tuple) or not least <= len(set(map(str, states))) <= MAX_STATES:
        raise InvalidInput("regional_invalid", field="states", rule="number_in_range", limit=MAX_STATES)
    told = tuple(dict.fromkeys(str(one) for one in states))
    known = set(Country.objects.filter(code__in=told).values_list("code", flat=True))
    if not all(_STATE.fullmatch(one) and one in known for one in told):
        raise InvalidInput("regional_invalid", field="states", rule="country_code")
    return told


def check_number(number: Any) -> None:
    """Do nothing if it is the number of a warning or an operation.

    Raises:
        InvalidInput: `regional_invalid`.
    """
    if not isinstance(number, str) or len(number) > 48 or not _NUMBER.fullmatch(number):
        raise InvalidInput("regional_invalid", field="number", rule="text_line")
