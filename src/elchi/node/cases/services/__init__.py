"""Verbs of cases."""

from elchi.node.cases.services.case import Head, change_case, move_case, open_case, read_case
from elchi.node.cases.services.export import Export, export_case
from elchi.node.cases.services.files import Given, add_file, read_file, remove_file, show_picture
from elchi.node.cases.services.people import assign_officer, link_cases, release_officer, unlink_cases
from elchi.node.cases.services.retention import remove_expired
from elchi.node.cases.services.tasks import add_task, change_task
from elchi.node.cases.services.timeline import add_note, add_subject
from elchi.node.cases.services.unled import close_unled, open_unled, take_up, tell_by_node

__all__ = [
    "Export",
    "Given",
    "Head",
    "add_file",
    "add_note",
    "add_subject",
    "add_task",
    "assign_officer",
    "change_case",
    "change_task",
    "close_unled",
    "export_case",
    "link_cases",
    "move_case",
    "open_case",
    "open_unled",
    "read_case",
    "read_file",
    "release_officer",
    "remove_expired",
    "remove_file",
    "show_picture",
    "take_up",
    "tell_by_node",
    "unlink_cases",
]
