"""Rows of a Parquet file as text, a batch at a time. Needs the extra `parquet` (pyarrow)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from elchi.errors import InvalidInput, NotFound

MAX_ROW_GROUP = 1 << 28
"""Unpacked bytes of a row group, which pyarrow may hold whole."""
MAX_COLUMNS = 500
_BATCH = 1_024


def read_parquet(path: Path, is_known: Callable[[str], bool]) -> Iterator[tuple[int, list[str]]]:
    """Give the names of the columns as row 0, then each row, as `lists.table.read_cells` does; unknown columns empty.

    Bytes that are not UTF-8 come as lone surrogates, for the field to refuse, so that only their row is lost.

    Raises:
        InvalidInput: `extra_missing`; `field_type` for a known column of another type than text, integer, date or time;
            `parquet_broken` with rule `parquet`, `row_group_size` or `max_columns`.
        NotFound: `file_unknown`.
    """
    try:
        # Here and not above: an extra, larger than all that Elchi needs otherwise.
        pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InvalidInput("extra_missing", field="format", rule="install", extra="parquet") from None
    if not path.is_file():
        raise NotFound("file_unknown", field="file", file=path.name)
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            _check_size(file.metadata)
            names = file.schema_arrow.names
            yield 0, names
            read = [name for name in names if is_known(name)]
            for batch in file.iter_batches(_BATCH, columns=read, use_threads=False):
                unread = [""] * batch.num_rows
                columns = [_texts(pa, name, batch.column(name)) if name in read else unread for name in names]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, list(cells)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        raise InvalidInput("parquet_broken", field="file", rule="parquet", line=number + 1) from None


def _check_size(metadata: Any) -> None:
    if metadata.num_columns > MAX_COLUMNS:
        raise InvalidInput("parquet_broken", field="file", rule="max_columns", maximum=MAX_COLUMNS)
    if any(metadata.row_group(i).total_byte_size > MAX_ROW_GROUP for i in range(metadata.num_row_groups)):
        raise InvalidInput("parquet_broken", field="file", rule="row_group_size", maximum=MAX_ROW_GROUP)


def _texts(pa: Any, name: str, column: Any) -> list[str]:
    types = pa.types
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if types.is_integer(kind) or types.is_date(kind) or types.is_timestamp(kind) or types.is_null(kind):
        column = column.cast(pa.string())
    elif not (types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind)):
        raise InvalidInput("field_type", field=name, rule="text_integer_or_date")
    return [(raw or b"").decode("utf-8", "surrogateescape") for raw in column.cast(pa.large_binary()).to_pylist()]
