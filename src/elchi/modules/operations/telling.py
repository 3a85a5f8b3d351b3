"""An incident as one message to another state: flat fields, each of which an agreement lets go or keeps by its name.

What is not nominal is made of the columns of the regional report; goods are lists of one order, so that a field goes or
stays for all of them. What is nominal stands in one field of its own, `nominal`, that is put there only when an officer
asks for it, and leaves only where an agreement names it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.modules.operations.reports import Told, as_messages
from elchi.subjects import Organisation, Person

VERSION: Final = 1
NOMINAL: Final = "nominal"
MOST_ITEMS: Final = 100
MOST_TEXT: Final = 200
_NAMES: Final[Mapping[str, str]] = {
    "reference": "reference", "country": "country", "date": "event_date", "precision": "precision",
    "crossing": "crossing", "border": "border", "latitude": "latitude", "longitude": "longitude",
    "kind": "event_kind", "threats": "threats", "impact": "impact", "transport": "transport_mode",
    "concealment": "concealment", "detection": "detection", "departure": "departure_country",
    "transit": "transit_countries", "destination": "destination_country", "persons": "persons",
    "nationalities": "nationalities", "sexes": "sexes", "ages": "ages", "roles": "roles", "smuggled": "smuggled",
    "trafficked": "trafficked", "rescued": "rescued", "assisted": "assisted", "intelligence_led": "intelligence_led",
}  # fmt: skip
"""Column of the regional report to field of the message."""
_GOODS: Final[Mapping[str, str]] = {
    "goods": "goods", "substance_code": "substance", "quantity": "quantity", "unit": "unit",
    "purity_percent": "purity", "kilogram_equivalent": "kilogram_equivalent", "packages": "packages",
    "packaging": "packaging",
}  # fmt: skip
FIELDS: Final = (*_NAMES.values(), *_GOODS.values())
"""Everything that is not nominal, as agreements name it."""
_CODE: Final = re.compile(r"[A-Za-z0-9_.,+ -]{0,40}")
_DAY: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_BORDER: Final = re.compile(r"[A-Z]{2}-[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a partner reports of an incident, as far as he told it."""

    event_kind: str = ""
    event_date: str = ""
    """A day or a month."""
    border: str = ""
    crossing: str = ""
    goods: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    """Every field that came but the nominal one, also those that this version does not know."""
    nominal: Any = None


def details_of(told: Told) -> dict[str, Any]:
    """Give what of an incident may travel, without what is not known."""
    rows = list(as_messages([told]))
    first = {field: _plain(rows[0][column]) for column, field in _NAMES.items()}
    items = rows if rows[0]["goods"] else []
    goods = {field: [_plain(row[column]) for row in items] for column, field in _GOODS.items()}
    known = {name: value for name, value in first.items() if value not in (None, "", 0)}
    return known | {name: values for name, values in goods.items() if any(value not in (None, "") for value in values)}


def nominal_of(told: Told) -> dict[str, Any]:
    """Give what names somebody: who was in it, by which vehicles. Never the protected file."""
    return {
        "persons": [
            {"role": one.role, "name": _name(one.subject), "documents": _numbers(one.subject)}
            for one in told.found.involved
            if one.subject
        ],
        "vehicles": [
            {"plate": one.plate, "vin": one.vin, "container_number": one.container_number}
            for one in told.found.vehicles
        ],
    }


def read_report(body: Mapping[str, Any]) -> Heard:
    """Read the body of a report that came.

    Raises:
        InvalidInput: `report_invalid` with `field` and `rule`.
    """
    if body.get("v") != VERSION:
        raise InvalidInput("report_invalid", field="v", rule="one_of", allowed=[VERSION])
    told = {name: value for name, value in body.items() if name not in ("v", NOMINAL)}
    for name, value in told.items():
        _check_value(name, value)
    return Heard(
        event_kind=_code(told, "event_kind", _CODE), event_date=_date(told), border=_code(told, "border", _BORDER),
        crossing=_code(told, "crossing", _CODE), goods=_codes(told, "goods"), substances=_codes(told, "substance"),
        told=told, nominal=body.get(NOMINAL),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _name(subject: Any) -> str:
    if isinstance(subject, Person):
        return subject.full_name
    return subject.name if isinstance(subject, Organisation) else ""


def _numbers(subject: Any) -> list[str]:
    return [one.document_number for one in subject.documents] if isinstance(subject, Person) else []


def _check_value(name: str, value: Any) -> None:
    """Take short texts, numbers and lists of them; what a newer partner nests deeper is refused, not guessed."""
    values = value if isinstance(value, list) else [value]
    if name == "masked" and isinstance(value, dict):
        return
    if len(name) > 40 or len(values) > MOST_ITEMS:
        raise InvalidInput("report_invalid", field=name[:40], rule="limit", limit=MOST_ITEMS)
    for one in values:
        if isinstance(one, str) and (len(one) > MOST_TEXT or not (one.isprintable() or not one)):
            raise InvalidInput("report_invalid", field=name, rule="text", maximum=MOST_TEXT)
        if not isinstance(one, str | bool | int | float) and one is not None:
            raise InvalidInput("report_invalid", field=name, rule="one_of")


def _code(told: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or not (value == "" or form.fullmatch(value)):
        raise InvalidInput("report_invalid", field=name, rule="text", maximum=40)
    return value


def _codes(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = told.get(name, [])
    if not isinstance(values, list):
        raise InvalidInput("report_invalid", field=name, rule="one_of")
    return tuple(_code({name: value or ""}, name, _CODE) for value in values)


def _date(told: Mapping[str, Any]) -> str:
    value = _code(told, "event_date", _DAY)
    try:
        if value:
            dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01")
    except ValueError:
        raise InvalidInput("report_invalid", field="event_date", rule="no_such_day") from None
    return value
