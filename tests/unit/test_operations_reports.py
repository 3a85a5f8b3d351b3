"""Reports: what travels names nobody; and past seizures read from a spreadsheet, or refused with the reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import InvalidInput
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved, Route
from elchi.modules.operations.reports import CUSTOMS, DRUGS, NATIONAL, REGIONAL, REPORTS, Told, as_messages, rows_of
from elchi.modules.operations.seizure import Item
from elchi.modules.operations.spreadsheet import (
    FIELDS,
    Refused,
    Row,
    Ways,
    check_columns,
    guess_columns,
    read_row,
)
from elchi.subjects import Document, Person, Vehicle

NOW = dt.datetime(2024, 3, 7, 9, 30, tzinfo=dt.UTC)
SECRETS = ("Testov", "Baikal", "N7654321", "01A777XX", "shoebox", "Dom 7", "SER-99", "told us", "Kishlak", "Act, art")
TOLD = Told(
    number="UZ-OYB-1-I-0001",
    card=IncidentCard(
        kind="seizure", at=NOW, unit="uz-blo-oybek", crossing="BCP039", place="Dom 7", legal_basis="Act, art. 7",
        threats=("drugs",), transport="van", concealment="magnets", concealment_text="in a shoebox",
        detection="information", description="Testov told us",
        route=Route(departure="TJ", departure_place="Kishlak", destination="KZ"),
    ),
    found=Found(
        items=(
            Item(kind="drug", substance="cannabis_resin", quantity=Decimal(1981), unit="g", name="Testov", packages=2),
            Item(kind="firearm", quantity=Decimal(1), unit="piece", details={"type": "pistol", "serial": "SER-99"}),
        ),
        involved=(
            Involved(role="driver", sex="M", nationality="TJ", age_band="25-39", end="detained",
                     subject=Person(name="Testov Baikal", documents=(Document(document_number="N7654321"),))),
            Involved(role="passenger", sex="M", nationality="TJ"),
        ),
        vehicles=(Vehicle(plate="01A777XX", plate_country="TJK"),),
        counts=(Count(kind="trafficked", count=3, sex="F"),),
    ),
    country="UZ", office="Oybek", agencies=("uz-customs",), crossing_kind="road", border="TJ-UZ", latitude=40.5889,
    longitude=69.2953, is_led=True, leads=2, case="UZ-OYB-1-C-0001", recorded_at=NOW,
)  # fmt: skip


def _text(rows: Any) -> str:
    return repr(list(rows))


@pytest.mark.parametrize("name", [one for one, report in REPORTS.items() if not report.is_nominal])
def test_what_travels_names_nobody(name: str) -> None:
    text = _text(rows_of(REPORTS[name], [TOLD]))
    assert [secret for secret in SECRETS if secret in text] == []


def test_what_stays_at_home_has_all_of_it_but_the_trafficked() -> None:
    text = _text(rows_of(NATIONAL, [TOLD]))
    assert [secret for secret in SECRETS if secret not in text] == []


def test_the_hashish_of_oybek_as_an_individual_drug_seizure() -> None:
    (row,) = rows_of(DRUGS, [TOLD])
    told = dict(zip([name for name, _ in DRUGS.columns], row, strict=True))
    assert {name: told[name] for name in ("country", "date", "crossing", "substance", "quantity", "unit", "packages",
                                          "kilogram_equivalent", "transport", "concealment", "departure")} == {
        "country": "UZ", "date": "2024-03-07", "crossing": "BCP039", "substance": "Cannabis resin (hashish)",
        "quantity": Decimal(1981), "unit": "g", "packages": 2, "kilogram_equivalent": Decimal("1.981"),
        "transport": "van", "concealment": "magnets", "departure": "TJ",
    }  # fmt: skip
    assert (told["persons"], told["nationalities"], told["roles"]) == (2, "TJ 2", "driver 1, passenger 1")


def test_a_row_for_each_item_and_one_where_there_is_none() -> None:
    rescue = replace(
        TOLD, card=replace(TOLD.card, kind="rescue"), found=Found(counts=(Count(kind="rescued", count=1),))
    )
    assert [len(list(rows_of(report, [TOLD, rescue]))) for report in (REGIONAL, DRUGS, CUSTOMS)] == [3, 1, 2]
    sent = list(as_messages([rescue]))
    assert [(one["rescued"], one["goods"], one["intelligence_led"]) for one in sent] == [(1, None, True)]


def test_a_place_that_is_no_crossing_is_told_to_a_tenth_of_a_degree() -> None:
    card = replace(TOLD.card, crossing="", spot=Spot(40.5889, 69.2953))
    (row, _) = rows_of(REGIONAL, [replace(TOLD, card=card)])
    told = dict(zip([name for name, _ in REGIONAL.columns], row, strict=True))
    assert (told["latitude"], told["longitude"]) == (40.6, 69.3)


HEADS = ("№", "Дата изъятия", "Вид наркотика", "Количество", "Ед. изм.", "Место", "Задержано", "Транспорт")
WAYS = Ways(
    columns=guess_columns(HEADS), unit="uz-blo-oybek", legal_basis="Invented act, art. 7", zone=dt.UTC,
    offices={}, crossings={"ойбек": "BCP039", "bcp039": "BCP039"}, states={"таджикистан": "TJ"},
    transports={"фургон": "van"}, concealments={},
)  # fmt: skip
CELLS = dict(zip(HEADS, ("17", "07.03.2024", "Гашиш", "1981", "г", "Ойбек", "2", "фургон"), strict=True))


def read(**changes: str) -> Row | Refused:
    return read_row(3, CELLS | {WAYS.columns[name]: text for name, text in changes.items()}, WAYS, now=NOW)


def test_columns_are_known_by_their_heads_in_two_languages() -> None:
    assert list(WAYS.columns) == [
        "reference", "date", "substance", "quantity", "unit", "crossing", "persons", "transport",
    ]  # fmt: skip
    assert guess_columns(["Date of seizure", "Drug", "Amount:", "Lon", "x"]) == {
        "date": "Date of seizure", "substance": "Drug", "quantity": "Amount:", "longitude": "Lon",
    }  # fmt: skip


def test_a_row_is_read() -> None:
    row = read()
    assert isinstance(row, Row)
    assert (row.reference, row.card.crossing, row.card.precision, row.card.transport) == ("17", "BCP039", "day", "van")
    assert (row.found.items[0].substance, row.found.items[0].quantity) == ("cannabis_resin", Decimal(1981))
    assert len(row.found.involved) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"date": "03/04/2024"}, ("date", "date_form", "03/04/2024")),
        ({"date": "31.02.2024"}, ("date", "date_form", "31.02.2024")),
        ({"date": "08.03.2024"}, ("at", "not_in_future", "")),
        ({"substance": "порошок"}, ("substance", "substance_known", "порошок")),
        ({"quantity": "1,981"}, ("quantity", "number_ambiguous", "1,981")),
        ({"quantity": "много"}, ("quantity", "number", "много")),
        ({"quantity": "-5"}, ("quantity", "number", "-5")),
        ({"unit": "пуд"}, ("unit", "unit_known", "пуд")),
        ({"crossing": "Where"}, ("crossing", "word_known", "Where")),
        ({"persons": "двое"}, ("persons", "whole_number", "двое")),
        ({"transport": "x" * 99}, ("transport", "word_known", "x" * 60)),
    ],
)
def test_a_row_that_is_doubtful_is_refused_with_the_reason(changes: dict[str, str], told: tuple[str, str, str]) -> None:
    assert read(**changes) == Refused(3, *told)


@pytest.mark.parametrize(
    ("decimal", "text", "told"),
    [(",", "1,981", "1.981"), (".", "1,981", "1981"), (",", "1 234,5", "1234.5"), ("", "1981,5", "1981.5")],
)
def test_how_an_office_writes_numbers_is_said_once(decimal: str, text: str, told: str) -> None:
    row = read_row(2, CELLS | {"Количество": text}, replace(WAYS, decimal=decimal), now=NOW)
    assert isinstance(row, Row)
    assert row.found.items[0].quantity == Decimal(told)


def test_the_unit_may_stand_in_the_quantity() -> None:
    row = read(quantity="1981 гр.", unit="")
    assert isinstance(row, Row)
    assert row.found.items[0].unit == "g"


@given(st.dictionaries(st.sampled_from(list(FIELDS)), st.text(max_size=40), max_size=len(FIELDS)))
def test_whatever_stands_in_a_row_it_is_read_or_refused(cells: dict[str, str]) -> None:
    ways = replace(WAYS, columns={field: field for field in FIELDS})
    assert isinstance(read_row(9, cells, ways, now=NOW), Row | Refused)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"date": "A", "substance": "B"}, "column_needed"),
        ({"date": "A", "substance": "A", "quantity": "B"}, "column_once"),
        ({"date": "A", "substance": "B", "quantity": "Z"}, "column_there"),
        ({"date": "A", "substance": "B", "weight": "C"}, "column_there"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(columns: dict[str, str], rule: str) -> None:
    check_columns({"date": "A", "substance": "B", "quantity": "C"}, "ABC")
    with pytest.raises(InvalidInput) as wrong:
        check_columns(columns, "ABC")
    assert wrong.value.params["rule"] == rule
