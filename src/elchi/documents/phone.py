"""Phone numbers in international form (ITU-T E.164), by the `phonenumbers` package."""

from __future__ import annotations

from dataclasses import dataclass

from elchi.documents.mark import MARK_LIMIT
from elchi.documents.states import find_state
from elchi.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number."""

    number: str
    """The key, E.164 with its plus: +996555123456."""
    country: str
    """Three-letter code of the numbering plan's country; empty for numbers of no country, such as satellites."""
    valid: bool
    """Whether the national plan has such a number; numbers that could be one are read all the same."""


def normalise_phone(text: str, *, region: str = "") -> str:
    """Give the key of a phone number, E.164.

    Args:
        text: the number as given. A national number needs a region.
        region: the country whose national numbers are meant, by two or three letters.

    Raises:
        InvalidInput: `mark_invalid` with `field` phone and `rule` (`too_long`, `phone`, `region_needed`,
            `region_unknown`).
    """
    return read_phone(text, region=region).number


def read_phone(text: str, *, region: str = "") -> Phone:
    """Read a phone number.

    Raises:
        InvalidInput: as `normalise_phone`.
    """
    # Loaded on the first phone: its metadata take a tenth of a second, which no other mark should wait for.
    import phonenumbers  # noqa: PLC0415

    if len(text) > MARK_LIMIT:
        raise InvalidInput("mark_invalid", field="phone", rule="too_long", limit=MARK_LIMIT)
    state = find_state(region) if region else None
    if region and not (state and state.alpha2):
        raise InvalidInput("mark_invalid", field="phone", rule="region_unknown")
    try:
        parsed = phonenumbers.parse(text, state.alpha2 if state else None)
    except phonenumbers.NumberParseException as error:
        needs_region = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and not region
        raise InvalidInput("mark_invalid", field="phone", rule="region_needed" if needs_region else "phone") from None
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidInput("mark_invalid", field="phone", rule="phone")
    country = find_state(phonenumbers.region_code_for_number(parsed) or "")
    return Phone(
        number=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        country=country.code if country else "",
        valid=phonenumbers.is_valid_number(parsed),
    )
