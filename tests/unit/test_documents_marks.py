"""Marks other than machine-readable zones. Numbers are made up or printed as examples by the standards."""

from collections.abc import Callable

import pytest

from elchi.documents import (
    Check,
    Container,
    Fault,
    Imei,
    NationalId,
    Phone,
    Plate,
    PlateReading,
    Vin,
    normalise_container,
    normalise_document_number,
    normalise_email,
    normalise_imei,
    normalise_national_id,
    normalise_phone,
    normalise_plate,
    normalise_vin,
    read_container,
    read_imei,
    read_national_id,
    read_phone,
    read_plate,
    read_vin,
)
from elchi.errors import InvalidInput


@pytest.mark.parametrize(
    ("normalise", "typed", "key"),
    [
        (normalise_document_number, "ab 123-4567", "AB1234567"),
        (normalise_document_number, "АВ № 1234567", "AB1234567"),
        (normalise_document_number, "AB<1234567<", "AB1234567"),
        (normalise_document_number, "P٠١٢٣٤٥٦٧", "P01234567"),
        (normalise_plate, "01 KG 123 ABC", "01123ABC"),
        (normalise_plate, "01-123-авс", "01123ABC"),
        (normalise_plate, "01 A 123 BC UZ", "01A123BC"),
        (normalise_plate, "KZ 123 ABC 02", "123ABC02"),
        (normalise_plate, "1234 AB 01 RT", "1234AB01"),
        (normalise_plate, "а 123 вс 77 RUS", "A123BC77"),
        (normalise_plate, "新A·12345", "新A12345"),
        (normalise_plate, "к 3361 АШ", "K3361AШ"),
        (normalise_plate, "کابل ۱۲۳۴۵", "کابل12345"),
        (normalise_vin, "1m8gdm9axkp042788", "1M8GDM9AXKP042788"),
        (normalise_vin, "IM8GDM9AXKPO42788", "1M8GDM9AXKP042788"),
        (normalise_vin, "JZX100-0012345", "JZX1000012345"),
        (normalise_container, "csqu 305438 3", "CSQU3054383"),
        (normalise_container, "CSQU 305438", "CSQU3054383"),
        (normalise_imei, "49-015420-323751-8", "49015420323751"),
        (normalise_imei, "4901542032375199", "49015420323751"),
        (normalise_phone, "+996 (555) 123-456", "+996555123456"),
        (normalise_phone, "tel:+998-90-123-45-67", "+998901234567"),
        (normalise_email, " Mailto:A.B@Example.ORG ", "a.b@example.org"),
        (normalise_email, "aziz@почта.рф", "aziz@xn--80a1acny.xn--p1ai"),
        (normalise_national_id, "900102 300012", "900102300012"),
    ],
)
def test_two_spellings_of_one_mark_have_one_key(normalise: Callable[[str], str], typed: str, key: str) -> None:
    assert normalise(typed) == key
    assert normalise(key) == key


