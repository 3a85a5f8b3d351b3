"""An entity of FollowTheMoney that somebody asks about, as subjects.

An entity may have several names and birth dates; a subject has one of each: so one entity becomes a few subjects that
are checked together. Marks and names are never left out. Of circumstances only what can be read is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product, zip_longest
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.screening.keys import country_of
from elchi.screening.traveller import clean_text, read_date, read_state
from elchi.subjects import Document, Organisation, PartialDate, Person, Sex, Subject, Vehicle

ABOVE: Final[Mapping[str, tuple[str, ...]]] = {
    "Thing": (),
    "LegalEntity": ("Thing",),
    "Person": ("LegalEntity", "Thing"),
    "Organization": ("LegalEntity", "Thing"),
    "Company": ("Organization", "LegalEntity", "Asset", "Thing"),
    "PublicBody": ("Organization", "LegalEntity", "Thing"),
    "Asset": ("Thing",),
    "Vehicle": ("Asset", "Thing"),
    "Vessel": ("Vehicle", "Asset", "Thing"),
    "Airplane": ("Vehicle", "Asset", "Thing"),
    "Identification": (),
    "Passport": ("Identification",),
}
"""Schemata that can be asked about, and those that each of them is too."""
_PEOPLE: Final = frozenset(("Person", "LegalEntity", "Thing"))
_BODIES: Final = frozenset(("LegalEntity", "Thing", "Organization", "Company", "PublicBody"))
_MACHINES: Final = frozenset(("Asset", "Vehicle", "Vessel", "Airplane"))
_PAPERS: Final = frozenset(("Identification", "Passport"))

NAMES: Final = ("name", "alias", "previousName", "weakAlias", "abbreviation")
_PERSONAL: Final = ("idNumber", "innCode", "taxNumber", "socialSecurityNumber")
_REGISTERED: Final = (
    "registrationNumber", "licenseNumber", "ogrnCode", "okpoCode", "vatCode", "leiCode", "uscCode", "innCode",
    "taxNumber", "idNumber", "imoNumber", "number",
)  # fmt: skip
_PLATES: Final = ("registrationNumber", "number", "imoNumber", "mmsi")
_CHASSIS: Final = ("vin", "serialNumber", "idNumber")
_COUNTRIES: Final = ("nationality", "citizenship", "jurisdiction", "country")
_SEXES: Final = {"male": Sex.MALE, "female": Sex.FEMALE, "other": Sex.UNSPECIFIED}

Properties = Mapping[str, Sequence[str]]


def is_a(schema: str, wanted: str) -> bool:
    """Tell whether an entity of a schema is one of a wanted schema too; anything is a Thing."""
    return wanted in ("Thing", schema) or wanted in ABOVE.get(schema, ())


def read_properties(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Read the properties of an entity: each a text or a list of texts.

    Raises:
        InvalidInput: `entry_invalid`, `field_too_long`, `field_type`.
    """
    read: dict[str, list[str]] = {}
    for name, values in given.items():
        for value in values if isinstance(values, list) else [values]:
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise InvalidInput("entry_invalid", field=name[:64], rule="text")
            if text := clean_text(name[:64], str(value)):
                read.setdefault(name, []).append(text)
    return read


def subjects_of(schema: str, properties: Properties) -> tuple[tuple[Subject, ...], dict[str, list[str]]]:
    """Give the subjects that an entity stands for, and which of its properties they were made of.

    Raises:
        InvalidInput: `schema_unmatchable`; `subject_empty` for an entity without a name or mark that can be looked for.
    """
    if schema not in ABOVE:
        raise InvalidInput("schema_unmatchable", field="schema", rule="one_of", allowed=sorted(ABOVE))
    given = _Given(properties)
    subjects: list[Subject] = []
    if schema in _PEOPLE:
        subjects += _people(given)
    if schema in _BODIES:
        subjects += _bodies(given)
    if schema in _MACHINES:
        subjects += _machines(given)
    if schema in _PAPERS:
        subjects += [Document(document_number=one, issuer=given.country()) for one in given.all(("number",))]
    if not subjects:
        raise InvalidInput("subject_empty", field="properties", rule="needs_name_or_number")
    return tuple(subjects), given.used()


