"""Verbs of lists and of own entries."""

from elchi.node.watchlists.services.entries import (
    amend_entry,
    create_entry,
    expire_entries,
    read_entry,
    search_entries,
    withdraw_entry,
)
from elchi.node.watchlists.services.loading import (
    approve_version,
    load_list,
    load_shipped,
    reject_version,
    remove_list,
    roll_back_list,
)
from elchi.node.watchlists.services.mending import mend_lists
from elchi.node.watchlists.services.rules_of_use import add_list, change_list

__all__ = [
    "add_list",
    "amend_entry",
    "approve_version",
    "change_list",
    "create_entry",
    "expire_entries",
    "load_list",
    "load_shipped",
    "mend_lists",
    "read_entry",
    "reject_version",
    "remove_list",
    "roll_back_list",
    "search_entries",
    "withdraw_entry",
]
