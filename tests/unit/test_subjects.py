import pickle
from types import MappingProxyType

import pytest

from elchi.errors import InvalidInput
from elchi.subjects import Document, PartialDate, Person, Sex, Vehicle, from_wire, to_wire


def test_a_person_goes_to_wire_and_back() -> None:
    person = Person(
        family_name="Karimov",
        given_names="Xurshed",
        birth_date=PartialDate(1980, 4),
        sex=Sex.MALE,
        documents=(Document(document_number="AB1234567", issuer="UZB"),),
        phones=("+998901234567",),
    )
    wire = to_wire(person)
    assert wire == {
        "kind": "person",
        "family_name": "Karimov",
        "given_names": "Xurshed",
        "birth_date": "1980-04",
        "sex": "M",
        "documents": [{"kind": "document", "document_number": "AB1234567", "issuer": "UZB"}],
        "phones": ["+998901234567"],
    }
    assert from_wire(wire) == person


def test_unknown_fields_of_a_newer_partner_are_kept() -> None:
    wire = {"kind": "vehicle", "plate": "01A123BC", "colour": "white"}
    vehicle = from_wire(wire)
    assert isinstance(vehicle, Vehicle)
    assert to_wire(vehicle) == wire


@pytest.mark.parametrize(
    ("wire", "code", "field"),
    [
        ([], "field_type", "subject"),
        ({"kind": "ship"}, "subject_kind", "kind"),
        ({"kind": "person"}, "subject_empty", "person"),
        ({"kind": "document"}, "subject_empty", "document"),
        ({"kind": "person", "name": "  "}, "subject_empty", "person"),
        ({"kind": "person", "name": 7}, "field_type", "name"),
        ({"kind": "person", "name": "A", "sex": "Q"}, "field_type", "sex"),
        ({"kind": "person", "name": "A", "phones": "1"}, "field_type", "phones"),
        ({"kind": "person", "name": "A", "name_truncated": "yes"}, "field_type", "name_truncated"),
        ({"kind": "person", "name": "A", "birth_date": "1980-02-30"}, "date_invalid", "birth_date"),
        (
            {"kind": "person", "name": "A", "documents": [{"kind": "vehicle", "plate": "1"}]},
            "subject_kind",
            "documents",
        ),
    ],
)
def test_what_cannot_be_read_says_which_field(wire: object, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_wire(wire)
    assert (caught.value.code, caught.value.params["field"]) == (code, field)


@pytest.mark.parametrize("text", ["1961", "1961-04", "1961-04-09"])
def test_a_partial_date_prints_as_it_was_read(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [("61", "iso_8601"), ("1961-13", "month_range"), ("1961-02-29", "no_such_day"), ("0999", "year_range")],
)
def test_a_date_that_is_none_says_which_rule(text: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PartialDate.parse(text, field="birth_date")
    assert caught.value.params == {"field": "birth_date", "rule": rule}


def test_the_full_name_tells_the_parts_apart_when_they_are_known() -> None:
    assert (
        Person(family_name="Rahimov", given_names="Aziz", patronymic="Olimovich").full_name == "Rahimov, Aziz Olimovich"
    )
    assert Person(family_name="Rahimov").full_name == "Rahimov"
    assert Person(name="Aziz Rahimov").full_name == "Aziz Rahimov"


def test_a_subject_crosses_to_another_process_whole() -> None:
    subject = from_wire(
        {
            "kind": "consignment",
            "parties": [{"kind": "person", "name": "Aigul Sadykova", "birth_date": "1987-03", "hair": ["grey"]}],
            "vehicles": [{"kind": "vehicle", "plate": "01 117 ABC"}],
            "weight": 12,
        }
    )
    other = pickle.loads(pickle.dumps(subject))
    assert other == subject
    assert type(other.extra) is MappingProxyType
    assert other.extra == {"weight": 12}


def test_a_name_is_never_lost_beside_its_parts() -> None:
    assert Person(name="Aziz Rahimov", patronymic="Olimovich").names == ("Aziz Rahimov Olimovich",)
    assert Person(name="Aziz Rahimov", family_name="Rahimov").names == ("Rahimov", "Aziz Rahimov")
    assert Person(name="Rahimov", family_name="Rahimov").names == ("Rahimov",)
    assert Person(national_id="1").names == ()