class _Given:
    """Properties, and which of them were looked at and could be read."""

    def __init__(self, properties: Properties) -> None:
        self._properties = properties
        self._used: dict[str, list[str]] = {}

    def all(self, names: Sequence[str]) -> list[str]:
        """Give the values of several properties, each once."""
        found: dict[str, None] = {}
        for name in names:
            if name in self._properties:
                self._used[name] = list(self._properties[name])
                found.update(dict.fromkeys(self._properties[name]))
        return list(found)

    def line(self, *names: str) -> str:
        """Give the first value of each of several properties in one line."""
        return " ".join(values[0] for name in names if (values := self.all((name,))))

    def country(self) -> str:
        """Give the country by its ICAO code; empty where none is known or several are: one would count against."""
        codes: set[str] = set()
        for name in _COUNTRIES:
            known = {code: value for value in self._properties.get(name, ()) if (code := country_of(value))}
            if known:
                self._used[name] = sorted(known)
                codes |= known.keys()
        return read_state(codes.pop()) if len(codes) == 1 else ""

    def birth_dates(self) -> list[PartialDate]:
        """Give the birth dates that can be read."""
        read: dict[PartialDate, None] = {}
        for text in self._properties.get("birthDate", ()):
            try:
                read[read_date(text, "birthDate")] = None
            except InvalidInput:
                continue
        if read:
            self._used["birthDate"] = [str(date) for date in read]
        return list(read)

    def sex(self) -> Sex | None:
        """Give the sex, where one is said."""
        values = self._properties.get("gender", ())
        sex = _SEXES.get(values[0].lower()) if len(values) == 1 else None
        if sex:
            self._used["gender"] = [values[0].lower()]
        return sex

    def used(self) -> dict[str, list[str]]:
        """Give what was used, in the order in which it was given."""
        return {name: self._used[name] for name in self._properties if name in self._used}


def _people(given: _Given) -> Iterator[Person]:
    numbers = given.all(_PERSONAL)
    papers = given.all(("passportNumber",))
    others = [*numbers[1:], *given.all(("registrationNumber", "number"))]
    shared: dict[str, Any] = {
        "national_id": numbers[0] if numbers else "",
        "documents": (
            *(Document(document_number=one, document_type="P") for one in papers),
            *(Document(document_number=one) for one in others),
        ),
        "phones": tuple(given.all(("phone",))),
        "emails": tuple(given.all(("email",))),
        "nationality": given.country(),
        "sex": given.sex(),
        "birth_place": given.line("birthPlace"),
    }
    parts = {
        "family_name": given.line("lastName"),
        "given_names": given.line("firstName", "secondName", "middleName"),
        "patronymic": given.line("fatherName"),
    }
    named: list[dict[str, Any]] = [{"name": name} for name in given.all(NAMES)]
    if parts["family_name"] or parts["given_names"]:
        named.append(parts)
    if not named and not any(shared[field] for field in ("national_id", "documents", "phones", "emails")):
        return
    dates: list[PartialDate | None] = [*given.birth_dates()] or [None]
    for name, birth_date in product(named or [{}], dates):
        yield Person(**name, birth_date=birth_date, **shared)


def _bodies(given: _Given) -> Iterator[Organisation]:
    country, phones, emails = given.country(), tuple(given.all(("phone",))), tuple(given.all(("email",)))
    pairs = list(zip_longest(given.all(NAMES), given.all(_REGISTERED), fillvalue=""))
    if not pairs and (phones or emails):
        pairs = [("", "")]
    for name, number in pairs:
        yield Organisation(name=name, registration_number=number, country=country, phones=phones, emails=emails)


def _machines(given: _Given) -> Iterator[Vehicle]:
    country = given.country()
    for plate, vin in zip_longest(given.all(_PLATES), given.all(_CHASSIS), fillvalue=""):
        yield Vehicle(plate=plate, plate_country=country if plate else "", vin=vin)
