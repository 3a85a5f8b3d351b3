"""Watchlists: formats, one reader each; entries; versions on disk.

A file goes in by `read_list`, entries come out in the words of FollowTheMoney, a `Store` keeps them in versions.
"""

from elchi.lists.countries import country_code
from elchi.lists.dates import read_dates
from elchi.lists.diff import Change, Diff, PropertyChange
from elchi.lists.entry import BadLine, Draft, Entry, from_ftm, to_ftm
from elchi.lists.national import TableMapping, make_mapping, read_mapping
from elchi.lists.read import FORMATS, issued_at, read_list
from elchi.lists.shipped import (
    ShippedFile,
    ShippedList,
    read_shipped,
    refreshed_source,
    shipped_list,
    shipped_lists,
)
from elchi.lists.source import Limits
from elchi.lists.store import LoadPolicy, LoadReport, Store
from elchi.lists.table import read_cells, read_rows
from elchi.lists.version import ListVersion, Opened, open_version

__all__ = [
    "FORMATS",
    "BadLine",
    "Change",
    "Diff",
    "Draft",
    "Entry",
    "Limits",
    "ListVersion",
    "LoadPolicy",
    "LoadReport",
    "Opened",
    "PropertyChange",
    "ShippedFile",
    "ShippedList",
    "Store",
    "TableMapping",
    "country_code",
    "from_ftm",
    "issued_at",
    "make_mapping",
    "open_version",
    "read_cells",
    "read_dates",
    "read_list",
    "read_mapping",
    "read_rows",
    "read_shipped",
    "refreshed_source",
    "shipped_list",
    "shipped_lists",
    "to_ftm",
]
