import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from elchi.errors import InvalidInput, NotFound
from elchi.lists import BadLine, Entry, Limits, TableMapping, make_mapping, read_list, read_mapping, read_rows

CYRILLIC = "Фамилия;Имя\nШарипов;Баҳром\n"
RUSSIAN = "Фамилия;Имя\nШарипов;Бахром\n"


def write(tmp_path: Path, raw: bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CYRILLIC, "utf-8"),
        (CYRILLIC, "utf-8-sig"),
        (CYRILLIC, "utf-16"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN.replace("\n", "\r\n"), "windows-1251"),
        (RUSSIAN.replace(";", ","), "utf-8"),
        (RUSSIAN.replace(";", "\t"), "utf-8"),
    ],
)
def test_encodings_and_delimiters_are_found(tmp_path: Path, text: str, encoding: str) -> None:
    given = "Баҳром" if "Баҳром" in text else "Бахром"
    assert list(read_rows(write(tmp_path, text.encode(encoding)))) == [(2, {"Фамилия": "Шарипов", "Имя": given})]


def test_an_encoding_may_be_declared(tmp_path: Path) -> None:
    path = write(tmp_path, RUSSIAN.encode("cp866"))
    assert list(read_rows(path, encoding="CP866")) == [(2, {"Фамилия": "Шарипов", "Имя": "Бахром"})]


def test_rows_have_the_numbers_of_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path, b'a,b\n\n1,"x\ny"\n , \n3\n4,5,6,7\n')
    assert list(read_rows(path)) == [
        (3, {"a": "1", "b": "x\ny"}),
        (6, {"a": "3", "b": ""}),
        (7, {"a": "4", "b": "5", "": "6 7"}),
    ]


@pytest.mark.parametrize("raw", [b"", b"a,b\n", b"\n\n"])
def test_an_empty_table_has_no_rows(tmp_path: Path, raw: bytes) -> None:
    assert list(read_rows(write(tmp_path, raw))) == []


def broken(path: Path, limits: Limits | None = None) -> tuple[str, object, object]:
    with pytest.raises(InvalidInput) as caught:
        list(read_rows(path, limits=limits))
    return caught.value.code, caught.value.params["rule"], caught.value.params.get("line")


