"""Do you know this? without showing the list: a private set intersection (docs/protocol/10-private-match.md).

Pure rules: the oblivious function (`oprf`), tags and their set (`tags`), the bodies of messages (`body`), and who
asks too much (`guessing`).
"""

from elchi.exchange.private_match.body import (
    ANSWER,
    ASK,
    CONTACT,
    KINDS,
    MAX_KEYS,
    PAGE,
    RULES,
    AnswerBody,
    AskBody,
    ContactBody,
    PageBody,
    elements_of,
    read_answer,
    read_ask,
    read_contact,
    read_desk,
    read_page,
)
from elchi.exchange.private_match.guessing import FULL, Budget, Use, looks_guessed
from elchi.exchange.private_match.oprf import Blinded, blind, check_elements, derive_key, evaluate, finalise, outputs
from elchi.exchange.private_match.tags import PER_PAGE, TAG, TagSet, tag_of

__all__ = [
    "ANSWER", "ASK", "CONTACT", "FULL", "KINDS", "MAX_KEYS", "PAGE", "PER_PAGE", "RULES", "TAG", "AnswerBody",
    "AskBody", "Blinded", "Budget", "ContactBody", "PageBody", "TagSet", "Use", "blind", "check_elements",
    "derive_key", "elements_of", "evaluate", "finalise", "looks_guessed", "outputs", "read_answer", "read_ask",
    "read_contact", "read_desk", "read_page", "tag_of",
]  # fmt: skip
