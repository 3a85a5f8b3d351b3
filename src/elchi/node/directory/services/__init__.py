"""Verbs of the directory."""

from elchi.node.directory.services.reference import load_reference_data
from elchi.node.directory.services.rows import (
    add_agency,
    add_contact,
    add_crossing,
    add_office,
    change_agency,
    change_contact,
    change_crossing,
    change_office,
    remove_contact,
    set_crossing_status,
)

__all__ = [
    "add_agency",
    "add_contact",
    "add_crossing",
    "add_office",
    "change_agency",
    "change_contact",
    "change_crossing",
    "change_office",
    "load_reference_data",
    "remove_contact",
    "set_crossing_status",
]
