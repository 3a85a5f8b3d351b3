"""Exact keys: the marks of a subject and of an entry in one form, and the index that finds one by the other.

A mark gives the same keys whether it is asked for or listed, so each rule stands once. Numbers of papers, of persons
and of bodies share one space, because lists seldom say which is which; the kind stays with the key and counts when the
evidence is weighed. Text that no rule reads is kept by its letters and digits: nothing typed is dropped.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elchi.documents import (
    Check,
    find_state,
    normalise_container,
    normalise_document_number,
    normalise_email,
    normalise_phone,
    normalise_plate,
    normalise_vin,
    read_container,
)
from elchi.errors import InvalidInput
from elchi.lists import Entry, country_code
from elchi.subjects import Consignment, Document, Organisation, Person, Subject, Vehicle


class KeyKind(StrEnum):
    """What a mark is."""

    DOCUMENT_NUMBER = "document_number"
    NATIONAL_ID = "national_id"
    REGISTRATION_NUMBER = "registration_number"
    PLATE = "plate"
    VIN = "vin"
    CONTAINER_NUMBER = "container_number"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Key:
    """A mark in the form by which two spellings of it meet."""

    kind: KeyKind
    value: str
    country: str = ""
    """The state that gave the number, as `country_of` writes it; empty when unknown."""
    text: str = field(default="", compare=False)
    """The mark as written."""

    @property
    def space(self) -> str:
        """What it is told apart from: keys of two spaces never meet."""
        return _SPACES[self.kind]

    def meets(self, other: Key) -> bool:
        """Tell whether two keys are equal and of one space."""
        return self.value == other.value and self.space == other.space


MAX_TEXT: Final = 512
"""Characters of a listed text that are read for numbers."""
MAX_VALUE: Final = 64
"""Longest value of a key, but for e-mail addresses."""
MIN_LISTED: Final = 4
"""Shortest number taken from a list: shorter ones, of which real lists have some, would meet too many."""
MIN_PLATE: Final = 2

_SPACES: Final[Mapping[KeyKind, str]] = {
    KeyKind.DOCUMENT_NUMBER: "number",
    KeyKind.NATIONAL_ID: "number",
    KeyKind.REGISTRATION_NUMBER: "number",
    KeyKind.PLATE: "plate",
    KeyKind.VIN: "vin",
    KeyKind.CONTAINER_NUMBER: "container",
    KeyKind.PHONE: "phone",
    KeyKind.EMAIL: "email",
}
_FORMS: Final[Mapping[KeyKind, Callable[[str], str]]] = {
    KeyKind.PLATE: normalise_plate,
    KeyKind.VIN: normalise_vin,
    KeyKind.CONTAINER_NUMBER: normalise_container,
    KeyKind.EMAIL: normalise_email,
}

# Which property of FollowTheMoney gives keys of which kind. A number of a body is a registration, whoever gave it.
_PERSONAL: Final = ("idNumber", "innCode", "taxNumber", "socialSecurityNumber")
_REGISTERED: Final = ("registrationNumber", "licenseNumber", "ogrnCode", "okpoCode", "vatCode", "leiCode", "uscCode")
_OF_ALL: Final[Mapping[str, KeyKind]] = {
    "passportNumber": KeyKind.DOCUMENT_NUMBER,
    **dict.fromkeys(_REGISTERED, KeyKind.REGISTRATION_NUMBER),
    "phone": KeyKind.PHONE,
    "email": KeyKind.EMAIL,
}
_PEOPLE: Final = {
    **_OF_ALL,
    **dict.fromkeys(_PERSONAL, KeyKind.NATIONAL_ID),
    "number": KeyKind.DOCUMENT_NUMBER,
    "vin": KeyKind.VIN,
}
_BODIES: Final = {**_OF_ALL, **dict.fromkeys((*_PERSONAL, "number", "imoNumber"), KeyKind.REGISTRATION_NUMBER)}
_MACHINES: Final = {
    **dict.fromkeys(("registrationNumber", "number", "imoNumber", "mmsi"), KeyKind.PLATE),
    **dict.fromkeys(("vin", "serialNumber", "idNumber"), KeyKind.VIN),
}
_KINDS: Final[Mapping[str, Mapping[str, KeyKind]]] = {
    **dict.fromkeys(("Organization", "Company", "PublicBody"), _BODIES),
    **dict.fromkeys(("Vehicle", "Vessel", "Airplane", "Asset"), _MACHINES),
    "Identification": {**_PEOPLE, "number": KeyKind.NATIONAL_ID},
}
# Whose country is that of its numbers. A person's is not: lists do not say which state gave which passport.
_GIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("Passport", "Identification", "Vehicle"), ("country",)),
    **dict.fromkeys(("Organization", "Company", "PublicBody"), ("jurisdiction", "country")),
}

_BRACKETS = re.compile(r"\(([^()]*)\)")
_CLAUSE = re.compile(
    r"(?<=\S)\s+(?:issued?|expir\w+|valid|until|dated?|выдан\w*|действ\w*|от|до|дата)\b", re.IGNORECASE
)
_BETWEEN = re.compile(r"[;,|]|\s/\s|\s(?:and|or|и|или)\s", re.IGNORECASE)
# Words that are no part of the number beside them: "Passport", "No.", "Iran". Two letters may be its series.
_BEFORE = re.compile(r"^(?:(?:[^\W\d_]{3,}|no|nr)[.:#№°]*\s+|[#№:]\s*)+", re.IGNORECASE)
_AFTER = re.compile(r"(?:\s+[^\W\d_]{3,}\.?)+$")
# ICAO Annex 7: nationality mark, hyphen, registration mark. All others without a digit are words such as "unknown".
_TAIL_NUMBER = re.compile(r"[A-Z0-9]{1,2}-[A-Z]{3,4}", re.ASCII)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}", re.ASCII)


def subject_keys(subject: Subject) -> tuple[Key, ...]:
    """Give the keys of what is asked about and of its parts, each once.

    Every mark that has a letter or digit gives at least one key.
    """
    return tuple(dict.fromkeys(_subject_keys(subject)))


def _subject_keys(subject: Subject) -> Iterator[Key]:
    if isinstance(subject, Document):
        yield from _keys(KeyKind.DOCUMENT_NUMBER, subject.document_number, country_of(subject.issuer))
    elif isinstance(subject, Vehicle):
        yield from _keys(KeyKind.PLATE, subject.plate, country_of(subject.plate_country))
        yield from _keys(KeyKind.VIN, subject.vin)
        yield from _keys(KeyKind.CONTAINER_NUMBER, subject.container_number)
    elif isinstance(subject, Consignment):
        yield from _keys(KeyKind.DOCUMENT_NUMBER, subject.document_number)
        for number in subject.container_numbers:
            yield from _keys(KeyKind.CONTAINER_NUMBER, number)
        for part in (*subject.parties, *subject.vehicles):
            yield from _subject_keys(part)
    else:
        yield from _own_keys(subject)


def _own_keys(subject: Person | Organisation) -> Iterator[Key]:
    if isinstance(subject, Person):
        region = country_of(subject.nationality)
        for document in subject.documents:
            yield from _subject_keys(document)
        yield from _keys(KeyKind.NATIONAL_ID, subject.national_id)
    else:
        region = country_of(subject.country)
        yield from _keys(KeyKind.REGISTRATION_NUMBER, subject.registration_number, region)
    for phone in subject.phones:
        yield from _keys(KeyKind.PHONE, phone, region)
    for email in subject.emails:
        yield from _keys(KeyKind.EMAIL, email)


def entry_keys(entry: Entry) -> tuple[Key, ...]:
    """Give the keys of what is listed, each once, in the order of its properties."""
    kinds = _KINDS.get(entry.schema, _PEOPLE)
    country = _giver(entry)
    found: dict[Key, None] = {}
    for name, values in entry.properties.items():
        kind = kinds.get(name)
        if kind is None:
            continue
        for value in values:
            text = value[:MAX_TEXT]
            keys = [*_keys(kind, text, country)]
            if kind is KeyKind.PLATE:
                keys += _sealed_keys(text)
            elif name == "registrationNumber" and kinds is _PEOPLE:
                # A ministry's table of persons has the plates of their cars in it.
                keys += _keys(KeyKind.PLATE, text)
            found.update(dict.fromkeys(key for key in keys if _is_telling(key)))
    return tuple(found)


def confirm(key: Key, entry: Entry) -> Key | None:
    """Give the entry's own key that a subject's key meets, or None: then the index met it by chance of its hash.

    Of several the one of the same country comes first, the one of another country last.
    """
    met = [listed for listed in entry_keys(entry) if listed.meets(key)]
    return min(
        met,
        key=lambda listed: (
            listed.country != key.country,
            bool(listed.country and key.country),
            listed.kind is not key.kind,
        ),
        default=None,
    )


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """Give a state as entries write it, ISO 3166-1 alpha-2 in lower case; empty for what is no state or not known.

    Args:
        text: code of ICAO 9303-3 or ISO 3166-1, or a name that `elchi.lists.country_code` knows.
    """
    state = find_state(text)
    return country_code(text) or (state.alpha2.lower() if state else "")


def _giver(entry: Entry) -> str:
    for name in _GIVERS.get(entry.schema, ()):
        values = entry.properties.get(name, ())
        if values:
            return country_of(values[0]) if len(values) == 1 else ""
    return ""


def _keys(kind: KeyKind, text: str, country: str = "") -> Iterator[Key]:
    """Give the keys of one text; `country` gave the number, or is the one whose national phone numbers are meant."""
    if kind is KeyKind.PHONE:
        values, country = _phone_values(text, country), ""
    elif kind in _FORMS:
        values = [_form(kind, text)]
    else:
        values, country = _number_values(text), _named_country(text, country)
    for value in values:
        if value:
            yield Key(kind, value, country, text)


def _named_country(text: str, otherwise: str) -> str:
    named = {country_of(part) for part in _BRACKETS.findall(text)} - {""}
    if len(named) > 1:
        return ""  # "A1234567 (Iran), B7654321 (Iraq)": which is whose is not worth a rule
    return next(iter(named), otherwise)


def _number_values(text: str) -> list[str]:
    """Read a text that may say more than a number, such as "Passport AB 123 (Iran), expires 1 May 2020".

    The whole text comes first, whatever it looks like: "OR 1234567" is a series and a number.
    """
    if text.isalnum():
        return [_plain(text)]  # what most travellers give, at a tenth of the cost
    bare = _BRACKETS.sub(" ", text)
    values = [_plain(bare) or _plain(text)]
    for part in _BETWEEN.split(_CLAUSE.split(bare, maxsplit=1)[0]):
        piece = part.strip()
        if not _DATE.fullmatch(piece):
            values += [_plain(piece), _plain(_AFTER.sub("", _BEFORE.sub("", piece)))]
    return values


def _phone_values(text: str, region: str) -> list[str]:
    """Read a phone as E.164, with the plus or without, and as a number of the region; else keep its digits."""
    plain = _plain(text)
    digits = "".join(char for char in plain if char.isdigit()) or plain
    if text.lstrip().startswith("+"):
        return [_e164(text) or digits]
    national = _e164(text, region) if region else ""
    return [national, _e164("+" + digits.removeprefix("00")) or digits]


def _e164(text: str, region: str = "") -> str:
    try:
        return normalise_phone(text, region=region)
    except InvalidInput:
        return ""


def _form(kind: KeyKind, text: str) -> str:
    try:
        return _FORMS[kind](text)
    except InvalidInput:
        return _plain(text)


def _plain(text: str) -> str:
    try:
        return normalise_document_number(text[:MAX_VALUE])
    except InvalidInput:
        return ""


def _sealed_keys(text: str) -> Iterator[Key]:
    """Give the key of a container listed as a vehicle: FollowTheMoney has no property for its number."""
    try:
        container = read_container(text)
    except InvalidInput:
        return
    if container.check is Check.PASSED:
        yield Key(KeyKind.CONTAINER_NUMBER, container.number, "", text)


def _is_telling(key: Key) -> bool:
    if key.kind is KeyKind.EMAIL:
        return "@" in key.value
    if key.kind is KeyKind.PLATE and _TAIL_NUMBER.fullmatch(key.text):
        return True
    shortest = MIN_PLATE if key.kind is KeyKind.PLATE else MIN_LISTED
    return len(key.value) >= shortest and any(char.isdigit() for char in key.value)


def hash_key(key: Key) -> int:
    """Give the 64-bit hash of a key: BLAKE2b (RFC 7693) of its space and value."""
    text = f"{_SPACES[key.kind]}\0{key.value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def build_key_sections(keys_by_entry: Iterable[tuple[int, Iterable[Key]]]) -> dict[str, NDArray[Any]]:
    """Make the sections of an index.

    Args:
        keys_by_entry: ordinal of an entry and its keys; an entry may come again.

    Returns:
        `key_hashes` u64, ascending, and `key_entries` u32: the entry of each, ascending where hashes are equal.
    """
    hashes, entries = array("Q"), array("Q")
    for ordinal, keys in keys_by_entry:
        for key in keys:
            hashes.append(hash_key(key))
            entries.append(ordinal)
    order = np.lexsort((entries, hashes))
    sections = {
        "key_hashes": np.array(hashes, "<u8")[order],
        "key_entries": np.array(entries, "<u4")[order],
    }
    repeated = np.zeros(len(order), bool)
    repeated[1:] = np.logical_and.reduce([column[1:] == column[:-1] for column in sections.values()])
    return {name: column[~repeated] for name, column in sections.items()}


class KeyIndex:
    """Finds entries by key over sections that may be memory-mapped.

    Bisection over a memoryview was measured against numpy.searchsorted (make bench NAME=keys): for one key numpy's
    call costs more than the search, for many it wins.
    """

    def __init__(self, sections: Mapping[str, NDArray[Any]]) -> None:
        self._hashes = sections["key_hashes"]
        self._view = self._hashes.data
        self._entries = sections["key_entries"].data

    def find(self, key: Key) -> list[int]:
        """Give the ordinals of the entries that have a key, ascending; `confirm` each with its entry."""
        sought = hash_key(key)
        hashes, at = self._view, bisect_left(self._view, sought)
        end = at
        while end < len(hashes) and hashes[end] == sought:
            end += 1
        return self._entries[at:end].tolist()

    def find_many(self, keys: Sequence[Key]) -> list[list[int]]:
        """Give the ordinals for each of many keys."""
        hashes = np.fromiter(map(hash_key, keys), "<u8", len(keys))
        first = np.searchsorted(self._hashes, hashes, "left").tolist()
        last = np.searchsorted(self._hashes, hashes, "right").tolist()
        entries = self._entries
        return [entries[start:end].tolist() for start, end in zip(first, last, strict=True)]
