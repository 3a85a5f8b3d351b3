"""Verbs of the operations of an office."""

from elchi.modules.operations.services.forces import (
    FASTEST,
    Order,
    UnitCard,
    add_asset,
    add_member,
    change_asset,
    end_member,
    give_task,
    move_task,
    set_mandate,
    set_unit,
)
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
from elchi.modules.operations.services.sections import set_section_level

__all__ = [
    "FASTEST",
    "Order",
    "UnitCard",
    "add_asset",
    "add_member",
    "amend_incident",
    "change_asset",
    "decide_lead",
    "drop_import",
    "end_member",
    "give_task",
    "import_seizures",
    "move_task",
    "open_incident_case",
    "protect_person",
    "read_incident",
    "read_protected",
    "receive_seizures",
    "record_incident",
    "set_mandate",
    "set_section_level",
    "set_unit",
    "take_report",
    "withdraw_incident",
]
