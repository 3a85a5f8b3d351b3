"""Verbs of the room, one file a group."""

from elchi.node.checks.services.shifts import end_shift, start_shift
from elchi.node.checks.services.submit import Answer, read_check, submit_check

__all__ = ["Answer", "end_shift", "read_check", "start_shift", "submit_check"]
