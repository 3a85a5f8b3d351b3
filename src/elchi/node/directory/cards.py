"""What is written down about an agency, an office, a crossing or a duty desk: what verbs take and forms hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyCard:
    """An agency."""

    kind: str
    """One of `Kind.AGENCY`."""
    name: str
    """In English."""
    country: str = ""
    """Code; empty for an international body."""
    names: Mapping[str, str] = field(default_factory=dict)
    """By language."""
    mandate: str = ""
    sources: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeCard:
    """An office; agencies, crossings and parent by their codes."""

    kind: str
    """One of `Kind.OFFICE`."""
    name: str
    country: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    lead: str = ""
    agencies: tuple[str, ...] = ()
    """Those present; the leading one need not be repeated."""
    crossings: tuple[str, ...] = ()
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    coordinate_error_km: float | None = None
    sources: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingCard:
    """A crossing; a sea port has one side."""

    kind: str
    """One of `Kind.CROSSING`."""
    name_a: str
    country_a: str
    name_b: str = ""
    country_b: str = ""
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By language, the names of both sides; empty where one has none."""
    latitude: float | None = None
    longitude: float | None = None
    coordinate_error_km: float | None = None
    coordinate_basis: str = ""
    note: str = ""
    sources: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCard:
    """What a crossing was or is, from a day on."""

    status: str
    """One of `Kind.STATUS`."""
    from_date: dt.date
    to_date: dt.date | None = None
    """The last day; None while it lasts."""
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """A desk that answers for an agency."""

    agency: str
    desk: str
    time_zone: str
    """IANA name; its hours are local."""
    office: str = ""
    subject_matter: str = ""
    """One of `Kind.MATTER`; empty for everything."""
    rank: int = 1
    days: str = "1234567"
    """ISO weekdays on which its hours begin."""
    from_time: dt.time | None = None
    to_time: dt.time | None = None
    """Before or at `from_time`: it answers over midnight."""
    phone: str = ""
    email: str = ""
    languages: tuple[str, ...] = ()
    note: str = ""


Card = AgencyCard | OfficeCard | CrossingCard | StatusCard | ContactCard


def told(card: Card) -> dict[str, Any]:
    """Give a card as JSON values, for the audit."""
    return {one.name: _plain(getattr(card, one.name)) for one in fields(card)}


def changes(before: Card, after: Card) -> dict[str, list[Any]]:
    """Give what differs between two cards of one kind: field -> before, after."""
    old, new = told(before), told(after)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return list(value) if isinstance(value, tuple) else value
