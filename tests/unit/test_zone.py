from __future__ import annotations

import datetime as dt

import pytest

from elchi.documents import MrzFields, MrzFormat, read_mrz, write_mrz
from elchi.errors import InvalidInput
from elchi.subjects import to_wire
from elchi.subjects.zone import person_of_zone

TODAY = dt.date(2026, 6, 13)
PASSPORT = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""  # the specimen of ICAO 9303-4 Appendix B


def test_a_passport_names_a_person_with_a_document() -> None:
    assert to_wire(person_of_zone(read_mrz(PASSPORT, today=TODAY))) == {
        "kind": "person",
        "family_name": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "birth_date": "1974-08-12",
        "nationality": "UTO",
        "sex": "F",
        "national_id": "ZE184226B",
        "documents": [
            {
                "kind": "document",
                "document_number": "L898902C3",
                "document_type": "P",
                "issuer": "UTO",
                "expiry_date": "2012-04-15",
            }
        ],
    }


def test_a_card_leaves_its_optional_data_to_its_state_and_unknown_parts_unknown() -> None:
    fields = MrzFields(
        format=MrzFormat.TD1,
        document_type="I",
        issuer="D",
        document_number="T22000129",
        family_name="QODIROVA",
        nationality="QQQ",
        birth_date="1964",
        optional="12345",
    )
    lines = "\n".join(write_mrz(fields))
    assert to_wire(person_of_zone(read_mrz(lines, today=TODAY))) == {
        "kind": "person",
        "family_name": "QODIROVA",
        "birth_date": "1964",
        "nationality": "QQQ",
        "sex": "X",
        "documents": [{"kind": "document", "document_number": "T22000129", "document_type": "I", "issuer": "D"}],
    }


def test_a_zone_without_name_and_number_is_nobody() -> None:
    empty = "P<UTO" + "<" * 39 + "\n" + "<" * 9 + "0UTO" + "<" * 6 + "0<" + "<" * 6 + "0" + "<" * 14 + "00"
    with pytest.raises(InvalidInput) as caught:
        person_of_zone(read_mrz(empty, today=TODAY))
    assert (caught.value.code, caught.value.params["field"]) == ("subject_empty", "person")
