"""Entities of FollowTheMoney as subjects."""

from __future__ import annotations

from typing import Any

import pytest

from elchi.api.yente.examples import is_a, read_properties, subjects_of
from elchi.errors import InvalidInput
from elchi.subjects import Document, Organisation, PartialDate, Person, Sex, Vehicle

PAPER = Document(document_number="N1234567", document_type="P")
CASES: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    "a person as yente's own example": (
        "Person",
        {"name": ["Karim Testov"], "birthDate": "1975-04-21", "nationality": ["kg"], "gender": ["male"]},
        (Person(name="Karim Testov", birth_date=PartialDate(1975, 4, 21), nationality="KGZ", sex=Sex.MALE),),
    ),
    "names by their parts": (
        "Person",
        {"firstName": ["Karim"], "lastName": ["Testov"], "fatherName": ["Primerovich"]},
        (Person(family_name="Testov", given_names="Karim", patronymic="Primerovich"),),
    ),
    "each name with each birth date": (
        "Person",
        {"name": ["Karim Testov", "Карим Тестов"], "birthDate": ["1975", "1976"]},
        (
            Person(name="Karim Testov", birth_date=PartialDate(1975)),
            Person(name="Karim Testov", birth_date=PartialDate(1976)),
            Person(name="Карим Тестов", birth_date=PartialDate(1975)),
            Person(name="Карим Тестов", birth_date=PartialDate(1976)),
        ),
    ),
    "a country by its name; two countries are none": (
        "Person",
        {"name": ["Karim Testov"], "country": ["Kyrgyzstan"], "citizenship": ["Kyrgyzstan", "kg"]},
        (Person(name="Karim Testov", nationality="KGZ"),),
    ),
    "several countries": (
        "Person",
        {"name": ["Karim Testov"], "nationality": ["kg", "kz"]},
        (Person(name="Karim Testov"),),
    ),
    "marks of a person": (
        "Person",
        {"passportNumber": ["N1234567"], "idNumber": ["11", "12"], "phone": ["+996555000111"], "email": ["a@b.kg"]},
        (
            Person(
                national_id="11",
                documents=(PAPER, Document(document_number="12")),
                phones=("+996555000111",),
                emails=("a@b.kg",),
            ),
        ),
    ),
    "circumstances that cannot be read are left out": (
        "Person",
        {
            "name": ["Karim Testov"],
            "birthDate": ["unknown"],
            "country": ["Atlantis"],
            "gender": ["?"],
            "address": ["x"],
        },
        (Person(name="Karim Testov"),),
    ),
    "who may be either is looked for as both": (
        "LegalEntity",
        {"name": ["Testov Trading"], "country": "kz"},
        (Person(name="Testov Trading", nationality="KAZ"), Organisation(name="Testov Trading", country="KAZ")),
    ),
    "a company with two names and a number": (
        "Company",
        {"name": ["Testov Trading", "ТОО Тест"], "registrationNumber": ["84BA99810"], "jurisdiction": ["kz"]},
        (
            Organisation(name="Testov Trading", registration_number="84BA99810", country="KAZ"),
            Organisation(name="ТОО Тест", country="KAZ"),
        ),
    ),
    "a vehicle": (
        "Vehicle",
        {"registrationNumber": ["123ABC02"], "country": ["kz"], "vin": ["X4XKJ39416LJ69870"], "name": ["Truck"]},
        (Vehicle(plate="123ABC02", plate_country="KAZ", vin="X4XKJ39416LJ69870"),),
    ),
    "a ship by its number": ("Vessel", {"imoNumber": ["9074729"]}, (Vehicle(plate="9074729"),)),
    "a passport": (
        "Passport",
        {"number": ["N1234567"], "country": ["kg"], "type": ["P"]},
        (Document(document_number="N1234567", issuer="KGZ"),),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_entity_becomes_subjects(case: str) -> None:
    schema, properties, subjects = CASES[case]
    assert subjects_of(schema, read_properties(properties))[0] == subjects


def test_what_was_used_is_told() -> None:
    properties = {"name": [" Karim "], "birthDate": ["1975-04-21", "?"], "address": ["x"], "country": ["Kyrgyzstan"]}
    used = subjects_of("Person", read_properties(properties))[1]
    assert used == {"name": ["Karim"], "birthDate": ["1975-04-21"], "country": ["kg"]}


@pytest.mark.parametrize(
    ("schema", "properties", "code"),
    [
        ("Banana", {"name": ["x"]}, "schema_unmatchable"),
        ("Person", {"birthDate": ["1975"]}, "subject_empty"),
        ("Person", {"name": ["  "]}, "subject_empty"),
        ("Company", {"country": ["kz"]}, "subject_empty"),
        ("Vessel", {"name": ["Caspian Test"]}, "subject_empty"),
        ("Passport", {"country": ["kg"]}, "subject_empty"),
        ("Person", {"name": [{"id": "x"}]}, "entry_invalid"),
        ("Person", {"name": [True]}, "entry_invalid"),
        ("Person", {"name": ["\ud800"]}, "field_type"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(schema: str, properties: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        subjects_of(schema, read_properties(properties))
    assert refused.value.code == code


def test_schemata_stand_below_others() -> None:
    below = [one for one in ("Person", "Company", "Vessel", "Passport") if is_a(one, "LegalEntity")]
    assert below == ["Person", "Company"]
    assert is_a("Passport", "Thing")
    assert is_a("Unknown", "Unknown")
