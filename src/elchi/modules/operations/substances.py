"""Drugs and precursors by the names of UNODC and INCB, and what a quantity of one weighs in kilogram equivalents.

Names: INCB's Yellow List (narcotic drugs, Convention of 1961), Green List (psychotropic substances, 1971) and Red List
(precursors, Tables I and II of 1988). Masses are converted by the SI. Volumes of drugs are converted as UNODC does, one
kilogram a litre. For tablets and other pieces UNODC uses bulk weights between 90 and 300 mg "depending on the region
and specific drug type" and publishes no table of them that was read for this: none is given, and that is said.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

UNITS: Final = ("mg", "g", "kg", "t", "ml", "l", "tablet", "capsule", "ampoule", "dose", "plant", "piece")
"""In which quantities of drugs and precursors are told."""


@dataclass(frozen=True, slots=True)
class Substance:
    """A drug or a precursor."""

    code: str
    group: str
    """`cannabis`, `opioid`, `cocaine`, `stimulant`, `hallucinogen`, `sedative`, `synthetic`, `other` or `precursor`."""
    control: str
    """The convention that controls it: `1961`, `1971`, `1988-I`, `1988-II`; `none` for none of them."""
    names: Mapping[str, str]
    """By language: `en`, `ru`."""
    also: tuple[str, ...]
    """Other words by which it is written down, in lower case."""

    @property
    def kind(self) -> str:
        """`drug` or `precursor`."""
        return "precursor" if self.group == "precursor" else "drug"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """What a quantity weighs."""

    kilograms: Decimal
    factor: Decimal
    """Kilograms of one unit."""
    source: str
    """Who says so."""


@cache
def substances() -> Mapping[str, Substance]:
    """Give all substances by code."""
    return {
        row["code"]: Substance(
            code=row["code"],
            group=row["group"],
            control=row["control"],
            names={"en": row["en"], "ru": row["ru"]},
            also=tuple(one for one in row["also"].split("|") if one),
        )
        for row in _rows("substances")
    }


def substance_called(text: str) -> Substance | None:
    """Give the substance that is written so: by code, by name in any language, or by another word for it."""
    return _called().get(" ".join(text.casefold().split()))


def equivalent_of(quantity: Decimal, unit: str, kind: str) -> Equivalent | None:
    """Give the kilogram equivalent of a quantity; None where no factor is published.

    Args:
        quantity: how much.
        unit: of `UNITS`.
        kind: `drug` or `precursor`: a litre of a precursor weighs what its density says, which nobody publishes here.
    """
    found = _factors().get((unit, kind)) or _factors().get((unit, ""))
    return None if found is None else Equivalent(quantity * found[0], *found)


@cache
def _called() -> Mapping[str, Substance]:
    called: dict[str, Substance] = {}
    for one in substances().values():
        for text in (one.code, *one.names.values(), *one.also):
            called.setdefault(text.casefold(), one)
    return called


@cache
def _factors() -> Mapping[tuple[str, str], tuple[Decimal, str]]:
    return {(row["unit"], row["of"]): (Decimal(row["kilograms"]), row["source"]) for row in _rows("equivalents")}


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