@pytest.mark.parametrize(
    ("normalise", "typed", "field", "rule"),
    [
        (normalise_document_number, " - ", "document_number", "empty"),
        (normalise_document_number, "1" * 65, "document_number", "too_long"),
        (normalise_plate, "7", "plate", "length"),
        (normalise_plate, "A" * 17, "plate", "length"),
        (normalise_vin, "ABCD", "vin", "length"),
        (normalise_vin, "1M8GDM9AXKP0427Ж8", "vin", "characters"),
        (normalise_container, "CSQA3054383", "container_number", "iso_6346"),
        (normalise_imei, "4901542032375", "imei", "length"),
        (normalise_imei, "49015420323751A", "imei", "digits_only"),
        (normalise_phone, "555123456", "phone", "region_needed"),
        (normalise_phone, "+996", "phone", "phone"),
        (normalise_phone, "+9965", "phone", "phone"),
        (normalise_phone, "1" * 65, "phone", "too_long"),
        (normalise_email, "a@b", "email", "email"),
        (normalise_email, "a b@example.org", "email", "email"),
        (normalise_email, "", "email", "empty"),
        (normalise_email, "a" * 250 + "@b.cc", "email", "too_long"),
        (normalise_email, "a@" + "б" * 60 + ".рф", "email", "email"),
        (normalise_national_id, "", "national_id", "empty"),
    ],
)
def test_what_cannot_be_a_mark_is_refused(normalise: Callable[[str], str], typed: str, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise(typed)
    assert (caught.value.code, caught.value.params["field"], caught.value.params["rule"]) == (
        "mark_invalid",
        field,
        rule,
    )


def test_a_letter_among_digits_is_told_with_its_position() -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise_imei("4901O5420323751")
    assert caught.value.params == {"field": "imei", "rule": "digits_only", "position": 4}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CSQU3054383", Container("CSQU3054383", "CSQ", "U", "305438", Check.PASSED)),
        ("CSQU3054384", Container("CSQU3054384", "CSQ", "U", "305438", Check.FAILED)),
        ("CSQU305438", Container("CSQU3054383", "CSQ", "U", "305438", Check.NONE)),
        ("TEXU3070079", Container("TEXU3070079", "TEX", "U", "307007", Check.PASSED)),
    ],
)
def test_containers(text: str, expected: Container) -> None:
    assert read_container(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("490154203237518", Imei("49015420323751", "49015420", "", Check.PASSED)),
        ("490154203237519", Imei("49015420323751", "49015420", "", Check.FAILED)),
        ("49015420323751", Imei("49015420323751", "49015420", "", Check.NONE)),
        ("4901542032375107", Imei("49015420323751", "49015420", "07", Check.NONE)),
    ],
)
def test_imeis(text: str, expected: Imei) -> None:
    assert read_imei(text) == expected


@pytest.mark.parametrize(
    ("text", "area", "check", "faults"),
    [
        ("1M8GDM9AXKP042788", "north_america", Check.PASSED, ()),
        ("11111111111111111", "north_america", Check.PASSED, ()),
        ("1M8GDM9A1KP042788", "north_america", Check.FAILED, (Fault("check_digit", "vin", position=8),)),
        ("1M8GDM9AXKPO42788", "north_america", Check.PASSED, (Fault("reserved", "vin", position=11),)),
        ("XTA21099998765432", "europe", Check.NONE, ()),
        ("LSVAA111111111111", "asia", Check.FAILED, (Fault("check_digit", "vin", position=8),)),
        ("7A811111111111111", "oceania", Check.NONE, ()),
        ("0A811111111111111", "", Check.NONE, ()),
    ],
)
def test_vins(text: str, area: str, check: Check, faults: tuple[Fault, ...]) -> None:
    vin = read_vin(text)
    key = normalise_vin(text)
    assert vin == Vin(key, key[:3], area, key[9:], check, faults)


