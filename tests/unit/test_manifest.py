from __future__ import annotations

import datetime as dt
import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from elchi.errors import InvalidInput, NotFound
from elchi.screening.manifest import MAX_DEPTH, MAX_LINE, Manifest, read_manifest
from elchi.screening.traveller import FIELDS
from elchi.subjects import to_wire

pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")
TODAY = dt.date(2026, 6, 13)
SAMPLES = Path(__file__).parents[1] / "data" / "paxlst"

WHOLE = {
    "id": "T-1",
    "name": "Садыкова Айгуль",
    "family_name": "САДЫКОВА",
    "given_names": "АЙГУЛЬ",
    "patronymic": "БОЛОТОВНА",
    "birth_date": "31.03.1987",
    "birth_place": "Нарын",
    "nationality": "kg",
    "sex": "ж",
    "document_number": "AC0000117",
    "document_type": "p",
    "issuer": "KGZ",
    "expiry_date": "2031-11-02",
    "national_id": "13103198700117",
    "plate": "01 117 ABC",
    "vin": "XTA210990Y2700117",
    "phone": "0700 000 117; +998 90 000 11 17",
    "email": "a.sadykova@mail.example",
}
WHOLE_SUBJECTS = [
    {
        "kind": "person",
        "name": "Садыкова Айгуль",
        "family_name": "САДЫКОВА",
        "given_names": "АЙГУЛЬ",
        "patronymic": "БОЛОТОВНА",
        "birth_date": "1987-03-31",
        "birth_place": "Нарын",
        "nationality": "KGZ",
        "sex": "F",
        "national_id": "13103198700117",
        "documents": [
            {
                "kind": "document",
                "document_number": "AC0000117",
                "document_type": "P",
                "issuer": "KGZ",
                "expiry_date": "2031-11-02",
            }
        ],
        "phones": ["0700 000 117", "+998 90 000 11 17"],
        "emails": ["a.sadykova@mail.example"],
    },
    {"kind": "vehicle", "plate": "01 117 ABC", "vin": "XTA210990Y2700117"},
]


def shown(manifest: Manifest) -> list[tuple[int, str, object]]:
    return [
        (line.number, line.id, str(line.error) if line.error else [to_wire(subject) for subject in line.subjects])
        for line in manifest
    ]


def read(path: Path, **options: Any) -> list[tuple[int, str, object]]:
    return shown(read_manifest(path, today=TODAY, **options))


def csv(folder: Path, content: str | bytes) -> Path:
    path = folder / "manifest.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def jsonl(folder: Path, *lines: object) -> Path:
    path = folder / "manifest.jsonl"
    written = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path.write_bytes(b"\n".join(written) + b"\n")
    return path


def person(name: str) -> list[dict[str, str]]:
    return [{"kind": "person", "name": name}]


def test_every_field_of_every_flat_format(tmp_path: Path) -> None:
    """The same traveller in each flat format is the same subjects."""
    assert sorted(WHOLE) == sorted(FIELDS)
    line = csv(tmp_path, ",".join(WHOLE) + "\n" + ",".join(WHOLE.values()) + "\n")
    pq.write_table(pa.table({name: [text] for name, text in WHOLE.items()}), tmp_path / "manifest.parquet")
    assert read(line) == [(2, "T-1", WHOLE_SUBJECTS)]
    assert read(tmp_path / "manifest.parquet") == [(1, "T-1", WHOLE_SUBJECTS)]
    assert read(jsonl(tmp_path, WHOLE)) == [(1, "T-1", WHOLE_SUBJECTS)]


def test_header_in_any_order_and_case_and_unknown_columns_told(tmp_path: Path) -> None:
    manifest = read_manifest(csv(tmp_path, "Seat, NAME ,Meal,Id\n1A,Test One,x,7\n1B,Test Two,y,\n"), today=TODAY)
    assert shown(manifest) == [(2, "7", person("Test One")), (3, "3", person("Test Two"))]
    assert manifest.unknown_columns == ("Seat", "Meal")


def test_header_without_a_known_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(csv(tmp_path, "seat,meal\n1A,x\n"))
    assert (refused.value.code, refused.value.params["rule"]) == ("manifest_header", "known_column")


def test_header_with_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(csv(tmp_path, "name,NAME\nA,B\n"))
    assert str(refused.value) == "manifest_header(field='header', rule='column_once')"


