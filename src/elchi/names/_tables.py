"""Reading the tables of this room: tab-separated files with one header line, shipped with the package.

A cell holds what its column says and nothing else; quoting does not exist. Tables are read on first use and kept.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Read one table, e.g. `given_names` or `transliteration/iso9`.

    Args:
        name: path below `tables/`, without `.tsv`.

    Returns:
        One mapping a row, from column name to cell.
    """
    text = files(__package__).joinpath("tables", *f"{name}.tsv".split("/")).read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    columns = header.split("\t")
    return tuple(dict(zip(columns, line.split("\t"), strict=True)) for line in lines)
