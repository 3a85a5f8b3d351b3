"""What is seized: units, kilogram equivalents with their source, and what cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from elchi.errors import InvalidInput
from elchi.modules.operations import substances
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import (
    AREAS,
    Count,
    Found,
    IncidentCard,
    Involved,
    Route,
    check_card,
    check_found,
    threats_of,
)
from elchi.modules.operations.seizure import CHOICES, KINDS, Item, check_item, currencies
from elchi.node.cases.rules import THREATS

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
HASHISH = Item(kind="drug", substance="cannabis_resin", quantity=Decimal(1981), unit="g", packages=2, packaging="taped")
CARD = IncidentCard(kind="seizure", at=NOW, unit="uz-blo-oybek", crossing="BCP039", legal_basis="Invented act, art. 7")


def rule(given: pytest.ExceptionInfo[InvalidInput]) -> tuple[str, str]:
    return str(given.value.params["field"]), str(given.value.params["rule"])


@pytest.mark.parametrize(
    ("quantity", "unit", "kind", "kilograms", "source"),
    [
        ("1981", "g", "drug", "1.981", "SI"),
        ("20.032", "kg", "drug", "20.032", "SI"),
        ("0.5", "t", "precursor", "500", "SI"),
        ("250", "ml", "drug", "0.25", "UNODC"),
        ("3", "l", "drug", "3", "UNODC"),
    ],
)
def test_what_a_quantity_weighs(quantity: str, unit: str, kind: str, kilograms: str, source: str) -> None:
    found = substances.equivalent_of(Decimal(quantity), unit, kind)
    assert found is not None
    assert (found.kilograms, found.source.split(",")[0]) == (Decimal(kilograms), source)


@pytest.mark.parametrize(
    ("unit", "kind"), [("tablet", "drug"), ("plant", "drug"), ("l", "precursor"), ("piece", "drug")]
)
def test_where_no_factor_is_published_there_is_none(unit: str, kind: str) -> None:
    assert substances.equivalent_of(Decimal(10), unit, kind) is None


def test_hashish_is_weighed_and_known_by_its_words() -> None:
    check_item(HASHISH)
    assert HASHISH.equivalent is not None
    assert HASHISH.equivalent.kilograms == Decimal("1.981")
    codes = {substances.substance_called(word).code for word in ("Гашиш", "hashish", "cannabis  resin", "ЧАРАС")}  # type: ignore[union-attr]
    assert codes == {"cannabis_resin"}
    assert substances.substance_called("shoe polish") is None


def test_every_word_means_one_substance() -> None:
    words: dict[str, set[str]] = {}
    for one in substances.substances().values():
        for word in (one.code, *one.names.values(), *one.also):
            words.setdefault(word.casefold(), set()).add(one.code)
    assert {word: codes for word, codes in words.items() if len(codes) > 1} == {}


def test_substances_are_whole() -> None:
    groups = {
        "cannabis",
        "opioid",
        "cocaine",
        "stimulant",
        "hallucinogen",
        "sedative",
        "synthetic",
        "other",
        "precursor",
    }
    assert {one.group for one in substances.substances().values()} == groups
    assert {one.control for one in substances.substances().values()} == {"1961", "1971", "1988-I", "1988-II", "none"}
    assert [one.code for one in substances.substances().values() if not all(one.names.values())] == []
    assert {one.kind for one in substances.substances().values() if one.control.startswith("1988")} == {"precursor"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "spirit"}, ("kind", "one_of")),
        ({"unit": "round"}, ("unit", "one_of")),
        ({"quantity": Decimal(0)}, ("quantity", "quantity")),
        ({"quantity": Decimal("NaN")}, ("quantity", "quantity")),
        ({"quantity": Decimal("1.5"), "unit": "tablet"}, ("quantity", "whole_number")),
        ({"substance": "acetic_anhydride"}, ("substance", "substance_known")),
        ({"substance": ""}, ("substance", "substance_known")),
        ({"purity": Decimal("100.5")}, ("purity", "percent")),
        ({"packages": -1}, ("packages", "limit")),
        ({"packaging": "suitcase"}, ("packaging", "one_of")),
        ({"name": "x" * 201}, ("name", "too_long")),
        ({"details": {"serial": "1"}}, ("details", "one_of")),
        ({"kind": "firearm", "unit": "piece"}, ("substance", "no_substance")),
    ],
)
def test_what_cannot_be(changes: dict[str, object], told: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput, match="operations_invalid") as given:
        check_item(replace(HASHISH, **changes))  # type: ignore[arg-type]
    assert rule(given) == told


def test_cash_has_a_currency_of_the_standard() -> None:
    cash = Item(kind="cash", quantity=Decimal("12500.50"), unit="money", details={"currency": "UZS"})
    check_item(cash)
    assert cash.equivalent is None
    assert {"KZT", "KGS", "TJS", "TMT", "UZS", "AFN", "USD", "EUR", "JPY"} <= set(currencies())
    for currency in ("", "XXX", "uzs"):
        with pytest.raises(InvalidInput) as given:
            check_item(replace(cash, details={"currency": currency}))
        assert rule(given) == ("currency", "currency")


def test_goods_stand_for_threats_that_cases_know() -> None:
    assert {threat for _, _, threat in KINDS.values()} <= set(THREATS)
    assert set(AREAS) <= set(THREATS)
    assert set(AREAS.values()) == {"drugs", "arms", "persons", "money", "fighters"}
    known = {f"{kind}.{detail}" for kind, (_, details, _) in KINDS.items() for detail in details}
    assert set(CHOICES) <= known


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit": ""}, ("unit", "unit_needed")),
        ({"crossing": ""}, ("crossing", "one_place")),
        ({"spot": Spot(40.0, 69.0)}, ("crossing", "one_place")),
        ({"crossing": "", "spot": Spot(95.0, 69.0)}, ("latitude", "position_on_earth")),
        ({"legal_basis": "  "}, ("legal_basis", "legal_basis_needed")),
        ({"at": NOW + dt.timedelta(hours=1)}, ("at", "not_in_future")),
        ({"route": Route(departure="AFG")}, ("departure", "country_code")),
        ({"route": Route(transit=("TJ",) * 9)}, ("transit", "limit")),
        ({"transport": "horse"}, ("transport", "one_of")),
        ({"kind": "party"}, ("kind", "one_of")),
    ],
)
def test_an_incident_that_cannot_be(changes: dict[str, object], told: tuple[str, str]) -> None:
    check_card(CARD, now=NOW)
    with pytest.raises(InvalidInput, match="operations_invalid") as given:
        check_card(replace(CARD, **changes), now=NOW)  # type: ignore[arg-type]
    assert rule(given) == told


def test_a_seizure_has_goods_and_a_rescue_has_people() -> None:
    check_found("seizure", Found(items=(HASHISH,)))
    check_found("rescue", Found(counts=(Count(kind="rescued", count=1),)))
    for kind, told in (("seizure", ("quantity", "item_needed")), ("rescue", ("count", "count_needed"))):
        with pytest.raises(InvalidInput) as given:
            check_found(kind, Found())
        assert rule(given) == told


def test_which_part_is_at_fault_is_said() -> None:
    wrong = Found(items=(HASHISH, replace(HASHISH, quantity=Decimal(-1))), involved=(Involved(sex="?"),))
    with pytest.raises(InvalidInput) as given:
        check_found("seizure", wrong)
    assert (given.value.params["line"], *rule(given)) == (2, "quantity", "quantity")


def test_what_is_found_says_which_threat_it_is() -> None:
    found = Found(items=(HASHISH,), counts=(Count(kind="trafficked", count=2), Count(kind="rescued", count=1)))
    assert threats_of(("wanted_person", "drugs"), found) == ("wanted_person", "drugs", "trafficking_in_persons")
