"""Tables as files: CSV that a spreadsheet opens in every language and in which no cell runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Answer with a CSV file, made row by row as it is sent.

    Args:
        name: of the file, ASCII, without suffix.
        header: names of the columns.
        rows: their values; None is an empty cell.
    """
    answer = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(header)  # the mark tells a spreadsheet that it is UTF-8
    for row in rows:
        yield writer.writerow([_harmless("" if value is None else str(value)) for value in row])


def _harmless(text: str) -> str:
    """Put a quote before what a spreadsheet would run (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