def test_a_chassis_number_is_no_vin() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_vin("JZX100-0012345")
    assert caught.value.params == {"field": "vin", "rule": "length", "allowed": [17, 17]}


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("900102300012", "KAZ", NationalId("900102300012", "KAZ", "1990-01-02", "M", Check.PASSED, ())),
        ("050102600012", "KAZ", NationalId("050102600012", "KAZ", "2005-01-02", "F", Check.PASSED, ())),
        (
            "061211600012",
            "KAZ",
            NationalId("061211600012", "KAZ", "2006-12-11", "F", Check.PASSED, ()),
        ),  # by the second weights
        (
            "900102300013",
            "KAZ",
            NationalId(
                "900102300013", "KAZ", "1990-01-02", "M", Check.FAILED, (Fault("check_digit", "national_id", 11),)
            ),
        ),
        (
            "901302300012",
            "KAZ",
            NationalId("901302300012", "KAZ", "", "M", Check.PASSED, (Fault("date", "national_id", 0),)),
        ),
        ("900142300010", "KAZ", NationalId("900142300010", "KAZ", "", "", Check.PASSED, ())),  # a company's BIN
        ("20101198012345", "KGZ", NationalId("20101198012345", "KGZ", "1980-01-01", "M", Check.NONE, ())),
        ("13112199954321", "kgz", NationalId("13112199954321", "KGZ", "1999-12-31", "F", Check.NONE, ())),
        (
            "33202199954321",
            "KGZ",
            NationalId(
                "33202199954321",
                "KGZ",
                "",
                "",
                Check.NONE,
                (Fault("sex", "national_id", 0), Fault("date", "national_id", 1)),
            ),
        ),
        ("30102900010011", "UZB", NationalId("30102900010011", "UZB", "1990-02-01", "M", Check.PASSED, ())),
        ("60102050010011", "UZB", NationalId("60102050010011", "UZB", "2005-02-01", "F", Check.UNPROVEN, ())),
        (
            "90102900010017",
            "UZB",
            NationalId("90102900010017", "UZB", "", "", Check.UNPROVEN, (Fault("sex", "national_id", 0),)),
        ),
        ("A-123 456", "TJK", NationalId("A123456", "TJK", "", "", Check.NONE, ())),
        ("I-АШ 123456", "TKM", NationalId("IAШ123456", "TKM", "", "", Check.NONE, ())),
    ],
)
def test_national_identity_numbers(text: str, country: str, expected: NationalId) -> None:
    assert read_national_id(text, country=country) == expected


@pytest.mark.parametrize(("text", "country"), [("90010230001", "KAZ"), ("2010119801234", "KGZ"), ("123", "UZB")])
def test_a_national_identity_number_has_the_length_of_its_country(text: str, country: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_national_id(text, country=country)
    assert (caught.value.params["field"], caught.value.params["rule"]) == ("national_id", "length")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("123 ABC 02", [("KAZ", "02", "Almaty city")]),
        ("123 AB 02", [("KAZ", "02", "Almaty city"), ("TJK", "02", "Sughd")]),
        ("01 KG 123 ABC", [("KGZ", "01", "Bishkek"), ("UZB", "01", "Tashkent city")]),
        ("30 A 123 BC", [("UZB", "30", "Samarkand")]),
        ("1234 AB 04", [("TJK", "04", "Gorno-Badakhshan")]),
        ("AB 1234 LB", [("TKM", "LB", "Lebap")]),
        ("А 123 ВС 77", [("RUS", "77", "")]),
        ("新A12345", [("CHN", "新", "Xinjiang")]),
        ("B 1234 A", [("KGZ", "", "")]),
        ("KBL 12345", []),
    ],
)
def test_plates_are_read_as_every_country_whose_form_they_have(text: str, readings: list[tuple[str, str, str]]) -> None:
    assert read_plate(text) == Plate(normalise_plate(text), tuple(PlateReading(*reading) for reading in readings))


def test_a_plate_of_a_known_country_is_read_as_that_country_only() -> None:
    assert read_plate("01 KG 123 ABC", country="kgz").readings == (PlateReading("KGZ", "01", "Bishkek"),)
    assert read_plate("01 KG 123 ABC", country="DEU").readings == ()


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("0555 123456", "KGZ", Phone("+996555123456", "KGZ", valid=True)),
        ("90 123 45 67", "uz", Phone("+998901234567", "UZB", valid=True)),
        ("8 701 234 56 78", "KAZ", Phone("+77012345678", "KAZ", valid=True)),
        ("+7 495 123 45 67", "", Phone("+74951234567", "RUS", valid=True)),
        ("+992 00 000 0000", "", Phone("+992000000000", "TJK", valid=True)),
        ("+870 301 234 567", "", Phone("+870301234567", "", valid=True)),
    ],
)
def test_phones(text: str, region: str, expected: Phone) -> None:
    assert read_phone(text, region=region) == expected


@pytest.mark.parametrize("region", ["QQQ", "XXA"])
def test_a_region_without_phones_is_refused(region: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_phone("555123456", region=region)
    assert caught.value.params == {"field": "phone", "rule": "region_unknown"}
