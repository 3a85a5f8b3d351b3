"""What a card must say before it is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from elchi.errors import InvalidInput
from elchi.node.directory.cards import AgencyCard, ContactCard, CrossingCard, OfficeCard, StatusCard
from elchi.node.directory.models import Kind

MAX_TEXT: Final = {
    "name": 200, "name_a": 120, "name_b": 120, "mandate": 5000, "note": 300, "sources": 300, "source": 300, "area": 300,
    "coordinate_basis": 300, "desk": 120, "phone": 40, "email": 254, "time_zone": 40,
}  # fmt: skip
"""Longest text of each field, characters."""
HIGHEST_RANK: Final = 9
DAY: Final = dt.timedelta(days=1)
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CROSSING_CODE: Final = re.compile(r"[A-Z0-9]{2,16}")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/*#,-]{2,38}")
_DAYS: Final = re.compile(r"1?2?3?4?5?6?7?")


def check_code(code: str, *, of_crossing: bool = False) -> None:
    """Refuse a code that could not stand in an address.

    Raises:
        InvalidInput: `card_invalid`.
    """
    pattern, limit = (_CROSSING_CODE, 16) if of_crossing else (_CODE, 64)
    if len(code) > limit or not pattern.fullmatch(code):
        raise InvalidInput("card_invalid", field="code", rule="crossing_code" if of_crossing else "code_letters")


def check_agency(card: AgencyCard) -> None:
    """Refuse an agency that cannot be.

    Raises:
        InvalidInput: `card_invalid`.
    """
    _check_texts(card, needed=("name",))
    _check_names(card.names.values())
    _check_choice("kind", card.kind, Kind.AGENCY)


def check_office(card: OfficeCard) -> None:
    """Refuse an office that cannot be.

    Raises:
        InvalidInput: `card_invalid`.
    """
    _check_texts(card, needed=("name",))
    _check_names(card.names.values())
    _check_choice("kind", card.kind, Kind.OFFICE)
    _check_position(card)


def check_crossing(card: CrossingCard) -> None:
    """Refuse a crossing that cannot be.

    Raises:
        InvalidInput: `card_invalid`.
    """
    _check_texts(card, needed=("name_a", "country_a"))
    _check_names(name for pair in card.names.values() for name in pair)
    _check_choice("kind", card.kind, Kind.CROSSING)
    _check_position(card)
    if card.country_a == card.country_b:
        raise InvalidInput("card_invalid", field="country_b", rule="two_countries")


def check_status(card: StatusCard) -> None:
    """Refuse a status that cannot be.

    Raises:
        InvalidInput: `card_invalid`.
    """
    _check_texts(card, needed=())
    _check_choice("status", card.status, Kind.STATUS)
    if card.to_date and card.to_date < card.from_date:
        raise InvalidInput("card_invalid", field="to_date", rule="ends_later")


def check_contact(card: ContactCard) -> None:
    """Refuse a desk that nobody could reach, or that never answers.

    Raises:
        InvalidInput: `card_invalid`.
    """
    _check_texts(card, needed=("desk",))
    if card.subject_matter:
        _check_choice("subject_matter", card.subject_matter, Kind.MATTER)
    if not 1 <= card.rank <= HIGHEST_RANK:
        raise InvalidInput("card_invalid", field="rank", rule="limit")
    if not card.days or not _DAYS.fullmatch(card.days):
        raise InvalidInput("card_invalid", field="days", rule="weekdays")
    if (card.from_time is None) != (card.to_time is None):
        raise InvalidInput("card_invalid", field="to_time", rule="both_hours")
    if card.time_zone not in available_timezones():
        raise InvalidInput("card_invalid", field="time_zone", rule="known_zone")
    if not card.phone and not card.email:
        raise InvalidInput("card_invalid", field="phone", rule="reachable")
    if card.phone and not _PHONE.fullmatch(card.phone):
        raise InvalidInput("card_invalid", field="phone", rule="phone")
    if card.email:
        _check_email(card.email)


def _check_texts(card: Any, *, needed: Iterable[str]) -> None:
    for name in needed:
        if not getattr(card, name).strip():
            raise InvalidInput("card_invalid", field=name, rule="missing")
    for name, limit in MAX_TEXT.items():
        if len(getattr(card, name, "")) > limit:
            raise InvalidInput("card_invalid", field=name, rule="too_long")


def _check_names(names: Iterable[str]) -> None:
    if any(len(name) > MAX_TEXT["name"] for name in names):
        raise InvalidInput("card_invalid", field="name_ru", rule="too_long")


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidInput("card_invalid", field=name, rule="one_of")


def _check_position(card: OfficeCard | CrossingCard) -> None:
    given = (card.latitude, card.longitude, card.coordinate_error_km)
    if given == (None, None, None):
        return
    if None in given:
        raise InvalidInput("card_invalid", field="coordinate_error_km", rule="position_whole")
    latitude, longitude, error = (value or 0.0 for value in given)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= error <= 1000):
        raise InvalidInput("card_invalid", field="latitude", rule="position_on_earth")


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput("card_invalid", field="email", rule="email") from None
