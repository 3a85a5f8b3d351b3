"""The states of what was asked, and which follows which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ASKED: Final[Mapping[str, Mapping[str, str]]] = {
    "queued": {"deliver": "delivered", "answer": "answered", "refuse": "refused", "expire": "expired"},
    "delivered": {"answer": "answered", "refuse": "refused", "expire": "expired"},
    "answered": {"finish": "done", "refuse": "refused"},
    "done": {},
    "refused": {},
    "expired": {"answer": "answered"},
}
"""Answered: the partner did his part; the tags of his list may still be on their way. Done: it is known what both
know."""