def test_a_comma_too_many_is_a_fault_of_its_line(tmp_path: Path) -> None:
    assert read(csv(tmp_path, "name,birth_date,\nTest, One,1990,7\nTest Two,1990\nTest Three,1990,7,,\n,,,\n")) == [
        (2, "2", "manifest_row(field='row', rule='more_cells_than_columns', line=2)"),
        (3, "3", [{"kind": "person", "name": "Test Two", "birth_date": "1990"}]),
        (4, "4", [{"kind": "person", "name": "Test Three", "birth_date": "1990"}]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1251", "utf-16"])
def test_encodings_and_delimiters_of_the_region(tmp_path: Path, encoding: str) -> None:
    path = csv(tmp_path, "id;name;sex\n7;Садыкова, Айгуль;Ж\n".encode(encoding))
    assert read(path) == [(2, "7", [{"kind": "person", "name": "Садыкова, Айгуль", "sex": "F"}])]


def test_faulty_lines_are_told_and_passed(tmp_path: Path) -> None:
    lines = ["Good One,1990-01-01,M", "Bad Date,1990-13-01,M", "Bad Sex,1990,Q", ",,F", "Good Two,,"]
    assert read(csv(tmp_path, "name,birth_date,sex\n" + "\n".join(lines) + "\n")) == [
        (2, "2", [{"kind": "person", "name": "Good One", "birth_date": "1990-01-01", "sex": "M"}]),
        (3, "3", "date_invalid(field='birth_date', rule='month_range', line=3)"),
        (4, "4", "field_type(field='sex', rule='one_of', allowed=['F', 'Ж', 'M', 'М', 'X', 'U', '<'], line=4)"),
        (5, "5", "subject_empty(field='person', rule='needs_name_or_number', line=5)"),
        (6, "6", person("Good Two")),
    ]


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("A,,", ["person"]),
        (",01 117 ABC,", ["vehicle"]),
        (",,XTA210990Y2700117", ["vehicle"]),
        ("A,01 117 ABC,", ["person", "vehicle"]),
    ],
)
def test_who_and_what_a_line_names(tmp_path: Path, written: str, kinds: list[str]) -> None:
    (line,) = read_manifest(csv(tmp_path, f"name,plate,vin\n{written}\n"), today=TODAY)
    assert [subject.kind for subject in line.subjects] == kinds


def test_a_plate_does_not_excuse_a_person_without_a_name(tmp_path: Path) -> None:
    found = read(csv(tmp_path, "birth_date,plate\n1990,01 117 ABC\n"))
    assert found == [(2, "2", "subject_empty(field='person', rule='needs_name_or_number', line=2)")]


def test_papers_without_a_number_are_left_out(tmp_path: Path) -> None:
    content = "name,document_type,issuer,expiry_date\nA,P,KGZ,2030-01-01\nB,P,KGZ,soon\n"
    assert read(csv(tmp_path, content)) == [
        (2, "2", person("A")),
        (3, "3", "date_invalid(field='expiry_date', rule='iso_8601', line=3)"),
    ]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("1990", "1990"),
        ("1990-05", "1990-05"),
        ("1990-05-17", "1990-05-17"),
        ("17.05.1990", "1990-05-17"),
        ("00.05.1990", "1990-05"),
        ("00.00.1990", "1990"),
        ("1990-00-00", "1990"),
        ("1990-05-17 00:00:00", "1990-05-17"),
        ("1990-05-17T00:00:00Z", "1990-05-17"),
    ],
)
def test_dates(tmp_path: Path, written: str, date: str) -> None:
    assert read(csv(tmp_path, f"name,birth_date\nA,{written}\n")) == [
        (2, "2", [{"kind": "person", "name": "A", "birth_date": date}])
    ]


@pytest.mark.parametrize(
    "written", ["17.05.90", "05/17/1990", "33010", "1990-05-17 13:00:00", "17.00.1990", "-00", "۱۹۹۰"]
)
def test_dates_that_could_be_another_are_refused(tmp_path: Path, written: str) -> None:
    (line,) = read_manifest(csv(tmp_path, f"name,birth_date\nA,{written}\n"), today=TODAY)
    assert line.error
    assert line.error.code == "date_invalid"


@pytest.mark.parametrize(
    ("written", "code"),
    [("kg", "KGZ"), ("KGZ", "KGZ"), ("D", "D"), ("DE", "DEU"), ("xxa", "XXA"), ("Kyrgyz", "KYRGYZ")],
)
def test_states(tmp_path: Path, written: str, code: str) -> None:
    assert read(csv(tmp_path, f"name,nationality\nA,{written}\n")) == [
        (2, "2", [{"kind": "person", "name": "A", "nationality": code}])
    ]


@pytest.mark.parametrize(
    ("written", "sex"), [("F", "F"), ("f", "F"), ("Ж", "F"), ("м", "M"), ("m", "M"), ("X", "X"), ("U", "X"), ("<", "X")]
)
def test_sex(tmp_path: Path, written: str, sex: str) -> None:
    assert read(csv(tmp_path, f"name,sex\nA,{written}\n")) == [(2, "2", [{"kind": "person", "name": "A", "sex": sex}])]


