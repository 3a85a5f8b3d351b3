"""Verbs of the operations of an office."""

from elchi.modules.operations.services.corridors import draw_corridor, remove_corridor, tell_waiting
from elchi.modules.operations.services.custody import (
    Photo,
    move_exhibit,
    photograph_exhibit,
    read_photo,
    show_photo,
    take_exhibit,
)
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
from elchi.modules.operations.services.joint import (
    add_result,
    hand_over,
    hear_act,
    log_operation,
    move_operation,
    note_act_settled,
    plan_operation,
)
from elchi.modules.operations.services.keeping import (
    hold_incident,
    keep_incidents,
    release_incident,
    set_incident_retention,
)
from elchi.modules.operations.services.leading import decide_lead
from elchi.modules.operations.services.reporting import take_report
from elchi.modules.operations.services.reviewing import count_stock, review_office, set_template
from elchi.modules.operations.services.sections import set_section_level
from elchi.modules.operations.services.telling import (
    forget_report,
    note_report_settled,
    receive_report,
    send_report,
    take_back_reports,
)

__all__ = [
    "FASTEST",
    "Order",
    "Photo",
    "UnitCard",
    "add_asset",
    "add_member",
    "add_result",
    "amend_incident",
    "change_asset",
    "count_stock",
    "decide_lead",
    "draw_corridor",
    "drop_import",
    "end_member",
    "forget_report",
    "give_task",
    "hand_over",
    "hear_act",
    "hold_incident",
    "import_seizures",
    "keep_incidents",
    "log_operation",
    "move_exhibit",
    "move_operation",
    "move_task",
    "note_act_settled",
    "note_report_settled",
    "open_incident_case",
    "photograph_exhibit",
    "plan_operation",
    "protect_person",
    "read_incident",
    "read_photo",
    "read_protected",
    "receive_report",
    "receive_seizures",
    "record_incident",
    "release_incident",
    "remove_corridor",
    "review_office",
    "send_report",
    "set_incident_retention",
    "set_mandate",
    "set_section_level",
    "set_template",
    "set_unit",
    "show_photo",
    "take_back_reports",
    "take_exhibit",
    "take_report",
    "tell_waiting",
    "withdraw_incident",
]
