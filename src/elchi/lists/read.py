"""One door to all formats: a file and the name of its format in, entries and bad lines out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from elchi.errors import InvalidInput
from elchi.lists.dates import read_dates
from elchi.lists.entry import BadLine, Entry
from elchi.lists.eu import read_eu
from elchi.lists.ftm import read_ftm
from elchi.lists.interpol import read_interpol
from elchi.lists.national import TableMapping, read_national
from elchi.lists.ofac import read_ofac
from elchi.lists.ofac_xml import read_ofac_xml
from elchi.lists.source import Limits, Progress, open_source
from elchi.lists.un import read_un

Items = Iterator[Entry | BadLine]
Reader = Callable[[Path, Limits | None, Progress | None], Items]
_HEAD = 1 << 12
_ISSUED = re.compile(
    rb"(?:dateGenerated|generationDate)\s*=\s*['\"]([^'\"<>]{4,40})['\"]|<Publish_Date>\s*(\d\d)/(\d\d)/(\d{4})\s*<"
)


def read_list(
    path: Path,
    format: str,  # noqa: A002  the word of the command line
    *,
    mapping: TableMapping | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Items:
    """Read a list. It is opened and its first record read at once, so that a wrong file is told at once.

    Args:
        path: the file; gzip and xz are unpacked.
        format: one of `FORMATS`.
        mapping: for `csv`: which column is what.
        limits: how much is read before the file is refused.
        progress: gets the bytes of the file read so far.

    Raises:
        NotFound: `file_unknown`.
        InvalidInput: `list_format`, `list_broken` with `rule` and `line`, `mapping_invalid`; while reading too.
    """
    reader = _READERS.get(format)
    if format == "csv":
        items = read_national(path, mapping, limits, progress)
    elif reader is None:
        raise InvalidInput("list_format", field="format", rule="one_of", allowed=list(FORMATS))
    elif mapping is not None:
        raise InvalidInput("mapping_invalid", field="mapping", rule="only_for_csv")
    else:
        items = reader(path, limits, progress)
    first = next(items, None)
    return items if first is None else chain([first], items)


def issued_at(path: Path, format: str) -> str | None:  # noqa: A002  the word of the command line
    """Give the ISO date on which the publisher made the file, where the format says it in its first lines."""
    if format not in ("un", "ofac", "eu"):
        return None
    with open_source(path) as source:
        found = _ISSUED.search(source.read(_HEAD) or b"")
    if not found:
        return None
    made, month, day, year = (part.decode(errors="replace") if part else "" for part in found.groups())
    return next(iter(read_dates(made or f"{year}-{month}-{day}")), None)


def _read_ofac(path: Path, limits: Limits | None, progress: Progress | None) -> Items:
    with open_source(path, limits) as source:
        head = (source.read(64) or b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    return (read_ofac_xml if head.startswith(b"<") else read_ofac)(path, limits, progress)


_READERS: Mapping[str, Reader] = {
    "ftm": read_ftm,
    "un": read_un,
    "ofac": _read_ofac,
    "eu": read_eu,
    "interpol": read_interpol,
}
FORMATS = (*_READERS, "csv")
"""Names of the formats."""
