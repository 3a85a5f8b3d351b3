"""Rows of a spreadsheet: CSV in the encodings of the region's offices, and .xlsx; streamed, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from elchi.errors import InvalidInput
from elchi.lists.source import CHUNK, Limits, Progress, Source, open_source

ENCODINGS = frozenset(
    ("utf-8", "utf-16", "windows-1251", "windows-1252", "windows-1254", "windows-1256", "koi8-r", "cp866", "iso-8859-5")
)
"""Encodings that may be declared."""
DELIMITERS = ",;\t|"
_MIXED = 8
"""So many letters of good UTF-8 before a bad byte mean damaged UTF-8, not an older encoding."""
_XLSX_BYTES = 1 << 29
"""Unpacked bytes of one .xlsx: its strings are held in memory."""
_XLSX_RATIO = 200
_XLSX_RATIO_FROM = 1 << 22
_XLSX_PARTS = 5_000
_SHEET_ROWS = 1 << 20
"""Most rows that a sheet may have (Excel). A row may say any number, and openpyxl gives every empty row before it."""
_BATCH = 1_000
_T = TypeVar("_T")


def read_rows(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row under the header: its line number and its cells by column name.

    Empty rows are left out, missing cells are empty, cells without a column name stand joined under the empty name.
    See `read_cells` for the arguments and errors; a header with one name twice is `list_broken`, rule `header`.
    """
    cells = read_cells(path, encoding=encoding, delimiter=delimiter, limits=limits, progress=progress)
    line, names = next(cells, (1, []))
    names = [" ".join(name.split()) for name in names]
    known = [name for name in names if name]
    if len(set(known)) != len(known):
        raise InvalidInput("list_broken", field="file", rule="header", line=line)
    for number, values in cells:
        row = dict.fromkeys(known, "")
        beyond = [value for value, name in zip(values, names, strict=False) if not name and value]
        row.update((name, value) for name, value in zip(names, values, strict=False) if name)
        beyond += [value for value in values[len(names) :] if value]
        if beyond:
            row[""] = " ".join(beyond)
        yield number, row


def read_cells(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """Give each row of a table that has something in it: its line number from 1 and its cells, trimmed.

    Args:
        path: CSV (plain, gzip or xz) or .xlsx (its first sheet), told apart by their first bytes.
        encoding: one of `ENCODINGS`; without it UTF-8 or what a byte order mark says, else Windows-1251.
        delimiter: one of `DELIMITERS`; without it the one that the first line has most of.
        limits: bytes, rows and columns.
        progress: gets the bytes read.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_broken` with `rule` (`encoding`, `csv`, `truncated`, `columns`, `rows`, `xlsx` ...) and
            the line; `table_option` for an encoding or delimiter that is none.
    """
    limits = limits or Limits()
    with open_source(path, limits) as source:
        head = source.read(8) or b""
    if head.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(path, limits)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput("list_broken", field="file", rule="old_or_encrypted_workbook")
    else:
        rows = _csv_rows(path, encoding, delimiter, limits, progress)
    for count, (line, row) in enumerate(rows, 1):
        if count > limits.max_rows:
            raise InvalidInput("list_broken", field="file", rule="rows", line=line)
        if len(row) > limits.max_columns:
            raise InvalidInput("list_broken", field="file", rule="columns", line=line)
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield line, cells


def _csv_rows(
    path: Path, encoding: str | None, delimiter: str | None, limits: Limits, progress: Progress | None
) -> Iterator[tuple[int, list[str]]]:
    if encoding is not None and encoding.lower() not in ENCODINGS:
        raise InvalidInput("table_option", field="encoding", rule="one_of", allowed=sorted(ENCODINGS))
    if delimiter is not None and (len(delimiter) != 1 or delimiter not in DELIMITERS):
        raise InvalidInput("table_option", field="delimiter", rule="one_of", allowed=list(DELIMITERS))
    encoding = encoding.lower() if encoding else _detect(path, limits)
    source = open_source(path, limits, progress)
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    with io.TextIOWrapper(io.BufferedReader(source, CHUNK), name, newline="") as text:
        yield from _parse(text, source, delimiter)


def _parse(text: io.TextIOWrapper, source: Source, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        first = text.readline()
        delimiter = delimiter or max(DELIMITERS, key=first.count)
        rows = csv.reader(_with(first, text), delimiter=delimiter, strict=True)
        for row in rows:
            yield line, row
            source.mark_record()
            line = rows.line_num + 1
    except UnicodeError:  # it is decoded in blocks: the line is not known
        raise InvalidInput("list_broken", field="file", rule="encoding") from None
    except csv.Error as error:
        rule = "truncated" if "end of data" in str(error) else "csv"
        raise InvalidInput("list_broken", field="file", rule=rule, line=line) from None


def _with(first: str, rest: io.TextIOWrapper) -> Iterator[str]:
    yield first
    yield from rest


def _detect(path: Path, limits: Limits) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    good = 0
    with open_source(path, limits) as source, io.BufferedReader(source, CHUNK) as chunks:
        if chunks.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        while chunk := chunks.read(CHUNK):
            source.mark_record()
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                good += _count_letters(error.object[: error.start].decode())
                if good >= _MIXED:
                    raise InvalidInput("list_broken", field="file", rule="encoding") from None
                return "windows-1251"
            good += 0 if text.isascii() else _count_letters(text)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            if good >= _MIXED:
                raise InvalidInput("list_broken", field="file", rule="truncated") from None
            return "windows-1251"
    return "utf-8"


def _count_letters(text: str) -> int:
    return sum(letter > "\x7f" for letter in text)


def _xlsx_rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # noqa: PLC0415  it takes 0.2 s, and few lists are workbooks

    _refuse_bomb(path)
    with path.open("rb") as raw:
        book = _quietly(lambda: load_workbook(raw, read_only=True, data_only=True))
        try:
            rows = _quietly(lambda: _rows_of_first_sheet(book, limits.max_columns))
            number = 0
            while batch := _quietly(lambda: list(islice(rows, _BATCH))):
                for row in batch:
                    number += 1
                    if number > _SHEET_ROWS:
                        raise InvalidInput("list_broken", field="file", rule="rows", line=number)
                    if row.count(None) == len(row):
                        yield number, []
                        continue
                    filled = max((at for at, value in enumerate(row, 1) if value is not None), default=0)
                    yield number, [_cell(value) for value in row[:filled]]
        finally:
            book.close()


def _rows_of_first_sheet(book: Any, max_columns: int) -> Iterator[tuple[Any, ...]]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its size need not be true
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_col=max_columns + 1, values_only=True)
    return rows


def _quietly(read: Callable[[], _T]) -> _T:
    """Call openpyxl without its warnings on styles and extensions; whatever it raises, the file is broken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except Exception:  # noqa: BLE001  KeyError, ValueError, ParseError, BadZipFile and more come out of it
        raise InvalidInput("list_broken", field="file", rule="xlsx") from None


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InvalidInput("list_broken", field="file", rule="xlsx") from None
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _XLSX_PARTS or size > _XLSX_BYTES or size > max(_XLSX_RATIO_FROM, _XLSX_RATIO * packed):
        raise InvalidInput("list_broken", field="file", rule="ratio")


def _cell(value: Any) -> str:
    """Write a cell as its text would be: whole numbers without a point, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
