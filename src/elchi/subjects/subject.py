"""The five kinds of subject.

All text is as given by the officer or the document; nothing here is normalised. Empty means unknown. `extra` holds
what a newer partner sent and this version does not know: it is kept and sent on, never interpreted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from elchi.errors import InvalidInput
from elchi.subjects.dates import PartialDate


class Sex(StrEnum):
    """Sex as a travel document states it (ICAO 9303-4 4.2.2.2, field 11)."""

    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "X"


def _no_extra() -> Mapping[str, Any]:
    return MappingProxyType({})


class _Sendable:
    """Lets a subject cross to another process: the read-only view of `extra` cannot be pickled."""

    __slots__ = ()
    extra: Mapping[str, Any]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[type[Any], dict[str, Any]]]:
        """Give the class and the fields."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]  # a dataclass
        return _receive, (type(self), values | {"extra": dict(self.extra)})


def _receive(cls: type[Any], values: dict[str, Any]) -> Any:
    return cls(**values | {"extra": MappingProxyType(values["extra"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(_Sendable):
    """A document: passport, identity card, visa, vehicle papers."""

    kind: ClassVar[str] = "document"
    document_number: str
    document_type: str = ""
    """First letters of an MRZ (ICAO 9303), such as P, I, V; empty when unknown."""
    issuer: str = ""
    """ICAO 9303-3 three-letter code of the issuing state or organisation."""
    expiry_date: PartialDate | None = None
    extra: Mapping[str, Any] = field(default_factory=_no_extra)

    def __post_init__(self) -> None:
        _require(self.kind, self.document_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(_Sendable):
    """A traveller. `name` is the whole name as written; the parts are given when the document tells them apart."""

    kind: ClassVar[str] = "person"
    name: str = ""
    family_name: str = ""
    """Primary identifier of ICAO 9303."""
    given_names: str = ""
    """Secondary identifier of ICAO 9303, with a patronymic if the document has it there."""
    patronymic: str = ""
    name_truncated: bool = False
    """Whether the machine-readable zone had no room for the whole name."""
    birth_date: PartialDate | None = None
    birth_place: str = ""
    nationality: str = ""
    """ICAO 9303-3 three-letter code."""
    sex: Sex | None = None
    national_id: str = ""
    documents: tuple[Document, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_no_extra)

    def __post_init__(self) -> None:
        _require(
            self.kind,
            self.name,
            self.family_name,
            self.given_names,
            self.national_id,
            *self.phones,
            *self.emails,
            *(document.document_number for document in self.documents),
        )

    @property
    def full_name(self) -> str:
        """The whole name as one line; "FAMILY, Given Patronymic" when it is known which part is which."""
        if not (self.family_name or self.given_names):
            return " ".join(part for part in (self.name, self.patronymic) if part)
        given = " ".join(part for part in (self.given_names, self.patronymic) if part)
        return f"{self.family_name}, {given}" if self.family_name and given else self.family_name or given

    @property
    def names(self) -> tuple[str, ...]:
        """The whole name, and beside it the name as written where its parts are given too: each is looked for."""
        whole = self.full_name
        return tuple(dict.fromkeys(filter(None, (whole, self.name if self.family_name or self.given_names else ""))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle(_Sendable):
    """A car, truck, trailer, wagon or container by its marks."""

    kind: ClassVar[str] = "vehicle"
    plate: str = ""
    plate_country: str = ""
    """ICAO 9303-3 three-letter code of the country of registration."""
    vin: str = ""
    container_number: str = ""
    extra: Mapping[str, Any] = field(default_factory=_no_extra)

    def __post_init__(self) -> None:
        _require(self.kind, self.plate, self.vin, self.container_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(_Sendable):
    """A company or other body."""

    kind: ClassVar[str] = "organisation"
    name: str = ""
    registration_number: str = ""
    country: str = ""
    """ICAO 9303-3 three-letter code."""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_no_extra)

    def __post_init__(self) -> None:
        _require(self.kind, self.name, self.registration_number, *self.phones, *self.emails)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment(_Sendable):
    """Goods on the move, by their papers and the parties named in them."""

    kind: ClassVar[str] = "consignment"
    document_number: str = ""
    """Number of the waybill, bill of lading or declaration."""
    container_numbers: tuple[str, ...] = ()
    parties: tuple[Organisation | Person, ...] = ()
    """Consignor, consignee, carrier, declarant, in that order where known."""
    vehicles: tuple[Vehicle, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=_no_extra)

    def __post_init__(self) -> None:
        if not (self.parties or self.vehicles):
            _require(self.kind, self.document_number, *self.container_numbers)


Subject = Person | Document | Vehicle | Organisation | Consignment


def _require(kind: str, *fields: str) -> None:
    if not any(value.strip() for value in fields):
        raise InvalidInput("subject_empty", field=kind, rule="needs_name_or_number")
