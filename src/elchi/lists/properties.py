"""The properties of FollowTheMoney that Elchi reads, and how (properties.tsv)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def property_kinds() -> Mapping[str, str]:
    """Give each property and its kind: name, mark (a number that finds it), date, country, sex or text."""
    return read_table("properties.tsv", "property", "kind")


@cache
def findable_properties() -> frozenset[str]:
    """Give the properties of which an entry must have one, for it could not be found otherwise: names and marks."""
    marks = {name for name, kind in property_kinds().items() if kind in ("name", "mark")}
    return frozenset(marks | {"firstName", "lastName"})


def read_table(file: str, key: str, value: str) -> Mapping[str, str]:
    """Read two columns of a table of this room; lines that begin with "#" are remarks."""
    lines = (files(__package__) / file).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row[key]: row[value] for row in rows}
