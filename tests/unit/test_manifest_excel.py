from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from elchi.screening.manifest import read_manifest
from elchi.subjects import to_wire


def test_texts_dates_and_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    """What a cell holds is read as what it shows: a date is a day, a number has no point, text keeps its zeros."""
    rows: list[list[object]] = [
        ["ID", "Name", "birth_date", "document_number", "plate", "Seat"],
        [1, "Садыкова Айгуль", dt.date(1990, 5, 17), 117, None, "1A"],
        [None, "Rustam Qodirov", dt.datetime(1990, 5, 17), "0117", "01 117 ABC", "1B"],  # noqa: DTZ001  a cell has no zone
        [None, None, None, None, None, None],
        ["x", "Timur Test", 33010, None, None, None],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "manifest.xlsx")
    manifest = read_manifest(tmp_path / "manifest.xlsx", today=dt.date(2026, 6, 13))
    lines = [
        (line.number, line.id, str(line.error) if line.error else [to_wire(subject) for subject in line.subjects])
        for line in manifest
    ]
    born = {"kind": "person", "birth_date": "1990-05-17"}
    assert lines == [
        (2, "1", [born | {"name": "Садыкова Айгуль", "documents": [{"kind": "document", "document_number": "117"}]}]),
        (
            3,
            "3",
            [
                born | {"name": "Rustam Qodirov", "documents": [{"kind": "document", "document_number": "0117"}]},
                {"kind": "vehicle", "plate": "01 117 ABC"},
            ],
        ),
        (5, "x", "date_invalid(field='birth_date', rule='iso_8601', line=5)"),
    ]
    assert manifest.unknown_columns == ("Seat",)
