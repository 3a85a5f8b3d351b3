"""What an officer chooses for himself. It is his own matter, and no line of the audit."""

from __future__ import annotations

from elchi.node.officers.acting import Acting


def choose_language(*, by: Acting, language: str) -> None:
    """Take the language in which an officer reads."""
    if by.officer is not None:
        by.officer.language = language
        by.officer.save(update_fields=["language"])


def choose_theme(*, by: Acting, theme: str) -> None:
    """Take the colours an officer works in: `light`, `dark`, `sun`, or empty for those of his machine."""
    by.himself.theme = theme
    by.himself.save(update_fields=["theme"])
