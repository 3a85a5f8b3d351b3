"""What an incident is told as: at home with names, to others without.

Nominal stays at home, non-nominal travels (the rule of WCO's CEN). A report that travels is made of the columns written
down here and nothing else: codes, numbers, dates, states. No text that somebody typed is among them, because a name may
stand in any of it. Positions that are no crossing are told to a tenth of a degree.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from elchi.modules.operations.incident import Found, IncidentCard
from elchi.modules.operations.seizure import CHOICES, KINDS, Item, currencies
from elchi.subjects import Organisation, Person, Vehicle

_STATE: Final = re.compile("[A-Z]{2,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident with what its rows in the directory say."""

    number: str
    card: IncidentCard
    found: Found
    country: str
    """Of the unit."""
    office: str
    """Name of the unit."""
    agencies: tuple[str, ...]
    crossing_kind: str = ""
    border: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_led: bool = False
    """Whether information led to it."""
    leads: int = 0
    case: str = ""
    recorded_at: dt.datetime

    @property
    def date(self) -> str:
        """The day, or the month where no day is known."""
        return self.card.at.date().isoformat()[: 7 if self.card.precision == "month" else 10]


Get = Callable[[Told, Item | None], Any]


@dataclass(frozen=True, slots=True)
class Report:
    """A table: a row for each item, or one for an incident without any."""

    name: str
    is_nominal: bool
    kinds: frozenset[str]
    """Of items; empty for incidents of all kinds."""
    columns: tuple[tuple[str, Get], ...]


def _position(at: str) -> Get:
    def get(told: Told, _: Item | None) -> Any:
        value = getattr(told, at)
        return None if value is None else round(value, 4 if told.card.crossing else 1)

    return get


def _head(name: str) -> Get:
    return lambda told, _: getattr(told, name)


def _card(name: str) -> Get:
    return lambda told, _: getattr(told.card, name)


def _of_item(name: str) -> Get:
    return lambda _, item: getattr(item, name) if item else None


def _substance(told: Told, item: Item | None) -> Any:  # noqa: ARG001  the order of all columns
    return item.what.names["en"] if item and item.what else None


def _kilograms(told: Told, item: Item | None) -> Any:  # noqa: ARG001  the order of all columns
    return item.equivalent.kilograms.normalize() if item and item.equivalent else None


def _factor(told: Told, item: Item | None) -> Any:  # noqa: ARG001  the order of all columns
    return item.equivalent.source if item and item.equivalent else None


def _detail(name: str) -> Get:
    """Give a detail that is chosen from a list; one that was typed does not travel."""

    def get(_: Told, item: Item | None) -> Any:
        value = item.details.get(name) if item else None
        allowed = currencies() if name == "currency" else CHOICES.get(f"{item.kind}.{name}", ()) if item else ()
        return value if value in allowed else None

    return get


def _route(part: str) -> Get:
    return lambda told, _: getattr(told.card.route, part)


def _transit(told: Told, _: Item | None) -> str:
    return " ".join(told.card.route.transit)


def _persons(told: Told, _: Item | None) -> int:
    return len(told.found.involved)


def _by(name: str) -> Get:
    """Count the persons by one property: `UZ 2, TJ 1`."""

    def get(told: Told, _: Item | None) -> str:
        values = [getattr(one, name) for one in told.found.involved if getattr(one, name)]
        return ", ".join(f"{value} {values.count(value)}" for value in sorted(set(values)))

    return get


def _counted(kind: str) -> Get:
    return lambda told, _: sum(one.count for one in told.found.counts if one.kind == kind)


def _plate_states(told: Told, _: Item | None) -> str:
    return " ".join(sorted({one.plate_country for one in told.found.vehicles if _STATE.fullmatch(one.plate_country)}))


_WHERE: Final[tuple[tuple[str, Get], ...]] = (
    ("reference", _head("number")), ("country", _head("country")), ("date", _head("date")),
    ("precision", _card("precision")), ("crossing", _card("crossing")), ("border", _head("border")),
    ("latitude", _position("latitude")), ("longitude", _position("longitude")),
)  # fmt: skip
_WHAT: Final[tuple[tuple[str, Get], ...]] = (
    ("kind", _card("kind")), ("goods", _of_item("kind")), ("substance_code", _of_item("substance")),
    ("substance", _substance), ("quantity", _of_item("quantity")), ("unit", _of_item("unit")),
    ("purity_percent", _of_item("purity")), ("kilogram_equivalent", _kilograms), ("factor_source", _factor),
    ("packages", _of_item("packages")), ("packaging", _of_item("packaging")),
)  # fmt: skip
_HOW: Final[tuple[tuple[str, Get], ...]] = (
    ("transport", _card("transport")), ("concealment", _card("concealment")), ("detection", _card("detection")),
    ("departure", _route("departure")), ("transit", _transit), ("destination", _route("destination")),
)  # fmt: skip
_WHO: Final[tuple[tuple[str, Get], ...]] = (
    ("persons", _persons), ("nationalities", _by("nationality")), ("sexes", _by("sex")), ("ages", _by("age_band")),
    ("roles", _by("role")),
)  # fmt: skip
_PEOPLE: Final[tuple[tuple[str, Get], ...]] = (
    ("smuggled", _counted("smuggled")), ("trafficked", _counted("trafficked")), ("rescued", _counted("rescued")),
    ("assisted", _counted("assisted")),
)  # fmt: skip


