"""What an officer fills in for an own entry, and what of it makes an entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from elchi.errors import InvalidInput
from elchi.lists import Draft, Entry, country_code, read_dates
from elchi.lists.properties import property_kinds
from elchi.node.watchlists.models import ACTIONS, HANDLING

SCHEMATA: Final[Mapping[str, tuple[str, ...]]] = {
    "Person": (
        "name", "alias", "weakAlias", "birthDate", "birthPlace", "nationality", "gender", "passportNumber", "idNumber",
        "phone", "email", "address", "notes",
    ),
    "Vehicle": ("registrationNumber", "vin", "name", "type", "model", "country", "notes"),
    "Passport": ("number", "country", "type", "name", "notes"),
    "Identification": ("number", "country", "type", "name", "notes"),
    "Organization": ("name", "alias", "country", "registrationNumber", "phone", "email", "address", "notes"),
}  # fmt: skip
"""The schemata of own entries and the properties that a form asks for."""
LINES: Final = frozenset(
    ("name", "alias", "weakAlias", "passportNumber", "idNumber", "phone", "email", "address", "notes")
)
"""Properties that have several values more often than not: a form takes one a line."""
MAX_DAYS: Final = 366
"""Furthest day on which an entry may expire, from the day it is made or amended."""
_TEXTS: Final = {"legal_basis": 300, "authority": 300, "instructions": 4000}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDraft:
    """An own entry as an officer gives it."""

    schema: str
    properties: Mapping[str, tuple[str, ...]] = field(hash=False)
    action: str
    handling: str = "H1"
    legal_basis: str
    authority: str
    """Who ordered it."""
    instructions: str = ""
    expires_date: dt.date


def checked_entry(key: str, draft: OwnDraft, today: dt.date) -> Entry:
    """Give the entry of a draft.

    Raises:
        InvalidInput: `own_entry_invalid` with `field` and `rule`; `entry_invalid`.
    """
    if draft.schema not in SCHEMATA:
        raise InvalidInput("own_entry_invalid", field="schema", rule="one_of", allowed=list(SCHEMATA))
    for name, value, allowed in (("action", draft.action, ACTIONS), ("handling", draft.handling, HANDLING)):
        if value not in allowed:
            raise InvalidInput("own_entry_invalid", field=name, rule="one_of", allowed=list(allowed))
    for name, longest in _TEXTS.items():
        text = getattr(draft, name).strip()
        if len(text) > longest or (not text and name != "instructions"):
            raise InvalidInput("own_entry_invalid", field=name, rule="length")
    if not today < draft.expires_date <= today + dt.timedelta(days=MAX_DAYS):
        raise InvalidInput("own_entry_invalid", field="expires_date", rule="within_a_year")
    made = Draft(key, draft.schema)
    for name in sorted(draft.properties):
        if name not in SCHEMATA[draft.schema]:
            raise InvalidInput("own_entry_invalid", field=name[:64], rule="property")
        for value in draft.properties[name]:
            made.add(name, _read(name, value))
    return made.entry()


def _read(name: str, value: str) -> str:
    """Give a value as entries hold it; an officer is asked again rather than guessed at."""
    kind, text = property_kinds()[name], value.strip()
    if not text:
        return ""
    if kind == "date":
        dates = read_dates(text)
        if len(dates) != 1:
            raise InvalidInput("own_entry_invalid", field=name, rule="date")
        return dates[0]
    if kind == "country":
        code = country_code(text)
        if code is None:
            raise InvalidInput("own_entry_invalid", field=name, rule="country")
        return code
    if kind == "sex" and text not in ("male", "female", "other"):
        raise InvalidInput("own_entry_invalid", field=name, rule="one_of", allowed=["male", "female", "other"])
    return text
