"""Verbs of the door to INTERPOL."""

from elchi.modules.interpol.services.asking import ask
from elchi.modules.interpol.services.copies import publish_changes, take_copy
from elchi.modules.interpol.services.hits import (
    ask_owner,
    close_hit,
    give_up_owners,
    read_hit,
    record_act,
    record_owner_answer,
)
from elchi.modules.interpol.services.keeping import expire_queries, remove_old
from elchi.modules.interpol.services.online import ask_left, ask_online, wait_for_online
from elchi.modules.interpol.services.owners import answer_request, read_request
from elchi.modules.interpol.services.points import (
    PointCard,
    move_point,
    note_alive,
    register_point,
    set_access_rules,
    watch_points,
)
from elchi.modules.interpol.services.reports import (
    approve_report,
    propose_report,
    reject_report,
    withdraw_report,
)

__all__ = [
    "PointCard",
    "answer_request",
    "approve_report",
    "ask",
    "ask_left",
    "ask_online",
    "ask_owner",
    "close_hit",
    "expire_queries",
    "give_up_owners",
    "move_point",
    "note_alive",
    "propose_report",
    "publish_changes",
    "read_hit",
    "read_request",
    "record_act",
    "record_owner_answer",
    "register_point",
    "reject_report",
    "remove_old",
    "set_access_rules",
    "take_copy",
    "wait_for_online",
    "watch_points",
    "withdraw_report",
]
