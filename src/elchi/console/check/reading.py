"""What one field says: the kind of mark or name, and the subject to check."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final

from elchi.documents import Guess, Kind, Mrz, Strength, Suggestion, read_mrz, recognise, suggest_repairs
from elchi.documents.recognise import TEXT_LIMIT
from elchi.errors import InvalidInput
from elchi.screening.traveller import clean_text
from elchi.subjects import Document, Person, Subject, Vehicle
from elchi.subjects.zone import person_of_zone

KINDS: Final = (
    Kind.MRZ, Kind.DOCUMENT_NUMBER, Kind.NATIONAL_ID, Kind.PLATE, Kind.VIN, Kind.CONTAINER_NUMBER, Kind.PHONE,
    Kind.EMAIL, Kind.NAME,
)  # fmt: skip
"""What can be checked by one field; a subject has no IMEI."""
_ROWS: Final = {30: 3, 36: 2, 44: 2}
"""Width of a line of a zone, and how many lines such a zone has (ICAO 9303-4 to 9303-7)."""
_LINE: Final = re.compile(r"[A-Z][A-Z0-9<]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was taken for."""

    kind: Kind
    subjects: tuple[Subject, ...]
    others: tuple[Kind, ...]
    """What it may be instead, strongest first, then all that is left."""
    country: str = ""
    """Three-letter code, where the mark tells it."""
    is_checked: bool = False
    """Whether its check digits are right."""
    zone: Mrz | None = None

    @property
    def repairs(self) -> tuple[Suggestion, ...]:
        """How the misread characters of a zone might be mended."""
        return suggest_repairs(self.zone) if self.zone else ()

    @property
    def is_doubtful(self) -> bool:
        """Whether it is a zone with a wrong check digit: its number or dates were read wrongly."""
        return self.zone is not None and not self.zone.check_digits_valid


def read_text(text: str, *, today: dt.date, region: str, kind: str = "") -> Reading:
    """Say what a text is, and make a subject of it.

    Args:
        text: as typed or scanned, at most `TEXT_LIMIT` characters.
        today: as for `read_mrz`.
        region: the country whose national phone numbers are meant.
        kind: what the officer says it is; empty to find out.

    Raises:
        InvalidInput: `mark_invalid`, `mrz_invalid`; `kind_unclear` when it may be anything.
    """
    text = clean_text("text", text)
    guesses = [guess for guess in recognise(text, today=today, region=region) if guess.kind in KINDS]
    if kind not in ("", *KINDS):
        raise InvalidInput("field_type", field="kind", rule="one_of", allowed=list(KINDS))
    if not kind and text.count("<") > 1:
        kind = Kind.MRZ  # nothing else has fillers: what cannot be read is told, and not taken for a name
    if not kind and not guesses:
        raise InvalidInput("kind_unclear", field="text", rule="choose_kind")
    chosen = Kind(kind) if kind else guesses[0].kind
    told = next((guess for guess in guesses if guess.kind is chosen), Guess(chosen, text, Strength.POSSIBLE))
    others = tuple(one for one in dict.fromkeys((*(guess.kind for guess in guesses), *KINDS)) if one is not chosen)
    zone = read_mrz(text, today=today) if chosen is Kind.MRZ else None
    subjects = (person_of_zone(zone),) if zone else (_subject(chosen, text, told.country),)
    return Reading(chosen, subjects, others, told.country, told.strength is Strength.CHECKED, zone)


def lacks_lines(text: str) -> bool:
    """Tell whether a text is the beginning of a zone: a scanner ends each line as if the officer pressed Enter."""
    rows = text.upper().split()
    width = len(rows[0]) if rows else 0
    whole = all(len(row) == width and _LINE.fullmatch(row) for row in rows[:1])
    return whole and "<" in text and width in _ROWS and all(len(row) == width for row in rows) and (
        len(rows) < _ROWS[width]
    )  # fmt: skip


def _subject(kind: Kind, text: str, country: str) -> Subject:
    made: dict[Kind, tuple[type[Any], dict[str, Any]]] = {
        Kind.NATIONAL_ID: (Person, {"national_id": text}),
        Kind.PLATE: (Vehicle, {"plate": text, "plate_country": country}),
        Kind.VIN: (Vehicle, {"vin": text}),
        Kind.CONTAINER_NUMBER: (Vehicle, {"container_number": text}),
        Kind.PHONE: (Person, {"phones": (text,)}),
        Kind.EMAIL: (Person, {"emails": (text,)}),
        Kind.NAME: (Person, {"name": text}),
    }
    cls, fields = made.get(kind, (Document, {"document_number": text}))
    subject: Subject = cls(**fields)
    return subject


__all__ = ["KINDS", "TEXT_LIMIT", "Reading", "lacks_lines", "read_text"]
