"""What is seized: an item of a kind, its quantity in the units of that kind, its packages, what tells it apart.

Code lists are short on purpose: an officer chooses them at a vehicle, at night. What has no code is `other`, with the
words of the officer beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from elchi.errors import InvalidInput
from elchi.modules.operations import substances
from elchi.modules.operations.substances import Equivalent, Substance

KINDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]]] = {
    "drug": (substances.UNITS, (), "drugs"),
    "precursor": (substances.UNITS, (), "precursors"),
    "firearm": (("piece",), ("type", "make", "calibre", "serial"), "firearms"),
    "ammunition": (("round", "piece"), ("type", "calibre"), "firearms"),
    "explosive": (("g", "kg", "piece"), ("type",), "terrorism"),
    "cash": (("money",), ("currency", "instrument"), "illicit_financial_flows"),
    "cultural_goods": (("piece",), ("type", "period", "material"), "cultural_goods"),
    "wildlife": (("piece", "g", "kg"), ("species", "appendix", "form"), "wildlife"),
    "excise": (("piece", "pack", "l", "kg"), ("type", "make"), "contraband"),
    "document": (("piece",), ("type", "issuer", "number", "fault"), "document_fraud"),
    "other": (("piece", "g", "kg", "l"), ("type",), "contraband"),
}
"""Each kind of goods: the units of its quantity, the details it has, and the threat it stands for (`cases.rules`)."""
NOMINAL: Final = frozenset(("number", "serial"))
"""Details that lead to one person or one thing: they stay at home."""
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "firearm.type": ("pistol", "revolver", "rifle", "shotgun", "submachine_gun", "machine_gun", "parts", "other"),
    "cash.instrument": ("banknotes", "coins", "cheque", "bearer_bond", "precious_metal", "card", "other"),
    "wildlife.appendix": ("I", "II", "III", "none"),
    "wildlife.form": ("live", "dead", "skin", "horn", "derivative", "timber", "plant", "other"),
    "excise.type": ("cigarettes", "tobacco", "alcohol", "fuel", "other"),
    "document.type": (
        "passport",
        "identity_card",
        "visa",
        "residence_permit",
        "vehicle_papers",
        "customs_papers",
        "other",
    ),
    "document.fault": ("forged", "counterfeit", "stolen_blank", "of_another", "obtained_by_fraud"),
}
"""Details that are chosen from a list; appendices are those of CITES."""
PACKAGINGS: Final = ("bag", "block", "bottle", "box", "capsule", "sack", "taped", "other")
CONCEALMENTS: Final = (
    "not_concealed", "on_body", "in_body", "baggage", "in_goods", "in_food", "container_structure", "vehicle_structure",
    "magnets", "fuel_tank", "tyre", "double_floor", "engine", "post", "buried", "thrown_over", "other",
)  # fmt: skip
TRANSPORTS: Final = (
    "truck", "van", "car", "bus", "motorcycle", "freight_train", "passenger_train", "aircraft", "ship", "boat",
    "on_foot", "pack_animal", "drone", "post", "other",
)  # fmt: skip
DETECTIONS: Final = (
    "document_check", "risk_profile", "information", "dog", "scanner", "search", "observation", "patrol", "chance",
)  # fmt: skip
"""How it was found."""
MOST: Final = Decimal(10**12)
"""No quantity is larger; none is kept to more than six decimals."""
LIMITS: Final = {"name": 200, "detail": 100, "packages": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Goods of one kind that were seized together."""

    kind: str
    """Of `KINDS`."""
    quantity: Decimal
    unit: str
    """Of the units of its kind; of cash `money`, the currency being a detail."""
    substance: str = ""
    """Code of a drug or precursor (`substances`)."""
    name: str = ""
    """As it is called where it was seized."""
    purity: Decimal | None = None
    """Percent, where a laboratory said so."""
    packages: int = 0
    """How many; 0 where nobody counted."""
    packaging: str = ""
    """Of `PACKAGINGS`."""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def what(self) -> Substance | None:
        """The drug or precursor."""
        return substances.substances().get(self.substance)

    @property
    def equivalent(self) -> Equivalent | None:
        """What it weighs in kilogram equivalents; None where it is no drug, or no factor is published."""
        return substances.equivalent_of(self.quantity, self.unit, self.kind) if self.what else None

    @property
    def threat(self) -> str:
        """Which threat it stands for."""
        return KINDS[self.kind][2]


def check_item(item: Item) -> None:
    """Do nothing if goods can be these.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("kind", item.kind, tuple(KINDS))
    units, details, _ = KINDS[item.kind]
    one_of("unit", item.unit, units)
    if not (item.quantity.is_finite() and Decimal(0) < item.quantity <= MOST and round(item.quantity, 6) > 0):
        raise InvalidInput("operations_invalid", field="quantity", rule="quantity")
    if item.unit in ("piece", "round", "tablet", "capsule", "plant", "ampoule") and item.quantity % 1:
        raise InvalidInput("operations_invalid", field="quantity", rule="whole_number")
    if item.kind in ("drug", "precursor"):
        if item.what is None or item.what.kind != item.kind:
            raise InvalidInput("operations_invalid", field="substance", rule="substance_known")
    elif item.substance:
        raise InvalidInput("operations_invalid", field="substance", rule="no_substance")
    if item.purity is not None and not (item.purity.is_finite() and Decimal(0) <= item.purity <= 100):
        raise InvalidInput("operations_invalid", field="purity", rule="percent")
    if not 0 <= item.packages <= LIMITS["packages"]:
        raise InvalidInput("operations_invalid", field="packages", rule="limit", limit=LIMITS["packages"])
    if item.packaging:
        one_of("packaging", item.packaging, PACKAGINGS)
    short("name", item.name, LIMITS["name"])
    _check_details(item, details)


def _check_details(item: Item, allowed: Sequence[str]) -> None:
    for name, value in item.details.items():
        one_of("details", name, tuple(allowed))
        short(name, value, LIMITS["detail"])
        choices = CHOICES.get(f"{item.kind}.{name}")
        if choices and value:
            one_of(name, value, choices)
    if item.kind == "cash" and item.details.get("currency", "") not in currencies():
        raise InvalidInput("operations_invalid", field="currency", rule="currency")


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Do nothing if a value is one of those allowed.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if value not in allowed:
        raise InvalidInput("operations_invalid", field=name, rule="one_of", allowed=list(allowed)[:30])


def short(name: str, text: str, limit: int) -> None:
    """Do nothing if a text is not too long.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    if len(text) > limit:
        raise InvalidInput("operations_invalid", field=name, rule="too_long", limit=limit)


@cache
def currencies() -> Mapping[str, Mapping[str, str]]:
    """Give the currencies of ISO 4217 that states pay with, by code, with their names by language (Unicode CLDR)."""
    text = files(__package__).joinpath("data", "currencies.csv").read_text(encoding="utf-8")
    return {row["code"]: {"en": row["en"], "ru": row["ru"]} for row in csv.DictReader(text.splitlines())}
