import json
from pathlib import Path

import pytest

from elchi.errors import InvalidInput, NotFound
from elchi.lists import BadLine, Draft, Entry, from_ftm, to_ftm
from elchi.lists.entry import MAX_VALUE, MAX_VALUES
from elchi.lists.ftm import read_ftm

WIRE = {
    "id": "x-1",
    "caption": "Zarina Ismoilova",
    "schema": "Person",
    "properties": {"birthDate": ["1990-05"], "name": ["Zarina Ismoilova", "Зарина Исмоилова"], "somethingNew": ["a"]},
    "referents": [],
    "datasets": ["wanted"],
}


def test_an_entry_goes_to_follow_the_money_and_back() -> None:
    entry = from_ftm(WIRE)
    assert entry == Entry(
        "x-1",
        "Person",
        {"birthDate": ("1990-05",), "name": ("Zarina Ismoilova", "Зарина Исмоилова"), "somethingNew": ("a",)},
    )
    assert to_ftm(entry, "wanted") == WIRE


def test_the_caption_is_a_name_else_a_mark_else_the_id() -> None:
    assert Entry("1", "Person", {"alias": ("B",), "name": ("A",)}).caption == "A"
    assert Entry("1", "Passport", {"number": ("N1",)}).caption == "N1"
    assert Entry("1", "Person", {"birthDate": ("1990",)}).caption == "1"


def test_a_draft_cleans_and_drops_what_is_repeated() -> None:
    draft = Draft(" x ", "Person")
    draft.add("name", " A\n B\x00 ", None, "", "A B", "Ў\u200cз")
    draft.add("alias", "  ")
    assert (draft.has("name"), draft.has("alias"), draft.has("email")) == (True, False, False)
    assert draft.entry() == Entry("x", "Person", {"name": ("A B", "Ў\u200cз")})


@pytest.mark.parametrize(
    ("wire", "field", "rule"),
    [
        ([], "entity", "object"),
        ({}, "id", "text"),
        ({"id": ""}, "schema", "text"),
        ({"id": " ", "schema": "Person"}, "id", "length"),
        ({"id": "x" * 256, "schema": "Person"}, "id", "length"),
        ({"id": "x", "schema": "person"}, "schema", "schema_name"),
        ({"id": "x", "schema": "Person"}, "properties", "object"),
        ({"id": "x", "schema": "Person", "properties": {}}, "properties", "no_name_or_mark"),
        ({"id": "x", "schema": "Person", "properties": {"name": [None]}}, "name", "text"),
        ({"id": "x", "schema": "Person", "properties": {"name": [{"id": "y"}]}}, "name", "text"),
        ({"id": "x", "schema": "Person", "properties": {"name": ["\ud800"]}}, "name", "unicode"),
        ({"id": "x", "schema": "Person", "properties": {"birth_date": ["1990"]}}, "birth_date", "property_name"),
        ({"id": "x", "schema": "Person", "properties": {"name": ["x" * (MAX_VALUE + 1)]}}, "name", "length"),
        (
            {"id": "x", "schema": "Person", "properties": {"name": list(map(str, range(MAX_VALUES + 1)))}},
            "name",
            "length",
        ),
    ],
)
def test_what_is_no_entry_says_where(wire: object, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_ftm(wire)
    assert caught.value.code == "entry_invalid"
    assert caught.value.params == {"field": field, "rule": rule}


def line(entity_id: str, schema: str, **properties: list[str]) -> str:
    return json.dumps({"id": entity_id, "schema": schema, "properties": properties}) + "\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "entities.ftm.json"
    path.write_text(text)
    return path


def test_a_stream_gives_entries_and_reports_the_rest(tmp_path: Path) -> None:
    text = (
        line("a", "Person", name=["Anor Tolipov"])
        + "\n{broken\n"
        + line("s", "Sanction", entity=["a"])
        + line("b", "Vehicle", registrationNumber=["01A123BC"])
    )
    assert list(read_ftm(write(tmp_path, text))) == [
        Entry("a", "Person", {"name": ("Anor Tolipov",)}),
        BadLine(3, "entry_invalid", {"field": "line", "rule": "json"}),
        BadLine(4, "schema_unchecked", {"schema": "Sanction"}, skipped=True),
        Entry("b", "Vehicle", {"registrationNumber": ("01A123BC",)}),
    ]


def test_the_holder_carries_the_number_of_the_document(tmp_path: Path) -> None:
    text = (
        line("pass", "Passport", holder=["a"], number=["AB1234567"], country=["uz"])
        + line("a", "Person", name=["Anor Tolipov"], passportNumber=["CC7"])
        + line("id", "Identification", holder=["a", "gone"], number=["77"])
        + line("free", "Passport", number=["ZZ1"])
    )
    assert list(read_ftm(write(tmp_path, text))) == [
        Entry("a", "Person", {"idNumber": ("77",), "name": ("Anor Tolipov",), "passportNumber": ("CC7", "AB1234567")}),
        Entry("free", "Passport", {"number": ("ZZ1",)}),
        Entry("id", "Identification", {"holder": ("gone",), "number": ("77",)}),
    ]


def test_a_stream_cut_off_is_broken(tmp_path: Path) -> None:
    text = line("a", "Person", name=["Anor Tolipov"]) * 2
    with pytest.raises(InvalidInput) as caught:
        list(read_ftm(write(tmp_path, text[:-9])))
    assert (caught.value.code, caught.value.params) == (
        "list_broken",
        {"field": "file", "rule": "truncated", "line": 2},
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        list(read_ftm(tmp_path / "none"))
    assert (caught.value.code, caught.value.params) == ("file_unknown", {"field": "file", "file": "none"})
