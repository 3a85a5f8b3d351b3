"""Verbs of lists and of own entries."""

from elchi.node.watchlists.services.alert_entries import end_alert_entry, put_alert_entry
from elchi.node.watchlists.services.deciding import approve_version, reject_version, remove_list, roll_back_list
from elchi.node.watchlists.services.entries import (
    amend_entry,
    create_entry,
    expire_entries,
    read_entry,
    search_entries,
    withdraw_entry,
)
from elchi.node.watchlists.services.loading import cancel_offer, load_list, load_queued, load_shipped, offer_list
from elchi.node.watchlists.services.mending import mend_lists
from elchi.node.watchlists.services.rules_of_use import add_list, change_list

__all__ = [
    "add_list",
    "amend_entry",
    "approve_version",
    "cancel_offer",
    "change_list",
    "create_entry",
    "end_alert_entry",
    "expire_entries",
    "load_list",
    "load_queued",
    "load_shipped",
    "mend_lists",
    "offer_list",
    "put_alert_entry",
    "read_entry",
    "reject_version",
    "remove_list",
    "roll_back_list",
    "search_entries",
    "withdraw_entry",
]
