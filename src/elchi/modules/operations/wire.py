"""An incident as JSON, for the API and for what it was before it was amended; and as the rows that keep it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from elchi.errors import InvalidInput
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved, Route
from elchi.modules.operations.seizure import Item
from elchi.subjects import Vehicle, from_wire, to_wire

_Part = TypeVar("_Part")


def card_to_wire(card: IncidentCard) -> dict[str, Any]:
    """Give a card as JSON values; what is empty is left out."""
    told = asdict(card) | {"at": card.at.isoformat()}
    told["route"] = {name: value for name, value in told["route"].items() if value}
    return {name: value for name, value in told.items() if value not in ("", None, (), {})}


def card_from_wire(wire: Mapping[str, Any]) -> IncidentCard:
    """Read a card.

    Raises:
        InvalidInput: `operations_invalid` for a field that is not known, or whose value is of another type.
    """
    told = dict(wire)
    try:
        told["at"] = dt.datetime.fromisoformat(str(told.get("at", "")))
    except ValueError:
        raise InvalidInput("operations_invalid", field="at", rule="date_form") from None
    if told["at"].tzinfo is None:
        raise InvalidInput("operations_invalid", field="at", rule="date_form")
    told["spot"] = _made(Spot, told["spot"], "spot") if told.get("spot") else None
    told["route"] = _made(Route, _tuples(told.get("route") or {}, "transit"), "route")
    return _made(IncidentCard, _tuples(told, "agencies", "threats"), "incident")


def found_to_wire(found: Found) -> dict[str, Any]:
    """Give what was found as JSON values."""
    return {
        "items": [_plain(asdict(one)) for one in found.items],
        "involved": [
            _plain({**_flat(one, "subject"), "subject": to_wire(one.subject) if one.subject else None})
            for one in found.involved
        ],
        "vehicles": [to_wire(one) for one in found.vehicles],
        "counts": [_plain(asdict(one)) for one in found.counts],
    }


def found_from_wire(wire: Mapping[str, Any]) -> Found:
    """Read what was found.

    Raises:
        InvalidInput: `operations_invalid`, and what `elchi.subjects.from_wire` raises.
    """
    vehicles = [from_wire(one) for one in wire.get("vehicles", ())]
    if not all(isinstance(one, Vehicle) for one in vehicles):
        raise InvalidInput("operations_invalid", field="vehicles", rule="one_of", allowed=["vehicle"])
    return Found(
        items=tuple(_item(one) for one in wire.get("items", ())),
        involved=tuple(
            _made(Involved, {**one, "subject": from_wire(one["subject"]) if one.get("subject") else None}, "involved")
            for one in wire.get("involved", ())
        ),
        vehicles=tuple(one for one in vehicles if isinstance(one, Vehicle)),
        counts=tuple(_made(Count, one, "counts") for one in wire.get("counts", ())),
    )


def _item(wire: Mapping[str, Any]) -> Item:
    told = dict(wire)
    try:
        told["quantity"] = Decimal(str(told.get("quantity", "")))
        told["purity"] = None if told.get("purity") in (None, "") else Decimal(str(told["purity"]))
    except InvalidOperation:
        raise InvalidInput("operations_invalid", field="quantity", rule="number") from None
    return _made(Item, told, "items")


def _made(cls: type[_Part], told: Mapping[str, Any], field: str) -> _Part:
    """Make a part of values whose types are those of its fields."""
    known = {one.name: str(one.type) for one in fields(cls)}  # type: ignore[arg-type]  # all of them are dataclasses
    for name, value in told.items():
        wanted = known.get(name)
        if wanted is None:
            raise InvalidInput("operations_invalid", field=name, rule="unknown_key")
        is_text = wanted == "str" and not isinstance(value, str)
        is_number = wanted in ("int", "float") and (isinstance(value, bool) or not isinstance(value, int | float))
        if is_text or is_number:
            raise InvalidInput("operations_invalid", field=name, rule="text" if is_text else "number")
    try:
        return cls(**told)
    except TypeError:
        raise InvalidInput("operations_invalid", field=field, rule="missing") from None


def _tuples(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**told, **{name: tuple(map(str, told.get(name) or ())) for name in names}}


def _flat(one: Any, *but: str) -> dict[str, Any]:
    return {part.name: getattr(one, part.name) for part in fields(one) if part.name not in but}


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in told.items()
        if value not in ("", None, (), {}, 0)
    }
