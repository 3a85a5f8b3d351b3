from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from elchi.lists import Entry
from elchi.screening.keys import (
    MAX_VALUE,
    Key,
    KeyIndex,
    KeyKind,
    build_key_sections,
    confirm,
    country_of,
    entry_keys,
    hash_key,
    subject_keys,
)
from elchi.subjects import Consignment, Document, Organisation, Person, Vehicle


def entry(schema: str = "Person", **properties: str | tuple[str, ...]) -> Entry:
    values = {name: (value,) if isinstance(value, str) else value for name, value in properties.items()}
    return Entry("e-1", schema, values)


def spoken(keys: tuple[Key, ...]) -> list[tuple[str, str, str]]:
    return [(str(key.kind), key.value, key.country) for key in keys]


def test_a_person_gives_the_keys_of_every_mark() -> None:
    person = Person(
        nationality="KGZ",
        documents=(Document(document_number="AC 123-4567", issuer="KGZ"), Document(document_number="ан7654321")),
        national_id="2 01011990 12345",
        phones=("+996 555 123 456", "0555 654 321"),
        emails=("Nurlan@Example.ORG",),
    )
    assert spoken(subject_keys(person)) == [
        ("document_number", "AC1234567", "kg"),
        ("document_number", "AH7654321", ""),
        ("national_id", "20101199012345", ""),
        ("phone", "+996555123456", ""),
        ("phone", "+996555654321", ""),
        ("phone", "0555654321", ""),
        ("email", "nurlan@example.org", ""),
    ]


def test_a_vehicle_gives_plate_vin_and_container() -> None:
    vehicle = Vehicle(
        plate="01 KG 123 ABC", plate_country="KGZ", vin="1M8GDM9AXKP042788", container_number="CSQU 305438 3"
    )
    assert spoken(subject_keys(vehicle)) == [
        ("plate", "01123ABC", "kg"),
        ("vin", "1M8GDM9AXKP042788", ""),
        ("container_number", "CSQU3054383", ""),
    ]


def test_a_consignment_gives_the_keys_of_its_parts_once() -> None:
    consignment = Consignment(
        document_number="CMR 0012345",
        container_numbers=("CSQU3054383",),
        parties=(Organisation(name="Ala-Too Trade", registration_number="123456-3301-OOO", country="KGZ"),),
        vehicles=(Vehicle(plate="01123ABC", container_number="CSQU3054383"),),
    )
    assert spoken(subject_keys(consignment)) == [
        ("document_number", "CMR0012345", ""),
        ("document_number", "0012345", ""),
        ("container_number", "CSQU3054383", ""),
        ("registration_number", "1234563301OOO", "kg"),
        ("plate", "01123ABC", ""),
    ]


@pytest.mark.parametrize(
    ("subject", "value"),
    [
        (Vehicle(vin="AB1"), "AB1"),  # too short for a chassis
        (Vehicle(plate="X" * 20), "X" * 20),  # too long for a plate
        (Vehicle(container_number="CSQU"), "CSQU"),
        (Person(phones=("ask Nurlan",)), "ASKNURLAN"),
        (Person(emails=("nurlan at example",)), "NURLANATEXAMPLE"),
        (Document(document_number="7" * 500), "7" * MAX_VALUE),
        (Document(document_number="12.05.2010"), "12052010"),
        (Document(document_number="(AB123456)"), "AB123456"),
    ],
)
def test_what_no_rule_reads_keeps_a_key(subject: Vehicle | Person | Document, value: str) -> None:
    assert [key.value for key in subject_keys(subject)] == [value]


def test_a_mark_without_a_letter_or_digit_is_no_key() -> None:
    assert subject_keys(Document(document_number="№ --")) == ()


@pytest.mark.parametrize(
    ("text", "values", "country"),
    [
        ("AB1234567", ["AB1234567"], ""),
        ("АВ № 1234567", ["AB1234567"], ""),
        ("or 1234567", ["OR1234567"], ""),
        ("ОТ № 1234567", ["OT1234567"], ""),
        ("Passport AB123456 (Iran)", ["PASSPORTAB123456", "AB123456"], "ir"),
        (
            "passport no. A 1234567, expires 1 May 2020",
            ["PASSPORTNOA1234567EXPIRES1MAY2020", "PASSPORTNOA1234567", "A1234567"],
            "",
        ),
        ("A1234567 (Iran); B7654321 (Iraq)", ["A1234567B7654321", "A1234567", "B7654321"], ""),
        ("A1234567 or B7654321", ["A1234567ORB7654321", "A1234567", "B7654321"], ""),
        (
            "паспорт 7 1234567 выдан 12.05.2010",
            ["ПACПOPT71234567BЫДAH12052010", "ПACПOPT71234567", "71234567"],
            "",
        ),
        ("8/GaGaNa N 085996", ["8GAGANAN085996"], ""),
        ("403012345 Tajikistan", ["403012345TAJIKISTAN", "403012345"], ""),
        ("unknown", [], ""),
        ("123", [], ""),  # would meet too many
        ("", [], ""),
    ],
)
def test_numbers_are_found_in_the_texts_of_lists(text: str, values: list[str], country: str) -> None:
    listed = entry_keys(entry(idNumber=text))
    assert ([key.value for key in listed], {key.country for key in listed}) == (values, {country} if values else set())