def test_default_region_makes_national_phones_international(tmp_path: Path) -> None:
    path = csv(tmp_path, "phone\n0700 123 456; +998 90 123 45 67; 7\n")
    assert read(path, default_region="KGZ") == [
        (2, "2", [{"kind": "person", "phones": ["+996700123456", "+998901234567", "7"]}])
    ]
    with pytest.raises(InvalidInput) as refused:
        read(path, default_region="XXA")
    assert refused.value.code == "manifest_region"


def test_long_fields_are_refused(tmp_path: Path) -> None:
    assert read(csv(tmp_path, f"id,name\n{'9' * 1_001},A\n1,{'A' * 1_001}\n2,{'A' * 1_000}\n")) == [
        (2, "2", "field_too_long(field='id', rule='max_length', maximum=1000, line=2)"),
        (3, "1", "field_too_long(field='name', rule='max_length', maximum=1000, line=3)"),
        (4, "2", person("A" * 1_000)),
    ]


def test_json_lines_flat_and_wire(tmp_path: Path) -> None:
    kinds = ["consignment", "document", "organisation", "person", "vehicle"]
    wire = {"kind": "vehicle", "plate": "01 117 ABC", "plate_country": "KGZ", "colour": "white"}
    found = read(
        jsonl(
            tmp_path,
            {"Id": 7, "NAME": "A", "document_number": 117, "email": None, "seat": "1A"},
            b"  ",
            wire | {"id": "T-2"},
            {"kind": "lorry"},
            {"seat": "1A"},
            {"name": True},
            {"name": "A", "Name": "B"},
            {"id": "T-8", "kind": "person", "phones": ["7" * 1_001]},
        )
    )
    assert found == [
        (1, "7", [{"kind": "person", "name": "A", "documents": [{"kind": "document", "document_number": "117"}]}]),
        (3, "T-2", [wire]),
        (
            4,
            "4",
            f"subject_kind(field='kind', rule='one_of', allowed={kinds}, line=4)",
        ),
        (5, "5", "subject_empty(field='person', rule='needs_name_or_number', line=5)"),
        (6, "6", "field_type(field='name', rule='text', line=6)"),
        (7, "7", "manifest_header(field='header', rule='column_once', line=7)"),
        (8, "8", "field_too_long(field='phones', rule='max_length', maximum=1000, line=8)"),
    ]


def test_unknown_names_of_json_lines_are_told_once_and_not_without_end(tmp_path: Path) -> None:
    manifest = read_manifest(jsonl(tmp_path, *({"name": "A", f"seat {n // 2}": ""} for n in range(500))), today=TODAY)
    assert len(list(manifest)) == 500
    assert manifest.unknown_columns == tuple(f"seat {n}" for n in range(100))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"{", "json"),
        (b"[" * 50_000, "json"),
        (b'{"name": NaN}', "json"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "json"),
        (b'{"name": "\xff"}', "utf_8"),
        (b'{"name": "\\ud800"}', "utf_8"),
        (b'{"kind": "person", "name": "A", "extra": "\\ud800"}', "utf_8"),
        (b'"name"', "object"),
        (b'{"name": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "max_depth"),
        (b'{"name": "' + b"A" * MAX_LINE + b'"}', "max_bytes"),
        (b" " * (MAX_LINE + 1), "max_bytes"),
        (b'{"name": "' + b"A" * 5 * MAX_LINE + b'"}', "max_bytes"),
    ],
)
def test_json_lines_that_are_none(tmp_path: Path, line: bytes, rule: str) -> None:
    found = list(read_manifest(jsonl(tmp_path, {"name": "A"}, line, {"name": "B"}), today=TODAY))
    assert [(one.number, one.error and (one.error.code, one.error.params["rule"])) for one in found] == [
        (1, None),
        (2, ("json_line", rule)),
        (3, None),
    ]


def test_parquet_types(tmp_path: Path) -> None:
    columns = {
        "id": pa.array([1, None]),
        "name": pa.array(["A", "B"]).dictionary_encode(),
        "birth_date": pa.array([dt.date(1990, 5, 17), None]),
        "expiry_date": pa.array([dt.datetime(2031, 5, 17), None]),  # noqa: DTZ001  Parquet has times without a zone
        "document_number": pa.array([b"117", b"\xff"]),
        "sex": pa.nulls(2),
        "seats": pa.array([["1A"], []]),
    }
    pq.write_table(pa.table(columns), tmp_path / "manifest.parquet")
    manifest = read_manifest(tmp_path / "manifest.parquet", today=TODAY)
    document = {"kind": "document", "document_number": "117", "expiry_date": "2031-05-17"}
    assert shown(manifest) == [
        (1, "1", [{"kind": "person", "name": "A", "birth_date": "1990-05-17", "documents": [document]}]),
        (2, "2", "field_type(field='document_number', rule='unicode', line=2)"),
    ]
    assert manifest.unknown_columns == ("seats",)


