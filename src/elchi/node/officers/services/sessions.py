"""What the verbs of officers share: one-time passwords, and the end of sessions."""

from __future__ import annotations

import secrets
from typing import Final

from elchi.node.officers.models import Officer
from elchi.node.officers.queries import sessions_of

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another when read aloud or from paper."""


def give_password(officer: Officer) -> str:
    """Give an officer a password of 99 bits, that he changes first, and end his sessions."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    officer.set_password(password)
    officer.must_change_password = True
    if officer.pk:
        end_sessions(officer)
    officer.save()
    return password


def end_sessions(officer: Officer, *, keep: str = "") -> int:
    """End the sessions of an officer, but for the one with the key to keep; tell how many."""
    ended = [session for session in sessions_of(officer) if session.session_key != keep]
    for session in ended:
        session.delete()
    return len(ended)