def _names(told: Told, _: Item | None) -> str:
    return "; ".join(_called(one.subject) for one in told.found.involved if one.subject)


def _called(subject: object) -> str:
    if isinstance(subject, Person):
        numbers = ", ".join(one.document_number for one in subject.documents)
        return f"{subject.full_name} ({numbers})" if numbers else subject.full_name
    return subject.name if isinstance(subject, Organisation) else ""


def _plates(told: Told, _: Item | None) -> str:
    return ", ".join(_mark(one) for one in told.found.vehicles)


def _mark(vehicle: Vehicle) -> str:
    return " ".join(one for one in (vehicle.plate, vehicle.vin, vehicle.container_number) if one)


def _details(told: Told, item: Item | None) -> str:  # noqa: ARG001  the order of all columns
    return "; ".join(f"{name}: {value}" for name, value in sorted(item.details.items()) if value) if item else ""


NATIONAL: Final = Report(
    "national", True, frozenset(),
    (
        *_WHERE, ("time", lambda told, _: told.card.at.isoformat(timespec="minutes")), ("office", _head("office")),
        ("agencies", lambda told, _: " ".join(told.agencies)), ("place", _card("place")),
        ("legal_basis", _card("legal_basis")), ("threats", lambda told, _: " ".join(told.card.threats)),
        ("impact", _card("impact")), *_WHAT, ("called", _of_item("name")), ("details", _details), *_HOW,
        ("concealment_text", _card("concealment_text")), ("departure_place", _route("departure_place")),
        ("destination_place", _route("destination_place")), *_WHO, ("names", _names), ("vehicles", _plates), *_PEOPLE,
        ("leads", _head("leads")), ("case", _head("case")), ("description", _card("description")),
    ),
)  # fmt: skip
"""Everything but who was smuggled or trafficked: that stands in no report."""
REGIONAL: Final = Report(
    "regional", False, frozenset(),
    (
        *_WHERE, ("threats", lambda told, _: " ".join(told.card.threats)), ("impact", _card("impact")), *_WHAT, *_HOW,
        *_WHO, *_PEOPLE, ("intelligence_led", _head("is_led")),
    ),
)  # fmt: skip
"""To the regional centre."""
DRUGS: Final = Report("drugs", False, frozenset(("drug", "precursor")), (*_WHERE, *_WHAT, *_HOW, *_WHO))
"""Individual drug seizures, by the variables that UNODC's public descriptions of its IDS name; the questionnaire itself
was not to be had."""
CUSTOMS: Final = Report(
    "customs", False, frozenset(KINDS),
    (
        *_WHERE, ("location", _head("crossing_kind")), *_WHAT, ("currency", _detail("currency")),
        ("goods_type", _detail("type")), ("appendix", _detail("appendix")), ("form", _detail("form")),
        ("instrument", _detail("instrument")), ("fault", _detail("fault")), *_HOW, ("plate_states", _plate_states),
        ("persons", _persons),
    ),
)  # fmt: skip
"""In the manner of WCO's CEN: seizures and offences by commodity, without persons, bodies or marks."""
REPORTS: Final[Mapping[str, Report]] = {one.name: one for one in (NATIONAL, REGIONAL, DRUGS, CUSTOMS)}


def rows_of(report: Report, incidents: Iterable[Told]) -> Iterator[list[Any]]:
    """Give the rows of a report."""
    for told in incidents:
        items: list[Item | None] = [one for one in told.found.items if not report.kinds or one.kind in report.kinds]
        for item in items or ([] if report.kinds else [None]):
            yield [get(told, item) for _, get in report.columns]


def as_messages(incidents: Iterable[Told]) -> Iterator[dict[str, Any]]:
    """Give incidents as the non-nominal records that another node may be sent: the columns of `REGIONAL`, by name."""
    names = [name for name, _ in REGIONAL.columns]
    for row in rows_of(REGIONAL, incidents):
        yield dict(zip(names, row, strict=True))