@pytest.mark.parametrize("column", [pa.array([1.5]), pa.array([True]), pa.array([["A"]]), pa.array([{"a": 1}])])
def test_parquet_columns_of_another_type_are_refused(tmp_path: Path, column: Any) -> None:
    pq.write_table(pa.table({"name": column}), tmp_path / "manifest.parquet")
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "manifest.parquet")
    assert str(refused.value) == "field_type(field='name', rule='text_integer_or_date')"


def test_parquet_with_a_row_group_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elchi.screening.parquet.MAX_ROW_GROUP", 50)  # the real limit takes seconds to reach
    pq.write_table(pa.table({"name": ["A" * 100]}), tmp_path / "manifest.parquet")
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "manifest.parquet")
    assert str(refused.value) == "parquet_broken(field='file', rule='row_group_size', maximum=50)"


def test_parquet_without_a_known_column_or_with_too_many_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.parquet"
    pq.write_table(pa.table({"seat": ["1A"]}), path)
    with pytest.raises(InvalidInput) as refused:
        read(path)
    assert (refused.value.code, refused.value.params["rule"]) == ("manifest_header", "known_column")
    pq.write_table(pa.table({f"c{n}": ["1A"] for n in range(501)}), path)
    with pytest.raises(InvalidInput) as refused:
        read(path)
    assert str(refused.value) == "parquet_broken(field='file', rule='max_columns', maximum=500)"


def test_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "manifest.parquet")
    assert str(refused.value) == "parquet_broken(field='file', rule='parquet', line=1)"


def test_parquet_without_its_extra_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "manifest.parquet")
    assert str(refused.value) == "extra_missing(field='format', rule='install', extra='parquet')"


def test_paxlst_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "flight.edi.gz"
    path.write_bytes(gzip.compress((SAMPLES / "flight.edi").read_bytes()))
    manifest = read_manifest(path, today=TODAY)
    expected = json.loads((SAMPLES / "flight.json").read_text("utf-8"))
    assert shown(manifest) == [(number, str(number), [wire]) for number, wire in expected["lines"]]
    assert manifest.header == expected["journey"]


def test_paxlst_faults_are_lines(tmp_path: Path) -> None:
    lines = list(read_manifest(SAMPLES / "faults.edi", today=TODAY))
    expected = json.loads((SAMPLES / "faults.json").read_text("utf-8"))["lines"]
    assert [(line.number, str(line.error)) for line in lines if line.error] == [
        (number, error) for number, error in expected if isinstance(error, str)
    ]
    assert all(bool(line.subjects) != bool(line.error) for line in lines)


def test_format_is_told_by_suffix_or_word(tmp_path: Path) -> None:
    path = tmp_path / "manifest.TXT"
    path.write_text('{"name": "A"}\n')
    assert read(path, format="jsonl") == [(1, "1", person("A"))]
    for named in (path, tmp_path / "manifest"):
        with pytest.raises(InvalidInput) as refused:
            read(named)
        allowed = ["csv", "jsonl", "parquet", "paxlst", "xlsx"]
        assert str(refused.value) == f"manifest_format(field='format', rule='one_of', allowed={allowed})"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.jsonl", "a.parquet", "a.edi"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound) as refused:
        read(tmp_path / name)
    assert refused.value.code == "file_unknown"


PAGE = (Path(__file__).parents[2] / "docs" / "batch.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("fence", "suffix", "count"), [("csv", "csv", 4), ("jsonl", "jsonl", 2), ("edifact", "edi", 1)]
)
def test_examples_of_the_page_are_read(tmp_path: Path, fence: str, suffix: str, count: int) -> None:
    path = tmp_path / f"example.{suffix}"
    path.write_text(PAGE.partition(f"```{fence}\n")[2].partition("```")[0], "utf-8")
    lines = list(read_manifest(path, today=TODAY))
    assert [line.error for line in lines] == [None] * len(lines)
    assert sum(len(line.subjects) for line in lines) == count


def test_columns_of_the_page_are_the_columns() -> None:
    table = PAGE.partition("| column |")[2].partition("\n\n")[0]
    named = [name.strip(" `") for row in table.splitlines()[2:] for name in row.split("|")[1].split(",")]
    assert sorted(named) == sorted(FIELDS)
