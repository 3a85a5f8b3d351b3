"""What a crossing has against what it should have: a list of needs, and what they cost where prices are known.

The template is a policy of the node. The one that travels with Elchi is a first suggestion, checked against no
standard; its prices are empty, because a price that nobody quoted is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.modules.operations.seizure import currencies

GROUPS: Final = ("staff", "lanes", "equipment", "power", "link")
UNITS: Final = ("person", "piece", "hour")
NEEDS: Final = ("group", "item", "needed", "have", "missing", "unit", "price", "currency", "cost")
"""Columns of the needs list as a table."""
MOST: Final = 100_000
_SUGGESTED: Final = (
    ("officers_per_shift", "staff", 12, "person"),
    ("document_examiners", "staff", 2, "person"),
    ("dog_handlers", "staff", 1, "person"),
    ("passenger_booths", "lanes", 4, "piece"),
    ("vehicle_lanes", "lanes", 2, "piece"),
    ("inspection_bay", "lanes", 1, "piece"),
    ("document_readers", "equipment", 4, "piece"),
    ("uv_lamps", "equipment", 4, "piece"),
    ("drug_tests", "equipment", 50, "piece"),
    ("endoscope", "equipment", 1, "piece"),
    ("density_meter", "equipment", 1, "piece"),
    ("baggage_scanner", "equipment", 1, "piece"),
    ("vehicle_scanner", "equipment", 1, "piece"),
    ("radiation_monitor", "equipment", 1, "piece"),
    ("weighbridge", "equipment", 1, "piece"),
    ("computers", "equipment", 6, "piece"),
    ("mains", "power", 1, "piece"),
    ("generator", "power", 1, "piece"),
    ("battery_hours", "power", 4, "hour"),
    ("main_link", "link", 1, "piece"),
    ("second_link", "link", 1, "piece"),
    ("radio_sets", "link", 6, "piece"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A line of the template."""

    item: str
    group: str
    needed: int
    unit: str
    price: Decimal | None = None
    """Of one unit; None where nobody quoted one."""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one line."""

    need: Need
    have: int
    missing: int
    cost: Decimal | None
    """0 where nothing is missing; None where no price is known."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A crossing against its template."""

    gaps: tuple[Gap, ...]
    costs: Mapping[str, Decimal]
    """Sum of what is missing, by currency."""
    unpriced: int
    """Missing lines without a price: the sums are short by them."""

    @property
    def missing(self) -> tuple[Gap, ...]:
        """The needs list."""
        return tuple(gap for gap in self.gaps if gap.missing)

    @property
    def met(self) -> float:
        """Share of the lines that are whole, 0 to 1."""
        return sum(not gap.missing for gap in self.gaps) / len(self.gaps) if self.gaps else 1.0


def shipped_template() -> tuple[Need, ...]:
    """Give the suggestion that travels with Elchi."""
    return tuple(Need(item=item, group=group, needed=count, unit=unit) for item, group, count, unit in _SUGGESTED)


def check_template(needs: Sequence[Need]) -> None:
    """Do nothing if needs can be a template.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    known = {need.item: need for need in shipped_template()}
    if sorted(need.item for need in needs) != sorted(known):
        raise InvalidInput("operations_invalid", field="items", rule="one_of", allowed=sorted(known))
    for need in needs:
        if not 0 <= need.needed <= MOST:
            raise InvalidInput("operations_invalid", field=need.item, rule="limit", limit=MOST)
        if need.price is not None and not (Decimal(0) < need.price <= 10**9 and need.currency in currencies()):
            raise InvalidInput("operations_invalid", field=need.item, rule="price")


def check_stock(have: Mapping[str, int]) -> None:
    """Do nothing if a crossing can have this.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    for item, count in have.items():
        if item not in {need.item for need in shipped_template()}:
            raise InvalidInput("operations_invalid", field=item, rule="one_of")
        if not 0 <= count <= MOST:
            raise InvalidInput("operations_invalid", field=item, rule="limit", limit=MOST)


def profile_of(template: Sequence[Need], have: Mapping[str, int]) -> Profile:
    """Hold what a crossing has against a template; what nobody counted is not there."""
    gaps = tuple(_gap(need, have.get(need.item, 0)) for need in template)
    costs: dict[str, Decimal] = {}
    for gap in gaps:
        if gap.cost:
            costs[gap.need.currency] = costs.get(gap.need.currency, Decimal(0)) + gap.cost
    return Profile(gaps, costs, sum(gap.cost is None for gap in gaps))


def needs_row(gap: Gap) -> list[Any]:
    """Give a line as a row of the table of needs, `NEEDS`."""
    need = gap.need
    return [need.group, need.item, need.needed, gap.have, gap.missing, need.unit, need.price, need.currency, gap.cost]


def need_to_wire(need: Need) -> dict[str, Any]:
    """Give a line as JSON."""
    told = {"item": need.item, "group": need.group, "needed": need.needed, "unit": need.unit}
    return told | ({"price": str(need.price), "currency": need.currency} if need.price is not None else {})


def need_from_wire(wire: Mapping[str, Any]) -> Need:
    """Give the line that JSON says."""
    price = Decimal(wire["price"]) if "price" in wire else None
    return Need(**{**wire, "price": price})


def _gap(need: Need, have: int) -> Gap:
    missing = max(0, need.needed - have)
    cost = Decimal(0) if not missing else None if need.price is None else need.price * missing
    return Gap(need, have, missing, cost)
