"""Verbs of cases."""

from elchi.node.cases.services.case import open_case
from elchi.node.cases.services.timeline import add_note

__all__ = ["add_note", "open_case"]
