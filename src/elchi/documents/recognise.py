"""Say what an officer typed or scanned into one field: a zone, a passport number, a plate, a phone, a name ...

Each kind is one row of `_KINDS`: how to read it and how strong a proof the reading is. A check digit that fits is the
strongest; a form that nothing else has comes next; letters and digits that merely could be it come last.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from elchi.documents.container import read_container
from elchi.documents.email_address import normalise_email
from elchi.documents.imei import read_imei
from elchi.documents.mark import Check
from elchi.documents.mrz import read_mrz
from elchi.documents.national_id import read_national_id
from elchi.documents.passport import normalise_document_number
from elchi.documents.phone import read_phone
from elchi.documents.plate import read_plate
from elchi.documents.vin import normalise_vin, read_vin
from elchi.errors import InvalidInput

TEXT_LIMIT = 400
"""Characters of a field that takes anything. A name or a zone has fewer."""


class Kind(StrEnum):
    """What a text may be."""

    MRZ = "mrz"
    DOCUMENT_NUMBER = "document_number"
    NATIONAL_ID = "national_id"
    PLATE = "plate"
    VIN = "vin"
    CONTAINER_NUMBER = "container_number"
    IMEI = "imei"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"


class Strength(IntEnum):
    """How much speaks for a guess."""

    POSSIBLE = 1
    SHAPED = 2
    """It has the form of the kind."""
    CHECKED = 3
    """Its check digits are right."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing that a text may be."""

    kind: Kind
    key: str
    """What to match by: the mark's key, the document number of a zone, the name as typed without outer blanks."""
    strength: Strength
    country: str = ""
    """Three-letter code, where the mark tells it."""


def recognise(text: str, *, today: dt.date, region: str = "") -> tuple[Guess, ...]:
    """Say what a text may be, best first; the order of kinds of one strength is fixed.

    Args:
        text: whatever was typed or scanned, at most TEXT_LIMIT characters.
        today: as for `read_mrz`.
        region: the country whose national phone numbers are meant, by two or three letters.

    Raises:
        InvalidInput: `mark_invalid` with `field` text and `rule` (`too_long`, `empty`).
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidInput("mark_invalid", field="text", rule="too_long", limit=TEXT_LIMIT)
    if not any(char.isalnum() for char in text):
        raise InvalidInput("mark_invalid", field="text", rule="empty")
    guesses = [guess for reader in _KINDS for guess in _try(reader, text, today, region)]
    return tuple(sorted(guesses, key=lambda guess: -guess.strength))


def _try(reader: _Reader, text: str, today: dt.date, region: str) -> list[Guess]:
    try:
        return reader(text, today, region)
    except InvalidInput:
        return []


def _mrz(text: str, today: dt.date, _region: str) -> list[Guess]:
    mrz = read_mrz(text, today=today)
    if mrz.check_digits_valid:
        return [Guess(Kind.MRZ, normalise_document_number(mrz.document_number), Strength.CHECKED, mrz.issuer)]
    if "<" in "".join(mrz.lines) and mrz.document_number:
        return [Guess(Kind.MRZ, normalise_document_number(mrz.document_number), Strength.SHAPED, mrz.issuer)]
    return []


def _email(text: str, _today: dt.date, _region: str) -> list[Guess]:
    return [Guess(Kind.EMAIL, normalise_email(text), Strength.CHECKED)]


def _container(text: str, _today: dt.date, _region: str) -> list[Guess]:
    container = read_container(text)
    return [Guess(Kind.CONTAINER_NUMBER, container.number, _strength(container.check))]


def _vin(text: str, _today: dt.date, _region: str) -> list[Guess]:
    number = normalise_vin(text)
    if not _has_both(number):
        return []
    if len(number) == 17:
        return [Guess(Kind.VIN, number, _strength(read_vin(text).check))]
    return [Guess(Kind.VIN, number, Strength.POSSIBLE)] if len(number) >= 9 else []


def _imei(text: str, _today: dt.date, _region: str) -> list[Guess]:
    imei = read_imei(text)
    return [Guess(Kind.IMEI, imei.number, Strength.CHECKED if imei.check is Check.PASSED else Strength.POSSIBLE)]


def _national_id(text: str, _today: dt.date, _region: str) -> list[Guess]:
    guesses = []
    for country in ("KAZ", "KGZ", "UZB"):
        try:
            read = read_national_id(text, country=country)
        except InvalidInput:
            continue
        if not read.faults:
            guesses.append(Guess(Kind.NATIONAL_ID, read.number, _strength(read.check), country))
    return guesses


def _phone(text: str, _today: dt.date, region: str) -> list[Guess]:
    if not _DIALLED.fullmatch(text.strip()):
        return []
    phone = read_phone(text, region=region)
    international = text.strip().startswith(("+", "00", "tel:"))
    strength = Strength.CHECKED if phone.valid and international else Strength.SHAPED
    return [Guess(Kind.PHONE, phone.number, strength if phone.valid else Strength.POSSIBLE, phone.country)]


def _plate(text: str, _today: dt.date, _region: str) -> list[Guess]:
    plate = read_plate(text)
    if plate.readings:
        return [Guess(Kind.PLATE, plate.number, Strength.SHAPED, reading.country) for reading in plate.readings]
    likely = len(plate.number) <= 10 and _has_both(plate.number)
    return [Guess(Kind.PLATE, plate.number, Strength.POSSIBLE)] if likely else []


def _document_number(text: str, _today: dt.date, _region: str) -> list[Guess]:
    number = normalise_document_number(text)
    if _PASSPORT.fullmatch(number):
        return [Guess(Kind.DOCUMENT_NUMBER, number, Strength.SHAPED)]
    likely = 5 <= len(number) <= 14 and sum(char.isdigit() for char in number) >= 4
    return [Guess(Kind.DOCUMENT_NUMBER, number, Strength.POSSIBLE)] if likely else []


def _name(text: str, _today: dt.date, _region: str) -> list[Guess]:
    if any(char.isdigit() or char in "@<+" for char in text):
        return []
    return [Guess(Kind.NAME, " ".join(text.split()), Strength.SHAPED)]


def _strength(check: Check) -> Strength:
    return {Check.PASSED: Strength.CHECKED, Check.FAILED: Strength.POSSIBLE}.get(check, Strength.SHAPED)


def _has_both(key: str) -> bool:
    return any(char.isdigit() for char in key) and not key.isdecimal()


_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}|\d{9}", re.ASCII)
_DIALLED = re.compile(r"(?:tel:)?[+(]?[\d\s().\-/]{5,40}")
_Reader = Callable[[str, dt.date, str], list[Guess]]
_KINDS: tuple[_Reader, ...] = (
    _mrz,
    _email,
    _container,
    _vin,
    _imei,
    _national_id,
    _phone,
    _document_number,
    _plate,
    _name,
)
