"""Verbs of private matches."""

from elchi.modules.private_match.services.answering import answer_waiting, hear_ask
from elchi.modules.private_match.services.asking import (
    ask_privately,
    finish_answered,
    hear_answer,
    hear_page,
    note_settled,
)
from elchi.modules.private_match.services.budgets import lift_throttle, set_budget
from elchi.modules.private_match.services.contacts import close_contact, hear_contact, open_contact
from elchi.modules.private_match.services.keeping import apply_match_retention

__all__ = [
    "answer_waiting", "apply_match_retention", "ask_privately", "close_contact", "finish_answered", "hear_answer",
    "hear_ask", "hear_contact", "hear_page", "lift_throttle", "note_settled", "open_contact", "set_budget",
]  # fmt: skip
