"""An incident: what happened, when and where, by which unit, on which legal basis, who was in it, and what was found.

Persons stand in it twice. What travels is a role, a sex, a nationality and an age band; who it was is a subject that
stays at home. Of those who were smuggled or trafficked only numbers stand here: who they are is in a protected file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from elchi.errors import InvalidInput
from elchi.modules.operations.geography import Spot, check_spot
from elchi.modules.operations.seizure import (
    CONCEALMENTS,
    DETECTIONS,
    TRANSPORTS,
    Item,
    check_item,
    one_of,
    short,
)
from elchi.subjects import Subject, Vehicle

KINDS: Final = ("seizure", "persons", "unauthorised_crossing", "rescue", "assistance", "crisis", "other")
"""What happened. `persons`: people smuggled or trafficked were found."""
WITH_COUNTS: Final = ("persons", "rescue", "assistance")
"""Kinds that say how many people they were about."""
PRECISIONS: Final = ("minute", "hour", "day", "month")
"""How exactly the time is known; of a day its noon is written down."""
_AHEAD: Final = {
    "minute": dt.timedelta(minutes=5), "hour": dt.timedelta(hours=1), "day": dt.timedelta(hours=12),
    "month": dt.timedelta(days=31),
}  # fmt: skip
"""How far what is written down may lie ahead of the clock without being in the future."""
IMPACTS: Final = ("low", "medium", "high")
"""Of an incident, said by who reports it (Regulation (EU) 2021/581, article 17)."""
ROLES: Final = ("driver", "passenger", "courier", "owner", "organiser", "guide", "other")
SEXES: Final = ("F", "M", "X")
AGE_BANDS: Final = ("0-11", "12-17", "18-24", "25-39", "40-59", "60+")
ENDS: Final = ("detained", "released", "handed_over", "fled", "unknown")
"""What became of a person."""
COUNTED: Final = ("smuggled", "trafficked", "rescued", "assisted")
AREAS: Final = {
    "drugs": "drugs", "precursors": "drugs", "firearms": "arms", "terrorism": "fighters",
    "foreign_terrorist_fighter": "fighters", "trafficking_in_persons": "persons", "smuggling_of_migrants": "persons",
    "illicit_financial_flows": "money", "corruption": "money", "sanctions": "money", "contraband": "money",
    "cultural_goods": "money", "wildlife": "money", "stolen_vehicle": "money", "organised_crime": "money",
}  # fmt: skip
"""The five areas of the regional strategy (drugs, small arms, persons, illicit financial flows, foreign terrorist
fighters) that a threat (`cases.rules.THREATS`) belongs to; those left out belong to none."""
LIMITS: Final = {"description": 5_000, "legal_basis": 300, "concealment_text": 300, "place": 200, "transit": 8}
MOST_PARTS: Final = 100
"""Items, persons, vehicles or counts of one incident."""
_COUNTRY: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From where, through which states, to where, as far as it is known."""

    departure: str = ""
    """ISO 3166-1 alpha-2."""
    departure_place: str = ""
    transit: tuple[str, ...] = ()
    destination: str = ""
    destination_place: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """The states in order."""
        return tuple(one for one in (self.departure, *self.transit, self.destination) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """A person who was in it: what may travel, and who it was."""

    role: str = "other"
    sex: str = ""
    nationality: str = ""
    age_band: str = ""
    end: str = "unknown"
    subject: Subject | None = None
    """Who it was; stays at home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many people of one sort were smuggled, trafficked, rescued or helped."""

    kind: str
    count: int
    sex: str = ""
    age_band: str = ""
    nationality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCard:
    """What stands at the head of an incident and may be amended."""

    kind: str
    at: dt.datetime
    unit: str
    """Code of the office in the directory: there is no incident without one."""
    crossing: str = ""
    """Code of a crossing; or the place is a spot on the map."""
    spot: Spot | None = None
    place: str = ""
    """In words."""
    precision: str = "minute"
    agencies: tuple[str, ...] = ()
    """Codes of those that took part beside the officer's own."""
    legal_basis: str = ""
    threats: tuple[str, ...] = ()
    impact: str = "low"
    transport: str = ""
    concealment: str = ""
    concealment_text: str = ""
    detection: str = ""
    route: Route = Route()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, and who was in it."""

    items: tuple[Item, ...] = ()
    involved: tuple[Involved, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    counts: tuple[Count, ...] = ()


def check_card(card: IncidentCard, *, now: dt.datetime) -> None:
    """Do nothing if an incident can be this.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("kind", card.kind, KINDS)
    one_of("precision", card.precision, PRECISIONS)
    one_of("impact", card.impact, IMPACTS)
    for name, allowed in (("transport", TRANSPORTS), ("concealment", CONCEALMENTS), ("detection", DETECTIONS)):
        if value := getattr(card, name):
            one_of(name, value, allowed)
    for name in ("description", "legal_basis", "concealment_text", "place"):
        short(name, getattr(card, name), LIMITS[name])
    if card.at > now + _AHEAD[card.precision]:
        raise InvalidInput("operations_invalid", field="at", rule="not_in_future")
    if not card.unit:
        raise InvalidInput("operations_invalid", field="unit", rule="unit_needed")
    if bool(card.crossing) == (card.spot is not None):
        raise InvalidInput("operations_invalid", field="crossing", rule="one_place")
    if card.spot is not None:
        check_spot(card.spot)
    if card.kind == "seizure" and not card.legal_basis.strip():
        raise InvalidInput("operations_invalid", field="legal_basis", rule="legal_basis_needed")
    _check_route(card.route)


def check_found(kind: str, found: Found) -> None:
    """Do nothing if an incident of this kind can have this in it.

    Raises:
        InvalidInput: `operations_invalid`, with the `line` of the part, from 1.
    """
    for parts in (found.items, found.involved, found.vehicles, found.counts):
        if len(parts) > MOST_PARTS:
            raise InvalidInput("operations_invalid", field="items", rule="limit", limit=MOST_PARTS)
    if kind == "seizure" and not found.items:
        raise InvalidInput("operations_invalid", field="quantity", rule="item_needed")
    if kind in WITH_COUNTS and not found.counts:
        raise InvalidInput("operations_invalid", field="count", rule="count_needed")
    for check, parts in ((check_item, found.items), (check_involved, found.involved), (check_count, found.counts)):
        _check_each(check, parts)


def check_involved(one: Involved) -> None:
    """Do nothing if a person can be told so.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("role", one.role, ROLES)
    one_of("end", one.end, ENDS)
    _check_sort(one.sex, one.age_band, one.nationality)


def check_count(one: Count) -> None:
    """Do nothing if people can be counted so.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("counted", one.kind, COUNTED)
    if not 1 <= one.count <= 10_000:
        raise InvalidInput("operations_invalid", field="count", rule="limit", limit=10_000)
    _check_sort(one.sex, one.age_band, one.nationality)


def threats_of(chosen: Sequence[str], found: Found) -> tuple[str, ...]:
    """Give the threats of an incident: those chosen, and those that what was found stands for, each once."""
    told = [item.threat for item in found.items]
    told += [
        {"trafficked": "trafficking_in_persons", "smuggled": "smuggling_of_migrants"}.get(one.kind, "")
        for one in found.counts
    ]
    return tuple(dict.fromkeys(one for one in (*chosen, *told) if one))


def _check_each(check: object, parts: Sequence[object]) -> None:
    for number, part in enumerate(parts, 1):
        try:
            check(part)  # type: ignore[operator]  # each part with its own check
        except InvalidInput as error:
            error.params.setdefault("line", number)
            raise


def _check_sort(sex: str, age_band: str, nationality: str) -> None:
    if sex:
        one_of("sex", sex, SEXES)
    if age_band:
        one_of("age_band", age_band, AGE_BANDS)
    if nationality:
        _check_country("nationality", nationality)


def _check_route(route: Route) -> None:
    for name in ("departure", "destination"):
        if state := getattr(route, name):
            _check_country(name, state)
    for name in ("departure_place", "destination_place"):
        short(name, getattr(route, name), LIMITS["place"])
    if len(route.transit) > LIMITS["transit"]:
        raise InvalidInput("operations_invalid", field="transit", rule="limit", limit=LIMITS["transit"])
    for state in route.transit:
        _check_country("transit", state)


def _check_country(name: str, code: str) -> None:
    if not _COUNTRY.fullmatch(code):
        raise InvalidInput("operations_invalid", field=name, rule="country_code")
