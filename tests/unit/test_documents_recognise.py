import datetime as dt

import pytest

from elchi.documents import Guess, Kind, Strength, recognise
from elchi.errors import InvalidInput

TODAY = dt.date(2026, 3, 1)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CHECKED, SHAPED, POSSIBLE = Strength.CHECKED, Strength.SHAPED, Strength.POSSIBLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TD3, [Guess(Kind.MRZ, "L898902C3", CHECKED, "UTO")]),
        (TD3.replace("L8", "L7"), [Guess(Kind.MRZ, "L798902C3", SHAPED, "UTO")]),
        ("aziz@example.org", [Guess(Kind.EMAIL, "aziz@example.org", CHECKED)]),
        (
            "CSQU 305438 3",
            [
                Guess(Kind.CONTAINER_NUMBER, "CSQU3054383", CHECKED),
                Guess(Kind.VIN, "CSQU3054383", POSSIBLE),
                Guess(Kind.DOCUMENT_NUMBER, "CSQU3054383", POSSIBLE),
            ],
        ),
        ("1M8GDM9AXKP042788", [Guess(Kind.VIN, "1M8GDM9AXKP042788", CHECKED)]),
        ("490154203237518", [Guess(Kind.IMEI, "49015420323751", CHECKED)]),
        (
            "900102300012",
            [
                Guess(Kind.NATIONAL_ID, "900102300012", CHECKED, "KAZ"),
                Guess(Kind.DOCUMENT_NUMBER, "900102300012", POSSIBLE),
            ],
        ),
        (
            "+996 555 123456",
            [
                Guess(Kind.PHONE, "+996555123456", CHECKED, "KGZ"),
                Guess(Kind.DOCUMENT_NUMBER, "996555123456", POSSIBLE),
            ],
        ),
        (
            "0555 123456",
            [
                Guess(Kind.PHONE, "+996555123456", SHAPED, "KGZ"),
                Guess(Kind.DOCUMENT_NUMBER, "0555123456", POSSIBLE),
            ],
        ),
        (
            "AC 1234567",
            [
                Guess(Kind.DOCUMENT_NUMBER, "AC1234567", SHAPED),
                Guess(Kind.VIN, "AC1234567", POSSIBLE),
                Guess(Kind.PLATE, "AC1234567", POSSIBLE),
            ],
        ),
        (
            "01 KG 123 ABC",
            [
                Guess(Kind.PLATE, "01123ABC", SHAPED, "KGZ"),
                Guess(Kind.PLATE, "01123ABC", SHAPED, "UZB"),
                Guess(Kind.VIN, "01KG123ABC", POSSIBLE),
                Guess(Kind.DOCUMENT_NUMBER, "01KG123ABC", POSSIBLE),
            ],
        ),
        ("  Karimov   Xurshed ", [Guess(Kind.NAME, "Karimov Xurshed", SHAPED)]),
        ("Хуршед", [Guess(Kind.NAME, "Хуршед", SHAPED)]),
        ("محمد", [Guess(Kind.NAME, "محمد", SHAPED)]),
    ],
)
def test_one_field_takes_whatever_an_officer_types(text: str, expected: list[Guess]) -> None:
    assert recognise(text, today=TODAY, region="KGZ") == tuple(expected)


@pytest.mark.parametrize(
    ("text", "params"),
    [
        (" - ", {"field": "text", "rule": "empty"}),
        ("a" * 401, {"field": "text", "rule": "too_long", "limit": 400}),
    ],
)
def test_nothing_and_too_much_are_refused(text: str, params: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        recognise(text, today=TODAY)
    assert (caught.value.code, caught.value.params) == ("mark_invalid", params)