def test_a_broken_table_is_told(tmp_path: Path) -> None:
    assert broken(write(tmp_path, b"a,a\n1,2\n")) == ("list_broken", "header", 1)
    assert broken(write(tmp_path, b'a,b\n1,"2\n')) == ("list_broken", "truncated", 2)
    assert broken(write(tmp_path, b'a,b\n"1"2,3\n')) == ("list_broken", "csv", 2)
    assert broken(write(tmp_path, CYRILLIC.encode()[:-3] + b"\xff\n")) == ("list_broken", "encoding", None)
    assert broken(write(tmp_path, CYRILLIC.encode()[:-2])) == ("list_broken", "truncated", None)
    assert broken(write(tmp_path, b"a\n\x98\n")) == ("list_broken", "encoding", None)
    assert broken(write(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1")) == ("list_broken", "old_or_encrypted_workbook", None)
    assert broken(write(tmp_path, b"PK\x03\x04rest")) == ("list_broken", "xlsx", None)


def test_limits_hold(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b,c\n" + b"1,2,3\n" * 9)
    assert broken(path, Limits(max_rows=5)) == ("list_broken", "rows", 6)
    assert broken(path, Limits(max_columns=2)) == ("list_broken", "columns", 1)
    assert broken(path, Limits(max_bytes=20)) == ("list_broken", "file_size", None)
    assert broken(write(tmp_path, b'a\n"' + b"x" * 200_000), Limits(max_record=1000))[:2] == (
        "list_broken",
        "record_size",
    )


@pytest.mark.parametrize(
    "option", [{"encoding": "utf-7"}, {"encoding": "rot13"}, {"delimiter": "ab"}, {"delimiter": "x"}]
)
def test_an_option_that_is_none(tmp_path: Path, option: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(read_rows(write(tmp_path, b"a\n1\n"), encoding=option.get("encoding"), delimiter=option.get("delimiter")))
    assert caught.value.code == "table_option"


def workbook(tmp_path: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ("ФИО", "рождение", "номер", "доля", "да"),
        (),
        ("Баҳром Шарипов", dt.datetime(1979, 12, 31), 770011, 1.5, True),  # noqa: DTZ001  a cell has no zone
        ("Одина", dt.date(1980, 1, 2), 7.0, None, None),
    )
    assert list(read_rows(path)) == [
        (3, {"ФИО": "Баҳром Шарипов", "рождение": "1979-12-31", "номер": "770011", "доля": "1.5", "да": "True"}),
        (4, {"ФИО": "Одина", "рождение": "1980-01-02", "номер": "7", "доля": "", "да": ""}),
    ]
    assert broken(path, Limits(max_columns=4)) == ("list_broken", "columns", 1)
    assert broken(path, Limits(max_rows=2)) == ("list_broken", "rows", 3)


def test_a_workbook_that_is_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 23))
    assert path.stat().st_size < 10_000
    assert broken(path) == ("list_broken", "ratio", None)


def test_a_workbook_without_its_parts_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert broken(path) == ("list_broken", "xlsx", None)


MAPPING = """
schema = "Person"
delimiter = ";"
encoding = "windows-1251"
date_format = "%d.%m.%Y"
separator = ","
[columns]
"№" = "id"
"Фамилия" = "lastName"
"Имя" = "firstName"
"Отчество" = "fatherName"
"Клички" = "weakAlias"
"Дата рождения" = "birthDate"
"Гражданство" = "nationality"
"Пол" = "gender"
"Паспорт" = ["passportNumber", "idNumber"]
[constants]
topics = "wanted"
program = ["One", "Two"]
"""
TABLE = """№;Фамилия;Имя;Отчество;Клички;Дата рождения;Гражданство;Пол;Паспорт;Служебное
7;Шарипов;Бахром;Олимович;Один, Первый;31.12.1979;Таджикистан, UZB;муж.;AB1234567;не читать
8;Одина;Зарина;;;31.02.1980;Таджикистан;ж;;
9;;Зарина;;;;неизвестно;?;;
10;Один;;;;;Атлантида;третий;;
11;;;;;;;;;
12;Много;;;;;;;;;лишнее
"""


def test_a_spreadsheet_of_a_ministry_loads_by_its_mapping(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    path = write(tmp_path, TABLE.replace("№", "N").encode("windows-1251"))
    (tmp_path / "mapping.toml").write_text(MAPPING.replace("№", "N"))
    every = {"program": ("One", "Two"), "topics": ("wanted",)}
    assert list(read_list(path, "csv", mapping=read_mapping(tmp_path / "mapping.toml"))) == [
        Entry(
            "7",
            "Person",
            {
                "birthDate": ("1979-12-31",),
                "fatherName": ("Олимович",),
                "firstName": ("Бахром",),
                "gender": ("male",),
                "idNumber": ("AB1234567",),
                "lastName": ("Шарипов",),
                "name": ("Шарипов, Бахром Олимович",),
                "nationality": ("tj", "uz"),
                "passportNumber": ("AB1234567",),
                "weakAlias": ("Один", "Первый"),
                **every,
            },
        ),
        BadLine(3, "entry_invalid", {"field": "Дата рождения", "rule": "date"}),
        Entry("9", "Person", {"firstName": ("Зарина",), "name": ("Зарина",), **every}),
        Entry(
            "10",
            "Person",
            {
                "lastName": ("Один",),
                "name": ("Один",),
                "nationality": ("Атлантида",),
                "notes": ("Пол: третий",),
                **every,
            },
        ),
        BadLine(6, "entry_invalid", {"field": "properties", "rule": "no_name_or_mark"}),
        BadLine(7, "row_width", {"beyond": "лишнее"}),
    ]


def test_known_columns_need_no_mapping(tmp_path: Path) -> None:
    raw = b"id,Name,birth_date,nationality,sex,national_id,phone,remark\n1,Anor Tolipov,1980-05,UZ,M,77,+99890,tall\n"
    assert list(read_list(write(tmp_path, raw), "csv")) == [
        Entry(
            "1",
            "Person",
            {
                "birthDate": ("1980-05",),
                "gender": ("male",),
                "idNumber": ("77",),
                "name": ("Anor Tolipov",),
                "nationality": ("uz",),
                "notes": ("remark: tall",),
                "phone": ("+99890",),
            },
        )
    ]


def test_plates_alone_are_vehicles_and_a_column_may_give_the_schema(tmp_path: Path) -> None:
    assert list(read_list(write(tmp_path, b"id,plate,vin\n1,01A123BC,\n"), "csv")) == [
        Entry("1", "Vehicle", {"registrationNumber": ("01A123BC",)})
    ]
    items = list(read_list(write(tmp_path, b"id,schema,name\n1,Company,Silk\n2,Ship,Zarya\n"), "csv"))
    assert items[0] == Entry("1", "Company", {"name": ("Silk",)})
    assert isinstance(items[1], BadLine)
    assert (items[1].line, items[1].params["field"], items[1].params["rule"]) == (3, "schema", "one_of")


def test_a_row_without_id_has_the_same_id_wherever_it_stands(tmp_path: Path) -> None:
    one = list(read_list(write(tmp_path, b"name,phone\nAnor,1\nZarina,2\n"), "csv"))
    two = list(read_list(write(tmp_path, b"phone,name\n2,Zarina\n1,Anor\n"), "csv"))
    assert one == two[::-1]
    assert [entry.id for entry in one if isinstance(entry, Entry)] == ["row-257e45df76c787d2", "row-eccc0c0426a74d7b"]


def test_dates_of_the_precision_of_their_format(tmp_path: Path) -> None:
    path = write(tmp_path, b"name,birthDate\nAnor,05/1980\n")
    mapping = TableMapping(columns={"name": ("name",), "birthDate": ("birthDate",)}, date_format="%m/%Y")
    assert list(read_list(path, "csv", mapping=mapping)) == [
        Entry("row-099728360b23bafb", "Person", {"birthDate": ("1980-05",), "name": ("Anor",)})
    ]


@pytest.mark.parametrize(
    ("keys", "field", "rule"),
    [
        ({"colums": {}}, "colums", "unknown_key"),
        ({}, "columns", "empty"),
        ({"columns": []}, "columns", "table"),
        ({"columns": {"a": 7}}, "a", "text"),
        ({"columns": {"a": []}}, "a", "text"),
        ({"columns": {"a": "brithDate"}}, "brithDate", "property"),
        ({"columns": {"a": "name"}, "constants": {"x": "y"}}, "x", "property"),
        ({"columns": {"a": "name"}, "schema": "Ship"}, "schema", "one_of"),
        ({"columns": {"a": "name"}, "encoding": 7}, "encoding", "text"),
        ({"columns": {"a": "name"}, "separator": ""}, "separator", "text"),
    ],
)
def test_a_mapping_that_is_none(keys: dict[str, object], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_mapping(keys)
    assert (caught.value.code, caught.value.params["field"], caught.value.params["rule"]) == (
        "mapping_invalid",
        field,
        rule,
    )


@pytest.mark.parametrize(
    ("header", "mapping", "rule"),
    [
        (b"a,b\n1,2\n", None, "needed"),
        (b"a,b\n1,2\n", TableMapping(columns={"c": ("name",)}), "no_such_column"),
    ],
)
def test_a_mapping_must_meet_the_file(tmp_path: Path, header: bytes, mapping: TableMapping | None, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_list(write(tmp_path, header), "csv", mapping=mapping)
    assert (caught.value.code, caught.value.params["rule"]) == ("mapping_invalid", rule)


def test_a_mapping_is_for_tables_only(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_list(write(tmp_path, b"{}"), "ftm", mapping=TableMapping(columns={"c": ("name",)}))
    assert (caught.value.code, caught.value.params["rule"]) == ("mapping_invalid", "only_for_csv")


@pytest.mark.parametrize("raw", [b"a = ", b"\xff", b"x = 1\n" * 50_000])
def test_a_mapping_file_that_cannot_be_read(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_mapping(write(tmp_path, raw, "mapping.toml"))
    assert (caught.value.code, caught.value.params["rule"]) == ("mapping_invalid", "toml")


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        read_mapping(tmp_path / "none.toml")
    assert caught.value.code == "file_unknown"


def test_a_row_far_below_is_no_way_to_make_us_count(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("name",), ("Rahimov",))
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in whole.namelist():
            changed.writestr(part, whole.read(part).replace(b'r="2"', b'r="90000000"').replace(b'"A2"', b'"A90000000"'))
    assert broken(far) == ("list_broken", "rows", (1 << 20) + 1)