@pytest.mark.parametrize(
    ("schema", "properties", "keys"),
    [
        ("Person", {"innCode": "222408092578"}, [("national_id", "222408092578", "")]),
        ("Organization", {"innCode": "9701245904"}, [("registration_number", "9701245904", "")]),
        (
            "Company",
            {"registrationNumber": "HRB 34095", "jurisdiction": "de"},
            [("registration_number", "HRB34095", "de"), ("registration_number", "34095", "de")],
        ),
        ("Company", {"registrationNumber": "73-1", "country": ("de", "at")}, []),
        ("Passport", {"number": "AB1234567", "country": "kg"}, [("document_number", "AB1234567", "kg")]),
        ("Identification", {"number": "1234567", "country": "kg"}, [("national_id", "1234567", "kg")]),
        ("Vehicle", {"registrationNumber": "01 KG 123 ABC", "country": "kg"}, [("plate", "01123ABC", "kg")]),
        ("Vehicle", {"vin": "1M8GDM9AXKP042788"}, [("vin", "1M8GDM9AXKP042788", "")]),
        (
            "Vehicle",
            {"registrationNumber": "CSQU3054383"},
            [("plate", "CSQU3054383", ""), ("container_number", "CSQU3054383", "")],
        ),
        ("Vessel", {"imoNumber": "9465758"}, [("plate", "9465758", "")]),
        ("Airplane", {"serialNumber": "750", "registrationNumber": "EP-IBL"}, [("plate", "EPIBL", "")]),
        ("Vehicle", {"registrationNumber": "unknown"}, []),
        (
            "Person",
            {"registrationNumber": "01KG123ABC", "vin": "1M8GDM9AXKP042788"},
            [
                ("registration_number", "01KG123ABC", ""),
                ("plate", "01123ABC", ""),
                ("vin", "1M8GDM9AXKP042788", ""),
            ],
        ),
        ("Person", {"phone": "(996)(555)(123456)"}, [("phone", "+996555123456", "")]),
        ("Person", {"email": "nobody"}, []),
        ("Person", {"name": "AB1234567", "notes": "AB1234567"}, []),
    ],
)
def test_entries_give_keys_by_schema_and_property(
    schema: str, properties: Mapping[str, str], keys: list[tuple[str, str, str]]
) -> None:
    assert spoken(entry_keys(entry(schema, **properties))) == keys


@pytest.mark.parametrize(
    ("text", "country"),
    [("D", "de"), ("GBN", "gb"), ("KGZ", "kg"), ("kg", "kg"), ("Iran", "ir"), ("SUN", "su"), ("XXA", ""), ("?", "")],
)
def test_states_are_written_as_entries_write_them(text: str, country: str) -> None:
    assert country_of(text) == country


def test_numbers_meet_across_kinds_and_spaces_stay_apart() -> None:
    number = Key(KeyKind.DOCUMENT_NUMBER, "1234567")
    same = [kind for kind in KeyKind if number.meets(Key(kind, "1234567"))]
    assert same == [KeyKind.DOCUMENT_NUMBER, KeyKind.NATIONAL_ID, KeyKind.REGISTRATION_NUMBER]
    assert [kind for kind in KeyKind if hash_key(Key(kind, "1234567")) == hash_key(number)] == same


def test_confirm_gives_the_listed_key_of_the_same_state_first() -> None:
    listed = entry(passportNumber=("AB1234567 (Iran)", "AB 1234567", "AB-1234567 (Kyrgyzstan)"))
    asked = Key(KeyKind.DOCUMENT_NUMBER, "AB1234567", "kg")
    found = confirm(asked, listed)
    assert (found and found.country, found and found.text) == ("kg", "AB-1234567 (Kyrgyzstan)")


def test_confirm_prefers_an_unknown_state_to_another_one() -> None:
    listed = entry(passportNumber=("AB1234567 (Iran)", "AB 1234567"))
    found = confirm(Key(KeyKind.DOCUMENT_NUMBER, "AB1234567", "kg"), listed)
    assert (found and found.country) == ""


def test_confirm_refuses_what_met_by_its_hash_alone() -> None:
    assert confirm(Key(KeyKind.PHONE, "AB1234567"), entry(passportNumber="AB1234567")) is None


def test_the_index_finds_every_entry_of_a_key_once() -> None:
    shared, alone, absent = (Key(KeyKind.DOCUMENT_NUMBER, value) for value in ("AB1234567", "X1", "X2"))
    as_national_id = Key(KeyKind.NATIONAL_ID, "AB1234567")
    index = KeyIndex(build_key_sections([(7, [shared, as_national_id]), (2, [alone, shared]), (3, []), (7, [shared])]))
    assert index.find_many([shared, as_national_id, alone, absent]) == [[2, 7], [2, 7], [2], []]
    assert [index.find(key) for key in (shared, as_national_id, alone, absent)] == [[2, 7], [2, 7], [2], []]


def test_an_empty_index_finds_nothing() -> None:
    index = KeyIndex(build_key_sections([]))
    key = Key(KeyKind.VIN, "X")
    assert (index.find(key), index.find_many([key]), index.find_many([])) == ([], [[]], [])


def test_the_index_works_over_mapped_files(tmp_path: Path) -> None:
    keys = [Key(KeyKind.PLATE, f"{number:05d}A") for number in range(1000)]
    sections = build_key_sections((at, [key]) for at, key in enumerate(keys))
    for name, column in sections.items():
        np.save(tmp_path / f"{name}.npy", column)
    mapped = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in sections}
    index = KeyIndex(mapped)
    assert [index.find(key) for key in keys] == [[at] for at in range(1000)]


def test_the_order_of_entries_does_not_change_the_sections() -> None:
    keys = {at: [Key(KeyKind.PLATE, f"{at % 5}ABC")] for at in range(20)}
    forth, back = (build_key_sections(items) for items in (keys.items(), reversed(keys.items())))
    assert {name: column.tobytes() for name, column in forth.items()} == {
        name: column.tobytes() for name, column in back.items()
    }


def test_hashes_are_the_same_on_every_machine() -> None:
    assert hash_key(Key(KeyKind.DOCUMENT_NUMBER, "AB1234567")) == 4575540933282822064
