"""What an officer chooses for himself."""

from __future__ import annotations

from elchi.node.officers.acting import Acting


def choose_language(*, by: Acting, language: str) -> None:
    """Take the language in which an officer reads. It is his own matter and no line of the audit."""
    if by.officer is not None:
        by.officer.language = language
        by.officer.save(update_fields=["language"])
