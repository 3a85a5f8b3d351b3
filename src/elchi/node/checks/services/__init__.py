"""Verbs of the room, one file a group."""

from elchi.node.checks.services.alerts import read_alert
from elchi.node.checks.services.answer import answer_question
from elchi.node.checks.services.ask import ask_partners
from elchi.node.checks.services.hear import record_answer
from elchi.node.checks.services.judge import (
    export_judgements,
    forget_negative,
    judge_finding,
    overrule_judgement,
    read_finding,
)
from elchi.node.checks.services.manifests import cancel_manifest, export_manifest, screen_manifests, submit_manifest
from elchi.node.checks.services.rescreen import rescreen_checks, rescreen_pending
from elchi.node.checks.services.retain import apply_retention, change_retention
from elchi.node.checks.services.search import search_lists
from elchi.node.checks.services.shifts import end_shift, start_shift
from elchi.node.checks.services.slip import print_slip
from elchi.node.checks.services.submit import Answer, read_check, submit_check

__all__ = [
    "Answer",
    "answer_question",
    "apply_retention",
    "ask_partners",
    "cancel_manifest",
    "change_retention",
    "end_shift",
    "export_judgements",
    "export_manifest",
    "forget_negative",
    "judge_finding",
    "overrule_judgement",
    "print_slip",
    "read_alert",
    "read_check",
    "read_finding",
    "record_answer",
    "rescreen_checks",
    "rescreen_pending",
    "screen_manifests",
    "search_lists",
    "start_shift",
    "submit_check",
    "submit_manifest",
]
