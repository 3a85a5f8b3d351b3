"""Verbs of the operations of an office."""

from elchi.modules.operations.services.imports import drop_import, import_seizures, receive_seizures
from elchi.modules.operations.services.incidents import (
    amend_incident,
    open_incident_case,
    protect_person,
    read_incident,
    read_protected,
    record_incident,
    withdraw_incident,
)
from elchi.modules.operations.services.leading import decide_lead
from elchi.modules.operations.services.reporting import take_report

__all__ = [
    "amend_incident",
    "decide_lead",
    "drop_import",
    "import_seizures",
    "open_incident_case",
    "protect_person",
    "read_incident",
    "read_protected",
    "receive_seizures",
    "record_incident",
    "take_report",
    "withdraw_incident",
]
