"""From a card and what was found to rows, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elchi.errors import InvalidInput
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Found, IncidentCard, Involved, threats_of
from elchi.modules.operations.models import (
    Counted,
    Incident,
    IncidentMark,
    Involvement,
    SeizedItem,
    UsedVehicle,
)
from elchi.modules.operations.places import border_beside, cell_of
from elchi.modules.operations.seizure import Item
from elchi.node.audit.marks import marks_of
from elchi.node.cases.rules import THREATS
from elchi.node.directory.models import Agency, Crossing, Office
from elchi.subjects import to_wire


def fill(row: Incident, card: IncidentCard, found: Found) -> None:
    """Write a card into a row that is not saved yet.

    Raises:
        InvalidInput: `operations_invalid` for an office, crossing or threat that is not known.
    """
    if unknown := set(card.threats) - set(THREATS):
        raise InvalidInput("operations_invalid", field="threats", rule="one_of", allowed=sorted(unknown)[:5])
    row.unit = _row(Office, "unit", card.unit)
    row.crossing = _row(Crossing, "crossing", card.crossing) if card.crossing else None
    for name in (
        "kind", "at", "precision", "place", "legal_basis", "impact", "transport", "concealment", "concealment_text",
        "detection", "description",
    ):  # fmt: skip
        setattr(row, name, getattr(card, name))
    route = card.route
    row.departure, row.departure_place = route.departure, route.departure_place
    row.transit = list(route.transit)
    row.destination, row.destination_place = route.destination, route.destination_place
    row.threats = list(threats_of(card.threats, found))
    _place(row, card.spot)


def _place(row: Incident, spot: Spot | None) -> None:
    if row.crossing:
        sides = (row.crossing.country_a_id, row.crossing.country_b_id)
        row.border = "-".join(sorted(sides)) if all(sides) else ""
        row.latitude = row.longitude = row.error_km = None
        row.place_key = row.crossing.code
    elif spot:
        row.latitude, row.longitude, row.error_km = spot.latitude, spot.longitude, spot.error_km
        row.border = border_beside(spot, row.unit.country_id or "")
        row.place_key = cell_of(spot)


def _row(model: Any, field: str, code: str) -> Any:
    found = model.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput("operations_invalid", field=field, rule="in_directory")
    return found


def agencies_of(own: Agency, codes: Sequence[str]) -> list[Agency]:
    """Give the agencies that took part, the own one first.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    found = {one.code: one for one in Agency.objects.filter(code__in=codes)}
    if set(codes) - set(found):
        raise InvalidInput("operations_invalid", field="agencies", rule="in_directory")
    return [own, *(one for one in found.values() if one.pk != own.pk)]


def keep_parts(row: Incident, found: Found) -> None:
    """Write what was found, in place of what stood there."""
    for parts in (row.items, row.involved, row.vehicles, row.counts, row.marks):
        parts.all().delete()
    SeizedItem.objects.bulk_create(item_row(row, one) for one in found.items)
    Involvement.objects.bulk_create(_involved(row, one) for one in found.involved)
    UsedVehicle.objects.bulk_create(UsedVehicle(incident=row, subject=to_wire(one)) for one in found.vehicles)
    Counted.objects.bulk_create(
        Counted(
            incident=row, kind=one.kind, count=one.count, sex=one.sex, age_band=one.age_band,
            nationality=one.nationality,
        )
        for one in found.counts
    )  # fmt: skip
    hashes = dict.fromkeys(marks_found(found))
    IncidentMark.objects.bulk_create(IncidentMark(incident=row, hash=one) for one in hashes)


def marks_found(found: Found) -> list[str]:
    """Give the keyed hashes of all marks of those who were in it."""
    subjects = [*found.vehicles, *(one.subject for one in found.involved if one.subject)]
    return [mark for subject in subjects for mark in marks_of(subject)]


def item_row(row: Incident, one: Item) -> SeizedItem:
    """Give the row of goods, with what they weigh now."""
    weight = one.equivalent
    return SeizedItem(
        incident=row, kind=one.kind, substance=one.substance, name=one.name, quantity=round(one.quantity, 6),
        measure=one.unit, purity=one.purity, packages=one.packages, packaging=one.packaging,
        details={name: value for name, value in one.details.items() if value},
        kilograms=round(weight.kilograms, 9) if weight else None, factor=weight.factor if weight else None,
        factor_source=weight.source if weight else "",
    )  # fmt: skip


def _involved(row: Incident, one: Involved) -> Involvement:
    return Involvement(
        incident=row, role=one.role, sex=one.sex, nationality=one.nationality, age_band=one.age_band, end=one.end,
        subject=to_wire(one.subject) if one.subject else None,
    )  # fmt: skip
