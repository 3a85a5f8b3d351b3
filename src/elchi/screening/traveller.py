"""One traveller as flat text fields, as spreadsheets and passenger lists give them, to subjects.

The field names are those of the wire (`elchi.subjects`). A line that names a person and a vehicle is two subjects, the
person first: each must be checked. What cannot be read raises; nothing is guessed, and nothing dropped but the type,
issuer and expiry date of a document without a number: there is nothing to check with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from elchi.documents.phone import normalise_phone
from elchi.documents.states import find_state
from elchi.errors import InvalidInput
from elchi.subjects import Document, PartialDate, Person, Sex, Subject, Vehicle

_DOCUMENT = ("document_number", "document_type", "issuer", "expiry_date")
_PERSON = ("birth_date", "birth_place", "nationality", "sex", "national_id", "phone", "email")
_VEHICLE = ("plate", "vin")
_ALL = ("name", "family_name", "given_names", "patronymic", *_PERSON, *_DOCUMENT, *_VEHICLE)
FIELDS = ("id", *_ALL)
"""The columns of a manifest."""

MAX_FIELD = 1_000
"""Characters of one field; ICAO 9303 and PAXLST names have at most 350."""

_SEXES = {
    "F": Sex.FEMALE,
    "Ж": Sex.FEMALE,
    "M": Sex.MALE,
    "М": Sex.MALE,  # the Cyrillic letter
    "X": Sex.UNSPECIFIED,
    "U": Sex.UNSPECIFIED,
    "<": Sex.UNSPECIFIED,
}
"""ICAO 9303-4 4.2.2.2 (`<` in the machine-readable zone), PAXLST element 9019 (U undisclosed), and Russian papers."""

_DAY_FIRST = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_SEVERAL = re.compile(r"[;,]")


def read_traveller(fields: Mapping[str, str], *, region: str = "") -> tuple[Subject, ...]:
    """Make the subjects of one line: a Person, a Vehicle, or both. Empty text is the same as absent.

    Args:
        fields: text by the names of FIELDS.
        region: the state whose national phone numbers are written in international form; others stay as given.

    Raises:
        InvalidInput: `field_too_long`, `field_type`, `date_invalid`, `subject_empty`, with `field` and `rule`.
    """
    given = {name: text for name in _ALL if (text := clean_text(name, fields.get(name, "")))}
    marks = {name: given.pop(name) for name in _VEHICLE if name in given}
    if not marks:
        return (_read_person(given, region),)
    vehicle = Vehicle(plate=marks.get("plate", ""), vin=marks.get("vin", ""))
    return (_read_person(given, region), vehicle) if given else (vehicle,)


def _read_person(given: Mapping[str, str], region: str) -> Person:
    sex, birth_date = given.get("sex"), given.get("birth_date")
    return Person(
        name=given.get("name", ""),
        family_name=given.get("family_name", ""),
        given_names=given.get("given_names", ""),
        patronymic=given.get("patronymic", ""),
        birth_place=given.get("birth_place", ""),
        national_id=given.get("national_id", ""),
        birth_date=read_date(birth_date, "birth_date") if birth_date else None,
        nationality=read_state(given.get("nationality", "")),
        sex=read_sex(sex) if sex else None,
        documents=_read_documents(given),
        phones=tuple(_read_phone(phone, region) for phone in _read_several(given.get("phone", ""))),
        emails=_read_several(given.get("email", "")),
    )


def _read_documents(given: Mapping[str, str]) -> tuple[Document, ...]:
    expiry_date = read_date(given["expiry_date"], "expiry_date") if "expiry_date" in given else None
    if "document_number" not in given:
        return ()
    document = Document(
        document_number=given["document_number"],
        document_type=given.get("document_type", "").upper(),
        issuer=read_state(given.get("issuer", "")),
        expiry_date=expiry_date,
    )
    return (document,)


def _read_several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEVERAL.split(text) if part.strip())


def _read_phone(text: str, region: str) -> str:
    if not region:
        return text
    try:
        return normalise_phone(text, region=region)
    except InvalidInput:
        return text


def clean_text(field: str, text: str) -> str:
    """Give text without blanks at its ends, when it is short enough and can be written in UTF-8.

    Raises:
        InvalidInput: `field_too_long`; `field_type` with rule `unicode` for half a surrogate pair.
    """
    text = text.strip()
    if len(text) > MAX_FIELD:
        raise InvalidInput("field_too_long", field=field, rule="max_length", maximum=MAX_FIELD)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput("field_type", field=field, rule="unicode")
    return text


def read_sex(text: str) -> Sex:
    """Read F, M, X, U, `<`, Ж or М in either case.

    Raises:
        InvalidInput: `field_type`.
    """
    sex = _SEXES.get(text.strip().upper())
    if sex is None:
        raise InvalidInput("field_type", field="sex", rule="one_of", allowed=list(_SEXES))
    return sex


def read_state(text: str) -> str:
    """Give the ICAO 9303-3 code of a state written as such or as ISO alpha-2; other text in upper case, as it is."""
    state = find_state(text)
    return state.code if state else text.strip().upper()


def read_date(text: str, field: str) -> PartialDate:
    """Read YYYY-MM-DD, YYYY-MM, YYYY or DD.MM.YYYY; a day or month 00 is unknown; a spreadsheet's midnight is dropped.

    Raises:
        InvalidInput: `date_invalid` with `field` and `rule`.
    """
    text = _MIDNIGHT.sub("", text.strip())
    if found := _DAY_FIRST.fullmatch(text):
        text = "-".join(reversed(found.groups()))
    while text.endswith("-00"):
        text = text.removesuffix("-00")
    return PartialDate.parse(text, field=field)
