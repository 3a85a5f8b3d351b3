"""Watchlists: formats, one reader each; entries; versions on disk."""

from elchi.lists.diff import Change, Diff, PropertyChange
from elchi.lists.entry import BadLine, Draft, Entry, from_ftm, to_ftm
from elchi.lists.ftm import read_ftm
from elchi.lists.source import Limits
from elchi.lists.store import LoadPolicy, LoadReport, Store
from elchi.lists.version import ListVersion

__all__ = [
    "BadLine",
    "Change",
    "Diff",
    "Draft",
    "Entry",
    "Limits",
    "ListVersion",
    "LoadPolicy",
    "LoadReport",
    "PropertyChange",
    "Store",
    "from_ftm",
    "read_ftm",
    "to_ftm",
]
